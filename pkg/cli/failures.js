// How it ends: what can be wrong beside the client's own errors, and which exit code says what.

export const EXIT = { ok: 0, partly: 1, configuration: 2, refused: 3, unavailable: 4, other: 5, interrupted: 130, terminated: 143, closedPipe: 141 };

/** A failure of the command itself. `code` stands beside those of AstrolabeError. */
export class CommandError extends Error {
  constructor(code, message, exitCode) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** Also where it is not to be tried again, since what was sent may be done. */
const UNAVAILABLE = new Set(["network", "timeout", "server_error"]);
const CONFIGURATION = new Set(["invalid_argument", "insecure_endpoint", "discovery_failed", "issuer_mismatch", "client_assertion_failed", "app_not_available", "not_supported", "unknown_user"]);
const REFUSED = new Set(["unauthorized", "forbidden", "token_request_failed", "grant_not_supported", "self_provisioning_disabled"]);

/** Of an AstrolabeError, a CommandError, or the `error` of a row. */
export function exitCodeOf({ exitCode, retryable, code }) {
  if (exitCode !== undefined) return exitCode;
  if (retryable || UNAVAILABLE.has(code)) return EXIT.unavailable;
  if (CONFIGURATION.has(code)) return EXIT.configuration;
  if (REFUSED.has(code)) return EXIT.refused;
  return EXIT.other;
}

/** One code for many rows: that of each, if all are of one kind; so what failed for a single user says why. */
export function exitCodeOfAll(exitCodes) {
  if (exitCodes.size > 1) return EXIT.partly;
  return exitCodes.values().next().value ?? EXIT.ok;
}

/** What the operating system or TLS calls it, such as ECONNREFUSED or CERT_HAS_EXPIRED; null where it is nothing of theirs. */
export function systemCodeOf({ cause }) {
  for (let inner = cause; inner; inner = inner.cause) if (typeof inner.code === "string" && !(inner instanceof CommandError)) return inner.code;
  return null;
}
