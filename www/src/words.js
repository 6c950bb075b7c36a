// What the client says by codes and names, in plain words of the page's language. The client's own texts are English and
// more exact: on a page in English they are shown beside these.
import { isEnglish, t } from "./l10n.js";
import { reasonOf } from "./reason.js";
import { isRelay, rootOf } from "./server.js";

/** What a check of diagnose() is about; what is there where it has passed; the reason for which it fails, where there is only one. */
export const CHECKS = {
  server: () => ({ title: t("The server"), passed: ({ nextcloudHost }) => t("Nextcloud answers at {host}.", { host: nextcloudHost }) }),
  // Nothing but the name and the number: the same in each language.
  version: () => ({ title: t("Its version"), passed: ({ seen }) => seen, reason: "needs_upgrade" }),
  maintenance: () => ({ title: t("Maintenance mode"), passed: () => t("The server is not in maintenance mode."), reason: "maintenance" }),
  clock: () => ({ title: t("Its clock"), passed: () => t("It agrees with the clock of this device."), reason: "clocks_apart" }),
  discovery: () => ({ title: t("The identity provider"), passed: () => t("It says where it gives tokens.") }),
  grant: () => ({ title: t("Logins for services"), passed: () => t("The identity provider does not rule them out.") }),
  token: () => ({ title: t("The token"), passed: () => t("The identity provider gives one.") }),
  url_rewriting: () => ({
    title: t("URL rewriting"),
    passed: ({ nextcloudHost }) => (nextcloudHost.endsWith("/index.php") ? t("Not needed: the address ends in /index.php.") : t("The web server rewrites URLs.")),
    reason: "no_rewriting",
  }),
  astrolabe: () => ({ title: t("The Astrolabe app"), passed: () => t("It answers."), reason: "app_not_available" }),
  login: () => ({ title: t("The login"), passed: () => t("Nextcloud accepts it.") }),
  admin: () => ({ title: t("Administrator"), passed: () => t("The account is one.") }),
};

/** Without these there are no users to be seen. */
export const NEEDED = new Set(["server", "version", "maintenance", "discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"]);

const hostOf = (address) => new URL(address).host;

const account = (context) => context.account ?? t("<account>");

/**
 * By reason (see reason.js): what went wrong, and what to do. Both take what is known of the login: `nextcloudHost`;
 * `account`, null where nobody named it; `username`, null where it is none by user name and password.
 */
const REASONS = {
  invalid_argument: [() => t("Something that was typed in cannot be right."), () => t("Look through the address, and whatever else you typed.")],
  network: [() => t("The server did not answer."), () => t("Compare the address with the one in your browser when you use Nextcloud, and see whether the server runs.")],
  other_origin: [
    ({ nextcloudHost }) => t("{host} does not answer pages of {origin}.", { host: hostOf(nextcloudHost), origin: location.origin }),
    () => t("Put this page on the server's own origin, or give the address of a relay that allows {origin}.", { origin: location.origin }),
  ],
  provider_unreached: [
    () => t("The identity provider does not answer this page."),
    () => t("Let it answer pages of {origin} (CORS; in Keycloak: Web origins), and see whether it runs; or log in with an app password instead.", { origin: location.origin }),
  ],
  timeout: [() => t("The server took too long."), () => t("Try again when it has less to do.")],
  discovery_failed: [() => t("The identity provider was not found."), () => t("Name the identity provider, or log in with an app password instead.")],
  issuer_mismatch: [() => t("The identity provider is another than the one named."), () => t("Write it exactly as it names itself.")],
  insecure_endpoint: [() => t("The login would have gone over an unprotected connection."), () => t("The address must begin with https.")],
  grant_not_supported: [() => t("The identity provider has no logins for services."), () => t("Take an identity provider that offers the client-credentials grant, or log in with an app password instead.")],
  wrong_client: [() => t("The identity provider does not know this client ID with this secret."), () => t("Check the client ID and the client secret.")],
  token_request_failed: [() => t("The identity provider refused the login."), () => t("Allow this client the client-credentials grant and the scope openid there; its log says what it missed.")],
  invalid_token_response: [() => t("The identity provider gave no usable token."), () => t("Check its address, and what stands before it.")],
  client_assertion_failed: [() => t("The key or the assertion of this service did not prove who it is."), () => t("Log in again.")],
  token_function_failed: [() => t("There was no token."), () => t("Log in again.")],
  unauthorized: [() => t("Nextcloud does not accept the login (any more)."), () => t("Check what you typed. After many wrong passwords Nextcloud refuses all for 30 minutes.")],
  password_ignored: [
    () => t("Nextcloud did not look at the password."),
    () => t("With two-factor authentication it must be an app password; and let the web server pass on the Authorization header."),
  ],
  username_taken_for_none: [() => t("Nextcloud takes the user name “0” for none."), () => t("Give an app password of this account as an access token.")],
  account_disabled: [
    (context) => (context.account ? t("The account “{account}” is disabled.", context) : t("The account is disabled.")),
    (context) => t("Run “{command}” on the server, or log in with another account.", { command: `occ user:enable ${account(context)}` }),
  ],
  login_refused: [
    () => t("Nextcloud refused the login, and says why."),
    (context) => t("A disabled account is enabled by “{command}” on the server; where passwords are forbidden, give an app password.", { command: `occ user:enable ${account(context)}` }),
  ],
  forbidden: [
    (context) => (context.account ? t("You are logged in as “{account}”, and that account is no administrator.", context) : t("The account is no administrator.")),
    (context) => t("Log in with an account of the admin group, or run “{command}” on the server.", { command: `occ group:adduser admin ${account(context)}` }),
  ],
  self_provisioning_disabled: [() => t("Users may not give access by themselves on this server."), () => t("Allow it in Astrolabe's settings, or give access for them there.")],
  not_supported: [() => t("This version of Astrolabe cannot do that."), () => t("Update the app on the server: from version 0.16 on it can.")],
  unknown_user: [() => t("There is no such user (any more)."), () => t("Ask everybody anew, and see whether the user is still there.")],
  app_not_available: [() => t("The Astrolabe app is not there."), () => t("Install and enable the app on the server, for the groups of this account, too.")],
  no_rewriting: [
    () => t("Astrolabe answers below /index.php only: the web server does not rewrite URLs."),
    ({ nextcloudHost }) => t("Write /index.php at the end of the address: {address}; or set up URL rewriting on the web server.", { address: `${rootOf(nextcloudHost)}/index.php` }),
  ],
  locked: [
    () => t("Nextcloud lets nobody in from this address, since there were too many wrong passwords."),
    ({ nextcloudHost }) =>
      t("Run “{command}” on the server, or wait for 30 minutes; then check the password.", {
        command: `occ security:bruteforce:reset ${isRelay(nextcloudHost) ? t("<address of the Worker>") : t("<address of this device>")}`,
      }),
  ],
  rate_limited: [() => t("The server takes no more requests for a while, since there were too many."), () => t("Wait for some minutes, then try again.")],
  maintenance: [() => t("Nextcloud is in maintenance mode."), () => t("Wait until the maintenance is over, or run “{command}” on the server.", { command: "occ maintenance:mode --off" })],
  needs_upgrade: [() => t("Nextcloud has been updated, and its database has not."), () => t("Run “{command}” on the server.", { command: "occ upgrade" })],
  clocks_apart: [() => t("The clocks of the server and of this device are too far apart."), () => t("Let both machines take the time from the network (NTP).")],
  server_error: [() => t("An error on the server."), () => t("Try again later; the server's log says why.")],
  unavailable: [() => t("The server serves nothing at the moment."), () => t("If Nextcloud has just been updated, run “{command}” on the server; else its log, or that of a proxy before it, says why.", { command: "occ upgrade" })],
  request_rejected: [() => t("Nextcloud refused the request."), () => t("Its log, or that of a proxy before it, says why.")],
  untrusted_host: [
    () => t("Nextcloud does not trust the name by which it was asked."),
    ({ nextcloudHost }) =>
      isRelay(nextcloudHost)
        ? t("Add the host of the Worker's NEXTCLOUD_HOST to trusted_domains in Nextcloud's config.php.")
        : t("Add {host} to trusted_domains in Nextcloud's config.php.", { host: hostOf(nextcloudHost) }),
  ],
  firewall: [() => t("Something before Nextcloud refused the request."), () => t("Let the firewall or proxy pass it on.")],
  no_nextcloud: [
    ({ nextcloudHost }) => t("There is no Nextcloud at {host}.", { host: nextcloudHost }),
    () => t("Compare the address with the one in your browser when you use Nextcloud: its folder, such as /nextcloud, belongs to it."),
  ],
  unexpected_redirect: [() => t("The server sent the request elsewhere."), () => t("Give the address that it leads to; or, if that is a login page, let it leave out this route.")],
  unexpected_response: [() => t("The server's answer could not be understood."), () => t("See whether the address is that of a Nextcloud, and what stands before it: no login page and no proxy may answer in its place.")],
  response_too_large: [() => t("The server's answer was too long."), () => t("See whether the address is that of a Nextcloud, and what stands before it: no login page and no proxy may answer in its place.")],
  user_mismatch: [() => t("The answer was about another user."), () => t("A proxy or a cache mixes up answers: let it pass on each request by itself.")],
  app_password_rejected: [() => t("The app password was refused."), () => t("Make another in Nextcloud: Personal settings, Security, Devices & sessions.")],
  internal_error: [() => t("The client itself failed at it."), () => t("Load the page anew.")],
  // Of login/login-flow.js.
  not_offered: [() => t("The server offers no login by its own page here."), () => t("Log in in another way.")],
  ended: [() => t("The login was not completed within 20 minutes."), () => t("Begin again.")],
};
const UNKNOWN = [() => t("Something went wrong."), () => ""];

const wordsOf = (reason) => (Object.hasOwn(REASONS, reason) ? REASONS[reason] : UNKNOWN);

/** Why something failed, in a sentence. `context` is what is known of the login. */
export const explain = (error, context) => wordsOf(reasonOf(error, context))[0](context);

/** What to do about it, in a sentence or two. */
export const advise = (error, context) => wordsOf(reasonOf(error, context))[1](context);

/** A text that ends as a sentence does, and begins as one, unless its first word is a name, such as nextcloudHost. */
export const sentence = (text) => (/[.!?:]$/.test(text) ? text : `${text}.`).replace(/^\p{Ll}+(?![\p{L}\p{N}_:/.])/u, (word) => word[0].toUpperCase() + word.slice(1));

/** What a program can tell of an error: the same in each language, but for the client's sentence, which is English. */
export function detailsOf({ code, message, status, route }) {
  if (isEnglish()) return message === code ? code : `${code}: ${message}`;
  return [code, status && `HTTP ${status}`, route].filter(Boolean).join(" · ");
}

const WORKER_PROBLEMS = {
  not_set_up: () => t("A setting is missing or wrong: its README has the list."),
  access_required: () => t("Cloudflare Access does not stand before it."),
  access_denied: () => t("Cloudflare Access did not let you in: log in there again."),
  access_unavailable: () => t("Cloudflare Access cannot be reached."),
  origin_not_allowed: () => t("It does not allow pages of {origin}.", { origin: location.origin }),
  network: () => t("The Nextcloud behind it did not answer."),
};

/** Why the Worker that the page comes from cannot pass requests on (examples/worker). */
export const explainWorker = ({ code, message }) => (isEnglish() ? message : Object.hasOwn(WORKER_PROBLEMS, code) ? WORKER_PROBLEMS[code]() : code);

const KINDS = { app_password: () => t("App password"), oauth: () => t("OAuth") };

/** The kind of a credential. One that this page does not know keeps its name. */
export const kindOf = (credentialType) => (credentialType === null ? t("Unknown kind") : Object.hasOwn(KINDS, credentialType) ? KINDS[credentialType]() : credentialType);

const STATES = { access: () => t("Access"), none: () => t("No access"), failed: () => t("Failed"), waiting: () => t("Not asked yet") };

/** What is known of a user, see users/users.js. */
export const stateOf = (state) => STATES[state]();
