// Should the wasm stop in the middle of a call, that call fails as an error of this package, and the next one works.
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
  module.setFeatures(binaryen.Features.All);
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

test("wherever the wasm traps, the call says so, and the next one gets its answer", { timeout: 130_000 }, async () => {
  writeFileSync(join(consumer.folder, "trapping.wasm"), trapping());
  const { traps, right, other, instances } = await inConsumer(
    "trapping",
    `
    import { readFileSync } from "node:fs";
    import { AstrolabeClient, AstrolabeError, initSync } from "astrolabe-client/init";
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
    const client = new AstrolabeClient(options);
    const found = { traps: 0, right: 0, other: [], instances: 0 };
    const ask = async (userId) => {
      const { hasAccess } = await client.getBackgroundSyncStatus(userId);
      if (hasAccess !== (userId.length % 2 === 0)) throw new Error("a wrong answer for " + userId);
    };
    await ask("first");
    for (let attempt = 0; attempt < 1000; attempt++) {
      // From the first step to after the last one.
      const left = attempt + Math.floor(1.012 ** attempt);
      // Of both kinds, as they go another way into the memory.
      const userId = (left % 2 ? "ü" : "u") + "x".repeat(left % 40);
      exports.left.value = left;
      try {
        await ask(userId);
        found.right += 1;
      } catch (error) {
        if (error instanceof AstrolabeError && error.code === "internal_error" && error.cause instanceof WebAssembly.RuntimeError) found.traps += 1;
        else found.other.push(String(error));
      }
      exports.left.value = -1;
      await ask(userId);
    }
    console.log(JSON.stringify({ ...found, instances }));
  `,
  );
  assert.deepEqual(other, []);
  // Some limits are after the last step of the call.
  assert.ok(traps > 100 && right > 100, `${traps} traps, ${right} right`);
  assert.equal(instances, traps + 1, "a fresh instance a trap, and no more");
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
        new AstrolabeClient({ ...options, clientSecret: "s".repeat(padding) });
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
  assert.ok(bytes <= 256 * 1024, `${bytes} bytes`);
});
