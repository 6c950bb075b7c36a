// Lets pages of the named origins read the answers (https://fetch.spec.whatwg.org/#http-cors-protocol). Never with cookies.
import { allowedOrigins } from "./settings.js";

/** Compared exactly: no pattern, no "*". */
export const allowsOrigin = (origin, env) => allowedOrigins(env).includes(origin);

export const preflight = (methods) =>
  new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": methods.join(", "),
      "Access-Control-Allow-Headers": "Authorization, Accept, Content-Type, OCS-APIRequest",
      "Access-Control-Max-Age": "600",
    },
  });

export function withCors(response, request, env) {
  const origin = request.headers.get("Origin");
  response.headers.set("Vary", "Origin");
  if (allowsOrigin(origin, env)) {
    response.headers.set("Access-Control-Allow-Origin", origin);
    response.headers.set("Access-Control-Expose-Headers", "Content-Type, Date, Retry-After, X-Nextcloud-Maintenance-Mode");
  }
  return response;
}
