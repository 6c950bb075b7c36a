// The README's first command, and what it does where something is missing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { staleness } from "../../scripts/digest.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const NAMES = ["NEXTCLOUD_HOST", "NEXTCLOUD_OIDC_CLIENT_ID", "NEXTCLOUD_OIDC_CLIENT_SECRET"];

let standIn;
before(async () => (standIn = await startStandIn()));
after(() => standIn?.close());

function demo(users = [], environment = {}) {
  const env = { ...process.env, ...Object.fromEntries(NAMES.map((name) => [name, ""])), ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, "scripts/demo.mjs"), ...users], { env }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
  });
}

test("without a server it runs over the stand-in and prints every user's access", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await demo();
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^alice +yes +app_password +2026-11-23T07:23:37\.000Z$/m);
  assert.match(stdout, /^bob +no$/m);
  assert.equal(standIn.control.log().requests.length, 0, "its own, not this one");
});

test("with a server in the environment it asks that one", { timeout: 60_000 }, async () => {
  const { clientId, clientSecret } = standIn.clients.service;
  const server = Object.fromEntries(NAMES.map((name, index) => [name, [standIn.url, clientId, clientSecret][index]]));
  const { code, stdout } = await demo(["alice"], server);
  assert.equal(code, 0);
  assert.match(stdout, /^alice +yes/m);
  assert.equal(standIn.control.log().counts.credentials, 1);
  const wrong = await demo(["alice"], { ...server, NEXTCLOUD_OIDC_CLIENT_SECRET: "not-the-secret" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^token_request_failed: /);
  assert.doesNotMatch(wrong.stdout + wrong.stderr, /not-the-secret/);
});

test("half of a configuration, or no users, is said", { timeout: 60_000 }, async () => {
  const half = await demo(["alice"], { NEXTCLOUD_HOST: standIn.url });
  assert.equal(half.code, 2);
  assert.match(half.stderr, /missing: NEXTCLOUD_OIDC_CLIENT_ID, NEXTCLOUD_OIDC_CLIENT_SECRET/);
  const nobody = await demo([], Object.fromEntries(NAMES.map((name) => [name, "x"])));
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /Name the users/);
});

test("a build that does not belong to the sources is noticed", async () => {
  assert.equal(staleness(), undefined);
  const folder = join(await mkdtemp(join(tmpdir(), "astrolabe-stale-")), "wasm");
  await cp(join(root, "pkg/wasm"), folder, { recursive: true });
  assert.equal(staleness(folder), undefined);
  await writeFile(join(folder, "astrolabe_client_bg.js"), "// changed");
  assert.match(staleness(folder), /not those that were built/);
  const record = JSON.parse(await readFile(join(folder, "build.json"), "utf8"));
  await writeFile(join(folder, "build.json"), JSON.stringify({ ...record, sources: "0" }));
  assert.match(staleness(folder), /sources have changed/);
  assert.match(staleness(join(folder, "nowhere")), /no build/);
});
