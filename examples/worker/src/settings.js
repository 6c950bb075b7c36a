// What this Worker must be told before it serves anything.
import { Problem } from "./problem.js";

/** Logins go there: not over plain http, but to this machine. */
const SAFE_HOST = /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1)([:/]|$)/;

/** Whether this Worker logs in by itself. Else each caller's own login is passed through. */
export const hasServiceLogin = (env) => Boolean(env.CLIENT_ID || env.CLIENT_SECRET);

/** @throws {Problem} With a service login and without Cloudflare Access, anybody could read what the service may read. */
export function requireSettings(env) {
  const names = ["NEXTCLOUD_HOST", ...(hasServiceLogin(env) ? ["CLIENT_ID", "CLIENT_SECRET", "ACCESS_TEAM_DOMAIN", "ACCESS_AUD"] : [])];
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Problem(500, "not_set_up", `this Worker serves nothing, because it was deployed without ${missing.join(", ")}: see its README`);
  }
  if (!SAFE_HOST.test(env.NEXTCLOUD_HOST)) {
    throw new Problem(500, "not_set_up", "this Worker serves nothing, because NEXTCLOUD_HOST does not begin with https://");
  }
}
