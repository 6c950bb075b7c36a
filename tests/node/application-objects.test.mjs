// What an application hands over is its own: options with getters, a logger, a fetch and what that returns, signals, timers. Whatever
// these do, it is one call that fails at most; the wasm goes on for everybody else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { consumer } from "../consumer.mjs";

const HOST = "https://cloud.example.com";
const CREDENTIALS = "/credentials/";

let astrolabe;
/** Of each instance of the wasm: a second one is made only when the first has stopped. */
const memories = [];
const { Instance } = WebAssembly;
before(async () => {
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      memories.push(this.exports.memory);
    }
  };
  astrolabe = await consumer.import();
});
after(() => (WebAssembly.Instance = Instance));

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that knows every user. @param {object} own answers, by a part of the address */
const server =
  (own = {}) =>
  async (url, init) => {
    const part = Object.keys(own).find((part) => url.includes(part));
    if (part) return own[part](url, init);
    const { pathname } = new URL(url);
    if (pathname.includes("/.well-known/")) return Response.json({ issuer: HOST, token_endpoint: `${HOST}/token` });
    if (pathname.endsWith("/cloud/users")) return Response.json({ ocs: { meta: { statuscode: 200 }, data: { users: [] } } });
    if (pathname === "/token") return Response.json({ access_token: "token", token_type: "Bearer", expires_in: 3600 });
    const user_id = decodeURIComponent(pathname.split("/").at(-1));
    return Response.json({ success: true, user_id, has_background_access: true, credential_type: "app_password" });
  };

const clientOf = (options) =>
  new astrolabe.AstrolabeClient({ nextcloudHost: HOST, clientId: "id", clientSecret: "client-secret", maxRetries: 0, fetch: server(), ...options });

/** In place of what clientOf logs in with. */
const WITH_TOKEN = { accessToken: "token", clientId: undefined, clientSecret: undefined };

/** With a fetch that answers each question about a user so. */
const clientAnswered = (answer, options) => clientOf({ fetch: server({ [CREDENTIALS]: answer }), ...options });

const outcomeOf = (call) => Promise.resolve(call).then((value) => ({ value }), (error) => ({ error }));

/** A test of what must not end the wasm: a client that was there before, and has its token, still gets its answers, and so does a new one. */
function harmless(name, run) {
  test(name, { timeout: 60_000 }, async (context) => {
    const bystander = clientOf();
    assert.equal((await bystander.getBackgroundSyncStatus("before")).hasAccess, true);
    const instances = memories.length;
    await run(context);
    // What a timer or the garbage collector does comes after.
    await pause(0);
    assert.equal((await bystander.getBackgroundSyncStatus("after")).hasAccess, true, "the bystander");
    assert.equal((await clientOf().getBackgroundSyncStatus("new")).hasAccess, true, "a new client");
    assert.equal(memories.length, instances, "the wasm has stopped, and a fresh instance was made");
  });
}

/** A promise whose class says that it is a plain one. */
function disguised(then) {
  class Disguised extends Promise {
    then(...given) {
      return then(...given);
    }
  }
  Disguised.prototype.constructor = Promise;
  return new Disguised(() => {});
}

/** What has no more than is needed of a Response, with a body of these chunks. */
function answerOf(chunks) {
  const left = chunks.map((value) => ({ done: false, value }));
  const reader = { read: async () => left.shift() ?? { done: true }, cancel: async () => {} };
  return { status: 200, headers: new Headers({ "content-type": "application/json" }), body: { getReader: () => reader }, text: async () => "" };
}

const ANSWER = JSON.stringify({ success: true, user_id: "alice", has_background_access: true, credential_type: "app_password" });
const BYTES = new TextEncoder().encode(ANSWER);

function transferred() {
  const bytes = new Uint8Array(8).fill(0x20);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

// Of the client: each frees it in the middle of what it was called for. The call may end either way.
for (const [name, calls] of [
  [
    "the logger frees the client",
    async () => {
      let isArmed = false;
      const client = clientOf({ logger: { debug: () => isArmed && client.free() } });
      await client.getAccessToken();
      isArmed = true;
      return [client.getAccessToken(), client.getBackgroundSyncStatus("alice")];
    },
  ],
  [
    "a getter of the call's options frees the client",
    async () => {
      const freeing = (client) => ({
        get signal() {
          client.free();
          return undefined;
        },
      });
      const clients = [1, 2, 3].map(() => clientOf());
      return [
        clients[0].getBackgroundSyncStatus("alice", freeing(clients[0])),
        clients[1].getAccessToken(freeing(clients[1])),
        clients[2].listUsers(freeing(clients[2])).next(),
      ];
    },
  ],
  [
    "the length of the ids frees the client",
    async () => {
      const client = clientOf();
      const userIds = {
        get length() {
          client.free();
          return 1;
        },
        *[Symbol.iterator]() {
          yield "alice";
        },
      };
      return [client.getBackgroundSyncStatuses(userIds).next()];
    },
  ],
]) {
  harmless(name, async () => {
    for (const { error } of await Promise.all((await calls()).map(outcomeOf))) {
      assert.ok(error === undefined || error.code === "invalid_argument", String(error));
    }
  });
}

// Each would be read as nothing, or as what it is not, and the rest as a whole answer.
for (const [name, chunks, code] of [
  ["whose buffer was transferred", () => [transferred(), BYTES], "network"],
  ["that is a DataView", () => [new DataView(new ArrayBuffer(8)), BYTES], "unexpected_response"],
  ["that is a Uint16Array", () => [Uint16Array.from(BYTES)], "unexpected_response"],
]) {
  harmless(`a chunk ${name} fails the call`, async () => {
    const { value, error } = await outcomeOf(clientAnswered(() => answerOf(chunks())).getBackgroundSyncStatus("alice"));
    assert.equal(error?.code, code, String(error ?? JSON.stringify(value)));
  });
}

harmless("chunks of bytes of another realm are read", async () => {
  const foreign = runInNewContext("Uint8Array.from(bytes)", { bytes: [...BYTES] });
  assert.ok(!(foreign instanceof Uint8Array));
  assert.equal((await clientAnswered(() => answerOf([foreign])).getBackgroundSyncStatus("alice")).hasAccess, true);
});

for (const [name, then] of [
  ["calls back twice", (resolve) => (resolve(1), resolve(2))],
  ["calls back both ways", (resolve, reject) => (resolve(1), reject(new Error("late")))],
  [
    "throws",
    () => {
      throw new Error("then threw");
    },
  ],
  [
    "calls back and throws",
    (resolve) => {
      resolve(1);
      throw new Error("then threw");
    },
  ],
]) {
  harmless(`a promise of a subclass in disguise ${name}`, async () => {
    const byFetch = clientOf({ ...WITH_TOKEN, fetch: () => disguised(then) });
    const byFunction = clientOf({ ...WITH_TOKEN, accessToken: () => disguised(then) });
    const next = () => disguised(then);
    const ofIds = clientOf().getBackgroundSyncStatuses({ [Symbol.asyncIterator]: () => ({ next }) });
    const calls = [byFetch.getBackgroundSyncStatus("alice"), byFunction.getBackgroundSyncStatus("alice"), ofIds.next()];
    for (const { value, error } of await Promise.all(calls.map(outcomeOf))) {
      assert.ok(error, JSON.stringify(value));
      assert.notEqual(error.code, "internal_error", String(error));
    }
  });
}

harmless("a promise with a then of its own, which comes to another promise, is waited for", async () => {
  const answer = async () => Response.json({ user_id: "alice", has_background_access: true });
  const leadingTo = (value) => Object.assign(Promise.resolve(), { then: (fulfilled) => void fulfilled(value) });
  for (const value of [answer(), { then: (fulfilled) => answer().then(fulfilled) }]) {
    assert.equal((await clientAnswered(() => leadingTo(value)).getBackgroundSyncStatus("alice")).hasAccess, true);
  }
});

harmless("a setTimeout that hands on no arguments ends calls, and waits between tries", async () => {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (callback, ms) => setTimeout(() => callback(), ms);
  try {
    const silent = clientAnswered(() => new Promise(() => {}), { timeoutMs: 200 });
    assert.equal((await outcomeOf(silent.getBackgroundSyncStatus("alice"))).error.code, "timeout");
    let asked = 0;
    const flaky = clientAnswered(async () => (asked++ ? Response.json({ user_id: "alice", has_background_access: true }) : Promise.reject(new TypeError("fetch failed"))), { maxRetries: 1 });
    assert.equal((await flaky.getBackgroundSyncStatus("alice")).hasAccess, true);
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

harmless("a Function.prototype.bind that throws fails the call", async () => {
  const { bind } = Function.prototype;
  Function.prototype.bind = function (...given) {
    if (typeof given[1] === "number") throw new Error("no bind");
    return bind.apply(this, given);
  };
  try {
    assert.equal((await outcomeOf(clientOf(WITH_TOKEN).getBackgroundSyncStatus("alice"))).error.code, "network");
  } finally {
    Function.prototype.bind = bind;
  }
});

harmless("fake timers that are switched on while a call is under way do not stop the real one, which then finds nothing", async ({ mock }) => {
  const client = clientAnswered(async () => Response.json({ user_id: "alice", has_background_access: true }), { timeoutMs: 200 });
  const call = client.getBackgroundSyncStatus("alice");
  await Promise.resolve();
  mock.timers.enable({ apis: ["setTimeout"] });
  assert.equal((await call).hasAccess, true);
  mock.timers.reset();
  await pause(400);
});

harmless("timers that are not cleared find nothing", async () => {
  const { clearTimeout } = globalThis;
  const call = clientOf({ timeoutMs: 100 }).getBackgroundSyncStatus("alice");
  globalThis.clearTimeout = () => {};
  try {
    await call;
  } finally {
    globalThis.clearTimeout = clearTimeout;
  }
  await pause(300);
});

for (const [when, abort] of [
  ["before", (controller) => controller.abort()],
  ["during", (controller) => setTimeout(() => controller.abort(), 50)],
]) {
  harmless(`a signal that was aborted ${when} the call, and whose reason throws: that is the reason`, async () => {
    const controller = new AbortController();
    const thrown = new Error("reason threw");
    Object.defineProperty(controller.signal, "reason", {
      get() {
        throw thrown;
      },
    });
    abort(controller);
    const { error } = await outcomeOf(clientAnswered(() => new Promise(() => {})).getBackgroundSyncStatus("alice", { signal: controller.signal }));
    assert.equal(error, thrown);
  });
}

harmless("a signal of another realm aborts a call, and one that is not aborted lets it be", async () => {
  class Foreign extends EventTarget {
    aborted = false;
    abort(reason) {
      Object.assign(this, { aborted: true, reason });
      this.dispatchEvent(new Event("abort"));
    }
  }
  assert.equal((await clientOf().getBackgroundSyncStatus("alice", { signal: new Foreign() })).hasAccess, true);
  const signal = new Foreign();
  const call = outcomeOf(clientAnswered(() => new Promise(() => {})).getBackgroundSyncStatus("alice", { signal }));
  await pause(20);
  const reason = new Error("enough");
  signal.abort(reason);
  assert.equal((await call).error, reason);
});

// As where jsdom's AbortController stands beside the fetch of Node.js 24; the matrix has it whole.
harmless("a fetch that refuses signals of this realm is asked without", async () => {
  const seen = [];
  const fetch = async (url, init) => {
    const { signal, method, headers } = Object.freeze(init);
    seen.push(`${method} ${signal ? "with" : "without"} ${headers.Authorization}`);
    // What a program makes of one request's is not sent with the next.
    headers.Authorization = "changed";
    if (signal) throw runInNewContext("new TypeError('RequestInit: Expected signal (\"AbortSignal {}\") to be an instance of AbortSignal.')");
    const user_id = url.split("/").at(-1);
    return Response.json({ success: true, user_id, has_background_access: true });
  };
  const client = clientOf({ ...WITH_TOKEN, fetch });
  for (const userId of ["alice", "bob"]) assert.equal((await client.getBackgroundSyncStatus(userId)).hasAccess, true);
  // Of each anew: a program may use another fetch by then.
  const each = ["GET with Bearer token", "GET without Bearer token"];
  assert.deepEqual(seen, [...each, ...each]);
});

test("while an answer is waited for, nothing of its request is kept", { timeout: 60_000 }, async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const collected = [];
  const registry = new FinalizationRegistry((what) => collected.push(what));
  let answer;
  const fetch = (url, init) => {
    registry.register(init, "init");
    registry.register(init.headers, "headers");
    return new Promise((resolve) => (answer = () => resolve(Response.json({ success: true, user_id: "alice", has_background_access: true }))));
  };
  const call = clientOf({ ...WITH_TOKEN, fetch }).getBackgroundSyncStatus("alice");
  for (let round = 0; collected.length < 2 && round < 100; round++) {
    await pause(10);
    gc();
  }
  assert.deepEqual(collected.sort(), ["headers", "init"]);
  answer();
  assert.equal((await call).hasAccess, true);
});

for (const method of ["getBackgroundSyncStatus", "getUserAppPassword", "userExists"]) {
  test(`a program that is busy right after ${method} takes nothing of its time limit`, async () => {
    const data = { ocs: { meta: { statuscode: 200 }, data: { id: "alice" } } };
    const fetch = async (url) => (await pause(10), url.includes("/cloud/users") ? Response.json(data) : answerOf([BYTES]));
    const call = clientOf({ ...WITH_TOKEN, fetch })[method]("alice", { timeoutMs: 200 });
    for (const begun = performance.now(); performance.now() - begun < 250; );
    await call;
  });
}

// As those of a Worker whose request has ended. The clock is one that nobody sets; but some have been seen to jump.
test("deadlines whose timers are forgotten come also after a clock that was far ahead", { timeout: 60_000 }, async () => {
  const { setTimeout } = globalThis;
  const now = performance.now.bind(performance);
  try {
    await pause(1100);
    performance.now = () => now() + 86_400_000;
    await clientOf().getBackgroundSyncStatus("before");
    performance.now = now;
    globalThis.setTimeout = () => 7;
    const call = outcomeOf(clientAnswered(() => new Promise(() => {}), WITH_TOKEN).getBackgroundSyncStatus("alice", { timeoutMs: 100 }));
    // Until the limit has begun.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    globalThis.setTimeout = setTimeout;
    await pause(1300);
    await clientOf().getBackgroundSyncStatus("after");
    assert.equal((await call).error?.code, "timeout");
  } finally {
    Object.assign(globalThis, { setTimeout });
    delete performance.now;
  }
});

harmless("any other TypeError of a fetch ends the request that it is of", async () => {
  let calls = 0;
  const client = clientOf({ ...WITH_TOKEN, fetch: async () => (calls++, assert.fail(new TypeError("fetch failed"))) });
  assert.equal((await outcomeOf(client.getBackgroundSyncStatus("alice"))).error?.code, "network");
  assert.equal(calls, 1);
});

harmless("where there is no fetch, the cause says so", async () => {
  const { fetch } = globalThis;
  delete globalThis.fetch;
  try {
    const { error } = await outcomeOf(clientOf({ ...WITH_TOKEN, fetch: undefined }).getBackgroundSyncStatus("alice"));
    assert.equal(error?.code, "network");
    assert.match(error.cause.message, /^there is no fetch here/);
  } finally {
    globalThis.fetch = fetch;
  }
});

/** Every method that gives no promise. */
const OTHERS = ["constructor", "free", "__destroy_into_raw", "listUsers", "getBackgroundSyncStatuses", "getAllBackgroundSyncStatuses"];

harmless("after free(), and of what is no client, methods that give a promise reject and do not throw", async () => {
  const { prototype } = astrolabe.AstrolabeClient;
  const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([name, { value }]) => value && !OTHERS.includes(name));
  assert.ok(methods.length >= 8, `${methods.map(([name]) => name)}`);
  const client = clientOf();
  client.free();
  for (const [name, { value: method }] of methods) {
    for (const self of [client, {}, Object.create(prototype)]) {
      const returned = method.call(self, "alice"); // must not throw
      assert.ok(returned instanceof Promise, name);
      const { error } = await outcomeOf(returned);
      assert.ok(error instanceof astrolabe.AstrolabeError && error.code === "invalid_argument", `${name}: ${error}`);
    }
  }
  for (const name of ["listUsers", "getBackgroundSyncStatuses", "getAllBackgroundSyncStatuses"]) {
    assert.throws(() => client[name](["alice"]), { code: "invalid_argument" }, name);
  }
});

harmless("a signal that is aborted while the reader is busy with a row ends the requests under way at once", async () => {
  const ended = new Set();
  const begun = new Set();
  const client = clientAnswered((url, { signal }) => {
    const userId = url.split("/").at(-1);
    if (userId === "first") return Response.json({ user_id: userId, has_background_access: true });
    begun.add(userId);
    return new Promise((_, reject) => signal.addEventListener("abort", () => (ended.add(userId), reject(signal.reason))));
  });
  const controller = new AbortController();
  const rows = client.getBackgroundSyncStatuses(["first", "b", "c", "d", "e"], { signal: controller.signal });
  assert.equal((await rows.next()).value.userId, "first");
  await pause(50);
  assert.deepEqual([...begun], ["b", "c", "d", "e"]);
  assert.equal(ended.size, 0);
  controller.abort();
  await pause(50);
  assert.deepEqual([...ended].sort(), ["b", "c", "d", "e"]); // and nobody has asked for the next row
  assert.equal((await outcomeOf(rows.next())).error?.name, "AbortError");
});

harmless("rows that are read leave nothing behind", async () => {
  const client = clientOf();
  const userIds = function* () {
    for (let at = 0; at < 5_000; at++) yield `user-${at}`;
  };
  const sizes = [];
  for (let round = 0; round < 4; round++) {
    let rows = 0;
    for await (const { status } of client.getBackgroundSyncStatuses(userIds())) rows += status.hasAccess;
    assert.equal(rows, 5_000);
    sizes.push(memories.at(-1).buffer.byteLength);
  }
  assert.equal(new Set(sizes).size, 1, `${sizes}`);
});

const PARAMETERS = [
  ["audience", "https://a.example/?b=c&d"],
  ["resource", "ü x"],
  ["resource", "y"],
];
for (const [name, tokenParameters] of [
  ["URLSearchParams", new URLSearchParams(PARAMETERS)],
  ["a Map", new Map(PARAMETERS)],
  ["an array of pairs", PARAMETERS],
]) {
  harmless(`tokenParameters as ${name} arrive in the token request`, async () => {
    let body;
    const token = (_, init) => {
      body = new URLSearchParams(init.body);
      return Response.json({ access_token: "token", token_type: "Bearer", expires_in: 3600 });
    };
    await clientOf({ tokenParameters, fetch: server({ "/token": token }) }).getAccessToken();
    const own = new Set(["grant_type", "client_id", "client_secret", "scope"]);
    assert.deepEqual([...body].filter(([name]) => !own.has(name)), [...tokenParameters]);
    assert.equal(body.get("grant_type"), "client_credentials");
  });
}

for (const [page, base] of [
  ["/index.php/login", `${HOST}/index.php`],
  ["/index.php/apps/files/", `${HOST}/index.php`],
  ["/apps/files", HOST],
  ["/apps/files/favorites", HOST],
  ["/remote.php/dav/files/admin", HOST],
  ["/status.php", HOST],
]) {
  harmless(`nextcloudHost ${page} is taken as the server's address`, async () => {
    const urlOf = async (nextcloudHost) => {
      const urls = [];
      const fetch = (url, init) => (urls.push(url), server()(url, init));
      assert.equal((await clientOf({ ...WITH_TOKEN, nextcloudHost, fetch }).getBackgroundSyncStatus("alice")).hasAccess, true);
      return urls;
    };
    const urls = await urlOf(HOST + page);
    assert.deepEqual(urls, await urlOf(base));
    assert.deepEqual(urls, [`${base}/apps/astrolabe/api/v1/background-sync/credentials/alice`]);
  });
}

for (const [code, calls, retryable] of [
  ["ECONNREFUSED", 3, true],
  ["CERT_HAS_EXPIRED", 1, false],
]) {
  harmless(`${code} of fetch is named, and tried ${calls === 1 ? "once" : `${calls} times`}`, async () => {
    let count = 0;
    const cause = new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code }) });
    const fetch = async () => {
      count += 1;
      throw cause;
    };
    const client = clientOf({ ...WITH_TOKEN, maxRetries: 2, fetch });
    const { error } = await outcomeOf(client.getBackgroundSyncStatus("alice"));
    assert.equal(error?.code, "network", String(error));
    assert.ok(error.message.includes(code), error.message);
    assert.deepEqual({ count, retryable: error.retryable }, { count: calls, retryable });
    assert.equal(error.cause, cause);
  });
}

harmless("each request says which client of which version sends it", async () => {
  const { version } = JSON.parse(readFileSync(join(consumer.package, "package.json"), "utf8"));
  const agents = [];
  const fetch = (url, init) => (agents.push(new Headers(init.headers).get("User-Agent")), server()(url, init));
  await clientOf({ fetch }).getBackgroundSyncStatus("alice");
  assert.deepEqual(agents, Array(3).fill(`astrolabe-client/${version}`)); // discovery, token, status
});
