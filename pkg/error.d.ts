/** What went wrong. New codes may be added; none changes its meaning. */
export type AstrolabeErrorCode =
  /** An option or a parameter is missing or wrong. Nothing was sent. */
  | "invalid_argument"
  /** No answer: the connection failed, or broke before the answer was complete. `cause` is what `fetch` threw. */
  | "network"
  /** The time limit (`timeoutMs`) ran out. */
  | "timeout"
  /** Discovery did not answer with usable metadata (OpenID Connect Discovery §4, RFC 8414 §3). */
  | "discovery_failed"
  /** Discovery answered for another issuer than the one asked for (RFC 8414 §3.3). */
  | "issuer_mismatch"
  /** A secret would have had to go over plain `http`. */
  | "insecure_endpoint"
  /** The identity provider does not offer the client-credentials grant. */
  | "grant_not_supported"
  /** The token endpoint refused (RFC 6749 §5.2); `oauthError` says why. */
  | "token_request_failed"
  /** The token endpoint's answer is no token response (RFC 6749 §5.1). */
  | "invalid_token_response"
  /** The function given as `accessToken` threw, or gave no token; `cause` is what it threw. */
  | "token_function_failed"
  /** Nextcloud did not accept the login (401). */
  | "unauthorized"
  /** Nextcloud knows the caller but does not let it do this (403): most often it is no admin. */
  | "forbidden"
  /** The Astrolabe app is not there for this caller (a 404 that is not Astrolabe's). */
  | "app_not_available"
  /** Too many requests (429). Without `Retry-After` it is Nextcloud's brute-force lock. */
  | "rate_limited"
  /** Nextcloud is in maintenance mode (503). */
  | "maintenance"
  /** The server failed (5xx). */
  | "server_error"
  /** The server refused the request (any other 4xx). */
  | "request_rejected"
  /** The server answered with a redirect where none is allowed. */
  | "unexpected_redirect"
  /** The answer is not what the route answers: HTML, broken JSON, a field of the wrong type. */
  | "unexpected_response"
  /** The answer is larger than `maxResponseBytes`. */
  | "response_too_large"
  /** The answer is about another user than was asked for. */
  | "user_mismatch"
  /** The app password to be stored is wrong, or not of the form that Astrolabe takes. */
  | "app_password_rejected"
  /** The WebAssembly of this package stopped in the middle of a call; `cause` is what it threw. The next call gets a fresh instance of it. */
  | "internal_error";

/**
 * What every failed call rejects with. `message` says what was wrong, where, and what to do. Holds no secret, unless a `fetch` of your own puts one into what it throws.
 *
 * An aborted call is no failure: it rejects with the signal's own reason, as `fetch` does.
 */
export class AstrolabeError extends Error {
  private constructor();
  /** Always the same, as with the errors of JavaScript itself. */
  readonly name: "AstrolabeError";
  /** What went wrong, for programs. */
  readonly code: AstrolabeErrorCode;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Whether the same call can succeed later without anything being changed. */
  readonly retryable: boolean;
  /** How long to wait before that, in milliseconds, where it is known. */
  readonly retryAfterMs?: number;
  /** `error` of RFC 6749 §5.2. */
  readonly oauthError?: string;
  /** `error_description` of RFC 6749 §5.2. */
  readonly oauthErrorDescription?: string;
  /** What the server said in its own words. */
  readonly serverMessage?: string;
  /** Method and URL without query; `login` where that took too long. */
  readonly route?: string;
  /** What `fetch`, the function given as `accessToken` or the WebAssembly threw, unchanged. */
  readonly cause?: unknown;
}
