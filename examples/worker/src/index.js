// Who may ask for what, and which file answers. All that is asked about users is GET; what the relay changes, it changes with
// the caller's own login.
import { requireAccess } from "./access.js";
import { preflight, withCors } from "./cors.js";
import { requireSender } from "./fetch-metadata.js";
import { Problem, problemResponse } from "./problem.js";
import { relayRoutes } from "./relay.js";
import { consume, latestScan, startScan } from "./scan.js";
import { hasServiceLogin, requireSettings } from "./settings.js";
import { statusOfUser, statusesOfAll, statusesOfSome } from "./statuses.js";

const routes = [
  { method: "GET", path: /^\/status\/([^/]+)$/, answer: statusOfUser },
  { method: "GET", path: /^\/status$/, answer: statusesOfSome },
  { method: "GET", path: /^\/statuses$/, answer: statusesOfAll },
  { method: "GET", path: /^\/scans\/latest$/, answer: latestScan },
  ...relayRoutes,
];

async function respond(request, env) {
  requireSettings(env);
  const url = new URL(request.url);
  const found = routes.filter(({ path }) => path.test(url.pathname));
  if (found.length === 0) throw new Problem(404, "not_found", `there is no route ${url.pathname}: see the README of this Worker`);
  requireSender(request, { url, env, isForPages: found.every(({ isForPages }) => isForPages) });
  const methods = found.map(({ method }) => method);
  if (request.method === "OPTIONS") return preflight(methods);
  const route = found.find(({ method }) => method === request.method);
  if (!route) {
    throw new Problem(405, "method_not_allowed", `${request.method} is not allowed: use ${methods.join(" or ")}`, { Allow: [...methods, "OPTIONS"].join(", ") });
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
