// How it ends: every exit code, signals, readers that go away.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { after, before, beforeEach, test } from "node:test";
import { freePort } from "../free-port.mjs";
import { bin, csv, ndjson, startCommands, until } from "./command.mjs";

let commands;
before(async () => (commands = await startCommands()));
beforeEach(() => commands.nc.control.reset());
after(() => commands?.close());

const ids = (count) => Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(5, "0")}`);
const onAll = (action) => ({ faults: [{ on: "credentials", times: null, ...action }] });
const plain = (nc) => ({ NEXTCLOUD_OIDC_CLIENT_ID: nc.clients.plain.clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: nc.clients.plain.clientSecret });
const wrongSecret = { NEXTCLOUD_OIDC_CLIENT_ID: "astrolabe-service", NEXTCLOUD_OIDC_CLIENT_SECRET: "hunter2" };
const wrongToken = { NEXTCLOUD_ACCESS_TOKEN: "hunter2" };

for (const [what, exitCode, errorCode, args, { settings, login, env } = {}] of [
  ["no identity provider", 2, "discovery_failed", ["users"], { settings: { discovery: "none" } }],
  ["the app is missing", 2, "app_not_available", ["status", "alice"], { settings: { appInstalled: false } }],
  ["another issuer", 2, "issuer_mismatch", ["users"], { env: (nc) => ({ NEXTCLOUD_OIDC_ISSUER: `${nc.url}/other`, NEXTCLOUD_OIDC_DISCOVERY_URL: "" }), settings: { faults: [{ on: "any", times: null, respond: { status: 200, body: { issuer: "https://elsewhere.example", token_endpoint: "https://elsewhere.example/token" } } }] } }],
  ["plain http to another machine", 2, "insecure_endpoint", ["status", "alice"], { env: () => ({ NEXTCLOUD_HOST: "http://192.0.2.1" }) }],
  ["a wrong client secret", 3, "token_request_failed", ["status", "alice", "bob"], { login: () => wrongSecret }],
  ["a wrong token", 3, "unauthorized", ["status", "--all"], { login: () => wrongToken }],
  ["no administrator", 3, "forbidden", ["status", "alice", "bob"], { login: plain }],
  ["no administrator, listing users", 3, "forbidden", ["users"], { login: plain }],
  ["no such grant", 3, "grant_not_supported", ["users"], { settings: { discovery: "nextcloud-oidc" } }],
  ["maintenance", 4, "maintenance", ["status", "alice", "bob"], { settings: { maintenance: true }, login: (nc) => ({ NEXTCLOUD_ACCESS_TOKEN: nc.accounts.admin.appPassword }) }],
  ["the brute-force lock", 4, "rate_limited", ["status", "alice"], { settings: onAll({ recorded: "60-wrongpw-12" }) }],
]) {
  test(`exit code ${exitCode}: ${what}`, async () => {
    commands.nc.control.reset(settings);
    const { code, stdout, stderr } = await commands.run([...args, "--format", "json"], { env: env?.(commands.nc), login: login?.(commands.nc) });
    assert.match(stderr, new RegExp(`^astrolabe-client: .+ \\[${errorCode}\\]\\n$`));
    assert.deepEqual({ code, records: JSON.parse(stdout || "[]") }, { code: exitCode, records: [] });
  });
}

for (const [what, exitCode, errorCode, settings, args = []] of [
  ["every user's failure can pass", 4, "server_error", onAll({ respond: { status: 500, body: "" } })],
  ["no answer in time", 4, "timeout", onAll({ hang: true }), ["--timeout", "0.5"]],
  ["answers that make no sense", 5, "unexpected_response", onAll({ respond: { status: 200, body: "<html>" } })],
]) {
  test(`exit code ${exitCode}: ${what}`, async () => {
    commands.nc.control.reset(settings);
    const { code, stdout } = await commands.run(["status", "alice", "bob", ...args]);
    assert.deepEqual(ndjson(stdout).map(({ error }) => error.code), [errorCode, errorCode]);
    assert.equal(code, exitCode);
  });
}

test("exit code 2 or 1: ids that cannot be one, alone or among others", async () => {
  assert.equal((await commands.run(["status", "../etc"])).code, 2);
  assert.equal((await commands.run(["status", "../etc", "alice"])).code, 1);
});

test("exit code 1 or 0: diagnose", async () => {
  assert.equal((await commands.run(["diagnose"])).code, 0);
  assert.equal((await commands.run(["diagnose"], { login: wrongToken })).code, 1);
  commands.nc.control.reset({ appInstalled: false });
  assert.equal((await commands.run(["diagnose"])).code, 1);
});

test("exit code 4: nobody listens there, and the system's own word for it", async () => {
  const port = await freePort();
  const { code, stderr } = await commands.run(["users"], { env: { NEXTCLOUD_HOST: `http://127.0.0.1:${port}` } });
  assert.equal(code, 4);
  assert.match(stderr, /\[network, ECONNREFUSED\]\n$/);
});

test("a server that cannot be reached: the command ends with a sentence, which is about a shell", async () => {
  const env = { NEXTCLOUD_HOST: `http://127.0.0.1:${await freePort()}` };
  for (const [args, summary] of [[["status", "alice"], "1 user: "], [["status", "alice", "bob"], "2 users: "], [["status", "-q", "alice"], ""], [["status", "--all"], ""], [["users"], ""]]) {
    const { code, stdout, stderr } = await commands.run(args, { env });
    assert.equal(code, 4);
    assert.match(stderr, new RegExp(`^${summary && `${summary}.*\\n`}astrolabe-client: GET http://.*: there was no complete answer.*: check the address, DNS, TLS and the network \\[network, ECONNREFUSED\\]\\n$`));
    assert.doesNotMatch(stdout + stderr, /CORS|\bpage\b|fetch/);
  }
  const { stdout } = await commands.run(["diagnose"], { env });
  assert.doesNotMatch(stdout, /CORS|\bpage\b|fetch/);
});

test("nobody answers, and a variable that does not count names a proxy: which, and what makes it count", async () => {
  const there = `http://127.0.0.1:${await freePort()}`;
  const elsewhere = "https://cloud.invalid";
  const proxy = "http://someone:hunter2@127.0.0.1:9";
  const note = (variable) => new RegExp(`^astrolabe-client: ${variable} is set, and Node\\.js does not heed it: .* only with NODE_USE_ENV_PROXY=1, in Node\\.js 22\\.21, 24\\.0 or later \\(this is .*\\)\\.$`, "m");
  for (const [variable, host, more] of [
    ["HTTPS_PROXY", elsewhere],
    ["https_proxy", elsewhere, { HTTP_PROXY: proxy }],
    ["HTTP_PROXY", there, { NODE_USE_ENV_PROXY: "true" }],
    ["http_proxy", there, { HTTPS_PROXY: proxy, NO_PROXY: "example.com, 127.0.0.1:1" }],
    ["HTTP_PROXY", elsewhere], // in Node.js it is for https, too
    ["ALL_PROXY", there],
    ["all_proxy", elsewhere, { NO_PROXY: "" }],
  ]) {
    for (const [args, code] of [[["users"], 4], [["status", "alice", "bob", "--quiet"], 4], [["diagnose"], 1]]) {
      const result = await commands.run([...args, "--timeout", "5"], { env: { NEXTCLOUD_HOST: host, [variable]: proxy, ...more } });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, note(variable));
      assert.equal(result.stderr.match(/PROXY=1/g).length, 1);
    }
  }
  // A server elsewhere, too: the identity provider.
  const login = { ...commands.login, NEXTCLOUD_OIDC_ISSUER: elsewhere };
  assert.match((await commands.run(["users"], { login, env: { HTTPS_PROXY: proxy } })).stderr, note("HTTPS_PROXY"));
});

test("no word of proxies where none is set or is meant for it, where the server answers, or where all is well", async () => {
  const HTTP_PROXY = "http://127.0.0.1:9";
  const NEXTCLOUD_HOST = `http://127.0.0.1:${await freePort()}`;
  for (const env of [{}, { HTTP_PROXY: "" }, { HTTPS_PROXY: HTTP_PROXY }, { HTTP_PROXY, http_proxy: "" }, ...["127.0.0.1", "a,*", "10.0.0.1 127.0.0.1:" + new URL(NEXTCLOUD_HOST).port].map((NO_PROXY) => ({ HTTP_PROXY, NO_PROXY }))]) {
    const { code, stderr } = await commands.run(["users"], { env: { NEXTCLOUD_HOST, ...env } });
    assert.equal(code, 4);
    assert.doesNotMatch(stderr, /PROXY/);
  }
  for (const no_proxy of ["invalid", ".cloud.invalid", "*.invalid", "CLOUD.invalid:443"]) {
    const { stderr } = await commands.run(["users", "--timeout", "5"], { env: { NEXTCLOUD_HOST: "https://cloud.invalid", ALL_PROXY: HTTP_PROXY, no_proxy } });
    assert.doesNotMatch(stderr, /PROXY/);
  }
  const env = { HTTP_PROXY, ALL_PROXY: HTTP_PROXY };
  assert.equal((await commands.run(["status", "alice"], { env })).stderr, "");
  for (const args of [["users"], ["diagnose"]]) assert.doesNotMatch((await commands.run(args, { env, login: wrongToken })).stderr, /PROXY/);
});

test("exit code 4: a server that goes away is not asked for everybody", async () => {
  commands.nc.control.reset(onAll({ skip: 30, hang: true }));
  const { code, stdout, stderr } = await commands.run(["status", ...ids(3_000), "--timeout", "1.5", "--format", "csv"]);
  assert.equal(code, 4);
  const rows = csv(stdout).slice(1);
  assert.equal(rows.filter(([, hasAccess]) => hasAccess !== "").length, 30);
  assert.equal(rows.filter(([, , , , error]) => error === "timeout").length, 19, "the twentieth ends it");
  assert.match(stderr, /^Ended early\. 49 users: .*19 failed\.\n.*\[timeout\]\n$/);
});

test("a failure that concerns all: rows that came before it stand", async () => {
  commands.nc.control.reset(onAll({ skip: 20, recorded: "37c-cred-alice-bearer-invalid-ocs" }));
  const { code, stdout, stderr } = await commands.run(["status", ...ids(500), "--format", "json"]);
  assert.equal(code, 3);
  assert.ok(JSON.parse(stdout).length >= 10);
  assert.match(stderr, /^Ended early\. \d+ users: .*\n.* \[unauthorized\]\n$/);
});

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]]) {
  test(`${signal} in the middle: valid output, a summary, exit code ${exitCode}`, async () => {
    const read = { json: JSON.parse, ndjson, csv: (text) => csv(text).slice(1), table: (text) => text.trimEnd().split("\n").slice(1) };
    for (const [format, rowsOf] of Object.entries(read)) {
      commands.nc.control.reset({ extraUsers: 3_000, faults: [{ on: "credentials", delayMs: 30, times: null }] });
      const { child, written, ended } = commands.start(["status", "--all", "--format", format]);
      await until(() => written.stdout.split("\n").length > 50);
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      assert.equal(code, exitCode);
      const rows = rowsOf(stdout);
      assert.ok(rows.length >= 40 && rows.length < 2_900);
      assert.match(stderr, new RegExp(`^Ended early\\. ${rows.length} users: .*\\.\\nastrolabe-client: Interrupted by ${signal}\\. \\[interrupted\\]\\n$`));
    }
  });
}

test("interrupted before anything came, or while it waits for ids: JSON, and at once", async () => {
  commands.nc.control.reset({ faults: [{ on: "any", times: null, hang: true }] });
  for (const args of [["users"], ["diagnose"], ["status", "alice"], ["status", "--all"], ["status", "-"]]) {
    const { child, ended } = commands.start([...args, "--format", "json"]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const begun = Date.now();
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    assert.deepEqual({ code, stdout, stderr }, { code: 130, stdout: "[]\n", stderr: "astrolabe-client: Interrupted by SIGINT. [interrupted]\n" });
    assert.ok(Date.now() - begun < 2_000);
  }
});

test("a failure that concerns all ends it, too, while more ids could come", async () => {
  const { child, ended } = commands.start(["status", "-"], { login: wrongToken });
  child.stdin.write("alice\n");
  const { code } = await ended;
  assert.equal(code, 3);
});

test("ids are asked about as they come, not when the input has ended", async () => {
  const { child, written, ended } = commands.start(["status", "-"]);
  child.stdin.write("alice\n");
  await until(() => written.stdout.includes("alice"));
  child.stdin.end("bob\n");
  assert.equal(ndjson((await ended).stdout).length, 2);
});

test("a reader that goes away: nothing is said, exit code 141, and the server is left alone", async () => {
  commands.nc.control.reset({ extraUsers: 3_000, faults: [{ on: "credentials", delayMs: 5, times: null }] });
  for (const format of ["ndjson", "json", "csv", "table"]) {
    const { child, ended } = commands.start(["status", "--all", "--format", format]);
    await once(child.stdout, "data");
    child.stdout.destroy();
    const { code, stderr } = await ended;
    assert.deepEqual({ code, stderr }, { code: 141, stderr: "" });
  }
  assert.ok(commands.nc.control.log().counts.credentials < 4 * 1_500);
  const shell = await commands.run(["-c", `'${bin}' users | head -1`], { command: "sh" });
  assert.deepEqual(shell, { code: 0, signal: null, stdout: '{"userId":"0"}\n', stderr: "" });
  const help = await commands.run(["-c", `'${bin}' --help | true`], { command: "sh" });
  assert.equal(help.stderr, "");
});

test("a reader that is slow holds it up, and loses nothing", async () => {
  // Far more than the buffers between the two hold, and than can be asked meanwhile.
  commands.nc.control.reset({ extraUsers: 15_000 });
  const { child, written, ended } = commands.start(["status", "--all"]);
  await once(child.stdout, "data");
  child.stdout.pause();
  const asked = () => commands.nc.control.log().counts.credentials;
  for (let before = -1; before !== asked(); await new Promise((resolve) => setTimeout(resolve, 500))) before = asked();
  assert.ok(asked() < 12_000, `${asked()} were asked for`);
  child.stdout.resume();
  assert.equal((await ended).code, 0);
  assert.equal(ndjson(written.stdout).length, 15_017);
});

test("a disk that is full: exit code 5", { skip: !existsSync("/dev/full") && "there is no /dev/full" }, async () => {
  for (const format of ["ndjson", "json", "table"]) {
    const { code, stderr } = await commands.run(["-c", `'${bin}' users --format ${format} >/dev/full`], { command: "sh" });
    assert.deepEqual({ code, stderr: stderr.split("\n").at(-2) }, { code: 5, stderr: "astrolabe-client: The output cannot be written (ENOSPC). [output]" });
  }
});

test("no secret among the arguments that others see", { skip: process.platform === "win32" }, async () => {
  commands.nc.control.reset(onAll({ delayMs: 1_000 }));
  const { child, ended } = commands.start(["status", "alice"]);
  await until(() => commands.nc.control.log().counts.credentials === 1);
  const seen = execFileSync("ps", ["-ww", "-o", "args=", "-p", String(child.pid)], { encoding: "utf8" });
  assert.match(seen, /astrolabe-client status alice/);
  assert.ok(!seen.includes(commands.nc.clients.service.clientSecret));
  await ended;
});
