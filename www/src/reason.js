// Why something failed, as finely as there is something else to do about it. Most reasons are the client's codes; the finer
// ones are told by the data of the error alone, never by its sentences. words.js says each of them.
import { originOf } from "./plain.js";

/** By this wait, which no header asked for, the client tells Nextcloud's lock after wrong passwords (README, `rate_limited`). */
const BRUTE_FORCE_LOCK_MS = 1_800_000;

const FINER = {
  network: ({ route }, nextcloudHost) => unreached(route, nextcloudHost),
  rate_limited: ({ retryAfterMs }) => (retryAfterMs === BRUTE_FORCE_LOCK_MS ? "locked" : null),
  unauthorized: (error) => (says(error, "Account disabled") ? "account_disabled" : null),
  forbidden: (error) => (says(error, "User self-provisioning is disabled") ? "self_provisioning_off" : null),
  token_request_failed: ({ oauthError }) => (oauthError === "invalid_client" ? "wrong_client" : null),
  request_rejected(error) {
    // Nextcloud says so by a page, which has no message.
    if (error.status === 400 && (error.serverMessage === undefined || says(error, "Trusted domain"))) return "untrusted_host";
    return error.status === 403 ? "firewall" : null;
  },
  server_error: ({ status }) => (status === 503 ? "unavailable" : null),
};

/** @param {{ code: string }} error an AstrolabeError, or anything else with a code of words.js */
export function reasonOf(error, nextcloudHost) {
  return (Object.hasOwn(FINER, error.code) && FINER[error.code](error, nextcloudHost)) || error.code;
}

/** In Nextcloud's own words, which it translates into no language. */
const says = ({ serverMessage }, words) => serverMessage?.startsWith(words) ?? false;

/** Which server it was that did not answer, or did not let this page read its answer (CORS): a browser tells nobody which. */
function unreached(route, nextcloudHost) {
  const origin = originOf(route?.split(" ").at(-1));
  if (origin === null || origin === location.origin) return null;
  if (origin !== originOf(nextcloudHost)) return "provider_unreached";
  return "other_origin";
}
