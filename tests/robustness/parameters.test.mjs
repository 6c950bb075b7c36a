// Every kind of value in every parameter: an error of this package that names the parameter, or it is taken; never a trap,
// never a client that stays broken. ASTROLABE_FUZZ_RUNS says how many values for each.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { consumer } from "../consumer.mjs";
import { report } from "./figures.mjs";

const RUNS = Number(process.env.ASTROLABE_FUZZ_RUNS ?? 300);
const HOST = "https://cloud.example.com";

let astrolabe;
before(async () => (astrolabe = await consumer.import()));

const answers = (url) => {
  const { pathname } = new URL(url);
  if (pathname.startsWith("/.well-known/")) return { token_endpoint: `${HOST}/token` };
  if (pathname === "/token") return { access_token: "token", token_type: "Bearer", expires_in: 3600 };
  if (pathname.startsWith("/ocs/")) return { ocs: { meta: { statuscode: 200 }, data: { users: [], id: "alice" } } };
  return { success: true, user_id: decodeURIComponent(pathname.split("/").at(-1)), has_background_access: true };
};
const fetch = async (url) => Response.json(answers(url));
const login = { nextcloudHost: HOST, clientId: "id", clientSecret: "secret", fetch, maxRetries: 0 };

/** Objects that do something when they are touched. */
const traps = [
  () => new Proxy({}, { get: () => { throw new RangeError("trap"); }, ownKeys: () => { throw new RangeError("trap"); }, has: () => { throw new RangeError("trap"); }, getPrototypeOf: () => { throw new RangeError("trap"); } }),
  () => new Proxy(() => {}, { apply: () => { throw undefined; } }),
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  () => {
    const { proxy, revoke } = Proxy.revocable(() => {}, {});
    revoke();
    return proxy;
  },
  () => ({ get signal() { throw null; }, get timeoutMs() { throw undefined; }, get nextcloudHost() { throw "text"; }, get accessToken() { throw 7; }, toJSON() { throw undefined; }, toString() { throw undefined; }, valueOf() { throw undefined; } }),
  () => ({ toJSON: () => ({ toJSON: 7 }) }),
  () => ({ then: () => { throw undefined; } }),
  () => ({ then: (resolve) => resolve(undefined) }),
  () => ({ [Symbol.iterator]: () => ({ next: () => 7 }) }),
  () => ({ [Symbol.iterator]: () => { throw undefined; } }),
  () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(undefined) }) }),
  () => ({ [Symbol.asyncIterator]: () => undefined }),
  () => ({ [Symbol.toPrimitive]: () => { throw undefined; } }),
  () => Object.create(null),
  () => Object.freeze({}),
  () => Object.create(AbortSignal.prototype),
  () => new Proxy(new AbortController().signal, {}),
  () => AbortSignal.abort(undefined),
  () => AbortSignal.abort("gone"),
  () => new AbortController(),
  () => Object.create(astrolabe.TokenCache.prototype),
  () => new Proxy(new astrolabe.TokenCache(), {}),
  () => new astrolabe.TokenCache(),
  () => {
    const rejected = Promise.reject(undefined);
    // It is nobody's, most often; one that the client drops itself still is noticed.
    rejected.catch(() => {});
    return rejected;
  },
  () => new Date(NaN),
  () => new URL("https://user:password@cloud.example.com/?a#b"),
  () => new Map([["alice", 1]]),
  () => new Uint8Array(8),
  () => new WeakMap(),
  () => class {},
  () => function* () {},
  () => async () => { throw undefined; },
  () => globalThis,
  () => Symbol("x"),
  () => -0,
  () => NaN,
  () => 2 ** 53,
  () => "\ud800",
  () => "\0",
  () => "x".repeat(100_000),
  () => JSON.parse('{"__proto__":{"fetch":1}}'),
];

const held = (arbitrary) => arbitrary.map((value) => Object.defineProperty(() => value, fc.toStringMethod, { value: () => fc.stringify(value) }));
/** Makers of values: fast-check looks at what it makes, and these do not bear to be looked at. */
const anything = fc.oneof(
  { arbitrary: fc.constantFrom(...traps), weight: 3 },
  { arbitrary: held(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true, withObjectString: true, withSparseArray: true })), weight: 2 },
  { arbitrary: held(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.double(), fc.integer(), fc.boolean())), weight: 2 },
);

/** What engines say of a slip in a program. */
const MISHAP = /unreachable|undefined is not|cannot (read|set) prop|\[object/i;

const isReason = (error) => error === undefined || error === null || typeof error !== "object" || !(error instanceof Error);

/**
 * What came of a call. A `TypeError` has to name the parameter; what the caller's own values throw, such as the reason of
 * a signal, is theirs.
 */
async function outcome(call, name, isCallers) {
  let value;
  try {
    value = await call();
    return value;
  } catch (error) {
    if (error instanceof astrolabe.AstrolabeError) {
      assert.notEqual(error.code, "internal_error", error.stack);
      if (error.code === "invalid_argument" && name) assert.match(error.message, name);
      assert.doesNotMatch(error.message, MISHAP);
      return error;
    }
    if (error instanceof TypeError) assert.doesNotMatch(error.message, MISHAP);
    if (error instanceof TypeError && name?.test(error.message)) return error;
    assert.ok(isCallers?.(error), `neither: ${typeof error} ${error?.stack ?? String(error)}`);
    return error;
  }
}

/** The client that was asked, and one made anew, go on as if nothing had been. */
async function isWell(client) {
  assert.equal((await new astrolabe.AstrolabeClient(login).getBackgroundSyncStatus("alice")).hasAccess, true);
  if (client) assert.equal((await client.getBackgroundSyncStatus("alice")).hasAccess, true);
}

const first = async (iteration) => (await iteration[Symbol.asyncIterator]().next()).value;
const isTheirs = (error) => isReason(error) || error.name === "AbortError" || error.name === "TimeoutError" || error.message === "trap";

const OPTIONS = ["nextcloudHost", "clientId", "clientSecret", "clientPrivateKey", "clientAssertion", "accessToken", "username", "password", "scope", "issuer", "discoveryUrl", "clientAuthentication", "tokenParameters", "earlyRefreshSeconds", "timeoutMs", "maxRetries", "maxResponseBytes", "allowInsecureHttp", "tokenCache", "tokenStore", "tokenStoreSecret", "fetch", "logger"];
const LOGINS = { clientPrivateKey: { nextcloudHost: HOST, fetch, clientId: "id" }, clientAssertion: { nextcloudHost: HOST, fetch, clientId: "id" }, accessToken: { nextcloudHost: HOST, fetch }, username: { nextcloudHost: HOST, fetch, password: "password" }, password: { nextcloudHost: HOST, fetch, username: "admin" } };

const suites = {
  "all options at once": async (value) => outcome(() => new astrolabe.AstrolabeClient(value), /./, isTheirs),
  ...Object.fromEntries(
    OPTIONS.map((name) => [
      `option ${name}`,
      async (value) => {
        const options = { ...(LOGINS[name] ?? login), timeoutMs: 200, [name]: value };
        const made = await outcome(() => ({ client: new astrolabe.AstrolabeClient(options) }), new RegExp(`${name}|way in|password|username|clientId|clientSecret`));
        if (made.client) await outcome(() => made.client.getBackgroundSyncStatus("alice"), new RegExp(`${name}|userId`));
      },
    ]),
  ),
  ...Object.fromEntries(
    [
      ["getAccessToken", (client, options) => client.getAccessToken(options)],
      ["getUserAppPassword", (client, options) => client.getUserAppPassword("alice", options)],
      ["getBackgroundSyncStatus", (client, options) => client.getBackgroundSyncStatus("alice", options)],
      ["getBackgroundSyncStatuses", (client, options) => first(client.getBackgroundSyncStatuses(["alice"], options))],
      ["getOwnBackgroundSyncStatus", (client, options) => client.getOwnBackgroundSyncStatus(options)],
      ["storeAppPassword", (client, options) => client.storeAppPassword("aaaaa-aaaaa-aaaaa-aaaaa-aaaaa", options)],
      ["getAllBackgroundSyncStatuses", (client, options) => first(client.getAllBackgroundSyncStatuses(options))],
      ["getProvisioning", (client, options) => client.getProvisioning(options)],
      ["provisionUser", (client, options) => client.provisionUser("alice", options)],
      ["deprovisionUser", (client, options) => client.deprovisionUser("alice", options)],
      ["setSelfProvisioning", (client, options) => client.setSelfProvisioning(true, options)],
      ["getSearchCapabilities", (client, options) => client.getSearchCapabilities(options)],
      ["revokeBackgroundSync", (client, options) => client.revokeBackgroundSync(options)],
      ["listUsers", (client, options) => first(client.listUsers(options))],
      ["userExists", (client, options) => client.userExists("alice", options)],
      ["diagnose", (client, options) => client.diagnose(options)],
    ].flatMap(([name, call]) => [
      [`options of ${name}`, async (value, client) => outcome(() => call(client, value), /options|option '|signal|timeoutMs|search|pageSize|concurrency|onProgress|properties/, isTheirs)],
      ...["signal", "timeoutMs", "concurrency", "onProgress", "search", "pageSize"].map((option) => [
        `${option} of ${name}`,
        async (value, client) => outcome(() => call(client, { [option]: value }), new RegExp(option), isTheirs),
      ]),
    ]),
  ),
  ...Object.fromEntries(
    ["getUserAppPassword", "getBackgroundSyncStatus", "userExists", "provisionUser", "deprovisionUser"].map((name) => [`userId of ${name}`, async (value, client) => outcome(() => client[name](value), /userId/)]),
  ),
  "appPassword of storeAppPassword": async (value, client) => outcome(() => client.storeAppPassword(value), /appPassword/),
  "isAllowed of setSelfProvisioning": async (value, client) => outcome(() => client.setSelfProvisioning(value), /isAllowed/),
  "userIds of getBackgroundSyncStatuses": async (value, client) =>
    outcome(async () => {
      let rows = 0;
      for await (const { error } of client.getBackgroundSyncStatuses(value, { timeoutMs: 200 })) {
        if (error) assert.ok(error instanceof astrolabe.AstrolabeError, String(error));
        if (++rows > 20) break;
      }
    }, /userIds|userId|iterator|next|not iterable|Iterator result|object/, isTheirs),
  "data of TokenCache.fromJSON": async (value) => outcome(() => astrolabe.TokenCache.fromJSON(value), /data|key|accessToken|expiresAtMs|tokenEndpoint|basicOnly|earlyRefreshSeconds|toJSON|properties/),
  "the options of new TokenCache": async (value) => outcome(() => new astrolabe.TokenCache(value), /./),
  "what fetch returns": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, timeoutMs: 100, fetch: () => value }).getBackgroundSyncStatus("alice")),
  "what fetch throws": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, timeoutMs: 100, fetch: () => { throw value; } }).getBackgroundSyncStatus("alice")),
  "what fetch rejects with": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, timeoutMs: 100, fetch: () => Promise.reject(value) }).getBackgroundSyncStatus("alice")),
  ...Object.fromEntries(
    ["status", "headers", "body", "text", "url", "type", "ok"].map((name) => [
      `${name} of what fetch returns`,
      async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, timeoutMs: 100, fetch: async () => ({ status: 200, headers: new Headers(), url: HOST, text: async () => "{}", [name]: value }) }).getBackgroundSyncStatus("alice")),
    ]),
  ),
  "the body of an answer": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, fetch: async () => new Response(JSON.stringify(value) ?? String(typeof value)) }).getBackgroundSyncStatus("alice")),
  "the fields of a status": async (value) =>
    outcome(() => new astrolabe.AstrolabeClient({ ...login, accessToken: "t", clientId: undefined, clientSecret: undefined, fetch: async () => new Response(`{"user_id":"alice","has_background_access":${safeJson(value)},"sync_type":${safeJson(value)},"provisioned_at":${safeJson(value)}}`) }).getBackgroundSyncStatus("alice")),
  "the fields of a list of users": async (value) => {
    const users = `{"success":true,"capped":false,"users":[{"uid":${safeJson(value)},"display_name":${safeJson(value)},"has_background_access":true,"provisioned_at":${safeJson(value)}}],"self_provision_allowed":${safeJson(value)}}`;
    await outcome(() => new astrolabe.AstrolabeClient({ ...login, accessToken: "t", clientId: undefined, clientSecret: undefined, fetch: async () => new Response(users) }).getProvisioning());
  },
  "what an accessToken function gives": async (value) => outcome(() => new astrolabe.AstrolabeClient({ nextcloudHost: HOST, fetch, timeoutMs: 100, accessToken: () => value }).getBackgroundSyncStatus("alice")),
  "what a token store gives": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, timeoutMs: 400, tokenStore: { get: () => value, put: () => value } }).getBackgroundSyncStatus("alice")),
  "what a logger throws": async (value) => outcome(() => new astrolabe.AstrolabeClient({ ...login, logger: { debug: () => { throw value; }, info: () => value } }).getBackgroundSyncStatus("alice")),
  "what onProgress throws": async (value, client) => outcome(() => first(client.getBackgroundSyncStatuses(["alice"], { onProgress: () => { throw value; } })), undefined, () => true),
};

function safeJson(value) {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "null";
  }
}

let values = 0;
for (const [name, check] of Object.entries(suites)) {
  test(`${name}: whatever it is`, { timeout: 20_000 + RUNS * 200 }, async () => {
    const client = new astrolabe.AstrolabeClient(login);
    const property = fc.asyncProperty(anything, async (make) => {
      values += 1;
      await check(make(), client);
    });
    await fc.assert(property, { numRuns: RUNS, examples: traps.map((make) => [make]) });
    await isWell(client);
  });
}

test("figures", () => report("fast-check", { parameters: Object.keys(suites).length, values }));
