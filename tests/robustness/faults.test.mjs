// Calls over a network that fails at random: each ends in the right answer or a right error, in its time, and leaves nothing.
// ASTROLABE_FAULT_CALLS says how many in each runtime, ASTROLABE_SEED repeats a run.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { consumer } from "../consumer.mjs";
import { population } from "../nextcloud/population.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { startWorker } from "../workers/miniflare.mjs";
import { faultNames, startFaultProxy } from "./fault-proxy.mjs";
import { report } from "./figures.mjs";
import { workerdBytes } from "./workerd-memory.mjs";

const CALLS = Number(process.env.ASTROLABE_FAULT_CALLS ?? 600);
const SEED = Number(process.env.ASTROLABE_SEED ?? Date.now() % 1e9);
const TIMEOUT_MS = 1500;
/** What a machine with more to do may be late by. */
const LATE_MS = 1000;
/** What may be on its way in sockets when a reader has had enough. */
const IN_FLIGHT_BYTES = 16_000_000;

const people = population(CALLS);
const userIds = people.map(([id]) => id);
const module = JSON.stringify(fileURLToPath(new URL("faulty-calls.mjs", import.meta.url)));

let standIn;
before(async () => {
  standIn = await startStandIn();
  standIn.control.reset({ population: CALLS });
});
after(() => standIn?.close());

const optionsFor = (proxy) => ({ nextcloudHost: proxy.url, clientId: standIn.clients.service.clientId, clientSecret: standIn.clients.service.clientSecret });

/** A right answer, as the stand-in would have given it without a proxy. */
function isRight({ operation, userId, value }, isLoose) {
  const [, provisionedAt, credentialType] = people.find(([id]) => id === userId);
  if (operation === "exists") return value === true;
  if (operation === "appPassword") return value === null;
  const { hasAccess, credentialType: kind, provisionedAt: at } = value;
  const atMs = at === null ? null : new Date(at).getTime();
  if (hasAccess !== (provisionedAt !== null) || kind !== (credentialType ?? null) || Number.isNaN(atMs)) return false;
  return isLoose || atMs === (provisionedAt === null ? null : provisionedAt * 1000);
}

/** Throws where a call came to something else than what it met explains. */
function judge(results, proxy, isStrict) {
  assert.equal(results.length, CALLS);
  const counts = { right: 0 };
  for (const result of results) {
    const { userId, fromMs, ms, error } = result;
    // A login may have been begun by another call, before this one.
    const met = proxy.met.filter((fault) => (fault.userId === null ? fault.atMs >= fromMs - TIMEOUT_MS - LATE_MS && fault.atMs <= fromMs + ms + LATE_MS : fault.userId === userId));
    const context = () => `seed ${SEED}: ${JSON.stringify(result)} after ${JSON.stringify(met)}`;
    assert.ok(ms <= TIMEOUT_MS + LATE_MS, `too late: ${context()}`);
    if (!error) {
      assert.ok(isRight(result, met.some(({ isLoose }) => isLoose)), `a wrong answer: ${context()}`);
      counts.right += 1;
      continue;
    }
    assert.ok(error.isOurs && error.message.length > 20, `not an error of this package: ${context()}`);
    // Tries that fail take time, and so do the pauses between them.
    const codes = new Set(isStrict ? met.flatMap(({ codes }) => codes) : proxy.met.flatMap(({ codes }) => codes));
    if (met.length > 0) codes.add("timeout");
    assert.ok(codes.has(error.code), `not a right error: ${context()}`);
    counts[error.code] = (counts[error.code] ?? 0) + 1;
  }
  return counts;
}

/** All faults were met, and nobody read 100 MB. */
function judgeProxy({ seen }, isConfusing) {
  if (CALLS >= 500) assert.deepEqual(faultNames(isConfusing).filter((name) => !seen.counts[name]), [], "never met");
  assert.ok(seen.bytes <= IN_FLIGHT_BYTES, `${seen.bytes} bytes were taken of an answer that is too large`);
}

/** The calls in a Node.js of their own, which must have nothing left to do afterwards, and as much memory as before. */
async function inNode(proxy) {
  const file = join(consumer.folder, "faulty-calls.mjs");
  writeFileSync(
    file,
    `
    import * as astrolabe from "astrolabe-client";
    import { makeCalls } from ${module};
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const heap = async () => {
      for (let round = 0; round < 5; round++) {
        gc();
        await sleep(20);
      }
      return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    };
    process.once("message", async ({ userIds, ...given }) => {
      const tenth = Math.ceil(userIds.length / 10);
      const results = await makeCalls(astrolabe, { ...given, userIds: userIds.slice(0, tenth) });
      // Sent in pieces: what is kept here for the test would be taken for a leak.
      process.send(results.splice(0));
      const before = await heap();
      for (let at = tenth; at < userIds.length; at += tenth) {
        process.send(await makeCalls(astrolabe, { ...given, userIds: userIds.slice(at, at + tenth) }));
      }
      // Idle connections close by themselves, as the server said.
      await sleep(5500);
      const grown = (await heap()) - before;
      process.send({ grown, resources: process.getActiveResourcesInfo() });
      // With nothing left to do it ends by itself.
      process.disconnect();
    });
  `,
  );
  const child = fork(file, { execArgv: ["--expose-gc"] });
  const results = [];
  let end;
  child.on("message", (message) => (Array.isArray(message) ? results.push(...message) : (end = { ...message, connections: proxy.openSockets() })));
  child.send({ options: optionsFor(proxy), userIds, concurrency: 64, timeoutMs: TIMEOUT_MS });
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  return { results, ...end };
}

const TEST_TIMEOUT_MS = 60_000 + CALLS * 100;

for (const isConfusing of [false, true]) {
  const what = isConfusing ? "answers that spoil the next one on their connection" : "faults of every kind";
  test(`Node.js, ${CALLS} calls, ${what}`, { timeout: TEST_TIMEOUT_MS }, async (t) => {
    const proxy = await startFaultProxy(standIn, { runtime: "node", seed: SEED, share: 0.4, isConfusing });
    t.after(() => proxy.close());
    const { results, grown, resources, connections } = await inNode(proxy);
    const counts = judge(results, proxy, !isConfusing);
    judgeProxy(proxy, isConfusing);
    assert.ok(grown < 3_000_000, `${grown} bytes more on the heap`);
    assert.deepEqual(resources.filter((name) => /Timeout|TCP|TLS|FS/.test(name)), [], "timers or sockets that are left");
    assert.equal(connections, 0, "connections that are left");
    report(`faults, Node.js${isConfusing ? ", confusing" : ""}`, { seed: SEED, calls: CALLS, requests: proxy.requests(), "heap grown, bytes": grown, "most bytes taken of 100 MB": proxy.seen.bytes, ...counts });
  });

  test(`workerd, ${CALLS} calls, ${what}`, { timeout: TEST_TIMEOUT_MS }, async (t) => {
    const proxy = await startFaultProxy(standIn, { runtime: "workerd", seed: SEED, share: 0.4, isConfusing });
    t.after(() => proxy.close());
    const worker = await startWorker(`
      import * as astrolabe from "astrolabe-client";
      import { makeCalls } from ${module};
      export default { fetch: async (request) => Response.json(await makeCalls(astrolabe, await request.json())) };
    `);
    t.after(() => worker.dispose());
    const results = [];
    const batches = Array.from({ length: Math.ceil(CALLS / 40) }, (_, at) => userIds.slice(at * 40, at * 40 + 40));
    const work = async (until) => {
      while (batches.length > until) {
        // A request may have six connections at once.
        const body = JSON.stringify({ options: optionsFor(proxy), userIds: batches.shift(), concurrency: 5, timeoutMs: TIMEOUT_MS });
        results.push(...(await (await worker.dispatchFetch("http://worker/", { method: "POST", body })).json()));
      }
    };
    const all = (until) => Promise.all(Array.from({ length: 8 }, () => work(until)));
    await all(batches.length / 2);
    const before = workerdBytes();
    await all(0);
    const grown = workerdBytes() - before;
    assert.ok(before > 0 && grown < 64_000_000, `${grown} bytes more in workerd`);
    const counts = judge(results, proxy, !isConfusing);
    judgeProxy(proxy, isConfusing);
    await sleep(200);
    assert.equal(proxy.held(), 0, "requests that nobody waits for are left");
    report(`faults, workerd${isConfusing ? ", confusing" : ""}`, { seed: SEED, calls: CALLS, requests: proxy.requests(), "memory grown, bytes": grown, "most bytes taken of 100 MB": proxy.seen.bytes, ...counts });
  });
}
