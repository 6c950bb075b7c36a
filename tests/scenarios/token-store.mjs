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
    name: "tokenParameters whose 64-bit FNV-1a is the same share no token, in a cache or in a store",
    async run({ nc, client, TokenCache, assert }) {
      const kept = new Map();
      const tokenStore = { get: async (name) => kept.get(name) ?? null, put: async (name, value) => void kept.set(name, value) };
      const tokenCache = new TokenCache();
      const tokens = [];
      for (const tenant of ["6b5951390c2e9588", "1ec02d7dbf11f2c5"]) tokens.push(await client({ tokenParameters: { tenant }, tokenCache, tokenStore }).getAccessToken());
      assert.notEqual(tokens[0], tokens[1]);
      assert.deepEqual([kept.size, (await nc.counts()).token], [2, 2]);
    },
  },
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
    name: "many clients, one store, all tokens revoked: every call goes on",
    async run({ nc, client, assert }) {
      const store = memory();
      const clients = Array.from({ length: 6 }, () => client({ tokenStore: store }));
      await Promise.all(clients.map((one) => one.getAccessToken()));
      await nc.revokeTokens();
      for (const one of clients) assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      await nc.revokeTokens();
      const answers = await Promise.all(clients.map((one) => one.getBackgroundSyncStatus("alice")));
      assert.isTrue(answers.every(({ hasAccess }) => hasAccess));
    },
  },
  {
    name: "no token of a store that keeps the first for ever is believed twice",
    async run({ nc, client, assert }) {
      const store = memory();
      const put = store.put;
      let puts = 0;
      store.put = async (...given) => {
        if (++puts > 1) throw new Error("over quota");
        return put(...given);
      };
      const one = client({ tokenStore: store });
      await one.getAccessToken();
      for (let round = 0; round < 3; round++) {
        await nc.revokeTokens();
        assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess, `round ${round}`);
      }
    },
  },
  {
    name: "a store that hangs leaves a call the time that it needs",
    async run({ client, assert }) {
      const hanging = () => new Promise(() => {});
      for (const tokenStore of [{ get: hanging, put: hanging }, { get: async () => null, put: hanging }]) {
        assert.isTrue((await client({ tokenStore, timeoutMs: 1_000 }).getBackgroundSyncStatus("alice")).hasAccess);
      }
    },
  },
  {
    name: "where a store's provider has moved, the same call finds the new one",
    async run({ nc, client, TokenCache, assert }) {
      const store = memory();
      const moved = { on: "token", times: 1, respond: { status: 404, headers: { "Content-Type": "text/html" }, body: "<html>" } };
      await client({ tokenStore: store }).getAccessToken();
      const old = client({ tokenStore: store });
      await old.getAccessToken();
      // Its token is over; what discovery found then is still there.
      await nc.revokeTokens();
      await nc.faults([moved]);
      assert.isTrue((await client({ tokenStore: store, tokenCache: new TokenCache() }).getBackgroundSyncStatus("alice")).hasAccess);
      assert.deepEqual(await counted(nc), { discovery: 2, token: 3 });
    },
  },
  {
    name: "a revoked token is gone from the store when a store or revoke has met it",
    async run({ nc, client, fails, assert }) {
      const store = memory();
      const fresh = () => client({ tokenStore: store });
      await fresh().getAccessToken();
      await nc.revokeTokens();
      await fails(fresh().revokeBackgroundSync(), { code: "unauthorized" });
      const { token } = await nc.counts();
      await fresh().getAccessToken();
      assert.equal((await nc.counts()).token, token + 1);
    },
  },
  {
    name: "what discovery found is believed for a day, however often it is written again or put back",
    async run({ client, nc, assert }) {
      const store = memory();
      const { now } = Date;
      try {
        await client({ tokenStore: store }).getAccessToken();
        const hours = (count) => (Date.now = () => now() + count * 3_600_000);
        hours(23);
        await client({ tokenStore: store }).getAccessToken();
        assert.deepEqual(await counted(nc), { discovery: 1, token: 2 });
        hours(25);
        await client({ tokenStore: store }).getAccessToken();
        assert.deepEqual(await counted(nc), { discovery: 2, token: 3 });
        store.values.set(store.puts[0].key, store.puts[0].value);
        await client({ tokenStore: store }).getAccessToken();
        assert.deepEqual(await counted(nc), { discovery: 3, token: 4 });
      } finally {
        Date.now = now;
      }
    },
  },
  {
    name: "what was cleared is not taken from the store again",
    async run({ client, assert }) {
      const one = client({ tokenStore: memory() });
      const cleared = await one.getAccessToken();
      one.tokenCache.clear();
      assert.notEqual(await one.getAccessToken(), cleared);
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
