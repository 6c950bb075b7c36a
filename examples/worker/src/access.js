// Lets callers in by Cloudflare Access, where the Worker logs in by itself. Without one, Nextcloud decides.
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { Problem } from "./problem.js";
import { hasServiceLogin } from "./settings.js";

/** What jose says of the keys, and not of the token. */
const ABOUT_KEYS = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"]);

let keys; // kept for the isolate; jose fetches them anew when Cloudflare has changed them

/** @throws {Problem} unless the request carries a token that Cloudflare Access made for this application */
export async function requireAccess(request, env) {
  if (!hasServiceLogin(env)) return;
  const token = request.headers.get("Cf-Access-Jwt-Assertion");
  if (!token) {
    throw new Problem(403, "access_required", "no Cf-Access-Jwt-Assertion header: put an application of Cloudflare Access before this Worker");
  }
  const issuer = `https://${env.ACCESS_TEAM_DOMAIN}`;
  keys ??= createRemoteJWKSet(new URL(env.ACCESS_CERTS_URL || `${issuer}/cdn-cgi/access/certs`));
  try {
    await jwtVerify(token, keys, { issuer, audience: env.ACCESS_AUD, algorithms: ["RS256"], requiredClaims: ["exp"] });
  } catch (error) {
    if (error instanceof errors.JOSEError && !ABOUT_KEYS.has(error.code)) {
      const toDo = "log in again, or compare ACCESS_AUD and ACCESS_TEAM_DOMAIN";
      throw new Problem(403, "access_denied", `the token of Cloudflare Access was not accepted (${error.code}): ${toDo}`);
    }
    throw new Problem(503, "access_unavailable", "the keys of Cloudflare Access could not be read: try again, or check ACCESS_TEAM_DOMAIN");
  }
}
