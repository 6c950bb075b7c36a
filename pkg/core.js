// How the client speaks with the wasm (src/js.rs): lists of fields, with NUL between them.
import { AstrolabeError } from "./error.js";
import { ask as askWasm } from "./wasm/astrolabe_client_bg.js";

// As OPERATIONS of src/js.rs counts them.
export const TOKEN = 0;
export const LOGIN = 1;
export const APP_PASSWORD = 2;
export const STATUS = 3;
export const OWN_STATUS = 4;
export const STORE = 5;
export const REVOKE = 6;
export const USERS = 7;
export const EXISTS = 8;

/** What stands first in the answer says what it is; see write_next and write_error of src/js.rs. */
export const ask = (fields, body = "") => askWasm(fields.map((field) => `${field}`.replaceAll("\0", "\ufffd")).join("\0"), body).split("\0");

const number = (field) => (field === "" ? undefined : +field);

/** The error that the wasm wrote down. */
export const errorFrom = ([message, code, retryable, status, retryAfterMs, oauthError, oauthErrorDescription, serverMessage, route], cause) =>
  new AstrolabeError(message, {
    code,
    status: number(status),
    retryable: retryable !== "",
    retryAfterMs: number(retryAfterMs),
    oauthError: oauthError || undefined,
    oauthErrorDescription: oauthErrorDescription || undefined,
    serverMessage: serverMessage || undefined,
    route: route || undefined,
    cause,
  });
