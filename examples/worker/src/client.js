// The client of a request: with the service's login, or with the caller's own.
import { AstrolabeClient, TokenCache } from "astrolabe-client";
import { Problem } from "./problem.js";
import { hasServiceLogin } from "./settings.js";

/** A Worker has six connections open at a time. */
export const CONCURRENCY = 6;

const tokenCache = new TokenCache(); // serves all requests of this isolate; TOKENS serves all isolates

export function serviceClient({ NEXTCLOUD_HOST, NEXTCLOUD_OIDC_CLIENT_ID, NEXTCLOUD_OIDC_CLIENT_SECRET, NEXTCLOUD_OIDC_ISSUER, TOKENS }) {
  return new AstrolabeClient({
    nextcloudHost: NEXTCLOUD_HOST,
    clientId: NEXTCLOUD_OIDC_CLIENT_ID,
    clientSecret: NEXTCLOUD_OIDC_CLIENT_SECRET,
    issuer: NEXTCLOUD_OIDC_ISSUER || undefined,
    tokenCache,
    tokenStore: TOKENS,
  });
}

export function clientFor(request, env) {
  if (hasServiceLogin(env)) return serviceClient(env);
  return new AstrolabeClient({ nextcloudHost: env.NEXTCLOUD_HOST, ...loginOf(request) });
}

function loginOf(request) {
  const [, scheme = "", credentials] = /^(\S+) +(\S+)$/.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { accessToken: credentials };
  const [, username, password] = (scheme.toLowerCase() === "basic" && /^([^:]+):(.+)$/s.exec(decoded(credentials))) || [];
  if (!username) throw new Problem(401, "unauthorized", "send an Authorization header: Basic, or Bearer with an app password or token");
  return { username, password };
}

function decoded(base64) {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return "";
  }
}
