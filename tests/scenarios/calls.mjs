// How calls behave as calls: time limits, aborts, freeing, logging.

const json = (body) => ({ status: 200, headers: { "Content-Type": "application/json" }, body });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const calls = [
  {
    name: "the time limit ends a call that gets no answer",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", hang: true, times: null }]);
      const begun = Date.now();
      await fails(client({ timeoutMs: 300 }).getUserAppPassword("alice"), { code: "timeout", retryable: true, message: /300 ms/ });
      await fails(client().getUserAppPassword("alice", { timeoutMs: 300 }), { code: "timeout", message: /300 ms/ });
      assert.isBelow(Date.now() - begun, 5_000);
      await pause(100);
      assert.deepEqual((await nc.requests("credentials")).map(({ aborted }) => aborted), [true, true], "the requests are ended, too");
    },
  },
  {
    name: "a time limit that runs out during the login says so",
    async run({ nc, client, fails }) {
      await nc.faults([{ on: "token", hang: true, times: null }]);
      await fails(client({ timeoutMs: 200 }).getBackgroundSyncStatus("alice"), { code: "timeout", route: /^login$|\/idp\/token$/ });
      await fails(client({ timeoutMs: 200, accessToken: () => new Promise(() => {}) }).getBackgroundSyncStatus("alice"), { code: "timeout", route: "login" });
    },
  },
  {
    name: "the time limit ends an answer that drips",
    async run({ nc, client, fails }) {
      await nc.faults([{ on: "credentials", dripMs: 50 }]);
      await fails(client({ timeoutMs: 400 }).getUserAppPassword("alice"), { code: "timeout" });
    },
  },
  {
    name: "the time limit holds where fetch ignores the signal",
    async run({ client, fails }) {
      await fails(client({ timeoutMs: 100, fetch: () => new Promise(() => {}) }).getAccessToken(), { code: "timeout" });
    },
  },
  {
    name: "an aborted call rejects with the signal's own reason",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", hang: true, times: null }]);
      const one = client();
      const reason = { mine: true };
      const controller = new AbortController();
      const call = one.getUserAppPassword("alice", { signal: controller.signal }).catch((error) => error);
      await pause(200);
      controller.abort(reason);
      assert.strictEqual(await call, reason);
      assert.strictEqual(await one.getUserAppPassword("alice", { signal: AbortSignal.abort(reason) }).catch((error) => error), reason);
      await pause(100);
      assert.deepEqual((await nc.requests("credentials")).map(({ aborted }) => aborted), [true]);
      const standard = await one.getAccessToken({ signal: AbortSignal.abort() }).catch((error) => error);
      assert.equal(standard.name, "AbortError");
    },
  },
  {
    name: "a caller that gives up does not disturb those that share its token request",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", delayMs: 300 }]);
      const one = client();
      const controller = new AbortController();
      const impatient = one.getAccessToken({ signal: controller.signal }).catch((error) => error.name);
      const patient = one.getAccessToken();
      await pause(100);
      controller.abort();
      assert.equal(await impatient, "AbortError");
      assert.isString(await patient);
      assert.equal((await nc.counts()).token, 1);
    },
  },
  {
    name: "when all that wait for a token have given up, its request ends",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "token", hang: true }]);
      const one = client();
      await fails(one.getAccessToken({ timeoutMs: 200 }), { code: "timeout" });
      await pause(100);
      assert.deepEqual((await nc.requests("token")).map(({ aborted }) => aborted), [true]);
      assert.isString(await one.getAccessToken());
    },
  },
  {
    name: "call options of the wrong type are refused",
    async run({ nc, client, fails, assert }) {
      const one = client();
      const fake = Object.create(AbortSignal.prototype);
      for (const options of [7, "x", null, { signal: {} }, { signal: "x" }, { signal: fake }, { timeoutMs: -1 }, { timeoutMs: "1" }, { timeout: 1 }]) {
        await fails(one.getAccessToken(options), { code: "invalid_argument" });
      }
      assert.deepEqual((await nc.log()).requests, []);
    },
  },
  {
    name: "a client may be freed while its calls are under way",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", delayMs: 100, times: null }]);
      const one = client();
      const calls = [one.getBackgroundSyncStatus("alice"), one.getAccessToken(), one.getUserAppPassword("bob")];
      one.free();
      const [status, accessToken, password] = await Promise.all(calls);
      assert.isTrue(status.hasAccess);
      assert.isString(accessToken);
      assert.isNull(password);
    },
  },
  {
    name: "an answer larger than maxResponseBytes is not read to its end",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", times: null, respond: json(`{"has_background_access":false,"x":"${"x".repeat(5_000)}"}`) }]);
      await fails(client({ maxResponseBytes: 4_000 }).getUserAppPassword("alice"), { code: "response_too_large", message: /4000 bytes/ });
      assert.isNull(await client().getUserAppPassword("alice"));
    },
  },
  {
    name: "the logger receives what the seed logged, and no secret",
    settings: { contract: "seed" },
    async run({ nc, client, assert }) {
      const lines = [];
      const logger = { lines, debug(message) { this.lines.push(`debug ${message}`); }, info(message) { this.lines.push(`info ${message}`); } };
      const one = client({ logger });
      await one.getUserAppPassword("alice");
      await one.getUserAppPassword("bob");
      assert.deepEqual(lines, [
        "debug Retrieving app password for user: alice",
        `debug Discovering token endpoint from ${nc.url}/.well-known/openid-configuration`,
        `debug Requesting client credentials token from ${nc.url}/idp/token`,
        "info Obtained access token (expires in 3600 s)",
        "info Retrieved app password for user: alice (type: app_password)",
        "debug Retrieving app password for user: bob",
        "debug Using cached access token",
        "debug No app password configured for user: bob",
      ]);
      const secrets = [nc.clients.service.clientSecret, nc.accounts.alice.appPassword, one.tokenCache.accessToken];
      for (const secret of secrets) assert.notInclude(lines.join("\n"), secret);
    },
  },
  {
    name: "a logger that throws disturbs nothing, and one may have half of the methods",
    async run({ client, assert }) {
      const fail = () => { throw new Error("no"); };
      for (const logger of [{ debug: fail, info: fail }, { info() {} }, {}]) {
        assert.isString(await client({ logger }).getAccessToken());
      }
    },
  },
];
