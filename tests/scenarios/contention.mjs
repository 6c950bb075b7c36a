// Callers that get in each other's way, and code of the application's that calls back.

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const json = (body) => Response.json(body);
const alice = { user_id: "alice", has_background_access: true };

/** A `fetch` of one's own that counts what it is asked for. */
function counting(answer) {
  const urls = [];
  const fetch = async (url, init) => {
    urls.push(url);
    return answer(url, init);
  };
  return { urls, fetch };
}

export const contention = [
  {
    name: "a call that is aborted at once sends nothing more",
    async run({ client, assert }) {
      const { urls, fetch } = counting(() => json({ success: true }));
      for (const login of [{ accessToken: "token" }, { username: "alice", password: "password" }]) {
        const controller = new AbortController();
        const call = client({ ...login, fetch }).revokeBackgroundSync({ signal: controller.signal });
        controller.abort();
        assert.equal((await call.catch((error) => error)).name, "AbortError");
      }
      await pause(50);
      assert.deepEqual(urls, []);
    },
  },
  {
    name: "an iteration that is left at once sends nothing more",
    async run({ client, assert }) {
      const { urls, fetch } = counting(() => json(alice));
      const rows = client({ accessToken: "token", fetch }).getBackgroundSyncStatuses(["alice", "bob"]);
      const first = rows.next();
      await rows.return();
      await first.catch(() => {});
      await pause(50);
      assert.isAtMost(urls.length, 1);
    },
  },
  {
    name: "a token function that asks its own client freezes nothing",
    async run({ client, fails, assert }) {
      const { fetch } = counting(() => json(alice));
      const careless = client({
        fetch,
        accessToken: async () => {
          careless.getAccessToken().catch(() => {});
          return "token";
        },
      });
      assert.isTrue((await careless.getBackgroundSyncStatus("alice")).hasAccess);
      // Waits for itself, for as long as it may; each time that it is asked it asks again, so it must stop that some time.
      let asked = 0;
      const deadlocked = client({ fetch, timeoutMs: 300, accessToken: () => (++asked < 4 ? deadlocked.getAccessToken() : "token") });
      await fails(deadlocked.getBackgroundSyncStatus("alice"), { code: "timeout" });
    },
  },
  {
    name: "who began a token request that is lost is served by the next one",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", hang: true, times: 1 }]);
      const one = client();
      const begun = Date.now();
      const [first, second] = await Promise.all([one.getAccessToken({ timeoutMs: 6_000 }), pause(20).then(() => one.getAccessToken({ timeoutMs: 1_000 }))]);
      assert.equal(first, second);
      assert.isBelow(Date.now() - begun, 3_000);
    },
  },
  {
    name: "a caller with little time does not fail one with more",
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "token", times: 1, respond: { status: 503, headers: { "Retry-After": "1" }, body: "" } }]);
      const one = client({ maxRetries: 2 });
      const hasty = one.getAccessToken({ timeoutMs: 300 });
      const patient = one.getAccessToken({ timeoutMs: 10_000 });
      await fails(hasty, { code: "token_request_failed", status: 503, retryable: true });
      assert.isString(await patient);
    },
  },
  {
    name: "a token request that nobody waits for any more is ended, cleared or not",
    async run({ nc, client, assert }) {
      await nc.faults([{ on: "token", hang: true, times: 1 }]);
      const one = client();
      const controller = new AbortController();
      const call = one.getAccessToken({ signal: controller.signal }).catch((error) => error.name);
      await pause(100);
      one.tokenCache.clear();
      controller.abort();
      assert.equal(await call, "AbortError");
      await pause(100);
      assert.deepEqual((await nc.requests("token")).map(({ aborted }) => aborted), [true]);
    },
  },
  {
    name: "a token endpoint that swallows requests is looked up anew, however hasty the callers",
    async run({ nc, client, assert }) {
      const one = client();
      await one.getAccessToken();
      const { discovery } = await nc.counts();
      const restored = client({ tokenCache: one.tokenCache, earlyRefreshSeconds: 1_000_000 });
      await nc.faults([{ on: "token", hang: true, times: 2 }]);
      for (let call = 0; call < 2; call++) await restored.getAccessToken({ signal: AbortSignal.timeout(150) }).catch(() => {});
      assert.isString(await restored.getAccessToken());
      assert.equal((await nc.counts()).discovery, discovery + 1);
    },
  },
  {
    name: "a 404 that is not Astrolabe's own is no answer about a user",
    async run({ client, fails, assert }) {
      for (const [body, type] of [["404 page not found\n", "text/plain; charset=utf-8"], ["", "application/json"], ["[]", "application/json"]]) {
        const { fetch } = counting(() => new Response(body, { status: 404, headers: { "Content-Type": type } }));
        const one = client({ accessToken: "token", fetch });
        await fails(one.getBackgroundSyncStatus("alice"), { code: "app_not_available", status: 404 });
        await fails(one.getUserAppPassword("alice"), { code: "app_not_available", status: 404 });
      }
      const { fetch } = counting(() => Response.json({ error: "not found" }, { status: 404 }));
      assert.isFalse((await client({ accessToken: "token", fetch }).getBackgroundSyncStatus("alice")).hasAccess);
    },
  },
  {
    name: "a logger and an onProgress that fail later: the one disturbs nothing, the other ends the iteration",
    async run({ client, assert }) {
      const { fetch } = counting(() => json(alice));
      const reason = new Error("of the application");
      const logger = { debug: async () => { throw reason; }, info: async () => { throw reason; } };
      const one = client({ accessToken: "token", fetch, logger });
      assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      const rows = one.getBackgroundSyncStatuses(Array(50).fill("alice"), { concurrency: 1, onProgress: async () => { throw reason; } });
      let count = 0;
      const thrown = await (async () => { for await (const row of rows) count += row.userId.length > 0 ? 1 : 0; })().catch((error) => error);
      assert.strictEqual(thrown, reason);
      assert.isBelow(count, 50);
    },
  },
  {
    name: "a body without end, of nothing, is too large",
    async run({ client, fails }) {
      const endless = () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(0)) }));
      await fails(client({ accessToken: "token", fetch: async () => endless() }).getBackgroundSyncStatus("alice"), { code: "response_too_large" });
    },
  },
  {
    name: "what a fetch of one's own gives instead of a Response is told as that, and diagnose() does not take it for an answer",
    async run({ client, fails, assert }) {
      for (const answer of [{ status: 200, headers: {}, body: null }, { status: "200", headers: new Headers() }, "200", undefined]) {
        const one = client({ accessToken: "token", fetch: async () => answer });
        await fails(one.getBackgroundSyncStatus("alice"), { code: "unexpected_response", message: /no Response/ });
        assert.isFalse((await one.diagnose())[0].passed);
      }
    },
  },
  {
    name: "names of Object.prototype are ordinary names of token parameters",
    async run({ nc, client, assert }) {
      const tokenParameters = JSON.parse('{"__proto__":"a","constructor":"b"}');
      await client({ tokenParameters }).getAccessToken();
      const [request] = await nc.requests("token");
      assert.include(request.body, "__proto__=a&constructor=b");
    },
  },
];
