// How the client speaks with the wasm: lists of fields, with NUL between them.
import { AstrolabeError } from "./error.js";
import { ask } from "./instance.js";

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

/** What a question says besides what the client is made of (see options.js): Field of src/exchange.rs from EndpointKind on. */
const FIELDS =
  "endpointKind operation subject limit offset tokenEndpoint basicOnly status contentType isMaintenance hasRetryAfter isJson sent code message seen inMaintenance needsUpgrade serverMs begunMs nowMs hasNoLogin".split(
    " ",
  );

/** A field that cannot be taken for two; what is false or not there is empty. */
const written = (value) => (value === true ? "1" : value === false || value === undefined ? "" : `${value}`.replaceAll("\0", "\ufffd"));

export const joined = (values) => values.map(written).join("\0");

/**
 * What the wasm makes of it; throws the error that it gives instead.
 *
 * @param {number} action
 * @param {string} setup what the client is made of, joined
 * @param {object} question by the names of FIELDS
 * @param {string} body of an answer
 * @param {object} details of the error, should there be one
 */
export function askCore(action, setup, question = {}, body = "", details = {}) {
  const [kind, ...given] = ask(action, `${setup}\0${joined(FIELDS.map((name) => question[name]))}`, body).split("\0");
  if (!kind) return given;
  const [message, code, retryAfterMs, oauthError, oauthErrorDescription, serverMessage] = given.map((field) => field || undefined);
  throw failure(code, message, { ...details, oauthError, oauthErrorDescription, serverMessage, ...(retryAfterMs && { retryAfterMs: +retryAfterMs }) });
}

/** In place of a route, where it is not known which of a login's requests it was. */
export const LOGIN = "login";

const CAN_PASS = /^(network|timeout|rate_limited|maintenance|server_error)$/;

/** The same text, in memory of its own: one cut out of a longer one, which may hold a secret, keeps all of that alive. */
const copied = (text) => text && [...text].join("");

/** An error at a route, which stands before the message. */
export const failure = (code, message, { route: given, status, ...details }) => {
  const route = copied(given);
  return new AstrolabeError(route ? `${route}: ${message}` : message, {
    code,
    retryable: CAN_PASS.test(code) || status >= 500,
    // A redirect that cannot be read has none.
    status: status || undefined,
    route,
    ...details,
  });
};
