// The access token: discovery, the client-credentials grant, how long a token serves.

export const token = [
  {
    name: "logs in by discovery and the client-credentials grant",
    async run({ nc, client, assert }) {
      const accessToken = await client().getAccessToken();
      assert.isString(accessToken);
      assert.isNotEmpty(accessToken);
      const [discovery] = await nc.requests("discovery");
      assert.equal(discovery.method, "GET");
      assert.equal(discovery.path, "/.well-known/openid-configuration");
      assert.notProperty(discovery.headers, "ocs-apirequest", "the identity provider is no Nextcloud");
      const [request] = await nc.requests("token");
      assert.equal(request.method, "POST");
      assert.match(request.headers["content-type"], /^application\/x-www-form-urlencoded\b/);
      assert.deepEqual(Object.fromEntries(new URLSearchParams(request.body)), {
        grant_type: "client_credentials",
        client_id: nc.clients.service.clientId,
        client_secret: nc.clients.service.clientSecret,
        scope: "openid",
      });
      assert.notInclude(request.path, "?");
    },
  },
  {
    name: "gives the cached token while it is fresh",
    async run({ nc, client, assert }) {
      const one = client();
      const first = await one.getAccessToken();
      assert.equal(await one.getAccessToken(), first);
      await one.getBackgroundSyncStatus("alice");
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 1, token: 1 });
      const [request] = await nc.requests("credentials");
      assert.equal(request.headers.authorization, `Bearer ${first}`);
    },
  },
  {
    name: "a token that lives less than the early refresh serves the call that fetched it",
    settings: { tokenLifetimeSeconds: 59 },
    async run({ nc, client, assert }) {
      const one = client();
      assert.equal((await one.getBackgroundSyncStatus("alice")).hasAccess, true);
      assert.equal((await nc.counts()).token, 1);
      assert.equal(one.tokenCache.isFresh(), false);
      await one.getBackgroundSyncStatus("alice");
      assert.equal((await nc.counts()).token, 2);
    },
  },
  {
    name: "a token is renewed earlyRefreshSeconds before its end",
    settings: { tokenLifetimeSeconds: 62 },
    async run({ nc, client, assert }) {
      const one = client();
      const first = await one.getAccessToken();
      assert.equal(await one.getAccessToken(), first, "61 s are left of 62");
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      assert.notEqual(await one.getAccessToken(), first, "less than 60 s are left");
      const patient = client({ earlyRefreshSeconds: 3 });
      const second = await patient.getAccessToken();
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      assert.equal(await patient.getAccessToken(), second, "the early refresh is an option");
      assert.equal((await nc.counts()).token, 3);
    },
  },
  ...[
    ["a number", 1800, 1800],
    ["a string of digits", "1800", 1800],
    ["absent", undefined, 3600],
    ["null", null, 3600],
  ].map(([how, given, seconds]) => ({
    name: `expires_in is ${how}: ${seconds} s`,
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", mergeJson: given === undefined ? { $delete: ["expires_in"] } : { expires_in: given } }]);
      const one = client();
      const before = Date.now();
      await one.getAccessToken();
      const end = one.tokenCache.expiresAt;
      assert.instanceOf(end, Date);
      assert.isAtLeast(end.getTime(), before + seconds * 1000);
      assert.isAtMost(end.getTime(), Date.now() + seconds * 1000);
    },
  })),
  {
    name: "a negative expires_in serves the call that fetched it and is never kept",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", mergeJson: { expires_in: -5 } }]);
      const one = client();
      assert.isString(await one.getAccessToken());
      assert.isNull(one.tokenCache.accessToken);
    },
  },
  {
    name: "64 cold callers make one discovery and one token request",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", delayMs: 100 }]);
      const one = client();
      const ids = Array.from({ length: 64 }, (_, index) => (index % 2 ? "alice" : "bob"));
      const statuses = await Promise.all(ids.map((id) => one.getBackgroundSyncStatus(id)));
      assert.deepEqual(
        statuses.map((status) => status.hasAccess),
        ids.map((id) => id === "alice"),
      );
      const { discovery, token, credentials } = await nc.counts();
      assert.deepEqual({ discovery, token, credentials }, { discovery: 1, token: 1, credentials: 64 });
    },
  },
  {
    name: "a login that is slow but alive serves every caller",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", delayMs: 4_000, times: null }]);
      const one = client();
      const begun = Date.now();
      const tokens = await Promise.all(Array.from({ length: 16 }, () => one.getAccessToken()));
      assert.equal(new Set(tokens).size, 1);
      assert.isBelow(Date.now() - begun, 6_000);
      assert.isAtMost((await nc.counts()).token, 2);
    },
  },
  {
    name: "the failure of a shared token request reaches every caller, and the next call tries again",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "token", respond: { status: 500, headers: {}, body: "no" } }]);
      const one = client();
      const calls = [1, 2, 3].map(() => one.getAccessToken());
      for (const call of calls) await fails(call, { code: "token_request_failed", status: 500 });
      assert.isString(await one.getAccessToken());
      assert.equal((await nc.counts()).token, 2);
    },
  },
  {
    name: "trailing slashes of the host are dropped, a path stays",
    async run({ nc, client, assert }) {
      const one = client({ nextcloudHost: `${nc.url}/nextcloud///` });
      assert.equal((await one.getBackgroundSyncStatus("alice")).hasAccess, true);
      const { requests } = await nc.log();
      assert.deepEqual(
        requests.filter(({ route }) => route !== "token").map(({ path }) => path),
        ["/nextcloud/.well-known/openid-configuration", "/nextcloud/apps/astrolabe/api/v1/background-sync/credentials/alice"],
      );
    },
  },
];
