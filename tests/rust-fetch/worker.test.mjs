// The Worker of examples/rust-worker in the real runtime, over the stand-in.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples/rust-worker");
const target = join(root, "target");
const out = join(target, "rust-worker");

// Much less than what worker-build makes, but the same in what matters here.
const MAIN = `
  import * as glue from "./rust_worker_bg.js";
  import wasm from "./rust_worker_bg.wasm";
  const { exports } = new WebAssembly.Instance(wasm, { "./rust_worker_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  export default { fetch: glue.fetch };
`;

const config = JSON.parse(readFileSync(join(example, "wrangler.jsonc"), "utf8").replace(/^ *\/\/.*$/gm, ""));

let standIn;
let worker;
before(async () => {
  // From elsewhere: .cargo/config.toml is for the wasm of the npm package.
  const run = (command, ...args) => execFileSync(command, args, { cwd: tmpdir(), stdio: ["ignore", "ignore", "inherit"] });
  const manifest = join(example, "Cargo.toml");
  run("cargo", "build", "--quiet", "--locked", "--target", "wasm32-unknown-unknown", "--target-dir", target, "--manifest-path", manifest);
  run("wasm-bindgen", "--target", "bundler", "--no-typescript", "--out-dir", out, join(target, "wasm32-unknown-unknown/debug/rust_worker.wasm"));
  const bundled = join(out, "bundled");
  await build({ stdin: { contents: MAIN, resolveDir: out }, outfile: join(bundled, "main.js"), bundle: true, format: "esm", loader: { ".wasm": "copy" }, assetNames: "[name]", logLevel: "warning" });
  standIn = await startStandIn();
  const { clientId: NEXTCLOUD_OIDC_CLIENT_ID, clientSecret: NEXTCLOUD_OIDC_CLIENT_SECRET } = standIn.clients.service;
  worker = new Miniflare({
    modulesRoot: bundled,
    modules: [
      { type: "ESModule", path: join(bundled, "main.js") },
      { type: "CompiledWasm", path: join(bundled, "rust_worker_bg.wasm") },
    ],
    compatibilityDate: config.compatibility_date,
    // By the names of its own configuration, and the secret.
    bindings: { ...Object.fromEntries(Object.keys(config.vars).map((name) => [name, { NEXTCLOUD_HOST: standIn.url, NEXTCLOUD_OIDC_CLIENT_ID }[name]])), NEXTCLOUD_OIDC_CLIENT_SECRET },
    kvNamespaces: config.kv_namespaces.map(({ binding }) => binding),
  });
  await worker.ready;
});
after(async () => {
  await worker?.dispose();
  await standIn?.close();
});

const ask = async (query) => {
  const response = await worker.dispatchFetch(`http://worker/${query}`);
  return { status: response.status, text: await response.text() };
};

test("statuses of several requests, with one login", { timeout: 30_000 }, async () => {
  assert.deepEqual(await ask("?user=alice"), { status: 200, text: "true" });
  assert.deepEqual(await ask("?user=nobody"), { status: 200, text: "false" });
  const { discovery, token } = standIn.control.log().counts;
  assert.deepEqual({ discovery, token }, { discovery: 1, token: 1 });
  const { keys } = await (await worker.getKVNamespace("TOKENS")).list();
  assert.equal(keys.length, 1);
  assert.match(keys[0].name, /^astrolabe-client\//);
});

test("what is wrong is said", { timeout: 30_000 }, async () => {
  assert.equal((await ask("")).status, 400);
  standIn.control.reset({ faults: [{ on: "credentials", times: null, respond: { status: 403, headers: {}, body: "" } }] });
  const { status, text } = await ask("?user=alice");
  assert.equal(status, 502);
  assert.match(text, /^[a-z_]+: GET .*403/);
});

test("the documentation shows this very Worker", () => {
  const shown = readFileSync(join(root, "docs/rust.md"), "utf8");
  assert.ok(shown.includes(`\`\`\`rust,ignore\n${readFileSync(join(example, "src/lib.rs"), "utf8")}\`\`\`\n`), "docs/rust.md shows another Worker than examples/rust-worker/src/lib.rs");
});
