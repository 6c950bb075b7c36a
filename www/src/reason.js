// Why something failed, as finely as there is something else to do about it. Most reasons are the client's codes; the finer
// ones are told by the data of the error alone, never by its sentences. words.js says each of them.
import { originOf } from "./plain.js";

const FINER = {
  network: ({ route }, { nextcloudHost }) => unreached(route, nextcloudHost),
  rate_limited: (error) => (says(error, "Reached maximum delay") ? "locked" : null),
  unauthorized(error, { username }) {
    if (says(error, "Account disabled")) return "account_disabled";
    // So it answers where it looked at no password. PHP's empty() takes the user name 0 for none.
    if (username !== null && says(error, "Current user is not logged in")) return username === "0" ? "username_taken_for_none" : "password_ignored";
    // Of a wrong password it says nothing, or this; it may say "Account disabled" in its own language.
    return !error.serverMessage || says(error, "Unauthori") || says(error, "Current user is not logged in") ? null : "login_refused";
  },
  token_request_failed: ({ oauthError }) => (oauthError === "invalid_client" ? "wrong_client" : null),
  request_rejected(error) {
    // Nextcloud says so by a page, which has no message.
    if (error.status === 400 && (error.serverMessage === undefined || says(error, "Trusted domain"))) return "untrusted_host";
    return error.status === 403 ? "firewall" : null;
  },
  server_error: ({ status }) => (status === 503 ? "unavailable" : null),
};

/**
 * @param {{ code: string }} error an AstrolabeError, or anything else with a code of words.js
 * @param context what is known of the login, see words.js
 */
export function reasonOf(error, context) {
  return (Object.hasOwn(FINER, error.code) && FINER[error.code](error, context)) || error.code;
}

/** In Nextcloud's own words. Those that it translates it may say otherwise. */
const says = ({ serverMessage }, words) => serverMessage?.startsWith(words) ?? false;

/** Which server it was that did not answer, or did not let this page read its answer (CORS): a browser tells nobody which. */
function unreached(route, nextcloudHost) {
  const origin = originOf(route?.split(" ").at(-1));
  if (origin === null || origin === location.origin) return null;
  if (origin !== originOf(nextcloudHost)) return "provider_unreached";
  return "other_origin";
}
