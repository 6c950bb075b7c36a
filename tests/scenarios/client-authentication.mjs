// Logging in without a shared secret: by a key, by an assertion of one's own, by a certificate.

const form = (request) => Object.fromEntries(new URLSearchParams(request.body));
const decoded = (part) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const assertionOf = (request) => form(request).client_assertion;
const headerOf = (request) => decoded(assertionOf(request).split(".")[0]);
const claimsOf = (request) => decoded(assertionOf(request).split(".")[1]);

const JSON_TYPE = { "Content-Type": "application/json" };
const refused = (error = "invalid_client", times = 1) => ({ on: "token", times, respond: { status: 401, headers: JSON_TYPE, body: JSON.stringify({ error }) } });

const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
};
const KEYS = ["rs256", "ps256", "es256", "eddsa"];

/** The key alone: not every platform takes in what else a JWK says. */
const bare = ({ kid, alg, ...jwk }) => jwk;

const imported = (jwk, extractable = false) => crypto.subtle.importKey("jwk", bare(jwk), ALGORITHMS[jwk.alg], extractable, ["sign"]);

const pemOf = (label, bytes) => `-----BEGIN ${label}-----\n${btoa(String.fromCharCode(...bytes)).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;

async function asPem(jwk) {
  return pemOf("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", await imported(jwk, true))));
}

/** An assertion of `jwk`, as somebody else would make it. */
async function signed(jwk, claims, header = {}) {
  const text = [{ alg: jwk.alg, kid: jwk.kid, ...header }, claims].map((part) => encoded(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  const signature = await crypto.subtle.sign(ALGORITHMS[jwk.alg], await imported(jwk), new TextEncoder().encode(text));
  return `${text}.${encoded(new Uint8Array(signature))}`;
}

function claimsFor(nc, clientId, more = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: clientId, sub: clientId, aud: `${nc.url}/idp`, jti: crypto.randomUUID(), iat: now, exp: now + 60, ...more };
}

function memory() {
  const values = new Map();
  return { values, get: async (key) => values.get(key) ?? null, put: async (key, value) => void values.set(key, value) };
}

/** Whatever a fetch shows the certificate with: here what terminates TLS writes its subject. */
const withCertificate = (subject) => (url, init) => fetch(url, { ...init, headers: { ...init.headers, "x-client-certificate-subject": subject } });

const made = async (make) => make();

export const clientAuthentication = [
  ...KEYS.map((name) => ({
    name: `private_key_jwt: a JWK signs as its algorithm, ${name}`,
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients[name];
      const before = Math.floor(Date.now() / 1000);
      assert.isTrue((await client({ clientId, clientPrivateKey }).getBackgroundSyncStatus("alice")).hasAccess);
      const [request] = await nc.requests("token");
      assert.notProperty(request.headers, "authorization");
      const { client_assertion, ...fields } = form(request);
      assert.deepEqual(fields, {
        grant_type: "client_credentials",
        client_id: clientId,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        scope: "openid",
      });
      assert.match(client_assertion, /^[\w-]+\.[\w-]+\.[\w-]+$/);
      assert.deepEqual(headerOf(request), { alg: clientPrivateKey.alg, typ: "JWT", kid: clientPrivateKey.kid });
      const { jti, iat, exp, ...claims } = claimsOf(request);
      assert.deepEqual(claims, { iss: clientId, sub: clientId, aud: `${nc.url}/idp` });
      assert.match(jti, /^[0-9a-f]{56}$/);
      assert.isAtLeast(iat, before);
      assert.equal(exp, iat + 60);
    },
  })),
  ...KEYS.map((name) => ({
    name: `private_key_jwt: the key as CryptoKey, as PEM text and as JSON text, ${name}`,
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey: jwk } = nc.clients[name];
      const pem = await asPem(jwk);
      const forms = [await imported(jwk), pem, pem.replaceAll("\n", "\\n"), pem.replaceAll("\n", "\r\n"), ` ${JSON.stringify(jwk)}\n`];
      // The PEM text and the CryptoKey of RSA do not say that it is to be PSS.
      const announced = { on: "discovery", times: null, mergeJson: { token_endpoint_auth_signing_alg_values_supported: [jwk.alg] } };
      await nc.faults([announced]);
      for (const clientPrivateKey of forms) assert.isString(await client({ clientId, clientPrivateKey, clientKeyId: jwk.kid }).getAccessToken());
      const requests = await nc.requests("token");
      assert.lengthOf(requests, forms.length);
      for (const request of requests) assert.deepInclude(headerOf(request), { alg: jwk.alg, kid: jwk.kid });
    },
  })),
  {
    name: "private_key_jwt: clientKeyId goes before the JWK's own, and neither is needed",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const { kid, ...nameless } = clientPrivateKey;
      const { clientId: ofEddsa, clientPrivateKey: eddsa } = nc.clients.eddsa;
      assert.isString(await client({ clientId: ofEddsa, clientPrivateKey: { ...eddsa, alg: "Ed25519" } }).getAccessToken());
      await client({ clientId, clientPrivateKey: nameless }).getAccessToken();
      await client({ clientId, clientPrivateKey: { ...nameless, kid: "another" }, clientKeyId: kid }).getAccessToken();
      const [ofEd25519, first, second] = (await nc.requests("token")).map(headerOf);
      assert.equal(ofEd25519.alg, "EdDSA");
      assert.notProperty(first, "kid");
      assert.equal(second.kid, kid);
    },
  },
  {
    name: "private_key_jwt: a certificate beside the key is named by its thumbprint",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey: jwk } = nc.clients.rs256;
      // Its bytes are all that is looked at.
      const certificate = new Uint8Array(300).map((_, index) => index);
      const thumbprint = encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", certificate)));
      const pem = pemOf("CERTIFICATE", certificate) + (await asPem(jwk));
      await client({ clientId, clientPrivateKey: pem }).getAccessToken();
      await client({ clientId, clientPrivateKey: { ...jwk, "x5t#S256": thumbprint } }).getAccessToken();
      for (const request of await nc.requests("token")) assert.equal(headerOf(request)["x5t#S256"], thumbprint);
    },
  },
  {
    name: "private_key_jwt: each try has an assertion of its own, since none serves twice",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      await nc.faults([{ on: "token", respond: { status: 503, headers: {}, body: "" } }]);
      assert.isString(await client({ clientId, clientPrivateKey, maxRetries: 1 }).getAccessToken());
      const ids = (await nc.requests("token")).map((request) => claimsOf(request).jti);
      assert.lengthOf(ids, 2);
      assert.notEqual(ids[0], ids[1]);
    },
  },
  {
    name: "private_key_jwt: where the issuer is refused as audience the token endpoint is tried, and what worked is remembered",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      await nc.faults([refused()]);
      const tokenStore = memory();
      const options = { clientId, clientPrivateKey, tokenStore, tokenStoreSecret: "a-secret-of-the-store-and-of-nobody-else" };
      const one = client(options);
      await one.getAccessToken();
      await nc.revokeTokens();
      await one.getBackgroundSyncStatus("alice");
      // And by whom it is shared with.
      await nc.revokeTokens();
      await client(options).getBackgroundSyncStatus("alice");
      const audiences = (await nc.requests("token")).map((request) => claimsOf(request).aud);
      const [issuer, endpoint] = [`${nc.url}/idp`, `${nc.url}/idp/token`];
      assert.deepEqual(audiences, [issuer, endpoint, endpoint, endpoint]);
      assert.equal((await nc.counts()).discovery, 1);
    },
  },
  {
    name: "private_key_jwt: an issuer that nobody asked for is no audience, unless the assertion is sent to it",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const elsewhere = { on: "discovery", mergeJson: { issuer: "https://honest.example" } };
      await nc.faults([elsewhere, elsewhere]);
      await client({ clientId, clientPrivateKey }).getAccessToken();
      const [request] = await nc.requests("token");
      assert.equal(claimsOf(request).aud, `${nc.url}/idp/token`);
      await fails(client({ clientId, clientPrivateKey, issuer: `${nc.url}/idp` }).getAccessToken(), { code: "issuer_mismatch" });
      assert.equal((await nc.counts()).token, 1);
    },
  },
  {
    name: "private_key_jwt: a key that the provider does not know is refused in words about the key",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.rs256;
      const message = /invalid_client.*check clientId.*public half of clientPrivateKey.*clock/;
      await fails(client({ clientId: nc.clients.eddsa.clientId, clientPrivateKey }).getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client", message });
      const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
      const wrong = client({ clientId: nc.clients.es256.clientId, clientPrivateKey: privateKey });
      await fails(wrong.getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client", message });
      assert.equal((await nc.counts()).token, 4, "for the issuer and for the endpoint, and no more");
      const { clientId: service, clientSecret } = nc.clients.service;
      await fails(client({ clientId: service, clientSecret: `${clientSecret}x` }).getAccessToken(), { message: /check clientId, clientSecret and clientAuthentication/ });
      await fails(client({ clientId, clientPrivateKey: { ...clientPrivateKey, alg: "PS256" } }).getAccessToken(), { oauthError: "invalid_client", oauthErrorDescription: /client authentication failed/ });
    },
  },
  {
    name: "private_key_jwt: a key whose signature the provider does not announce is not sent",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const announcing = (...algorithms) => ({ on: "discovery", mergeJson: { token_endpoint_auth_signing_alg_values_supported: algorithms } });
      await nc.faults([announcing("RS256", "PS256"), announcing("HS256", "none"), announcing()]);
      const one = client({ clientId, clientPrivateKey });
      await fails(one.getAccessToken(), { code: "client_assertion_failed", message: /clientPrivateKey signs by ES256.*takes RS256 PS256 only/ });
      await fails(one.getAccessToken(), { code: "client_assertion_failed", message: /takes what this client cannot do only/ });
      await fails(one.getAccessToken(), { code: "client_assertion_failed" });
      assert.equal((await nc.counts()).token, 0);
      assert.isString(await one.getAccessToken());
    },
  },
  {
    name: "a key that cannot sign is refused before anything is sent",
    async run({ nc, AstrolabeClient, fails, assert }) {
      const { clientId, clientPrivateKey: rsa } = nc.clients.rs256;
      const ec = nc.clients.es256.clientPrivateKey;
      const { d, p, q, dp, dq, qi, ...publicRsa } = rsa;
      const oaep = await crypto.subtle.importKey("jwk", bare(rsa), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["decrypt"]);
      const ecdh = await crypto.subtle.importKey("jwk", bare(ec), { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
      const sha512 = await crypto.subtle.importKey("jwk", bare(rsa), { ...ALGORITHMS.RS256, hash: "SHA-512" }, false, ["sign"]);
      const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
      const p384 = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, false, ["sign", "verify"]);
      const short = await crypto.subtle.generateKey({ ...ALGORITHMS.RS256, modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) }, true, ["sign", "verify"]);
      const hmac = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
      const body = (await asPem(rsa)).split("\n").slice(1, -2).join("\n");
      const block = (label) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
      const bad = [
        [publicRsa, /is a public key/],
        [pair.publicKey, /is a public key/],
        [block("PUBLIC KEY"), /is a public key/],
        [pair, /is a pair of keys.*privateKey/],
        [oaep, /kind that this client does not sign with/],
        [ecdh, /kind that this client does not sign with/],
        [sha512, /kind that this client does not sign with/],
        [p384.privateKey, /kind that this client does not sign with/],
        [hmac, /kind that this client does not sign with/],
        [{ ...ec, crv: "P-384" }, /kind that this client does not sign with/],
        [{ ...rsa, alg: "Ed25519" }, /kind that this client does not sign with/],
        [{ ...rsa, alg: "RS512" }, /kind that this client does not sign with/],
        [{ ...rsa, alg: "RSA-OAEP" }, /kind that this client does not sign with/],
        [{ kty: "oct", k: rsa.d }, /is a symmetric key.*client_secret_jwt/],
        [{ ...rsa, use: "enc" }, /is not for signing/],
        [{ ...ec, key_ops: ["verify"] }, /is not for signing/],
        [block("RSA PRIVATE KEY"), /PKCS#1.*openssl pkcs8 -topk8/],
        [block("EC PRIVATE KEY"), /SEC 1.*openssl pkcs8 -topk8/],
        [block("ENCRYPTED PRIVATE KEY"), /encrypted under a password.*openssl pkcs8/],
        [block("CERTIFICATE"), /is a certificate, without the key/],
        [block("OPENSSH PRIVATE KEY"), /without a private key in PKCS#8/],
        [block("PRIVATE KEY").replace("MII", "!!!"), /no PKCS#8 in base64/],
        [body, /is no PEM text.*BEGIN PRIVATE KEY/],
        [`-----BEGIN PRIVATE KEY-----\n${body}`, /is no PEM text/],
        ["", /is no PEM text/],
        [`{${rsa.d}`, /is no JSON/],
        [7, /must be a CryptoKey, a JWK or PEM text/],
        [{}, /must be a CryptoKey, a JWK or PEM text/],
        [{ type: "private", algorithm: { name: "Ed25519" }, usages: ["sign"] }, /must be a CryptoKey, a JWK or PEM text/],
        [{ ...ec, key_ops: "sign" }, /is not for signing/],
        [{ ...ec, alg: ["ES256"] }, /kind that this client does not sign with/],
        [short.privateKey, /RSA with less than 2048 bits/],
        [await crypto.subtle.exportKey("jwk", short.privateKey), /RSA with less than 2048 bits/],
        [await asPem(await crypto.subtle.exportKey("jwk", short.privateKey)), /RSA with less than 2048 bits/],
      ];
      for (const [clientPrivateKey, message] of bad) {
        const error = await fails(made(() => new AstrolabeClient({ nextcloudHost: nc.url, clientId, clientPrivateKey })), { code: "invalid_argument", message });
        assert.include(error.message, "clientPrivateKey");
      }
      assert.deepEqual((await nc.log()).requests, []);
    },
  },
  {
    name: "a key that only the platform finds broken is told before anything is sent, too",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey: jwk } = nc.clients.es256;
      const pem = await asPem(jwk);
      const broken = [{ ...jwk, d: "AAAA" }, { ...jwk, x: undefined }, pem.replace(/(?<=KEY-----\n.{60})[^]*?(?=-----END)/, "AAAA\n")];
      for (const clientPrivateKey of broken) {
        const one = client({ clientId, clientPrivateKey });
        await fails(one.getAccessToken(), { code: "client_assertion_failed", message: /clientPrivateKey did not sign \(\w+\)/ });
      }
      assert.deepEqual((await nc.log()).requests, []);
    },
  },
  {
    name: "an assertion of one's own: a text, a function, a promise, asked for at each token request",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const assertion = () => signed(clientPrivateKey, claimsFor(nc, clientId));
      const text = await assertion();
      await client({ clientId, clientAssertion: text }).getAccessToken();
      assert.equal(assertionOf((await nc.requests("token"))[0]), text);
      const kept = [await assertion(), await assertion()];
      let asked = 0;
      for (const clientAssertion of [() => kept[asked++], async () => (asked++, assertion())]) {
        const one = client({ clientId, clientAssertion });
        assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
        await one.getBackgroundSyncStatus("bob");
        await nc.revokeTokens();
        assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      }
      assert.equal(asked, 4);
      assert.isString(await client({ clientId: undefined, clientAssertion: await assertion() }).getAccessToken());
      assert.notProperty(form((await nc.requests("token")).at(-1)), "client_id", "its subject says it");
      await client({ clientId, clientAssertion: await assertion() }).getAccessToken();
      const fields = form((await nc.requests("token")).at(-1));
      assert.deepInclude(fields, { client_id: clientId, client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" });
      await nc.faults([{ on: "token", respond: { status: 503, headers: {}, body: "" } }]);
      const again = client({ clientId, clientAssertion: async () => (asked++, assertion()), maxRetries: 1 });
      assert.isString(await again.getAccessToken());
      assert.equal(asked, 6, "for each try");
    },
  },
  {
    name: "an assertion that is replayed, for somebody else, of another algorithm, or over is refused in words about the assertion",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const used = await signed(clientPrivateKey, claimsFor(nc, clientId));
      await client({ clientId, clientAssertion: used }).getAccessToken();
      const { token } = await nc.counts();
      const now = Math.floor(Date.now() / 1000);
      const bad = [
        used,
        await signed(clientPrivateKey, claimsFor(nc, clientId, { aud: "https://another.example" })),
        await signed(clientPrivateKey, claimsFor(nc, clientId, { exp: now - 120 })),
        await signed(clientPrivateKey, claimsFor(nc, clientId, { iss: "somebody-else" })),
        await signed(nc.clients.rs256.clientPrivateKey, claimsFor(nc, clientId)),
        await signed(clientPrivateKey, claimsFor(nc, clientId), { alg: "none" }),
      ];
      for (const clientAssertion of bad) {
        await fails(client({ clientId, clientAssertion }).getAccessToken(), {
          code: "token_request_failed",
          oauthError: "invalid_client",
          message: /check clientId, which is left out where.*provider trusts issuer, subject and audience of what clientAssertion gives/,
        });
      }
      assert.equal((await nc.counts()).token, token + bad.length, "each is sent once");
    },
  },
  {
    name: "a function that gives no assertion",
    async run({ nc, client, fails, assert }) {
      const { clientId } = nc.clients.es256;
      const mine = new Error("mine");
      const thrower = () => { throw mine; };
      for (const clientAssertion of [thrower, async () => thrower()]) {
        const error = await fails(client({ clientId, clientAssertion }).getAccessToken(), { code: "client_assertion_failed", message: /function given as clientAssertion threw/ });
        assert.strictEqual(error.cause, mine);
      }
      for (const given of [undefined, null, 7, {}, "", "two words", "line\nbreak"]) {
        await fails(client({ clientId, clientAssertion: () => given }).getAccessToken(), { code: "client_assertion_failed", message: /clientAssertion is no string, empty/ });
      }
      assert.equal((await nc.counts()).token, 0);
    },
  },
  {
    name: "an assertion that the provider repeats in its own message is not shown",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const clientAssertion = await signed(clientPrivateKey, claimsFor(nc, clientId));
      const body = JSON.stringify({ error: "invalid_client", error_description: `bad assertion ${clientAssertion}` });
      await nc.faults([{ on: "token", times: 2, respond: { status: 401, headers: JSON_TYPE, body } }]);
      const error = await fails(client({ clientId, clientAssertion }).getAccessToken(), { oauthError: "invalid_client" });
      assert.notInclude(error.message, clientAssertion.slice(0, 40));
    },
  },
  {
    name: "tls_client_auth: only the client id is sent, by a fetch that shows the certificate",
    async run({ nc, client, fails, assert }) {
      const { clientId, clientAuthentication } = nc.clients.certificate;
      const login = { clientId, clientAuthentication };
      assert.isTrue((await client({ ...login, fetch: withCertificate("CN=astrolabe-certificate") }).getBackgroundSyncStatus("alice")).hasAccess);
      const [request] = await nc.requests("token");
      assert.deepEqual(form(request), { grant_type: "client_credentials", client_id: clientId, scope: "openid" });
      assert.notProperty(request.headers, "authorization");
      for (const shown of [undefined, withCertificate("CN=another")]) {
        await fails(client({ ...login, fetch: shown }).getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client", message: /check clientId, that fetch shows the client's certificate/ });
      }
    },
  },
  {
    name: "tls_client_auth: the endpoint of mtls_endpoint_aliases is taken, and by no other proof",
    async run({ nc, client, assert }) {
      const { clientId, clientAuthentication } = nc.clients.certificate;
      const { clientId: keyId, clientPrivateKey } = nc.clients.es256;
      const aliases = { on: "discovery", times: null, mergeJson: { token_endpoint: "{url}/idp/token?one", mtls_endpoint_aliases: { token_endpoint: "{url}/idp/token?other" } } };
      await nc.faults([aliases]);
      await client({ clientId, clientAuthentication, fetch: withCertificate("CN=astrolabe-certificate") }).getAccessToken();
      await client({ clientId: keyId, clientPrivateKey }).getAccessToken();
      await client().getAccessToken();
      assert.deepEqual((await nc.requests("token")).map(({ path }) => path.split("?")[1]), ["other", "one", "one"]);
      await nc.faults([{ on: "discovery", mergeJson: { mtls_endpoint_aliases: { introspection_endpoint: "https://mtls.example/x" } } }]);
      await client({ clientId, clientAuthentication, fetch: withCertificate("CN=astrolabe-certificate") }).getAccessToken();
    },
  },
  {
    name: "exactly one proof of who the client is, and what it needs",
    async run({ nc, AstrolabeClient, TokenCache, fails }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const nextcloudHost = "https://cloud.example.com";
      // Only the assertion says who it is: another's would get the token.
      const store = { get: async () => null, put: async () => {} };
      const bad = [
        [{ clientId }, /clientSecret is missing.*clientPrivateKey.*clientAssertion.*tls_client_auth/],
        [{ clientPrivateKey }, /clientId is missing/],
        [{ clientAssertion: "a.b.c", tokenCache: new TokenCache() }, /clientId is missing: .*the token of another/],
        [{ clientAssertion: "a.b.c", tokenStore: store, tokenStoreSecret: "x".repeat(32) }, /clientId is missing: .*the token of another/],
        [{ clientId, clientPrivateKey, clientKeyId: "" }, /clientKeyId is empty/],
        [{ clientAssertion: "a.b.c", clientId: "id\n" }, /clientId contains a line break/],
        [{ clientId, clientSecret: "hush", clientPrivateKey }, /more than one proof/],
        [{ clientId, clientPrivateKey, clientAssertion: "a.b.c" }, /more than one proof/],
        [{ clientId, clientSecret: "hush", clientAuthentication: "tls_client_auth" }, /more than one proof/],
        [{ clientId, clientPrivateKey, clientAuthentication: "post" }, /more than one proof/],
        [{ clientId, clientSecret: "hush", clientKeyId: "kid" }, /clientKeyId is given without clientPrivateKey/],
        [{ clientId, clientSecret: "hush", clientAuthentication: "client_secret_jwt" }, /client_secret_jwt" is not offered.*clientPrivateKey/],
        [{ clientId, clientPrivateKey, clientAuthentication: "private_key_jwt" }, /give clientPrivateKey.*leave clientAuthentication out/],
        [{ clientId, clientAssertion: 7 }, /clientAssertion must be a string or a function/],
        [{ clientId, clientAssertion: "" }, /^clientAssertion is empty/],
        [{ clientId, clientAssertion: "a.b.c\n" }, /^clientAssertion is empty, .*: give it as it was made, without a line break/],
        [{ accessToken: "hush", clientPrivateKey }, /more than one way in/],
        [{ accessToken: "hush", clientKeyId: "kid" }, /clientKeyId belongs to clientId/],
        [{ accessToken: "hush", clientAuthentication: "tls_client_auth" }, /clientAuthentication belongs to clientId/],
        [{ clientId, clientSecret: "hush", tokenParameters: { client_assertion: "x" } }, /must not contain client_assertion/],
      ];
      for (const [options, message] of bad) await fails(made(() => new AstrolabeClient({ nextcloudHost, ...options })), { code: "invalid_argument", message });
    },
  },
  {
    name: "a store of a client without a secret has a key from what the client's key signs, or from what is named",
    async run({ nc, client, fails, assert }) {
      const tokenStoreSecret = "a-secret-of-the-store-and-of-nobody-else";
      const logins = Object.fromEntries(KEYS.map((name) => [name, { clientId: nc.clients[name].clientId, clientPrivateKey: nc.clients[name].clientPrivateKey }]));
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const own = { clientId, clientAssertion: () => signed(clientPrivateKey, claimsFor(nc, clientId)) };
      const certificate = { ...nc.clients.certificate, fetch: withCertificate("CN=astrolabe-certificate") };
      const fine = [logins.rs256, logins.eddsa, ...[logins.ps256, logins.es256, own, certificate, logins.rs256].map((login) => ({ ...login, tokenStoreSecret }))];
      for (const options of fine) {
        const tokenStore = memory();
        const accessToken = await client({ ...options, tokenStore }).getAccessToken();
        assert.equal(await client({ ...options, tokenStore }).getAccessToken(), accessToken, JSON.stringify(Object.keys(options)));
        for (const value of tokenStore.values.values()) assert.notInclude(value.split(".").map(atob).join(), accessToken);
      }
      const refusals = [
        [logins.es256, /tokenStore needs tokenStoreSecret.*ECDSA and PSS sign differently each time/],
        [logins.ps256, /ECDSA and PSS/],
        [own, /each assertion is another/],
        [certificate, /the key of the certificate is the platform's/],
        [{ ...own, tokenStoreSecret: "too-short" }, /tokenStoreSecret is shorter than 32 bytes/],
      ];
      for (const [options, message] of refusals) await fails(made(() => client({ ...options, tokenStore: memory() })), { code: "invalid_argument", message });
      await fails(made(() => client({ tokenStoreSecret })), { code: "invalid_argument", message: /tokenStoreSecret is given without tokenStore/ });
      await fails(made(() => client({ accessToken: "hush", tokenStoreSecret })), { code: "invalid_argument", message: /tokenStoreSecret belongs to clientId/ });
    },
  },
  {
    name: "who has another key gets nothing out of a store or of a cache, and who has the same does",
    async run({ nc, client, fails, TokenCache, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.rs256;
      const other = { clientId, clientPrivateKey: nc.clients.eddsa.clientPrivateKey };
      const tokenStore = memory();
      const accessToken = await client({ clientId, clientPrivateKey, tokenStore }).getAccessToken();
      await fails(client({ ...other, tokenStore }).getAccessToken(), { oauthError: "invalid_client" });
      const tokenCache = new TokenCache();
      const key = await imported(clientPrivateKey);
      const forms = [clientPrivateKey, await asPem(clientPrivateKey), key];
      for (const form of forms) {
        const first = await client({ clientId, clientPrivateKey: form, tokenCache }).getAccessToken();
        assert.equal(await client({ clientId, clientPrivateKey: form, tokenCache }).getAccessToken(), first);
        assert.notEqual(first, accessToken);
        await fails(client({ ...other, tokenCache }).getAccessToken(), { oauthError: "invalid_client" });
      }
      const twin = await imported(clientPrivateKey);
      const before = (await nc.counts()).token;
      await client({ clientId, clientPrivateKey: twin, tokenCache }).getAccessToken();
      assert.equal((await nc.counts()).token, before + 1, "nobody can tell that they are the same key");
    },
  },
  {
    name: "a diagnosis names the proof that was taken",
    async run({ nc, client, assert }) {
      const { clientId, clientPrivateKey } = nc.clients.es256;
      const own = { clientId, clientAssertion: () => signed(clientPrivateKey, claimsFor(nc, clientId)) };
      const certificate = { ...nc.clients.certificate, fetch: withCertificate("CN=astrolabe-certificate") };
      const token = async (options) => (await client(options).diagnose()).find(({ name }) => name === "token");
      assert.include(await token({ clientId, clientPrivateKey }), { passed: true, seen: "There is an access token; the client proved itself by private_key_jwt." });
      assert.include(await token(own), { passed: true, seen: "There is an access token; the client proved itself by an assertion of its own." });
      assert.include(await token(certificate), { passed: true, seen: "There is an access token; the client proved itself by tls_client_auth." });
      const wrong = await token({ clientId, clientPrivateKey: nc.clients.rs256.clientPrivateKey });
      assert.isFalse(wrong.passed);
      assert.match(wrong.toDo, /public half of clientPrivateKey/);
    },
  },
];
