// One answer of Nextcloud, and of the web server before it: everything that comes before and beside the apps' routes.
import { answerAstrolabe, htmlPage, wantsHtml } from "./astrolabe-routes.mjs";
import { answerLoginFlow, deleteAppPassword } from "./login-flow.mjs";
import { answerOcs, refuseOcs } from "./ocs-routes.mjs";
import { readdress, recording, replay } from "./recordings.mjs";

const REFUSED = { password: "60-wrongpw-1", throttled: "60-wrongpw-12", disabled: "163b-disabled-user-login" };

/**
 * `place` is what findRoute() found; `state` holds settings, accounts and logins; `metadata()` is the body of the
 * identity provider's own discovery document.
 */
export async function answerNextcloud({ request, body, path, query, place, state, url, metadata }) {
  const { settings, accounts, logins, flows } = state;
  const { base, route } = place;
  const anonymous = { base, session: logins.sessionOf(null) };

  if (!settings.rewriting && place.needsRewriting) return replay("195-norewrite-pretty");
  if (route === "status.php") return statusPhp(settings, anonymous);
  const ocs = route === "users" || route === "user" || route === "app-password";
  if (settings.maintenance) return replay(ocs ? "150-maint-ocs-8088" : "150-maint-cred-8088", anonymous);
  if (route === "discovery") return discovery({ settings, place, url, metadata, anonymous });
  if (route === "token") return oidcAppToken(settings, anonymous);
  if (route.startsWith("login-flow")) return answerLoginFlow({ place, body, flows, accounts, url });

  const { account, refused } = logins.login(request.headers);
  if (refused && ocs) return refuseOcs(refused, anonymous);
  if (refused) {
    const answer = replay(REFUSED[refused], anonymous);
    return wantsHtml(request) ? htmlPage({ installation: anonymous }, answer) : answer;
  }
  const installation = { base, session: logins.sessionOf(account) };
  if (place.inApp && !settings.appInstalled) return replay("160-appdisabled-8088", installation);
  if (place.failure) return replay(place.failure === "method" ? "49-cred-DELETE" : "47-cred-alice-trailing", installation);
  const call = { ...place, request, body, path, query, settings, accounts, account, installation };
  if (route === "app-password") return deleteAppPassword(call);
  return ocs ? answerOcs(call) : answerAstrolabe(call);
}

function statusPhp({ maintenance, versionstring }, anonymous) {
  const name = maintenance ? "150-maint-status-8088" : "120-status";
  const recorded = JSON.parse(recording(name).body);
  const version = recorded.version.replace(recorded.versionstring, versionstring);
  return replay(name, { ...anonymous, body: JSON.stringify({ ...recorded, version, versionstring }) });
}

async function discovery({ settings, place: { base, front }, url, metadata, anonymous }) {
  switch (settings.discovery) {
    case "none":
      return replay("80-wk-nooidc-8088", anonymous);
    case "nextcloud-oidc": {
      const name = settings.rewriting ? "81-wk-oidc-8088" : "195d-norewrite-index-wk";
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
