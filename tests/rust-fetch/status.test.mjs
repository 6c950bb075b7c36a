// The Rust client, compiled to wasm with the feature `fetch`, over the stand-in.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

let standIn;
let hasAccess;
before(async () => {
  const target = "wasm32-unknown-unknown";
  run("cargo", "build", "--quiet", "--release", "--target", target, "--features", "fetch", "--example", "status");
  run("wasm-bindgen", "--target", "nodejs", "--out-dir", "target/rust-fetch", `target/${target}/release/examples/status.wasm`);
  // What wasm-bindgen makes for Node.js is CommonJS.
  writeFileSync(`${root}target/rust-fetch/package.json`, '{ "type": "commonjs" }');
  ({ hasAccess } = createRequire(import.meta.url)(`${root}target/rust-fetch/status.js`));
  standIn = await startStandIn();
});
after(() => standIn?.close());

test("a status over the platform's fetch", async () => {
  const { appPassword } = standIn.accounts.admin;
  assert.equal(await hasAccess(standIn.url, appPassword, "alice", 10_000), true);
  assert.equal(await hasAccess(standIn.url, appPassword, "nobody", 10_000), false);
});

test("a failure, and a time limit that ends the request", async () => {
  await assert.rejects(hasAccess(standIn.url, "a-wrong-token", "alice", 10_000), (error) => /^unauthorized: GET .*401/.test(error));
  standIn.control.faults([{ on: "credentials", hang: true, times: 1 }]);
  await assert.rejects(hasAccess(standIn.url, standIn.accounts.admin.appPassword, "alice", 200), (error) => /^timeout: .*200 ms/.test(error));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(standIn.control.log().requests.at(-1).aborted, true);
});
