// Who may ask for what, and which file answers. All that is asked about users is GET; nothing is written about them.
import { requireAccess } from "./access.js";
import { preflight, withCors } from "./cors.js";
import { requireSender } from "./fetch-metadata.js";
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
  ...Object.entries(RELAYED_PATHS).map(([method, path]) => ({ method, path, answer: relay, isForPages: true })),
];

async function respond(request, env) {
  requireSettings(env);
  const url = new URL(request.url);
  const route = routes.find(({ path }) => path.test(url.pathname));
  if (!route) throw new Problem(404, "not_found", `there is no route ${url.pathname}: see the README of this Worker`);
  requireSender(request, { url, env, isForPages: route.isForPages });
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
