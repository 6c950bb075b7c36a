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
  // The provider knows the public half, and takes no other signature than that of `alg`.
  rs256: { clientId: "astrolabe-rs256", clientPrivateKey: privateKey("RS256", "rsa", { modulusLength: 2048 }) },
  ps256: { clientId: "astrolabe-ps256", clientPrivateKey: privateKey("PS256", "rsa", { modulusLength: 2048 }) },
  es256: { clientId: "astrolabe-es256", clientPrivateKey: privateKey("ES256", "ec", { namedCurve: "P-256" }) },
  eddsa: { clientId: "astrolabe-eddsa", clientPrivateKey: privateKey("EdDSA", "ed25519", {}) },
  // Its certificate has this subject: CERTIFICATE_HEADER tells the one that was shown.
  certificate: { clientId: "astrolabe-certificate", clientAuthentication: "tls_client_auth" },
};

/** Here what terminates TLS writes the subject of the certificate that the client showed. */
export const CERTIFICATE_HEADER = "x-client-certificate-subject";
export const CERTIFICATE_SUBJECT = "CN=astrolabe-certificate";

// user_oidc takes the account from the token's `sub`.
const accountOfClient = new Map([
  [clients.service.clientId, "service-account-astrolabe-service"],
  [clients.basic.clientId, "service-account-astrolabe-basic"],
  [clients.plain.clientId, "service-account-plain-service"],
  ...["rs256", "ps256", "es256", "eddsa", "certificate"].map((name) => [clients[name].clientId, "service-account-astrolabe-service"]),
]);

export const MOUNT = "/idp";
export const METADATA = "/.well-known/openid-configuration";

export function createIdentityProvider({ url, tokenLifetimeSeconds }) {
  const tokens = new Map();

  const assertions = new Map();

  // oidc-provider writes through this the tokens it issues, of which the grant reads nothing back, and the ids of the
  // assertions that it has seen, of which none serves twice.
  class Store {
    constructor(model) {
      this.isOfTokens = model !== "ReplayDetection";
    }
    async upsert(id, payload, expiresIn) {
      if (this.isOfTokens) tokens.set(id, { accountId: accountOfClient.get(payload.clientId), expiresAt: Date.now() + expiresIn * 1000 });
      else assertions.set(id, payload);
    }
    async find(id) {
      return this.isOfTokens ? undefined : assertions.get(id);
    }
  }

  const provider = new Provider(url + MOUNT, {
    adapter: Store,
    clients: Object.values(clients).map(registration),
    scopes: ["openid", "astrolabe"],
    clientAuthMethods: ["client_secret_post", "client_secret_basic", "private_key_jwt", "tls_client_auth"],
    enabledJWA: { clientAuthSigningAlgValues: ["RS256", "PS256", "ES256", "EdDSA"] },
    ttl: { ClientCredentials: tokenLifetimeSeconds },
    features: {
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: (ctx) => ctx.get(CERTIFICATE_HEADER) || undefined,
        certificateAuthorized: () => true,
        certificateSubjectMatches: (ctx, _, expected) => ctx.get(CERTIFICATE_HEADER) === expected,
      },
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

function registration({ clientId, ...proof }) {
  return {
    client_id: clientId,
    ...registeredProof(proof),
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}

function registeredProof({ clientSecret, clientPrivateKey, clientAuthentication }) {
  if (clientSecret) return { client_secret: clientSecret, token_endpoint_auth_method: `client_secret_${clientAuthentication}` };
  if (!clientPrivateKey) return { token_endpoint_auth_method: clientAuthentication, tls_client_auth_subject_dn: CERTIFICATE_SUBJECT };
  const { kty, crv, x, y, n, e, kid, alg } = clientPrivateKey;
  return {
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: alg,
    jwks: { keys: [{ kty, crv, x, y, n, e, kid, alg, use: "sig" }] },
  };
}

/** A JWK. */
function privateKey(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${alg}`, alg };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" };
}
