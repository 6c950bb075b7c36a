// A Worker's request may end while calls that it began are under way: nothing that they wait for comes any more, neither an
// answer nor a timer. What they hold is given back all the same, once their time limit is past and somebody makes a call.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startWorker } from "./miniflare.mjs";

const CALLS = 400;
const TIMEOUT_MS = 100;

// The package is imported late: see wasm-memory.mjs.
const SOURCE = `
  import { memoryBytes } from ${JSON.stringify(fileURLToPath(new URL("../wasm-memory.mjs", import.meta.url)))};
  let client;
  const begin = {
    status: () => client.getBackgroundSyncStatus("alice"),
    many: () => client.getBackgroundSyncStatuses(["alice", "bob"], { timeoutMs: ${TIMEOUT_MS} }).next(),
    list: () => client.listUsers({ timeoutMs: ${TIMEOUT_MS} }).next(),
    diagnose: () => client.diagnose({ timeoutMs: ${TIMEOUT_MS} }),
  };

  export default {
    async fetch(request) {
      const { what, options } = await request.json();
      const { AstrolabeClient } = await import("astrolabe-client");
      if (what === "collect garbage") {
        for (let round = 0; round < 20; round++) {
          new Uint8Array(10_000_000);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return Response.json({ bytes: memoryBytes() });
      }
      client ??= new AstrolabeClient({ ...options, timeoutMs: ${TIMEOUT_MS}, maxRetries: 0 });
      begin[what]().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
      return Response.json({ bytes: memoryBytes() });
    },
  };
`;

let server, nextcloudHost;
before(async () => {
  server = createServer(() => {}); // never answers
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  nextcloudHost = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const logins = {
  "a token": { accessToken: "token" },
  "a login that is under way": { clientId: "id", clientSecret: "secret" },
};

for (const [what, login] of [
  ["status", "a token"],
  ["status", "a login that is under way"],
  ["many", "a token"],
  ["list", "a token"],
  ["diagnose", "a token"],
]) {
  test(`${what} with ${login}, begun by requests that end: linear memory stays flat`, { timeout: 120_000 }, async () => {
    const worker = await startWorker(SOURCE);
    try {
      const ask = async (what) => {
        const body = JSON.stringify({ what, options: { nextcloudHost, ...logins[login] } });
        return (await (await worker.dispatchFetch("http://worker/", { method: "POST", body })).json()).bytes;
      };
      const round = async () => {
        for (let begun = 0; begun < CALLS; begun += 10) await Promise.all(Array.from({ length: 10 }, () => ask(what)));
        await sleep(TIMEOUT_MS + 1_100);
        await ask(what);
        return ask("collect garbage");
      };
      // How many are under way at once, and so the most that it takes, is a matter of chance.
      const before = Math.max(await round(), await round(), await round());
      const after = [await round(), await round(), await round()].at(-1);
      assert.ok(after <= before, `${before} bytes, then ${after}`);
    } finally {
      await worker.dispose();
    }
  });
}
