// Who may ask for what, and which file answers. All that is asked about users is GET; nothing is written about them.
import { requireAccess } from "./access.js";
import { allowsOrigin, preflight, withCors } from "./cors.js";
import { Problem, problemResponse } from "./problem.js";
import { RELAYED_PATHS, relay } from "./relay.js";
import { consume, latestScan, startScan } from "./scan.js";
import { hasServiceLogin, requireSettings } from "./settings.js";
import { statusOfUser, statusesOfAll, statusesOfSome } from "./statuses.js";

const routes = [
  { method: "GET", path: /^\/status\/([^/]+)$/, answer: statusOfUser },
  { method: "GET", path: /^\/status$/, answer: statusesOfSome },
  { method: "GET", path: /^\/statuses$/, answer: statusesOfAll },
  { method: "GET", path: /^\/scans\/latest$/, answer: latestScan },
  ...Object.entries(RELAYED_PATHS).map(([method, path]) => ({ method, path, answer: relay, needsOrigin: true })),
];

/** A browser says so of a page that this Worker serves; it sends no Origin with a GET there. */
const isOfOwnPage = (request) => request.headers.get("Sec-Fetch-Site") === "same-origin";

async function respond(request, env) {
  requireSettings(env);
  const origin = request.headers.get("Origin");
  const url = new URL(request.url);
  const route = routes.find(({ path }) => path.test(url.pathname));
  if (!route) throw new Problem(404, "not_found", `there is no route ${url.pathname}: see the README of this Worker`);
  if (origin === null && route.needsOrigin && !isOfOwnPage(request)) {
    throw new Problem(403, "origin_not_allowed", "there is no Origin header: the relay is for pages of ALLOWED_ORIGINS; ask Nextcloud itself instead");
  }
  if (origin !== null && origin !== url.origin && !allowsOrigin(origin, env)) {
    throw new Problem(403, "origin_not_allowed", `the origin ${origin} is not one of ALLOWED_ORIGINS: add it there, exactly as the browser sends it`);
  }
  if (request.method === "OPTIONS") return preflight(route.method);
  if (request.method !== route.method) {
    throw new Problem(405, "method_not_allowed", `${request.method} is not allowed: use ${route.method}`, { Allow: `${route.method}, OPTIONS` });
  }
  await requireAccess(request, env);
  return route.answer({ request, env, url, match: route.path.exec(url.pathname) });
}

/** The dashboard's files, which do not come here, have theirs from www/public/_headers. */
function keepOutOfFrames(headers) {
  headers.set("X-Frame-Options", "DENY");
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", "frame-ancestors 'none'");
}

export default {
  async fetch(request, env) {
    const response = await respond(request, env).catch((error) => problemResponse(error, !hasServiceLogin(env)));
    // All that is answered is of one caller.
    response.headers.set("Cache-Control", "no-store");
    keepOutOfFrames(response.headers);
    return withCors(response, request, env);
  },
  scheduled: startScan,
  queue: consume,
};
