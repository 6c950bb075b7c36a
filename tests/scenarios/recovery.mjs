// What a client tries again, what it waits for, and what it does not.

const status = (status, headers = {}) => ({ respond: { status, headers, body: "" } });

export const recovery = [
  {
    name: "a clock that is set forward ends no call that is under way",
    async run({ nc, AstrolabeClient, assert }) {
      const { now } = Date;
      let answer;
      const answered = new Promise((resolve) => (answer = resolve));
      const body = JSON.stringify({ success: true, user_id: "alice", has_background_access: true });
      const fetch = async () => (await answered, new Response(body));
      const client = new AstrolabeClient({ nextcloudHost: nc.url, accessToken: "token", fetch, timeoutMs: 20_000 });
      const first = client.getBackgroundSyncStatus("alice");
      try {
        await Promise.resolve();
        Date.now = () => now() + 3_600_000;
        const second = client.getBackgroundSyncStatus("alice");
        await new Promise((resolve) => setTimeout(resolve, 50));
        answer();
        for (const call of [first, second]) assert.isTrue((await call).hasAccess);
      } finally {
        Date.now = now;
      }
    },
  },
  ...[502, 503, 504].map((code) => ({
    name: `a read is tried again after ${code}`,
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", times: 2, ...status(code) }, { on: "discovery", ...status(code) }, { on: "token", ...status(code) }]);
      assert.isTrue((await client({ maxRetries: 2 }).getBackgroundSyncStatus("alice")).hasAccess);
      const { discovery, token, credentials } = await nc.counts();
      assert.deepEqual({ discovery, token, credentials }, { discovery: 2, token: 2, credentials: 3 });
    },
  })),
  {
    name: "a read is tried again after a connection that broke, and not more often than maxRetries",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", times: 2, cutBody: true }]);
      assert.isTrue((await client({ maxRetries: 2 }).getBackgroundSyncStatus("alice")).hasAccess);
      await nc.faults([{ on: "credentials", times: null, ...status(502) }]);
      const before = (await nc.counts()).credentials;
      await fails(client({ maxRetries: 1 }).getBackgroundSyncStatus("alice"), { code: "server_error", status: 502 });
      assert.equal((await nc.counts()).credentials - before, 2);
    },
  },
  {
    name: "Retry-After is obeyed, in seconds and as a date",
    async run({ nc, client, assert }) {
      for (const value of ["1", new Date(Date.now() + 4_000).toUTCString()]) {
        await nc.faults([{ on: "credentials", ...status(503, { "Retry-After": value }) }]);
        const begun = Date.now();
        assert.isTrue((await client({ maxRetries: 1 }).getBackgroundSyncStatus("alice")).hasAccess);
        assert.isAtLeast(Date.now() - begun, 900);
      }
      await nc.faults([{ on: "credentials", ...status(429, { "Retry-After": "1" }) }]);
      assert.isTrue((await client({ maxRetries: 1 }).getBackgroundSyncStatus("alice")).hasAccess);
    },
  },
  {
    name: "what cannot come within the time limit is not waited for",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", times: null, ...status(503, { "Retry-After": "20" }) }]);
      const begun = Date.now();
      await fails(client({ maxRetries: 2 }).getBackgroundSyncStatus("alice"), { code: "server_error", status: 503, retryAfterMs: 20_000, retryable: true });
      assert.isBelow(Date.now() - begun, 5_000);
      assert.equal((await nc.counts()).credentials, 1);
    },
  },
  {
    name: "maintenance is recognised at once, everywhere",
    settings: { maintenance: true },
    async run({ nc, client, fails, assert }) {
      const accessToken = nc.accounts.admin.appPassword;
      await fails(client({ maxRetries: 2 }).getAccessToken(), { code: "maintenance", status: 503, retryAfterMs: 120_000, retryable: true });
      await fails(client({ maxRetries: 2, accessToken }).getBackgroundSyncStatus("alice"), { code: "maintenance", status: 503, retryAfterMs: 120_000 });
      await fails(client({ maxRetries: 2, accessToken }).userExists("alice"), { code: "maintenance", status: 503, retryAfterMs: undefined });
      const { discovery, credentials, user } = await nc.counts();
      assert.deepEqual({ discovery, credentials, user }, { discovery: 1, credentials: 1, user: 1 });
    },
  },
  {
    name: "the brute-force lock is named and not tried against",
    async run({ nc, client, fails, assert }) {
      const wrong = client({ username: "admin", password: "wrong-password", maxRetries: 2 });
      for (let attempt = 0; attempt < 11; attempt += 1) await fails(wrong.getBackgroundSyncStatus("alice"), { code: "unauthorized" });
      const before = (await nc.counts()).credentials;
      await fails(wrong.getBackgroundSyncStatus("alice"), { code: "rate_limited", status: 429, retryAfterMs: 1_800_000, message: /brute-force/ });
      assert.equal((await nc.counts()).credentials - before, 1);
      assert.isTrue((await client({ accessToken: nc.accounts.admin.appPassword }).getBackgroundSyncStatus("alice")).hasAccess, "a bearer is not affected");
    },
  },
  {
    name: "a 429 of a proxy is no brute-force lock, whatever its JSON says, and a password does not knock again",
    async run({ nc, client, fails, assert }) {
      const { id: username, appPassword: password } = nc.accounts.admin;
      const one = client({ username, password, maxRetries: 2 });
      for (const body of [{}, { message: "API rate limit exceeded" }, { message: "Rate limit exceeded" }, { ocs: { meta: { message: "slow down" } } }]) {
        await nc.faults([{ on: "credentials", times: null, respond: { status: 429, body } }]);
        const before = (await nc.counts()).credentials;
        const error = await fails(one.getBackgroundSyncStatus("alice"), { code: "rate_limited", status: 429, retryAfterMs: undefined });
        assert.notMatch(error.message, /brute-force|password/);
        assert.equal((await nc.counts()).credentials - before, 1);
      }
    },
  },
  {
    name: "an upgrade that nobody has run is no maintenance, but where Nextcloud says the same of both",
    settings: { needsUpgrade: true },
    async run({ nc, client, fails }) {
      const accessToken = nc.accounts.admin.appPassword;
      await fails(client().getAccessToken(), { code: "server_error", status: 503, message: /run 'occ upgrade'/ });
      await fails(client({ accessToken }).getBackgroundSyncStatus("alice"), { code: "server_error", status: 503, message: /run 'occ upgrade'/ });
      await fails(client({ accessToken }).userExists("alice"), { code: "maintenance", status: 503, message: /maintenance:mode --off' or 'occ upgrade'/ });
    },
  },
  {
    name: "a host name that is not trusted is named, everywhere",
    settings: { trustedHost: false },
    async run({ nc, client, fails }) {
      const expected = { code: "request_rejected", status: 400, message: /trusted_domains/ };
      await fails(client().getAccessToken(), expected);
      const one = client({ accessToken: nc.accounts.admin.appPassword });
      for (const call of [() => one.getBackgroundSyncStatus("alice"), () => one.getOwnBackgroundSyncStatus(), () => one.userExists("alice"), () => one.revokeBackgroundSync()]) await fails(call(), expected);
    },
  },
  {
    name: "after a 401 with a cached token: one new token, one more try",
    async run({ nc, client, assert }) {
      const one = client();
      const first = await one.getAccessToken();
      await nc.revokeTokens();
      assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      assert.notEqual(one.tokenCache.accessToken, first);
      const { token, credentials } = await nc.counts();
      assert.deepEqual({ token, credentials }, { token: 2, credentials: 2 });
      await nc.revokeTokens();
      await Promise.all(Array.from({ length: 16 }, () => one.getBackgroundSyncStatus("bob")));
      assert.equal((await nc.counts()).token, 3, "many callers, one new token");
    },
  },
  {
    name: "after a 401 with a new token there is the error",
    settings: { bearerValidation: false },
    async run({ nc, client, fails, assert }) {
      const one = client({ maxRetries: 2 });
      await fails(one.getBackgroundSyncStatus("alice"), { code: "unauthorized", status: 401, message: /user_oidc/ });
      const { token, credentials } = await nc.counts();
      assert.deepEqual({ token, credentials }, { token: 1, credentials: 1 });
      await one.getAccessToken();
      await fails(one.getBackgroundSyncStatus("alice"), { code: "unauthorized" });
      assert.equal((await nc.counts()).credentials, 3);
    },
  },
  {
    name: "an abort and a time limit take effect while waiting between tries",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", times: null, ...status(503, { "Retry-After": "3" }) }]);
      const one = client({ maxRetries: 2 });
      const begun = Date.now();
      const reason = { mine: true };
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 200);
      assert.strictEqual(await one.getBackgroundSyncStatus("alice", { signal: controller.signal }).catch((error) => error), reason);
      assert.isBelow(Date.now() - begun, 2_000);
      await nc.faults([{ on: "credentials", times: null, ...status(503, { "Retry-After": "1" }) }]);
      const again = Date.now();
      await fails(one.getBackgroundSyncStatus("alice", { timeoutMs: 1_500 }), { code: "server_error", retryAfterMs: 1_000 });
      assert.isBelow(Date.now() - again, 2_500);
    },
  },
];
