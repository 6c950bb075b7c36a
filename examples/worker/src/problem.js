// What a caller is told when something is wrong: { code, message, retryAfterMs } and a status.
import { AstrolabeError } from "astrolabe-client";

const CHALLENGE = 'Basic realm="Nextcloud", charset="UTF-8"';

/** A failure of this Worker's own. */
export class Problem extends Error {
  constructor(status, code, message, headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const STATUSES = { invalid_argument: 400, app_not_available: 404, rate_limited: 429, maintenance: 503, timeout: 504 };
// Refused is the caller where the login is the caller's; else it is this Worker, and the caller can do nothing.
const STATUSES_OF_CALLERS_LOGIN = { ...STATUSES, unauthorized: 401, forbidden: 403 };

function statusOf(error, isCallersLogin) {
  if (error instanceof Problem) return error.status;
  if (!(error instanceof AstrolabeError)) return 500;
  return (isCallersLogin ? STATUSES_OF_CALLERS_LOGIN : STATUSES)[error.code] ?? 502;
}

/** What may be shown of an error. */
export function describe(error) {
  if (!(error instanceof Problem || error instanceof AstrolabeError)) {
    console.error(error);
    return { code: "internal_error", message: "this Worker failed: its log says why" };
  }
  const { code, message, retryAfterMs } = error;
  return { code, message, retryAfterMs };
}

/** @param {boolean} isCallersLogin whether it was the caller's own login that went to Nextcloud */
export function problemResponse(error, isCallersLogin) {
  const status = statusOf(error, isCallersLogin);
  const body = describe(error);
  const headers = new Headers(error.headers);
  if (status === 401) headers.set("WWW-Authenticate", CHALLENGE);
  if (body.retryAfterMs !== undefined) headers.set("Retry-After", Math.ceil(body.retryAfterMs / 1000));
  return Response.json(body, { status, headers });
}
