// getBackgroundSyncStatuses: many users at once.

const all = async (iterable) => {
  const rows = [];
  for await (const row of iterable) rows.push(row);
  return rows;
};
const ids = (count) => Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(5, "0")}`);
const status = (status, headers = {}) => ({ respond: { status, headers, body: "" } });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const bulk = [
  {
    name: "bulk: every user once, with one discovery and one token request",
    settings: { extraUsers: 500 },
    async run({ nc, client, assert }) {
      const rows = await all(client().getBackgroundSyncStatuses(ids(500)));
      assert.deepEqual(rows.map(({ userId }) => userId).sort(), ids(500));
      assert.deepEqual(new Set(rows.flatMap(Object.keys)), new Set(["userId", "status"]));
      assert.equal(rows.filter((row) => row.status.hasAccess).length, 166);
      const { discovery, token, credentials } = await nc.counts();
      assert.deepEqual({ discovery, token, credentials }, { discovery: 1, token: 1, credentials: 500 });
    },
  },
  {
    name: "bulk: never more than concurrency under way",
    async run({ nc, client, assert }) {
      for (const concurrency of [1, 5, undefined]) {
        await nc.reset({ faults: [{ on: "credentials", delayMs: 20, times: null }] });
        await all(client().getBackgroundSyncStatuses(ids(40), { concurrency }));
        const most = concurrency ?? 8;
        const { credentials } = (await nc.log()).maxConcurrent;
        assert.isAtMost(credentials, most);
        // A browser makes no more than six connections to one server.
        assert.isAtLeast(credentials, Math.min(most, 6));
      }
    },
  },
  {
    name: "bulk: any iterable, and listUsers() itself",
    settings: { extraUsers: 30 },
    async run({ client, assert }) {
      const one = client();
      const userIds = await all(one.listUsers());
      const sources = [new Set(userIds), userIds.values(), (async function* () { yield* userIds; })(), one.listUsers({ pageSize: 7 })];
      for (const source of sources) {
        const rows = await all(one.getBackgroundSyncStatuses(source));
        assert.deepEqual(rows.map(({ userId }) => userId).sort(), [...userIds].sort());
      }
      assert.deepEqual(await all(one.getBackgroundSyncStatuses([])), []);
    },
  },
  {
    name: "bulk: one user's failure is one row",
    async run({ nc, client, AstrolabeError, assert }) {
      await nc.faults([{ on: "credentials", user: "bob", times: null, ...status(500) }]);
      const rows = await all(client().getBackgroundSyncStatuses(["alice", "bob", "../etc", "carol", 7]));
      const codes = Object.fromEntries(rows.map(({ userId, error }) => [userId, error?.code]));
      assert.deepEqual(codes, { alice: undefined, bob: "server_error", "../etc": "invalid_argument", carol: undefined, 7: "invalid_argument" });
      for (const { error } of rows) if (error) assert.instanceOf(error, AstrolabeError);
    },
  },
  {
    name: "bulk: a failure that concerns all ends it once, early, and rows that came before stand",
    async run({ nc, client, fails, assert }) {
      // First, as requests that the other cases give up may still be on their way to the server.
      await fails(all(client({ clientSecret: "not-the-secret" }).getBackgroundSyncStatuses(ids(100))), { code: "token_request_failed" });
      assert.equal((await nc.counts()).credentials, 0);
      for (const recorded of ["37c-cred-alice-bearer-invalid-ocs", "35-cred-alice-as-alice", "150-maint-cred-8088", "160-appdisabled-8088", "60-wrongpw-12"]) {
        await nc.reset({ faults: [{ on: "credentials", skip: 20, times: null, recorded }] });
        const rows = [];
        const read = async () => {
          for await (const row of client({ maxRetries: 2 }).getBackgroundSyncStatuses(ids(1_000))) rows.push(row);
        };
        const error = await fails(read(), {});
        assert.include(["unauthorized", "forbidden", "maintenance", "app_not_available", "rate_limited"], error.code);
        assert.isAtLeast(rows.length, 10);
        assert.isTrue(rows.every((row) => row.status));
        assert.isBelow((await nc.counts()).credentials, 50);
      }
    },
  },
  {
    name: "bulk: slows down when the server says so, and loses nobody",
    async run({ nc, client, assert }) {
      await nc.faults([
        { on: "credentials", skip: 10, times: 5, ...status(429, { "Retry-After": "1" }) },
        { on: "credentials", skip: 30, times: 5, ...status(503, { "Retry-After": "1" }) },
        { on: "credentials", skip: 60, times: 3, cutBody: true },
        { on: "credentials", delayMs: 5, times: null },
      ]);
      const begun = Date.now();
      const rows = await all(client({ maxRetries: 2 }).getBackgroundSyncStatuses(ids(200)));
      assert.equal(rows.length, 200);
      assert.isTrue(rows.every((row) => row.status), JSON.stringify(rows.find((row) => row.error)));
      assert.isAtLeast(Date.now() - begun, 1_800);
      const { requests } = await nc.log();
      assert.equal(requests.filter(({ route }) => route === "credentials").length, 213);
    },
  },
  {
    name: "bulk: a new token on the way",
    async run({ nc, client, assert }) {
      const rows = [];
      for await (const row of client().getBackgroundSyncStatuses(ids(200))) {
        rows.push(row);
        if (rows.length === 50) await nc.revokeTokens();
      }
      assert.isTrue(rows.every((row) => row.status));
      assert.equal((await nc.counts()).token, 2);
    },
  },
  {
    name: "bulk: leaving the loop ends what is under way, and asks for nobody else",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", skip: 1, hang: true, times: null }]);
      let closed = false;
      const source = (async function* () {
        try {
          yield* ids(1_000);
        } finally {
          closed = true;
        }
      })();
      for await (const { userId } of client().getBackgroundSyncStatuses(source, { concurrency: 4 })) {
        assert.isString(userId);
        await pause(100);
        break;
      }
      await pause(200);
      assert.isTrue(closed);
      const asked = await nc.requests("credentials");
      assert.isAtMost(asked.length, 5);
      assert.deepEqual(new Set(asked.slice(1).map(({ aborted }) => aborted)), new Set([true]));
    },
  },
  {
    name: "bulk: aborting ends it with the signal's reason",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", skip: 5, hang: true, times: null }]);
      const reason = { mine: true };
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 300);
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(ids(100), { signal: controller.signal })).catch((error) => error), reason);
      await pause(100);
      const asked = await nc.requests("credentials");
      assert.isTrue(asked.slice(5).every(({ aborted }) => aborted));
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(ids(3), { signal: AbortSignal.abort(reason) })).catch((error) => error), reason);
      const endless = (async function* () { await new Promise(() => {}); yield "alice"; })();
      const late = AbortSignal.timeout(100);
      assert.equal((await all(client().getBackgroundSyncStatuses(endless, { signal: late })).catch((error) => error)).name, "TimeoutError");
    },
  },
  {
    name: "bulk: does not run ahead of a slow reader",
    async run({ nc, client, assert }) {
      let read = 0;
      for await (const row of client().getBackgroundSyncStatuses(ids(100), { concurrency: 4 })) {
        assert.isObject(row.status);
        if (++read === 3) await pause(300);
        if (read === 4) break;
      }
      assert.isAtMost((await nc.counts()).credentials, 4 + 4);
    },
  },
  {
    name: "bulk: progress",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", user: "bob", times: null, ...status(500) }]);
      const seen = [];
      await all(client().getBackgroundSyncStatuses(["alice", "bob", "carol"], { onProgress: (progress) => seen.push(progress) }));
      assert.deepEqual(seen.map(({ done }) => done), [1, 2, 3]);
      assert.deepEqual(seen.at(-1), { done: 3, failed: 1, total: 3 });
      const unknown = [];
      await all(client().getBackgroundSyncStatuses(["alice"].values(), { onProgress: (progress) => unknown.push(progress) }));
      assert.deepEqual(unknown, [{ done: 1, failed: 0, total: undefined }]);
      const mine = new Error("mine");
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(["alice", "bob"], { onProgress() { throw mine; } })).catch((error) => error), mine);
    },
  },
  {
    name: "bulk: what came before the end stands, however slow the reader",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "credentials", skip: 3, times: null, recorded: "35-cred-alice-as-alice" }]);
      const rows = [];
      const reading = async () => {
        for await (const row of client().getBackgroundSyncStatuses(ids(20), { concurrency: 1 })) {
          rows.push(row);
          await pause(50);
        }
      };
      assert.equal((await reading().catch((error) => error)).code, "forbidden");
      assert.equal(rows.length, 3);
    },
  },
  {
    name: "bulk: a server that nobody reaches ends it",
    async run({ nc, client, fails, assert }) {
      let asked = 0;
      const fetch = (url, init) => {
        if (!String(url).includes("/credentials/")) return globalThis.fetch(url, init);
        asked += 1;
        return Promise.reject(new TypeError("no"));
      };
      const rows = [];
      const reading = async () => {
        for await (const row of client({ fetch }).getBackgroundSyncStatuses(ids(500))) rows.push(row);
      };
      await fails(reading(), { code: "network" });
      assert.equal(rows.length, 19);
      assert.isBelow(asked, 40);
    },
  },
  {
    name: "bulk: a server that answers now and then, if only with a failure, is there",
    async run({ nc, client, assert }) {
      let asked = 0;
      const fetch = (url, init) => {
        if (!String(url).includes("/credentials/")) return globalThis.fetch(url, init);
        asked += 1;
        return asked % 10 ? Promise.reject(new TypeError("no")) : Promise.resolve(new Response("{}", { status: 500 }));
      };
      const rows = await all(client({ fetch }).getBackgroundSyncStatuses(ids(100), { concurrency: 1 }));
      assert.deepEqual(new Set(rows.map(({ error }) => error.code)), new Set(["network", "server_error"]));
      assert.equal(rows.length, 100);
    },
  },
  {
    name: "bulk: leaving the loop over listUsers() ends the page under way",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "users", skip: 1, hang: true, times: null }]);
      const one = client();
      for await (const row of one.getBackgroundSyncStatuses(one.listUsers({ pageSize: 2 }))) {
        assert.isString(row.userId);
        await pause(200);
        break;
      }
      await pause(200);
      const [, second] = await nc.requests("users");
      assert.isTrue(second.aborted);
    },
  },
  {
    name: "bulk: an iterable that throws, and what is no iterable",
    async run({ nc, client, fails, assert }) {
      const mine = new Error("mine");
      const atOnce = (function* () { throw mine; })();
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(atOnce)).catch((error) => error), mine);
      const atTheEnd = (function* () { yield* ["alice", "bob"]; throw mine; })();
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(atTheEnd, { concurrency: 1 })).catch((error) => error), mine);
      const source = (function* () { yield "alice"; throw mine; })();
      assert.strictEqual(await all(client().getBackgroundSyncStatuses(source)).catch((error) => error), mine);
      for (const userIds of [undefined, null, 7, "alice", {}, () => {}]) {
        await fails((async () => client().getBackgroundSyncStatuses(userIds))(), { code: "invalid_argument", message: /userIds/ });
      }
      for (const options of [7, null, { concurrency: 0 }, { concurrency: 1_001 }, { concurrency: "8" }, { onProgress: 7 }, { signal: 7 }, { timeoutMs: 0 }]) {
        await fails((async () => client().getBackgroundSyncStatuses(["alice"], options))(), { code: "invalid_argument" });
      }
      assert.isAtMost((await nc.counts()).credentials, 3);
    },
  },
];
