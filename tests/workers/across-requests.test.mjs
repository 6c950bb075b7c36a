// What one request begins, another may wait for; and a request of a Worker may end at any time.
import assert from "node:assert/strict";
import { afterEach, before, beforeEach, after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { startWorker } from "./miniflare.mjs";

/** What the README promises: the longest that anybody waits for another's token request. */
const PATIENCE_MS = 3_000;

const source = (worker) => `
  import * as astrolabe from "astrolabe-client";
  import { ${worker} } from ${JSON.stringify(fileURLToPath(new URL("across-requests.mjs", import.meta.url)))};
  export default ${worker}(astrolabe);
`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let standIn;
let worker;
before(async () => (standIn = await startStandIn()));
after(() => standIn?.close());
beforeEach(async () => {
  standIn.control.reset();
  worker = await startWorker(source("sharedCacheWorker"));
});
afterEach(() => worker?.dispose());

function ask(handler, more = {}) {
  const { clientId, clientSecret } = standIn.clients.service;
  const body = JSON.stringify({ handler, options: { nextcloudHost: standIn.url, clientId, clientSecret }, ...more });
  const answer = worker.dispatchFetch("http://worker/", { method: "POST", body });
  return answer.then((response) => (response.ok ? response.json() : { status: response.status }), () => ({ status: "none" }));
}

/** Before the first is asked, whoever comes next may be it. */
async function tokenIsAskedFor() {
  while (standIn.control.log().counts.token === 0) await pause(5);
}

const hangOnce = () => standIn.control.faults([{ on: "token", hang: true, times: 1 }]);

test("callers of several requests share one token request", { timeout: 30_000 }, async () => {
  standIn.control.faults([{ on: "token", delayMs: 300 }]);
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask("status")));
  assert.deepEqual(answers.map(({ hasAccess }) => hasAccess), [true, true, true, true]);
  const { discovery, token } = standIn.control.log().counts;
  assert.deepEqual({ discovery, token }, { discovery: 1, token: 1 });
});

for (const ending of ["leave", "throw"]) {
  test(`the request that began the token request ends early (${ending}): others recover within the wait`, { timeout: 60_000 }, async () => {
    hangOnce();
    const first = ask(ending);
    await tokenIsAskedFor();
    const joined = ask("status");
    await first;
    const { hasAccess, ms } = await joined;
    assert.equal(hasAccess, true);
    assert.ok(ms < PATIENCE_MS + 2_000, `${ms} ms`);
    const later = await ask("status");
    assert.equal(later.hasAccess, true);
    assert.ok(later.ms < 1_000, "from then on it is as ever");
  });
}

test("callers that leave early do not keep a dead token request alive", { timeout: 60_000 }, async () => {
  hangOnce();
  await ask("leave");
  const begun = Date.now();
  const outcomes = [];
  while (Date.now() - begun < PATIENCE_MS + 1_500) outcomes.push(await ask("status", { signalMs: 1_000 }));
  assert.equal(outcomes.at(-1).hasAccess, true, JSON.stringify(outcomes));
});

test("half of the time limit is waited for another's token request, if that is less", { timeout: 60_000 }, async () => {
  hangOnce();
  const first = ask("leave");
  await tokenIsAskedFor();
  const { hasAccess, ms } = await ask("status", { timeoutMs: 2_000 });
  await first;
  assert.equal(hasAccess, true);
  assert.ok(ms < 2_000, `${ms} ms`);
});

for (const [what, stayMs, more] of [
  ["has ended", 0, { timeoutMs: 1_000 }],
  ["has ended, all defaults", 0, {}],
  ["goes on", 5_000, {}],
]) {
  test(`who joined last ends a token request that another began and gave up; that other ${what}`, { timeout: 60_000 }, async () => {
    hangOnce();
    const first = ask("abort", { stayMs });
    await pause(150);
    const joined = await ask("status", more);
    assert.equal(joined.hasAccess, true, JSON.stringify(joined));
    assert.deepEqual(await first, { name: "AbortError" });
    assert.equal((await ask("status")).hasAccess, true);
  });
}

test("all give up, the one that began it before the last: its timer, which the last could not end, finds nothing", { timeout: 60_000 }, async () => {
  hangOnce();
  let isOver = false;
  const first = ask("abort", { timeoutMs: 2_000, giveUpMs: 300, stayMs: 3_000 }).finally(() => (isOver = true));
  await pause(100);
  assert.deepEqual(await ask("abort", { timeoutMs: 8_000, giveUpMs: 600 }), { name: "AbortError" });
  assert.equal((await ask("status")).hasAccess, true);
  assert.deepEqual(await ask("look"), { isFresh: true });
  assert.equal(isOver, false);
  assert.deepEqual(await first, { name: "AbortError" });
  // By now the timer has gone off.
  assert.deepEqual(await ask("look"), { isFresh: true });
  assert.equal((await ask("status")).hasAccess, true);
});

test("the client of a request goes away while others wait", { timeout: 60_000 }, async () => {
  hangOnce();
  const { clientId, clientSecret } = standIn.clients.service;
  const options = { nextcloudHost: standIn.url, clientId, clientSecret };
  const controller = new AbortController();
  const url = await worker.ready;
  const gone = fetch(url, { method: "POST", body: JSON.stringify({ handler: "status", options }), signal: controller.signal }).catch((error) => error.name);
  await pause(200);
  const joined = ask("status");
  await pause(100);
  controller.abort();
  assert.equal(await gone, "AbortError");
  assert.equal((await joined).hasAccess, true);
});

test("at module scope a client can be made, and a call fails there as fetch does", { timeout: 30_000 }, async () => {
  await worker.dispose();
  worker = await startWorker(source("moduleScopeWorker"));
  const response = await worker.dispatchFetch("http://worker/");
  const refused = { code: "network", hasCause: true };
  assert.deepEqual(await response.json(), { outcomes: [refused, refused, refused, refused] });
});
