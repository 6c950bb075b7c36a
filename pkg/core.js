// How the client speaks with the wasm: lists of fields, with NUL between them.
import { AstrolabeError } from "./error.js";
import { ask } from "./wasm/astrolabe_client_bg.js";

// Actions, as src/js.rs counts them.
export const CHECK = 0;
export const REQUEST = 1;
export const READ = 2;
export const DIAGNOSE = 3;

// Operations, as src/exchange.rs names them.
export const TOKEN = "k";
export const DISCOVERY = "d";
export const TOKEN_REQUEST = "t";
export const APP_PASSWORD = "p";
export const STATUS = "s";
export const OWN_STATUS = "o";
export const STORE = "w";
export const REVOKE = "r";
export const USERS = "l";
export const EXISTS = "e";
export const SERVER_STATUS = "v";
export const PROBE = "q";
export const PROBE_ELSEWHERE = "i";

/** A field that cannot be taken for two. */
export const withoutNul = (field) => (typeof field === "string" ? field.replaceAll("\0", "\ufffd") : field);

/**
 * What the wasm makes of it; throws the error that it gives instead.
 *
 * @param {number} action
 * @param {unknown[]} fields as Field of src/exchange.rs has them; the first may hold several
 * @param {string} body of an answer
 * @param {object} details of the error, should there be one
 */
export function askCore(action, fields, body = "", details = {}) {
  const [first, ...others] = fields;
  const [kind, ...given] = ask(action, [first, ...others.map(withoutNul)].join("\0"), body).split("\0");
  if (!kind) return given;
  const [message, code, retryAfterMs, oauthError, oauthErrorDescription, serverMessage] = given.map((field) => field || undefined);
  throw failure(code, message, { ...details, oauthError, oauthErrorDescription, serverMessage, ...(retryAfterMs && { retryAfterMs: +retryAfterMs }) });
}

const CAN_PASS = /^(network|timeout|rate_limited|maintenance|server_error)$/;

/** An error at a route, which stands before the message. */
export const failure = (code, message, { route, status, ...details }) =>
  new AstrolabeError(route ? `${route}: ${message}` : message, {
    code,
    retryable: CAN_PASS.test(code) || status >= 500,
    // A redirect that cannot be read has none.
    status: status || undefined,
    route,
    ...details,
  });
