// What this Worker must be told before it serves anything.
import { isHostName, isSafeAddress, isSafeOrigin } from "./addresses.js";
import { Problem } from "./problem.js";

/** A listing of so many fits into one run with its subrequests and D1's queries: see the README. */
const MOST_USERS = 500_000;
const USUAL_USER_LIMIT = 100_000;

const ADDRESS = "an https address, or an http one of localhost, 127.0.0.0/8 or [::1], without user name, query and fragment";
/** What each must be, where it is given. */
const FORMS = [
  { name: "NEXTCLOUD_HOST", fits: isSafeAddress, is: ADDRESS },
  { name: "NEXTCLOUD_OIDC_ISSUER", fits: isSafeAddress, is: ADDRESS },
  { name: "ACCESS_CERTS_URL", fits: isSafeAddress, is: ADDRESS },
  { name: "ACCESS_TEAM_DOMAIN", fits: isHostName, is: "a host name in small letters and nothing else" },
  { name: "ALLOWED_ORIGINS", fits: (text) => listed(text).every(isSafeOrigin), is: "a list of origins as browsers send them, https or of this machine" },
  { name: "SCAN_USER_LIMIT", fits: (text) => /^[1-9]\d{0,5}$/.test(text) && Number(text) <= MOST_USERS, is: `a whole number from 1 to ${MOST_USERS}` },
];

/** Whether this Worker logs in by itself. Else each caller's own login is passed through. */
export const hasServiceLogin = (env) => Boolean(env.NEXTCLOUD_OIDC_CLIENT_ID || env.NEXTCLOUD_OIDC_CLIENT_SECRET);

/** @throws {Problem} With a service login and without Cloudflare Access, anybody could read what the service may read. */
export function requireSettings(env) {
  const names = ["NEXTCLOUD_HOST", ...(hasServiceLogin(env) ? ["NEXTCLOUD_OIDC_CLIENT_ID", "NEXTCLOUD_OIDC_CLIENT_SECRET", "ACCESS_TEAM_DOMAIN", "ACCESS_AUD"] : [])];
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) throw notSetUp(`it was started without ${missing.join(", ")}`);
  for (const { name, fits, is } of FORMS) if (env[name] && !fits(env[name])) throw notSetUp(`${name} is not ${is}`);
}

const notSetUp = (why) => new Problem(500, "not_set_up", `this Worker serves nothing, because ${why}: see its README`);

export const allowedOrigins = (env) => listed(env.ALLOWED_ORIGINS ?? "");

const listed = (text) => text.split(/[\s,]+/).filter(Boolean);

/** How many users a scan lists at most. */
export const userLimit = (env) => Number(env.SCAN_USER_LIMIT || USUAL_USER_LIMIT);
