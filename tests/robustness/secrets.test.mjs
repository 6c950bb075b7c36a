// Where secrets are once they are not needed any more: not in the memory of the wasm, not in what an error keeps alive,
// not in what Node.js prints of a client.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";
import { freePort } from "../free-port.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";

let standIn;
before(async () => (standIn = await startStandIn()));
after(() => standIn?.close());

/** Runs `source` in a process of its own, which finds host and secrets in the file that its first argument names. */
async function inProcess(name, source, ...given) {
  const file = join(consumer.folder, `${name}.mjs`);
  const secrets = join(consumer.folder, `${name}.json`);
  const { clientId, clientSecret } = standIn.clients.service;
  const { password, appPassword } = standIn.accounts.alice;
  writeFileSync(file, source);
  writeFileSync(secrets, JSON.stringify({ nextcloudHost: standIn.url, nobodysHost: `http://127.0.0.1:${await freePort()}`, clientId, clientSecret, password, appPassword, adminPassword: standIn.accounts.admin.appPassword }));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", file, secrets, ...given], { timeout: 60_000, maxBuffer: 2 ** 26 });
  return stdout;
}

/** The secrets of the stand-in, and the tokens that it has given. */
function secrets() {
  const { password, appPassword } = standIn.accounts.alice;
  const sent = standIn.control.log().requests.flatMap(({ headers }) => headers.authorization?.split(" ")[1] ?? []);
  return [...new Set([standIn.clients.service.clientSecret, password, appPassword, standIn.accounts.admin.appPassword, ...sent])];
}

const USE = `
  import { readFileSync } from "node:fs";
  import { AstrolabeClient } from "astrolabe-client";
  /** Each way in and each way that a secret goes, with calls that succeed and calls that fail. */
  async function use() {
    const given = JSON.parse(readFileSync(process.argv[2], "utf8"));
    const { nextcloudHost, nobodysHost, clientId, clientSecret, password, appPassword, adminPassword } = given;
    const service = new AstrolabeClient({ nextcloudHost, clientId, clientSecret });
    const alice = new AstrolabeClient({ nextcloudHost, username: "alice", password });
    const admin = new AstrolabeClient({ nextcloudHost, accessToken: adminPassword });
    await service.getBackgroundSyncStatus("bob");
    await alice.storeAppPassword(appPassword);
    await admin.getProvisioning().catch(() => {});
    await admin.getBackgroundSyncStatus("bob");
    const errors = [];
    const fail = (call) => call.then(() => errors.push(new Error("did not fail")), (error) => errors.push(error));
    await fail(service.getBackgroundSyncStatus("a/b"));
    await fail(service.getOwnBackgroundSyncStatus({ timeoutMs: 1 }));
    await fail(alice.getBackgroundSyncStatus("bob"));
    await fail(alice.provisionUser("bob"));
    await fail(alice.storeAppPassword(appPassword.slice(1)));
    await fail(new AstrolabeClient({ nextcloudHost, clientId, clientSecret: clientSecret + "x" }).getAccessToken());
    await fail(new AstrolabeClient({ nextcloudHost: nobodysHost, clientId, clientSecret, maxRetries: 0 }).getAccessToken());
    await fail(new AstrolabeClient({ nextcloudHost: nobodysHost, accessToken: adminPassword, maxRetries: 0 }).getBackgroundSyncStatus("bob"));
    return { errors, given, clients: [service, alice, admin] };
  }
`;

test("the memory of the wasm holds no secret once its clients are freed", { timeout: 90_000 }, async () => {
  const source = `
    import { setTimeout as sleep } from "node:timers/promises";
    const { Instance } = WebAssembly;
    let memory;
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        memory = this.exports.memory;
      }
    };
    ${USE.replace('import { AstrolabeClient } from "astrolabe-client";', 'const { AstrolabeClient } = await import("astrolabe-client");')}
    // Those that were made for one failure are nobody's any more.
    async function useAndFree() {
      const { clients } = await use();
      await clients[0].getBackgroundSyncStatus("bob");
      if (process.argv[3]) return;
      for (const client of clients) client.free();
    }
    await useAndFree();
    for (let round = 0; round < 10; round++) {
      if (!process.argv[3]) gc();
      await sleep(20);
    }
    process.stdout.write(Buffer.from(memory.buffer).toString("base64"));
  `;
  const memoryOf = async (...given) => Buffer.from(await inProcess("memory", source, ...given), "base64");
  const whileInUse = await memoryOf("keep");
  assert.ok(whileInUse.includes(standIn.clients.service.clientSecret), "this is not the memory");
  const memory = await memoryOf();
  const found = secrets();
  assert.ok(found.length > 5);
  for (const secret of found) {
    const at = memory.indexOf(secret);
    assert.equal(at, -1, `${secret.length} bytes of a secret are in the memory, at ${at}: ${JSON.stringify(memory.subarray(at - 40, at).toString("latin1"))}`);
  }
});

/** The strings of a heap snapshot, as one text. */
async function heapWith(kept) {
  const snapshot = join(consumer.folder, "errors.heapsnapshot");
  await inProcess(
    "heap",
    `
    import { setTimeout as sleep } from "node:timers/promises";
    import { writeHeapSnapshot } from "node:v8";
    ${USE}
    const { ${kept} } = await use();
    globalThis.kept = ${kept};
    // Connections that are kept alive remember their last request until they close.
    await sleep(5500);
    for (let round = 0; round < 10; round++) {
      gc();
      await sleep(20);
    }
    writeHeapSnapshot(process.argv[3]);
  `,
    snapshot,
  );
  const { strings } = JSON.parse(readFileSync(snapshot, "utf8"));
  rmSync(snapshot);
  return strings.join("\n");
}

test("an error that is kept keeps no secret alive", { timeout: 90_000 }, async () => {
  const withErrors = await heapWith("errors");
  assert.ok(withErrors.includes("the identity provider refused") || withErrors.includes("invalid_client"), "the errors are not in this heap");
  const found = secrets().filter((secret) => withErrors.includes(secret));
  assert.deepEqual(found, []);
  const withSecrets = await heapWith("given");
  assert.ok(withSecrets.includes(standIn.clients.service.clientSecret), "this look would not find one");
});

test("what Node.js prints of a client, its cache and its errors holds no secret", { timeout: 90_000 }, async () => {
  const printed = await inProcess(
    "print",
    `
    import { inspect } from "node:util";
    ${USE}
    const { errors, clients } = await use();
    // All but getters, which are calls: tokenCache.accessToken is there to be called.
    const everything = { showHidden: true, depth: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity };
    for (const value of [...errors, ...clients, ...clients.map((client) => client.listUsers()), ...clients.map((client) => client.getAccessToken.bind(client))]) {
      console.log(value);
      console.dir(value, everything);
      console.table(value);
      console.log("%o %O %j %s", value, value, value instanceof Error ? value : 0, value);
      console.log(inspect([value, new Map([[value, value]]), Promise.reject(value).catch(() => {})], everything));
    }
    for (const client of clients) console.log(client.tokenCache, inspect(client.tokenCache, everything));
  `,
  );
  assert.ok(printed.includes("AstrolabeError") && printed.length > 10_000);
  for (const secret of secrets()) assert.ok(!printed.includes(secret));
});
