// The identity provider: npm's oidc-provider, with the client-credentials grant.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { ServerResponse } from "node:http";
import Provider from "oidc-provider";

// The names are the client's own options, so that `new AstrolabeClient({ nextcloudHost, ...clients.service })` works.
export const clients = {
  service: { clientId: "astrolabe-service", clientSecret: "service-secret-of-the-stand-in", clientAuthentication: "post" },
  // Every character here that is not a letter or a digit changes, or must not change, in RFC 6749 section 2.3.1's encoding.
  basic: { clientId: "astrolabe-basic:1/2 + 50%", clientSecret: "s3cret: a+b/c=d & 100% ~*-._", clientAuthentication: "basic" },
  plain: { clientId: "plain-service", clientSecret: "plain-secret-of-the-stand-in", clientAuthentication: "post" },
};

// user_oidc takes the account from the token's `sub`.
const accountOfClient = new Map([
  [clients.service.clientId, "service-account-astrolabe-service"],
  [clients.basic.clientId, "service-account-astrolabe-basic"],
  [clients.plain.clientId, "service-account-plain-service"],
]);

export const MOUNT = "/idp";
export const METADATA = "/.well-known/openid-configuration";

export function createIdentityProvider({ url, tokenLifetimeSeconds }) {
  const tokens = new Map();

  // oidc-provider writes the tokens it issues through this; the grant reads nothing back.
  class TokenStore {
    async upsert(token, { clientId }, expiresIn) {
      tokens.set(token, { accountId: accountOfClient.get(clientId), expiresAt: Date.now() + expiresIn * 1000 });
    }
    async find() {}
  }

  const provider = new Provider(url + MOUNT, {
    adapter: TokenStore,
    clients: Object.values(clients).map(registration),
    scopes: ["openid", "astrolabe"],
    clientAuthMethods: ["client_secret_post", "client_secret_basic"],
    ttl: { ClientCredentials: tokenLifetimeSeconds },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      // Switched on, `resource` would have to name a server known here; off, it is ignored as `audience` is.
      resourceIndicators: { enabled: false },
    },
    // A page that logs in as the service sends an Origin with its token request.
    clientBasedCORS: () => true,
    // What follows only keeps oidc-provider from warning on the console. An EC key, since making an RSA key takes long.
    jwks: { keys: [signingKey()] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    cookies: { keys: [randomBytes(16).toString("hex")] },
  });
  const respond = provider.callback();

  return {
    /** Its answer to a request, as for `path` below /idp. A value: the caller may still change it before it goes out. */
    answer(request, path) {
      return new Promise((resolve) => {
        const response = new ServerResponse(request);
        response.end = (body = "") => {
          // Its length is counted when it is sent.
          response.removeHeader("content-length");
          resolve({ status: response.statusCode, headers: { ...response.getHeaders() }, body });
          return response;
        };
        // What frameworks set when they mount a handler: oidc-provider finds its own addresses with it.
        request.originalUrl = MOUNT + path;
        request.url = path;
        respond(request, response);
      });
    },

    /** The id of the account that a token stands for, while the token is good. */
    accountOf(token) {
      const found = tokens.get(token);
      return found && found.expiresAt > Date.now() ? found.accountId : undefined;
    },

    revokeTokens() {
      const revoked = tokens.size;
      tokens.clear();
      return revoked;
    },
  };
}

function registration({ clientId, clientSecret, clientAuthentication }) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: `client_secret_${clientAuthentication}`,
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" };
}
