// The hosts of examples/: Node by jco, a program that is composed with the component and run by the wasmtime command, Python.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { built, standalone } from "./component.mjs";
import { startStandIn } from "./stand-in.mjs";
import { python, wasmtime } from "./tools.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(built, "program.wasm");

let standIn;
before(async () => {
  standIn = await startStandIn();
});
after(() => standIn?.close());

const service = ({ clientId, clientSecret } = standIn.clients.service) => ({ NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret });
const environment = (login) => ({ PATH: process.env.PATH, NEXTCLOUD_HOST: standIn.url, ...login });

function run(command, args, env, cwd = root, timeout = 60_000) {
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd, timeout }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

const argumentsOf = (env, userIds) => ["run", "-S", "http", ...Object.keys(env).flatMap((name) => ["--env", name]), program, ...userIds];
const runProgram = (env, userIds) => run(wasmtime, argumentsOf(env, userIds), env);

async function checkThatItPrints(runWith) {
  await standIn.reset();
  const { code, stdout, stderr } = await runWith(environment(service()));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^alice:? yes app_password .*(2026-11-23T07:23:37|1795418617000)/m);
  assert.match(stdout, /^bob:? no/m);
  const wrong = await runWith(environment(service({ ...standIn.clients.service, clientSecret: "not-the-secret" })));
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^(token-request-failed|ErrorCode::TokenRequestFailed): .*invalid_client/);
  assert.doesNotMatch(wrong.stdout + wrong.stderr, /not-the-secret/);
}

test("Node: the example is of the types that jco makes of the WIT, and prints every user's access", { timeout: 120_000 }, async () => {
  // From there the component is where it is from the example.
  const folder = join(root, "target/example-node");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["status.mjs", "package.json"]) cpSync(join(root, "examples/component-node", file), join(folder, file));
  symlinkSync(join(root, "tests/component/node_modules"), join(folder, "node_modules"));
  const transpiled = await run("npm", ["run", "transpile"], process.env, folder, 100_000);
  assert.equal(transpiled.code, 0, transpiled.stderr);
  const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
  const check = (file) => run(join(root, "node_modules/.bin/tsc"), ["--noEmit", "--allowJs", "--checkJs", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022", ...types, file], process.env, folder);
  const checked = await check("status.mjs");
  assert.equal(checked.code, 0, checked.stdout);
  writeFileSync(join(folder, "wrong.mts"), 'import { client } from "./client/client.js";\nclient.Client.create({ nextcloudHost: 7 }, undefined);\n');
  assert.match((await check("wrong.mts")).stdout, /wrong\.mts.*error TS/);
  await checkThatItPrints((env) => run(process.execPath, ["status.mjs", "alice", "bob"], env, folder));
  const { code, stderr } = await run(process.execPath, ["status.mjs", "alice"], { ...environment(service()), NEXTCLOUD_HOST: "http://127.0.0.1:1" }, folder);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^network: /);
});

test("wasmtime: the composed program prints every user's access", { timeout: 60_000 }, async () => {
  await checkThatItPrints((env) => runProgram(env, ["alice", "bob"]));
});

test("wasmtime: with an access token, and with user name and password", { timeout: 60_000 }, async () => {
  await standIn.reset();
  const { id, appPassword, password } = standIn.accounts.admin;
  for (const login of [{ NEXTCLOUD_ACCESS_TOKEN: appPassword }, { NEXTCLOUD_USERNAME: id, NEXTCLOUD_PASSWORD: password }]) {
    const { stdout, stderr } = await runProgram(environment(login), ["alice"]);
    assert.match(stdout, /^alice: yes app_password/m, stderr);
  }
  assert.equal((await standIn.requests("token")).length, 0);
});

test("wasmtime: answers that are cut, too large, none or no JSON are errors by their codes", { timeout: 60_000 }, async () => {
  const fault = (user, what) => ({ on: "credentials", user, times: null, ...what });
  const body = (body, status = 200) => ({ respond: { status, headers: { "Content-Type": "application/json" }, body } });
  await standIn.reset({
    faults: [
      fault("alice", { cut: true }),
      fault("bob", { cutBody: true }),
      fault("carol", body(`"${"x".repeat(300_000)}"`)),
      fault("dora", { hang: true }),
      fault("admin", body("<html>")),
      fault("0", body("{}", 500)),
      fault("007", { dripMs: 200 }),
    ],
  });
  const { stdout } = await runProgram(environment({ NEXTCLOUD_ACCESS_TOKEN: standIn.accounts.admin.appPassword, TIMEOUT_MS: "1500" }), ["alice", "bob", "carol", "dora", "admin", "0", "007", "o'brien"]);
  const rows = Object.fromEntries(stdout.trim().split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  const code = (name) => `ErrorCode::${name}`;
  assert.deepEqual({ ...rows, "o'brien": rows["o'brien"]?.slice(0, 3) }, {
    alice: code("Network"),
    bob: code("Network"),
    carol: code("ResponseTooLarge"),
    dora: code("Timeout"),
    admin: code("UnexpectedResponse"),
    0: code("ServerError"),
    "007": code("Timeout"),
    "o'brien": "yes",
  });
});

test("wasmtime: a request that runs out of time is ended, while others go on", { timeout: 60_000 }, async () => {
  const others = Array.from({ length: 60 }, (_, at) => `user${at}`);
  await standIn.reset({ faults: [{ on: "credentials", user: "alice", hang: true, times: null }, { on: "credentials", delayMs: 600, times: null }] });
  const env = environment({ NEXTCLOUD_ACCESS_TOKEN: standIn.accounts.admin.appPassword, TIMEOUT_MS: "1000" });
  const running = spawn(wasmtime, argumentsOf(env, ["alice", ...others]), { env, stdio: "ignore" });
  let aborted = false;
  while (!aborted && running.exitCode === null) {
    await pause(50);
    aborted = (await standIn.requests("credentials")).some((request) => request.path.endsWith("/alice") && request.aborted);
  }
  assert.equal(running.exitCode, null, "it is ended before the program is");
  running.kill();
});

const PYTHON = `
import sys
from astrolabe import Astrolabe, AstrolabeError
component, host, client_id, client_secret = sys.argv[1:]
client = Astrolabe(component).client(host, client_id, client_secret)
`;
const runPython = (code) => {
  const { clientId, clientSecret } = standIn.clients.service;
  const env = { PATH: process.env.PATH, PYTHONPATH: join(root, "examples/component-python"), PYTHONDONTWRITEBYTECODE: "1" };
  return run(python, ["-c", PYTHON + code, standalone, standIn.url, clientId, clientSecret], env);
};

test("Python: the example prints every user's access", { timeout: 60_000 }, async () => {
  await checkThatItPrints((env) => run(python, ["examples/component-python/status.py", standalone, "alice", "bob"], { ...env, PYTHONDONTWRITEBYTECODE: "1" }));
});

test("Python: users, diagnose(), an error with its fields", { timeout: 60_000 }, async () => {
  await standIn.reset();
  const { code, stdout, stderr } = await runPython(`
print(list(client.list_users(search="ali")))
print([check.name for check in client.diagnose() if check.passed])
try:
    client.get_background_sync_status("../x")
except AstrolabeError as error:
    print(error.code, error.retryable, error.status, error)
client.close()
`);
  assert.equal(code, 0, stderr);
  const [users, checks, error] = stdout.trim().split("\n");
  assert.equal(users, "['alice']");
  assert.equal(checks.split(",").length, 11);
  assert.match(error, /^invalid-argument False None user-id contains a slash/);
});

test("Python: a call that runs out of time ends its request, and the client goes on", { timeout: 60_000 }, async () => {
  await standIn.reset({ faults: [{ on: "credentials", hang: true, times: 1 }] });
  const { code, stdout, stderr } = await runPython(`
import json, time, urllib.request
try:
    client.get_background_sync_status("alice", timeout_ms=500)
except AstrolabeError as error:
    print(error.code)
print(client.get_background_sync_status("alice").has_access)
time.sleep(0.5)
log = json.load(urllib.request.urlopen(host + "/stand-in/log"))
print([request["aborted"] for request in log["requests"] if request["route"] == "credentials"])
`);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n"), ["timeout", "True", "[True, False]"]);
});

test("Python: rows that are dropped end the requests that are under way for them", { timeout: 60_000 }, async () => {
  await standIn.reset({ faults: ["bob", "carol", "dora"].map((user) => ({ on: "credentials", user, hang: true })) });
  const { code, stdout, stderr } = await runPython(`
import json, time, urllib.request
aborted = lambda: [request["aborted"] for request in json.load(urllib.request.urlopen(host + "/stand-in/log"))["requests"] if request["route"] == "credentials"]
rows = client.call("get-background-sync-statuses", ["alice", "bob", "carol", "dora"], 4, None)
row = client.astrolabe.call("[method]statuses.next", rows)
time.sleep(0.5)
print(row.user_id, aborted())
rows.drop(client.astrolabe.store)
time.sleep(0.5)
print(aborted().count(True))
`);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n"), ["alice [False, False, False, False]", "3"]);
});
