// tokenStore: a token that other isolates share.

/** A store as KV is one, and what was done with it. */
function memory() {
  const values = new Map();
  const puts = [];
  return {
    values,
    puts,
    async get(key) {
      return values.get(key) ?? null;
    },
    async put(key, value, options) {
      puts.push({ key, value, ...options });
      values.set(key, value);
    },
  };
}

const counted = async (nc) => {
  const { discovery, token } = await nc.counts();
  return { discovery, token };
};

export const tokenStore = [
  {
    name: "clients that share nothing but a store share the token and what discovery found",
    async run({ nc, client, assert }) {
      const store = memory();
      const accessToken = await client({ tokenStore: store }).getAccessToken();
      const other = client({ tokenStore: store });
      assert.equal(await other.getAccessToken(), accessToken);
      assert.equal(other.tokenCache.tokenEndpoint, `${nc.url}/idp/token`);
      assert.isTrue(other.tokenCache.isFresh());
      assert.deepEqual(await counted(nc), { discovery: 1, token: 1 });
    },
  },
  {
    name: "a store sees neither secret nor token, and keeps what it gets for a day",
    async run({ nc, client, assert }) {
      const store = memory();
      const accessToken = await client({ tokenStore: store }).getAccessToken();
      assert.lengthOf(store.puts, 1);
      const [{ key, value, expirationTtl }] = store.puts;
      assert.match(key, /^astrolabe-client\/[0-9a-f]{64}$/);
      assert.isAtLeast(expirationTtl, 86_400);
      for (const secret of [accessToken, nc.clients.service.clientSecret, nc.url]) {
        assert.notInclude(key + value, secret);
        assert.notInclude(value.split(".").map(atob).join(), secret);
      }
    },
  },
  {
    name: "hosts, clients and scopes do not meet in a store",
    async run({ nc, client, assert }) {
      const store = memory();
      const { clientId, clientSecret } = nc.clients.plain;
      for (const options of [{}, { clientId, clientSecret }, { nextcloudHost: `${nc.url}/nextcloud` }, { scope: "astrolabe" }]) {
        await client({ tokenStore: store, ...options }).getAccessToken();
      }
      assert.equal(store.values.size, 4);
      assert.equal((await nc.counts()).token, 4);
    },
  },
  {
    name: "who does not know the secret gets nothing out of a store, and nothing of theirs is believed",
    async run({ nc, client, fails, assert }) {
      const store = memory();
      await client({ tokenStore: store }).getAccessToken();
      const before = [...store.values];
      await fails(client({ tokenStore: store, clientSecret: "a-wrong-secret" }).getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client" });
      assert.deepEqual([...store.values], before);
      // A value of another key is not believed under this one either.
      const elsewhere = memory();
      await client({ tokenStore: elsewhere, scope: "astrolabe" }).getAccessToken();
      store.values.set(before[0][0], [...elsewhere.values.values()][0]);
      const counts = await counted(nc);
      await client({ tokenStore: store }).getAccessToken();
      assert.equal((await nc.counts()).token, counts.token + 1);
    },
  },
  {
    name: "a store that is down, slow or holds rubbish costs a log line",
    async run({ nc, client, TokenCache, assert }) {
      const rubbish = ["", ".", "rubbish", "AAAA.AAAA", "{}", 7, {}].map((value) => ({ get: async () => value, put: async () => {} }));
      const broken = [
        { get: async () => { throw new Error("down"); }, put: async () => { throw new Error("down"); } },
        { get: () => { throw null; }, put: () => { throw undefined; } },
        { get: () => new Promise(() => {}), put: () => new Promise(() => {}) },
        { get: () => undefined, put: () => undefined },
      ];
      for (const tokenStore of [...rubbish, ...broken]) {
        const lines = [];
        const logger = { debug() {}, info: (line) => lines.push(line) };
        const one = client({ tokenStore, logger, tokenCache: new TokenCache() });
        assert.isString(await one.getAccessToken());
        const complaints = lines.filter((line) => line.includes("token store"));
        assert.lengthOf(complaints, tokenStore === broken[3] ? 0 : rubbish.includes(tokenStore) ? 1 : 2, complaints.join());
        for (const line of complaints) assert.notInclude(line, nc.clients.service.clientSecret);
      }
    },
  },
  {
    name: "a token that was refused is not believed again, and the next one replaces it in the store",
    async run({ nc, client, assert }) {
      const store = memory();
      const first = client({ tokenStore: store });
      const second = client({ tokenStore: store });
      const refused = await first.getAccessToken();
      await second.getAccessToken();
      await nc.revokeTokens();
      assert.isTrue((await first.getBackgroundSyncStatus("alice")).hasAccess);
      const renewed = await first.getAccessToken();
      assert.notEqual(renewed, refused);
      // The other finds the new one there.
      assert.isTrue((await second.getBackgroundSyncStatus("alice")).hasAccess);
      assert.equal(await second.getAccessToken(), renewed);
      assert.deepEqual(await counted(nc), { discovery: 1, token: 2 });
    },
  },
  {
    name: "what is no store, or belongs to another way in, is refused",
    async run({ client, fails }) {
      for (const tokenStore of [{}, 7, "kv", { get() {} }, { get() {}, put: 7 }]) {
        await fails((async () => client({ tokenStore }))(), { code: "invalid_argument", message: /tokenStore|get|put/ });
      }
      await fails((async () => client({ tokenStore: memory(), accessToken: "token" }))(), { code: "invalid_argument", message: /tokenStore belongs to clientId/ });
    },
  },
];
