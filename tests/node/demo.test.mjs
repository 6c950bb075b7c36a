// The README's first command, the Node example, and what they do where something is missing.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { staleness } from "../../scripts/digest.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const NAMES = ["NEXTCLOUD_HOST", "NEXTCLOUD_OIDC_CLIENT_ID", "NEXTCLOUD_OIDC_CLIENT_SECRET"];

let standIn;
before(async () => (standIn = await startStandIn()));
after(() => standIn?.close());

const run = (script, argv, environment = {}) =>
  new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [join(root, script), ...argv], { env }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }));
  });

async function startDemo(...argv) {
  const demo = spawn(process.execPath, [join(root, "scripts/demo.mjs"), ...argv], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  demo.stdout.on("data", (chunk) => (printed += chunk));
  while (!printed.includes("Ctrl-C")) await once(demo.stdout, "data");
  const [url] = /http:\S+/.exec(printed);
  return { demo, printed, url };
}

test("the demonstration serves the dashboard over thousands of users until it is stopped", { timeout: 120_000 }, async () => {
  const { demo, printed, url } = await startDemo("0");
  assert.match(printed, /Log in as "admin" with the password "admin-password"/);
  assert.match(await (await fetch(url)).text(), /<title>Astrolabe<\/title>/);
  assert.deepEqual(await (await fetch(new URL("/stand-in/demonstration", url))).json(), { username: "admin", password: "admin-password" });
  const headers = { Authorization: `Basic ${btoa("admin:admin-password")}`, "OCS-APIRequest": "true" };
  const { ocs } = await (await fetch(new URL("/ocs/v2.php/cloud/users", url), { headers })).json();
  assert.equal(ocs.data.users.length, 3017);
  // What it prints for a shell, as it is pasted there, up to an answer.
  const lines = printed.split("\n").filter((line) => line.startsWith("    ") && !line.includes("/dashboard/"));
  const status = lines.findIndex((line) => line.includes("npx"));
  const asService = ["unset NEXTCLOUD_ACCESS_TOKEN", ...lines.slice(status + 1), "npx astrolabe-client status admin"];
  const shell = (commands) => promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", commands.join("\n")], { cwd: root, timeout: 100_000, maxBuffer: 10_000_000 });
  const { stdout } = await shell(lines.slice(0, status + 1)).catch((error) => error);
  assert.equal(stdout.trim().split("\n").length, 3017, "a line each");
  assert.match((await shell([...lines.slice(0, status), ...asService])).stdout, /"admin"/);
  demo.kill("SIGINT");
  assert.deepEqual(await once(demo, "exit"), [0, null]);
});

test("the demonstration says which port is taken, and what is no port", { timeout: 60_000 }, async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address();
  const taken = await run("scripts/demo.mjs", [String(port)]);
  other.close();
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, new RegExp(`port ${port} is in use`));
  for (const argument of ["alice", "70000", "-1", "1.5"]) {
    const { code, stderr } = await run("scripts/demo.mjs", [argument]);
    assert.equal(code, 2);
    assert.match(stderr, /is no port/);
  }
});

test("the Node example prints every user's access", { timeout: 60_000 }, async () => {
  const { clientId, clientSecret } = standIn.clients.service;
  const server = Object.fromEntries(NAMES.map((name, index) => [name, [standIn.url, clientId, clientSecret][index]]));
  const { code, stdout, stderr } = await run("examples/node/status.mjs", ["alice", "bob"], server);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^alice +yes +app_password +2026-11-23T07:23:37\.000Z$/m);
  assert.match(stdout, /^bob +no$/m);
  const wrong = await run("examples/node/status.mjs", ["alice"], { ...server, NEXTCLOUD_OIDC_CLIENT_SECRET: "not-the-secret" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^token_request_failed: /);
  assert.doesNotMatch(wrong.stdout + wrong.stderr, /not-the-secret/);
});

test("a build that does not belong to the sources is noticed", async () => {
  assert.equal(staleness(), undefined);
  const folder = join(await mkdtemp(join(tmpdir(), "astrolabe-stale-")), "wasm");
  for (const part of ["wasm", "cjs"]) await cp(join(root, "pkg", part), join(folder, "..", part), { recursive: true });
  assert.equal(staleness(folder), undefined);
  await writeFile(join(folder, "astrolabe_client_bg.js"), "// changed");
  assert.match(staleness(folder), /not those that were built/);
  const record = JSON.parse(await readFile(join(folder, "build.json"), "utf8"));
  await writeFile(join(folder, "build.json"), JSON.stringify({ ...record, sources: "0" }));
  assert.match(staleness(folder), /sources have changed/);
  assert.match(staleness(join(folder, "nowhere")), /no build/);
});
