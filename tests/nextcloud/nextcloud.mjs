// One answer of Nextcloud, and of the web server before it: everything that comes before and beside the apps' routes.
import { answerAstrolabe, htmlPage, wantsHtml } from "./astrolabe-routes.mjs";
import { answerLoginFlow, deleteAppPassword } from "./login-flow.mjs";
import { answerOcs, refuseOcs } from "./ocs-routes.mjs";
import { readdress, recording, replay } from "./recordings.mjs";
import { findRoute } from "./routes.mjs";

const REFUSED = {
  password: "60-wrongpw-1",
  throttled: "60-wrongpw-12",
  "disabled-password": "163b-disabled-user-login",
  "disabled-bearer": "331-disabled-bearer",
};

// What answers in place of every route, by kind of route.
const KINDS = { "status.php": "status", discovery: "discovery", users: "ocs", user: "ocs", "app-password": "ocs", capabilities: "ocs" };
const UNTRUSTED = { status: "330-untrusted-status", ocs: "330d-untrusted-ocs", discovery: "330c-untrusted-discovery", route: "330b-untrusted-credentials" };
const NEEDS_UPGRADE = { ocs: "332c-needs-upgrade-ocs", discovery: "332d-needs-upgrade-discovery", route: "332b-needs-upgrade-credentials" };
const MAINTENANCE = { ocs: "150-maint-ocs-8088", discovery: "150-maint-wk-8088", route: "150-maint-cred-8088" };

/**
 * `place` is what findRoute() found; `state` holds settings, accounts and logins; `metadata()` is the body of the
 * identity provider's own discovery document.
 */
export async function answerNextcloud(exchange) {
  const { path, place, state } = exchange;
  const { rewriting } = state.settings;
  if (rewriting === true || !place.needsRewriting) return answer(exchange);
  if (rewriting === false) return replay("195-norewrite-pretty");
  // Apache's error document is Nextcloud, and is asked with GET, whatever the method was.
  const found = await answer({ ...exchange, body: null, place: findRoute("GET", path) });
  return rewriting === "apache-fpm" && found.status === 200 ? { ...found, status: 404, statusMessage: "Not Found" } : found;
}

async function answer({ request, body, path, query, place, state, url, metadata }) {
  const { settings, accounts, logins, flows } = state;
  const { base, route } = place;
  const anonymous = { base, session: logins.sessionOf(null) };

  const kind = KINDS[route] ?? "route";
  if (!settings.trustedHost) return replay(UNTRUSTED[kind], anonymous);
  if (kind === "status") return statusPhp(settings, place, anonymous);
  if (settings.needsUpgrade) return replay(NEEDS_UPGRADE[kind], anonymous);
  if (settings.maintenance) return replay(MAINTENANCE[kind], anonymous);
  if (route === "discovery") return discovery({ settings, place, url, metadata, anonymous });
  if (route === "token") return oidcAppToken(settings, anonymous);
  if (route.startsWith("login-flow")) return answerLoginFlow({ place, body, flows, accounts, url });

  const { account, refused } = logins.login(request.headers);
  if (refused && kind === "ocs") return refuseOcs(refused, anonymous);
  if (refused) {
    const answer = replay(REFUSED[refused], anonymous);
    return wantsHtml(request) ? htmlPage({ installation: anonymous }, answer) : answer;
  }
  const installation = { base, session: logins.sessionOf(account) };
  if (place.inApp && !settings.appInstalled) return replay("160-appdisabled-8088", installation);
  if (place.newer && settings.contract !== "newer") return replay("320-no-admin-route", installation);
  if (place.failure) return replay(place.failure === "method" ? "49-cred-DELETE" : "47-cred-alice-trailing", installation);
  const call = { ...place, request, body, path, query, settings, accounts, account, installation };
  if (route === "app-password") return deleteAppPassword(call);
  return kind === "ocs" ? answerOcs(call) : answerAstrolabe(call);
}

function statusPhp({ maintenance, needsUpgrade, versionstring }, { pathInfo }, anonymous) {
  const name = needsUpgrade ? "332-needs-upgrade-status" : maintenance ? "150-maint-status-8088" : pathInfo === undefined ? "120-status" : "303-status-php-below-host";
  const recorded = JSON.parse(recording(name).body);
  const version = recorded.version.replace(recorded.versionstring, versionstring);
  return replay(name, { ...anonymous, body: JSON.stringify({ ...recorded, version, versionstring }) });
}

async function discovery({ settings, place: { base, front }, url, metadata, anonymous }) {
  switch (settings.discovery) {
    case "none":
      return replay("80-wk-nooidc-8088", anonymous);
    case "nextcloud-oidc": {
      const name = settings.rewriting === true ? "81-wk-oidc-8088" : "195d-norewrite-index-wk";
      return replay(name, { ...anonymous, body: readdress(recording(name).body, name, url + base) });
    }
    case "redirect":
      if (!front) {
        const headers = { Location: `${url}${base}/index.php/.well-known/openid-configuration` };
        return replay("81-wk-oidc-8090", { headers });
      }
  }
  // Here the address that Nextcloud's users know leads to another identity provider, with the headers that Nextcloud sets.
  return replay("81-wk-oidc-8088", { ...anonymous, body: await metadata() });
}

function oidcAppToken({ discovery }, anonymous) {
  return replay(discovery === "nextcloud-oidc" ? "90-token-cc-form" : "47-cred-alice-trailing", anonymous);
}
