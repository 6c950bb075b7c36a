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
let hasAccessByStore;
let statusesOfAll;
before(async () => {
  const target = "wasm32-unknown-unknown";
  run("cargo", "build", "--quiet", "--release", "--target", target, "--features", "fetch", "--example", "status");
  run("wasm-bindgen", "--target", "nodejs", "--out-dir", "target/rust-fetch", `target/${target}/release/examples/status.wasm`);
  // What wasm-bindgen makes for Node.js is CommonJS.
  writeFileSync(`${root}target/rust-fetch/package.json`, '{ "type": "commonjs" }');
  ({ hasAccess, hasAccessByStore, statusesOfAll } = createRequire(import.meta.url)(`${root}target/rust-fetch/status.js`));
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

test("all users as a stream, out of a stream of pages", async () => {
  const faults = [
    { on: "credentials", user: "bob", times: null, respond: { status: 400, headers: {}, body: "" } },
    { on: "credentials", times: null, delayMs: 10 },
  ];
  standIn.control.reset({ extraUsers: 30, faults });
  const { appPassword } = standIn.accounts.admin;
  const rows = await statusesOfAll(standIn.url, appPassword, 10, 4);
  const { counts, maxConcurrent } = standIn.control.log();
  assert.ok(rows.length > 30 && new Set(rows).size === rows.length, `${rows.length} rows`);
  for (const row of ["alice true", "bob request_rejected"]) assert.ok(rows.includes(row), rows.join(", "));
  assert.equal(counts.credentials, rows.length);
  assert.ok(counts.users > 3, `${counts.users} pages`);
  assert.equal(maxConcurrent.credentials, 4);
  await assert.rejects(statusesOfAll(standIn.url, "a-wrong-token", 10, 4), (error) => /^unauthorized: GET .*401/.test(error));
});

test("two clients that share a sealed store, and one login", async () => {
  standIn.control.reset();
  const { clientId, clientSecret } = standIn.clients.service;
  const kept = new Map();
  const lifetimes = [];
  const store = {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, value, { expirationTtl }) => {
      kept.set(key, value);
      lifetimes.push(expirationTtl);
    },
  };
  const ask = (secret) => hasAccessByStore(standIn.url, clientId, secret, store, "alice");
  assert.deepEqual([await ask(clientSecret), await ask(clientSecret)], [true, true]);
  const { counts, requests } = standIn.control.log();
  assert.deepEqual({ discovery: counts.discovery, token: counts.token, credentials: counts.credentials }, { discovery: 1, token: 1, credentials: 2 });
  const [, token] = requests.at(-1).headers.authorization.split(" ");
  const written = JSON.stringify([...kept]);
  for (const secret of [token, clientSecret, clientId]) assert.ok(!written.includes(secret));
  assert.equal(kept.size, 1);
  assert.ok(lifetimes.length === 1 && lifetimes[0] >= 86_400, `kept for ${lifetimes} s`);
  // Who does not know the secret does not get the token.
  await assert.rejects(ask("another-secret"), (error) => /^token_request_failed: POST/.test(error));
});
