// What the client says by codes and names, in plain words of the page's language. The client's own texts are English and
// more exact: they are shown beside these.
import { t } from "./l10n.js";

/** What a check of diagnose() is about, and what to do when it has not passed. */
export const CHECKS = {
  server: () => [t("The server"), t("Compare the address with the one in your browser when you use Nextcloud, and see whether the server runs.")],
  version: () => [t("Its version"), t("Bring the server up to date.")],
  maintenance: () => [t("Maintenance mode"), t("Wait until the maintenance is over, or end it on the server.")],
  clock: () => [t("Its clock"), t("Let both machines take the time from the network (NTP).")],
  discovery: () => [t("The identity provider"), t("Name the identity provider, or log in with an app password instead.")],
  grant: () => [t("Logins for services"), t("Take an identity provider that offers the client-credentials grant, or log in with an app password instead.")],
  token: () => [t("The token"), t("Check the client ID and the client secret.")],
  url_rewriting: () => [t("URL rewriting"), t("Write /index.php at the end of the address, or set up URL rewriting on the web server.")],
  astrolabe: () => [t("The Astrolabe app"), t("Install and enable the app on the server, for the groups of this account, too.")],
  login: () => [t("The login"), t("Check what you typed. After many wrong passwords Nextcloud refuses all for 30 minutes.")],
  admin: () => [t("Administrator"), t("Log in with an account of the admin group.")],
};

/** Without these there are no users to be seen. */
export const NEEDED = new Set(["server", "maintenance", "discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"]);

const FAILURES = {
  invalid_argument: () => t("Something that was typed in cannot be right."),
  network: () => t("The server did not answer."),
  timeout: () => t("The server took too long."),
  discovery_failed: () => t("The identity provider was not found."),
  issuer_mismatch: () => t("The identity provider is another than the one named."),
  insecure_endpoint: () => t("The login would have gone over an unprotected connection: the address must begin with https."),
  grant_not_supported: () => t("The identity provider has no logins for services."),
  token_request_failed: () => t("The identity provider refused the login."),
  invalid_token_response: () => t("The identity provider gave no usable token."),
  unauthorized: () => t("Nextcloud does not accept the login (any more)."),
  forbidden: () => t("The account is no administrator."),
  app_not_available: () => t("The Astrolabe app is not there."),
  rate_limited: () => t("Nextcloud lets nobody in from here for a while, since there were too many attempts."),
  maintenance: () => t("Nextcloud is in maintenance mode."),
  server_error: () => t("An error on the server."),
  request_rejected: () => t("Nextcloud refused the request."),
  unexpected_redirect: () => t("The server sent the request elsewhere."),
  unexpected_response: () => t("The server's answer could not be understood."),
  response_too_large: () => t("The server's answer was too long."),
  user_mismatch: () => t("The answer was about another user."),
  internal_error: () => t("The client itself failed at it."),
  // Those of login/login-flow.js.
  unreachable: () => t("The server did not answer."),
  not_offered: () => t("The server offers no login by its own page here."),
  ended: () => t("The login was not completed within 20 minutes."),
};

/** What went wrong, in a sentence. */
export const explain = ({ code }) => (Object.hasOwn(FAILURES, code) ? FAILURES[code]() : t("Something went wrong."));

const KINDS = { app_password: () => t("App password"), oauth: () => t("OAuth") };

/** The kind of a credential. One that this page does not know keeps its name. */
export const kindOf = (credentialType) => (credentialType === null ? t("Unknown kind") : Object.hasOwn(KINDS, credentialType) ? KINDS[credentialType]() : credentialType);

const STATES = { access: () => t("Access"), none: () => t("No access"), failed: () => t("Failed"), waiting: () => t("Not asked yet") };

/** What is known of a user, see users/users.js. */
export const stateOf = (state) => STATES[state]();
