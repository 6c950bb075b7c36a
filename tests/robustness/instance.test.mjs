// Should the wasm stop in the middle of a call, that call and those under way beside it fail as errors of this package, and so
// does whatever was made before; what is made afterwards works.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import binaryen from "binaryen";
import { consumer } from "../consumer.mjs";

const WASM = join(consumer.package, "pkg/wasm/astrolabe_client_bg.wasm");

/** In a process of its own, where nothing else has started the wasm. */
async function inConsumer(name, source) {
  const file = join(consumer.folder, `${name}.mjs`);
  writeFileSync(file, source);
  const { stdout } = await promisify(execFile)(process.execPath, ["--stack-size=500", file], { timeout: 120_000 });
  return JSON.parse(stdout);
}

/** The package's wasm, made to trap when so many of its functions have been called as its export `left` says. */
function trapping() {
  const module = binaryen.readBinary(readFileSync(WASM));
  // Those that Node.js 20 has, or it would write what that does not read.
  const { BulkMemory, BulkMemoryOpt, CallIndirectOverlong, MutableGlobals, Multivalue, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
  module.setFeatures(BulkMemory | BulkMemoryOpt | CallIndirectOverlong | MutableGlobals | Multivalue | NontrappingFPToInt | ReferenceTypes | SignExt);
  const { i32 } = binaryen;
  module.addGlobal("left", i32, true, module.i32.const(-1));
  module.addGlobalExport("left", "left");
  for (let at = 0; at < module.getNumFunctions(); at++) {
    const func = module.getFunctionByIndex(at);
    const { module: isImported, body, results } = binaryen.getFunctionInfo(func);
    if (isImported) continue;
    const left = () => module.global.get("left", i32);
    const count = module.global.set("left", module.i32.sub(left(), module.i32.const(1)));
    const trap = module.if(module.i32.eqz(left()), module.unreachable());
    binaryen.Function.setBody(func, module.block(null, [count, trap, body], results));
  }
  assert.ok(module.validate());
  return module.emitBinary();
}

const ANSWERS = `
  const answers = { "/token": { access_token: "token", token_type: "Bearer", expires_in: 3600 } };
  const fetch = async (url) => {
    const { pathname } = new URL(url);
    const user_id = decodeURIComponent(pathname.split("/").at(-1));
    if (pathname.startsWith("/.well-known")) return Response.json({ token_endpoint: "https://cloud.example.com/token" });
    return Response.json(answers[pathname] ?? { user_id, has_background_access: user_id.length % 2 === 0, credential_type: "app_password" });
  };
  const options = { nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret", fetch, maxRetries: 0 };
`;

test("wherever the wasm traps, calls and clients of then say so, and a new client gets its answer", { timeout: 130_000 }, async () => {
  writeFileSync(join(consumer.folder, "trapping.wasm"), trapping());
  const { traps, right, beside, late, other, instances } = await inConsumer(
    "trapping",
    `
    import { readFileSync } from "node:fs";
    import { AstrolabeClient, AstrolabeError, TokenCache, initSync } from "astrolabe-client/init";
    let instances = 0;
    let exports;
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        instances += 1;
        exports = this.exports;
      }
    };
    initSync(readFileSync(new URL("trapping.wasm", import.meta.url)));
    ${ANSWERS}
    const found = { traps: 0, right: 0, beside: 0, late: 0, other: [] };
    const isStop = (error) => error instanceof AstrolabeError && error.code === "internal_error" && !error.retryable;
    process.on("unhandledRejection", (error) => found.other.push("unhandled: " + error));
    process.on("uncaughtException", (error) => found.other.push("uncaught: " + error));
    const ask = async (client, userId) => {
      const { hasAccess } = await client.getBackgroundSyncStatus(userId);
      if (hasAccess !== (userId.length % 2 === 0)) throw new Error("a wrong answer for " + userId);
    };
    const failed = async (what) => {
      try {
        await what();
        return "did not fail";
      } catch (error) {
        return isStop(error) ? undefined : String(error);
      }
    };
    for (let attempt = 0; attempt < 1000; attempt++) {
      // From the first step to after the last one.
      const left = attempt + Math.floor(1.012 ** attempt);
      // Of both kinds, as they go another way into the memory.
      const userId = (left % 2 ? "ü" : "u") + "x".repeat(left % 40);
      const old = new AstrolabeClient(options);
      const cache = new TokenCache();
      const { tokenCache } = old;
      // One has a login already, the other gets it while it is watched.
      if (attempt % 2) await ask(old, "first");
      const besides = old.getBackgroundSyncStatus("beside").then(() => "right", (error) => (isStop(error) ? "stopped" : String(error)));
      exports.left.value = left;
      let hasStopped = false;
      try {
        await ask(attempt % 3 ? old : new AstrolabeClient(options), userId);
        found.right += 1;
      } catch (error) {
        if (!isStop(error) || !(error.cause instanceof WebAssembly.RuntimeError)) found.other.push(left + ": " + error);
        found.traps += 1;
        hasStopped = true;
      }
      exports.left.value = -1;
      // None stays pending.
      const end = await Promise.race([besides, new Promise((resolve) => setTimeout(resolve, 1000, "pending"))]);
      // The one was done already when the other stopped.
      if (end === "stopped" && !hasStopped) found.late += 1;
      if (end === "stopped") found.beside += 1;
      else if (end !== "right") found.other.push("beside: " + end);
      if (hasStopped) {
        const stale = [() => ask(old, "a"), () => old.getAccessToken(), () => tokenCache.isFresh(), () => cache.accessToken, () => old.listUsers()];
        for (const what of stale) {
          const error = await failed(async () => what());
          if (error) found.other.push("stale: " + what + ": " + error);
        }
        // What lives at module scope cannot be replaced: a cache of then is as good as an empty one.
        await ask(new AstrolabeClient({ ...options, tokenCache }), userId);
        for (const one of [old, cache, tokenCache]) one.free();
      }
      await ask(new AstrolabeClient(options), userId);
    }
    console.log(JSON.stringify({ ...found, instances }));
  `,
  );
  assert.deepEqual(other, []);
  // Some limits are after the last step of the call.
  assert.ok(traps > 100 && right > 100 && beside > 100, `${traps} traps, ${right} right, ${beside} beside them`);
  // What stops when all is answered is nobody's failure.
  const unnoticed = instances - (traps + late + 1);
  assert.ok(unnoticed >= 0 && unnoticed <= 5, `a fresh instance a trap, and no more: ${instances} for ${traps} and ${late}`);
});

test("what stops where nobody can catch it, in a callback or at the end of one, is nobody's unhandled failure", { timeout: 60_000 }, async () => {
  const { stops, unheard, right } = await inConsumer(
    "stopping",
    `
    import { runInNewContext } from "node:vm";
    import { setFlagsFromString } from "node:v8";
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc");
    const { Instance } = WebAssembly;
    let stopsIn = () => false;
    const found = { stops: [0, 0], unheard: [], right: 0 };
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        const wrapped = ([name, value]) => [name, typeof value === "function" ? (...given) => call(name, value, given) : value];
        const exports = Object.fromEntries(Object.entries(this.exports).map(wrapped));
        return Object.create(Instance.prototype, { exports: { value: exports } });
      }
    };
    function call(name, value, given) {
      if (stopsIn(name)) throw new WebAssembly.RuntimeError("stopped in " + name);
      return value(...given);
    }
    const { AstrolabeClient } = await import("astrolabe-client");
    process.on("unhandledRejection", (error) => found.unheard.push("rejection: " + error));
    process.on("uncaughtException", (error) => found.unheard.push("exception: " + error));
    ${ANSWERS}
    const pause = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
    // With a signal there is a callback that ends with the call.
    const ask = async (client, userId) => (await client.getBackgroundSyncStatus(userId, { signal: new AbortController().signal })).hasAccess;
    const isIn = [(name) => name.includes("closures"), (name) => name === "__wbindgen_destroy_closure"];
    for (const [which, stops] of isIn.entries()) {
      for (let skipped = 0; skipped < 12; skipped++) {
        const client = new AstrolabeClient({ ...options, timeoutMs: 200 });
        const beside = Array.from({ length: 3 }, () => ask(client, "beside").catch(() => {}));
        let left = skipped;
        stopsIn = (name) => stops(name) && left-- <= 0 && (found.stops[which] += 1) > 0;
        const calls = Promise.all([...beside, ask(client, "alice").catch(() => {})]);
        if ((await Promise.race([calls, pause(1_000, "pending")])) === "pending") found.unheard.push("nobody: pending");
        for (let round = 0; round < 2; round++) {
          gc();
          await pause(10);
        }
        stopsIn = () => false;
        if (await ask(new AstrolabeClient(options), "even")) found.right += 1;
      }
    }
    // The timers of what has stopped go off.
    await pause(300);
    console.log(JSON.stringify(found));
  `,
  );
  assert.deepEqual(unheard, []);
  assert.ok(Math.min(...stops) >= 6, `${stops}`);
  assert.equal(right, 24);
});

test("a full stack breaks nothing: the call fails, later ones work, and the memory stays as it was", { timeout: 130_000 }, async () => {
  const { failures, bytes, answered, instances } = await inConsumer(
    "full-stack",
    `
    const memories = new Set();
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        memories.add(this.exports.memory);
      }
    };
    const { AstrolabeClient } = await import("astrolabe-client");
    ${ANSWERS}
    const found = { failures: {}, bytes: 0, answered: 0 };
    // Deeper and deeper, until there is no room; the last frames differ in what of the call still fits in.
    const dive = (padding) => {
      try {
        // Through the wasm and past it: each way the stack is full at another place.
        const through = { ...options, get clientSecret() { return dive(padding) ?? "s"; } };
        new AstrolabeClient(padding % 2 ? through : { ...options, clientSecret: "s".repeat(padding) });
        dive(padding);
      } catch (error) {
        const name = error.code ?? error.constructor.name;
        found.failures[name] = (found.failures[name] ?? 0) + 1;
        throw error;
      }
    };
    for (let round = 0; round < 30; round++) {
      const frames = (left) => (left > 0 ? frames(left - 1) : dive(10 + round));
      try {
        frames(round);
      } catch {}
      const client = new AstrolabeClient(options);
      if ((await client.getBackgroundSyncStatus("alice")).hasAccess === false) found.answered += 1;
    }
    found.instances = memories.size;
    found.bytes = Math.max(...[...memories].map((memory) => memory.buffer.byteLength));
    console.log(JSON.stringify(found));
  `,
  );
  assert.equal(answered, 30);
  assert.ok(instances > 1, "no stack was full in the middle of a call");
  assert.ok(Object.keys(failures).every((name) => name === "RangeError" || name === "internal_error"), JSON.stringify(failures));
  // Thousands of clients are made and forgotten, faster than the garbage collector looks.
  assert.ok(bytes <= 8 * 1024 * 1024, `${bytes} bytes`);
});
