// What is printed, cloned, enumerated or thrown holds no secret.

/** All that a program can get out of a value without calling its methods: texts, and what inherits and hangs on it. */
function reachable(value, seen = new Set(), isClone = false) {
  if (typeof value === "string") return [value];
  if (Object(value) !== value || seen.has(value) || value === globalThis) return [String(value)];
  seen.add(value);
  const found = [];
  const attempt = (work) => {
    try {
      found.push(...work());
    } catch {
      // What throws shows nothing.
    }
  };
  for (const key of Reflect.ownKeys(value)) {
    found.push(String(key));
    const { value: held } = Object.getOwnPropertyDescriptor(value, key);
    found.push(...reachable(held, seen, isClone));
  }
  attempt(() => [String(value), Object.prototype.toString.call(value)]);
  if (typeof value !== "function") {
    attempt(() => [JSON.stringify(value) ?? ""]);
    if (!isClone) attempt(() => reachable(structuredClone(value), seen, true));
  }
  if (!Array.isArray(value)) attempt(() => [...value].flatMap((item) => reachable(item, seen, isClone)));
  return found;
}

export const secrets = [
  {
    name: "secrets: nothing that a client gives shows them, but what is there to give them",
    async run({ nc, AstrolabeClient, AstrolabeError, TokenCache, assert }) {
      const { clientId, clientSecret } = nc.clients.service;
      const { appPassword, password } = nc.accounts.admin;
      const tokenCache = new TokenCache();
      const clients = [
        new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, clientId, clientSecret, tokenCache }),
        new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, accessToken: appPassword }),
        new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, accessToken: async () => appPassword }),
        new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, username: "admin", password }),
      ];
      const given = [];
      for (const client of clients) {
        const pending = client.getBackgroundSyncStatus("alice");
        given.push(client, Object.getPrototypeOf(client), pending, await pending, client.listUsers(), client.getBackgroundSyncStatuses(["alice"]), client.free);
        given.push(await client.diagnose());
        await nc.faults([{ on: "credentials", cutBody: true }]);
        given.push(await client.getBackgroundSyncStatus("alice").catch((error) => error));
        await nc.faults([{ on: "credentials", respond: { status: 401, body: "" }, times: 5 }]);
        given.push(await client.getBackgroundSyncStatus("alice").catch((error) => error));
        await nc.faults([]);
        given.push(await client.getBackgroundSyncStatus("a/b").catch((error) => error));
        await nc.faults([{ on: "credentials", hang: true }]);
        given.push(await client.getBackgroundSyncStatus("alice", { timeoutMs: 50 }).catch((error) => error));
      }
      assert.isAtLeast(given.filter((value) => value instanceof AstrolabeError).length, 16);
      const accessToken = await clients[0].getAccessToken();
      const secrets = [clientSecret, appPassword, password, accessToken, btoa(`admin:${password}`)];
      for (const text of given.flatMap((value) => reachable(value))) {
        for (const secret of secrets) assert.notInclude(text, secret);
      }
      // The cache is there to be seen, but by its names, and not by printing it.
      const own = Reflect.ownKeys(tokenCache).flatMap((name) => reachable(tokenCache[name]));
      assert.notInclude([...own, String(tokenCache)].join(), accessToken);
      assert.include(reachable(tokenCache.toJSON()).join(), accessToken, "this very look finds what is there");
      assert.notInclude(JSON.stringify(tokenCache), clientSecret);
    },
  },
  {
    name: "secrets: console methods show none",
    async run({ nc, AstrolabeClient, assert }) {
      const { clientId, clientSecret } = nc.clients.service;
      const { password } = nc.accounts.admin;
      const one = new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, clientId, clientSecret });
      const other = new AstrolabeClient({ nextcloudHost: nc.url, maxRetries: 0, username: "admin", password });
      const printed = [];
      const kept = {};
      const names = ["log", "info", "debug", "warn", "error", "dir", "table", "trace"];
      for (const name of names) {
        kept[name] = console[name];
        console[name] = (...values) => printed.push(...values.map(String));
      }
      try {
        await one.getBackgroundSyncStatus("alice");
        await other.getBackgroundSyncStatus("alice");
        await one.diagnose();
        await one.getBackgroundSyncStatus("a/b").catch(() => {});
      } finally {
        Object.assign(console, kept);
      }
      assert.deepEqual(printed, [], "the package prints nothing of itself");
    },
  },
];
