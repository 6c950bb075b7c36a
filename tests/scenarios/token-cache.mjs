// TokenCache: what JavaScript sees of the token.

export const tokenCache = [
  {
    name: "the token cache shows the token, its end and what discovery found",
    async run({ nc, client, TokenCache, assert }) {
      const one = client();
      const cache = one.tokenCache;
      assert.instanceOf(cache, TokenCache);
      assert.strictEqual(one.tokenCache, cache, "always the same object");
      assert.isNull(cache.accessToken);
      assert.isNull(cache.expiresAt);
      assert.isNull(cache.tokenEndpoint);
      assert.isFalse(cache.isFresh());
      assert.equal(cache.accessToken, null);
      const accessToken = await one.getAccessToken();
      assert.equal(cache.accessToken, accessToken);
      assert.instanceOf(cache.expiresAt, Date);
      assert.equal(cache.tokenEndpoint, `${nc.url}/idp/token`);
      assert.isTrue(cache.isFresh());
    },
  },
  {
    name: "a cleared token cache is empty, and the next call logs in anew",
    async run({ nc, client, assert }) {
      const one = client();
      await one.getAccessToken();
      one.tokenCache.clear();
      assert.isNull(one.tokenCache.accessToken);
      assert.isFalse(one.tokenCache.isFresh());
      await one.getAccessToken();
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 2, token: 2 });
    },
  },
  {
    name: "a token cache survives JSON, as text and as an object",
    async run({ nc, client, TokenCache, assert }) {
      const one = client();
      const accessToken = await one.getAccessToken();
      const text = JSON.stringify(one.tokenCache);
      assert.notInclude(text, nc.clients.service.clientSecret);
      for (const data of [text, JSON.parse(text), one.tokenCache.toJSON()]) {
        const restored = TokenCache.fromJSON(data);
        assert.isTrue(restored.isFresh());
        assert.equal(restored.expiresAt.getTime(), one.tokenCache.expiresAt.getTime());
        assert.equal(JSON.stringify(restored), text);
        assert.equal(await client({ tokenCache: restored }).getAccessToken(), accessToken);
      }
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 1, token: 1 });
      assert.equal(JSON.stringify(TokenCache.fromJSON(JSON.stringify(new TokenCache()))), JSON.stringify(new TokenCache()));
    },
  },
  {
    name: "what is no token cache is refused, and not repeated in the error",
    async run({ client, TokenCache, fails, assert }) {
      const bad = ["{", "[1", "null", "7", null, undefined, 7, { accessToken: 7 }, { accessToken: "hush hush" }, { accessToken: "" }, { accessToken: "t", expiresAtMs: "hush" }, { accessToken: "t", expiresAtMs: NaN }, { key: 1 }, { tokenEndpoint: {} }];
      for (const data of bad) {
        const error = await fails((async () => TokenCache.fromJSON(data))(), { code: "invalid_argument" });
        assert.notInclude(error.message, "hush");
      }
      for (const tokenCache of [{}, 7, "cache", new Map()]) {
        await fails((async () => client({ tokenCache }))(), { code: "invalid_argument", message: /tokenCache/ });
      }
    },
  },
  {
    name: "clients that share a cache share one token request",
    async run({ nc, client, TokenCache, assert }) {
      const tokenCache = new TokenCache();
      const clients = Array.from({ length: 8 }, () => client({ tokenCache }));
      assert.strictEqual(clients[0].tokenCache, tokenCache);
      const tokens = await Promise.all(clients.map((one) => one.getAccessToken()));
      assert.equal(new Set(tokens).size, 1);
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 1, token: 1 });
    },
  },
  {
    name: "a client does not use the token of another client, host or scope",
    async run({ nc, client, TokenCache, assert }) {
      const tokenCache = new TokenCache();
      const first = await client({ tokenCache }).getAccessToken();
      const others = [{ ...pick(nc.clients.plain) }, { nextcloudHost: `${nc.url}/nextcloud` }, { scope: "astrolabe" }];
      for (const other of others) {
        assert.notEqual(await client({ tokenCache, ...other }).getAccessToken(), first);
      }
      assert.equal((await nc.counts()).token, 4);
    },
  },
  {
    name: "clients of two scopes on one cache make two token requests, however many callers",
    async run({ nc, client, TokenCache, assert }) {
      await nc.faults([{ on: "token", delayMs: 100, times: null }]);
      const tokenCache = new TokenCache();
      const clients = Array.from({ length: 32 }, (_, index) => client({ tokenCache, scope: index % 2 ? "openid" : "astrolabe" }));
      await Promise.all(clients.map((one) => one.getAccessToken()));
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 2, token: 2 });
    },
  },
  {
    name: "who does not know the secret does not get the token",
    async run({ client, TokenCache, fails, assert }) {
      const tokenCache = new TokenCache();
      await client({ tokenCache }).getAccessToken();
      await fails(client({ tokenCache, clientSecret: "a-wrong-secret" }).getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client" });
      assert.isTrue(tokenCache.isFresh(), "and does not take it from who does");
    },
  },
  {
    name: "a token without a key is the first client's, and a cache is taken for its JSON",
    async run({ nc, client, TokenCache, assert }) {
      const tokenCache = TokenCache.fromJSON({ accessToken: "mine", tokenEndpoint: "https://evil.example/token" });
      assert.isNull(tokenCache.tokenEndpoint, "an address for the secret must be somebody's");
      assert.equal(await client({ tokenCache }).getAccessToken(), "mine");
      assert.notEqual(await client({ tokenCache, scope: "astrolabe" }).getAccessToken(), "mine");
      const copy = TokenCache.fromJSON(tokenCache);
      assert.equal(JSON.stringify(copy), JSON.stringify(tokenCache));
      assert.equal((await nc.counts()).token, 1);
    },
  },
  {
    name: "a token cache outlives the clients and handles that used it",
    async run({ client, TokenCache, assert }) {
      const tokenCache = new TokenCache();
      const one = client({ tokenCache });
      const accessToken = await one.getAccessToken();
      one.free();
      assert.equal(tokenCache.accessToken, accessToken);
      assert.equal(await client({ tokenCache }).getAccessToken(), accessToken);
    },
  },
];

const pick = ({ clientId, clientSecret }) => ({ clientId, clientSecret });
