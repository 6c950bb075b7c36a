// What changes something at the server: provision, deprovision, self-provisioning; and what a service may index.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { csv, ndjson, noTerminal as skip, screen, startCommands, until } from "./command.mjs";

let commands;
let folder;
before(async () => {
  commands = await startCommands();
  folder = await mkdtemp(join(tmpdir(), "astrolabe-changes-"));
});
beforeEach(() => commands.nc.control.reset({ contract: "newer" }));
after(async () => {
  await commands?.close();
  await rm(folder, { recursive: true });
});

const counts = () => commands.nc.control.log().counts;
const asked = (route) => commands.nc.control.log().requests.filter((request) => request.route === route).map(({ path }) => decodeURIComponent(path.split("/").at(-1)));
const reset = (settings) => commands.nc.control.reset({ contract: "newer", ...settings });
const outcomes = (text) => ndjson(text).map(({ userId, outcome }) => [userId, outcome]);
const hasAccess = async (userId) => ndjson((await commands.run(["status", userId])).stdout)[0].hasAccess;

test("provision and deprovision: done, in the order of the ids, each once", async () => {
  const given = await commands.run(["provision", "--yes", "bob", "müller", "bob", "o'brien"]);
  assert.deepEqual({ code: given.code, stderr: given.stderr }, { code: 0, stderr: "" });
  const [bob, ...others] = ndjson(given.stdout);
  assert.deepEqual(bob, { userId: "bob", outcome: "done", partialSuccess: true, message: "App password saved locally (MCP server not configured)", error: null });
  assert.deepEqual(others.map(({ userId }) => userId), ["müller", "o'brien"]);
  assert.deepEqual(asked("provision"), ["bob", "müller", "o'brien"]);
  assert.equal(await hasAccess("bob"), true);

  const taken = await commands.run(["deprovision", "--yes", "bob", "nobody-at-all"]);
  assert.deepEqual({ code: taken.code, stderr: taken.stderr }, { code: 0, stderr: "" });
  assert.deepEqual(ndjson(taken.stdout)[0], { userId: "bob", outcome: "done", partialSuccess: null, message: null, error: null });
  assert.equal(await hasAccess("bob"), false);
});

test("each format has the report", async () => {
  const args = ["provision", "--yes", "bob", "nobody-at-all", "../etc", "--format"];
  const expected = [["bob", "done"], ["nobody-at-all", "failed"], ["../etc", "failed"]];
  const of = {
    json: (text) => JSON.parse(text).map(({ userId, outcome }) => [userId, outcome]),
    ndjson: outcomes,
    csv: (text) => csv(text).slice(1).map(([userId, outcome]) => [userId, outcome]),
    table: (text) => text.trimEnd().split("\n").slice(1).map((line) => line.split(/ {2,}/).slice(0, 2)),
  };
  for (const [format, read] of Object.entries(of)) {
    const { code, stdout, stderr } = await commands.run([...args, format]);
    assert.equal(code, 1);
    assert.deepEqual(read(stdout), expected, format);
    assert.match(stdout, /unknown_user/);
    assert.equal(stderr, "3 users: 1 done, 2 failed.\n");
  }
  const { stdout } = await commands.run([...args, "csv"]);
  assert.deepEqual(csv(stdout)[0], ["userId", "outcome", "partialSuccess", "message", "errorCode", "errorMessage"]);
});

test("all of them nobody: exit code 2 and a sentence", async () => {
  const { code, stderr } = await commands.run(["provision", "--yes", "nobody-at-all", "nor-this"]);
  assert.equal(code, 2);
  assert.match(stderr, /^2 users: 0 done, 2 failed\.\nastrolabe-client: .*no user of this id.* \[unknown_user\]\n$/);
});

test("ids from a file and from standard input", async () => {
  const ids = join(folder, "ids.txt");
  await writeFile(ids, "\ufeffbob\r\n\nmüller\n");
  assert.deepEqual(outcomes((await commands.run(["provision", "--yes", "--ids", ids])).stdout), [["bob", "done"], ["müller", "done"]]);
  assert.deepEqual(outcomes((await commands.run(["deprovision", "--yes", "-"], { input: "müller\nbob\n" })).stdout), [["müller", "done"], ["bob", "done"]]);
  assert.deepEqual(ndjson((await commands.run(["status", "--ids", ids])).stdout).map(({ userId }) => userId).sort(), ["bob", "müller"]);
  assert.deepEqual(await commands.run(["provision", "--yes", "-"]), { code: 0, signal: null, stdout: "", stderr: "" });

  // Nobody is changed where one of the lines cannot be read.
  const before = counts().provision;
  await writeFile(ids, Buffer.from("bob\nm\xfcller\n", "latin1"));
  for (const [args, expected, input] of [
    [["provision", "--yes", "--ids", ids], /ids\.txt is not UTF-8/],
    [["provision", "--yes", "--ids", join(folder, "none")], /none cannot be read \(ENOENT\)/],
    [["provision", "--yes", "-"], /Standard input is not UTF-8/, Buffer.from("bob\nm\xfcller\n", "latin1")],
    [["provision", "--yes", "--ids", ids, "alice"], /user ids or --ids, not both/],
    [["provision", "--yes"], /'provision' needs user ids/],
    [["status", "--all", "--ids", ids], /not both/],
  ]) {
    const { code, stdout, stderr } = await commands.run(args, { input });
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, expected);
  }
  assert.equal(counts().provision, before);
});

test("ids from a pipe: as they come, and Ctrl-C ends it, whether somebody writes or nobody does", { skip: process.platform === "win32" }, async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  /** Writes, and stays there until the function that it gives is called. */
  const pour = (text) => {
    const writer = openSync(pipe, constants.O_RDWR);
    writeSync(writer, text);
    return () => closeSync(writer);
  };
  for (const args of [["provision", "--yes", "--ids", pipe], ["status", "--ids", pipe]]) {
    reset();
    const whole = commands.start(args);
    await writeFile(pipe, "bob\nmüller\n");
    const { code, stdout } = await whole.ended;
    assert.equal(code, 0);
    assert.deepEqual(ndjson(stdout).map(({ userId }) => userId).sort(), ["bob", "müller"]);

    reset();
    for (const begun of [() => () => {}, () => pour("bob\nmül")]) {
      const { child, ended } = commands.start(args);
      const done = begun();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      child.kill("SIGINT");
      assert.equal((await ended).code, 130);
      done();
    }
    assert.equal(counts().provision, 0, "nothing of half a list");
  }
  // A login that is refused ends it, too.
  const done = pour("bob\n");
  assert.equal((await commands.run(["status", "--ids", pipe], { login: { NEXTCLOUD_ACCESS_TOKEN: "hunter2" } })).code, 3);
  done();
  assert.match((await commands.run(["status", "--ids", "/dev/null"])).stderr, /is no file, but a device/);
});

test("without a terminal and without --yes nothing is changed", async () => {
  for (const args of [["provision", "bob"], ["provision", "-"], ["deprovision", "alice"], ["self-provisioning", "off"]]) {
    for (const format of ["json", "csv"]) {
      const { code, stdout, stderr } = await commands.run([...args, "--format", format], { input: "bob\n" });
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, /nobody to ask: say --yes .* \[not_confirmed\]\n$/);
    }
  }
  assert.deepEqual(commands.nc.control.log().requests, []);
});

test("on a terminal it asks, and names whom and where; only yes is yes", { skip }, async () => {
  const answered = async (args, answer) => {
    const process = commands.startOnTerminal(args);
    await until(() => process.written.stdout.includes("[y/N] "));
    process.child.stdin.write(answer);
    const { code, stdout } = await process.ended;
    process.child.stdin.destroy();
    return { code, stdout: stdout.replaceAll("\r\n", "\n") };
  };
  for (const answer of ["\n", "n\n", "yess\n", "\x04"]) {
    const { code, stdout } = await answered(["provision", "bob", "dora"], answer);
    assert.equal(code, 130);
    assert.match(stdout, /Nothing was changed\. \[declined\]/);
    assert.ok(stdout.includes(`access to the files of 2 users (bob, dora) at ${commands.nc.url}? `), stdout);
  }
  const interrupted = await answered(["deprovision", "alice"], "\x03");
  assert.equal(interrupted.code, 130);
  assert.match(interrupted.stdout, /\[interrupted\]/);
  assert.equal(counts().provision + counts().deprovision, 0);

  for (const answer of ["y\n", "YES\n"]) {
    const { code, stdout } = await answered(["provision", "bob", "nobody-at-all"], answer);
    assert.equal(code, 1);
    const lines = screen(stdout);
    assert.ok(lines.some((line) => /^bob +done +App password saved/.test(line)), stdout);
    assert.ok(lines.some((line) => /^nobody-at-all +failed +unknown_user: /.test(line)), stdout);
    assert.ok(lines.includes("2 users: 1 done, 1 failed."));
  }
  assert.equal((await answered(["self-provisioning", "off"], "y\n")).code, 0);
  const many = await answered(["deprovision", ...Array.from({ length: 12 }, (_, index) => `u${index}`)], "n\n");
  assert.match(many.stdout, /12 users \(u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, …\)/);
  const unasked = await commands.runOnTerminal(["provision", "bob", "--yes"]);
  assert.equal(unasked.code, 0);
  assert.doesNotMatch(unasked.stdout, /\[y\/N\]/);
});

for (const [command, route] of [["provision", "provision"], ["deprovision", "deprovision"]]) {
  test(`${command}: Ctrl-C between two users leaves none half done`, async () => {
    const ids = ["alice", "bob", "carol", "dora", "müller"];
    reset({ faults: [{ on: route, user: "bob", delayMs: 1_000, times: null }] });
    for (const format of ["ndjson", "json"]) {
      const before = counts()[route];
      const { child, ended } = commands.start([command, "--yes", "--format", format, ...ids]);
      await until(() => counts()[route] === before + 2);
      child.kill("SIGINT");
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 130);
      const rows = format === "json" ? JSON.parse(stdout) : ndjson(stdout);
      assert.deepEqual(rows.map(({ userId, outcome }) => [userId, outcome]), [["alice", "done"], ["bob", "done"], ["carol", "not_attempted"], ["dora", "not_attempted"], ["müller", "not_attempted"]]);
      assert.match(stderr, /^Waiting for the end of the change that is under way\.\nEnded early\. 5 users: 2 done, 0 failed, 3 not attempted\.\nastrolabe-client: Interrupted by SIGINT\. \[interrupted\]\n$/);
      assert.equal(counts()[route], before + 2);
    }
    assert.ok(commands.nc.control.log().requests.every(({ aborted }) => !aborted));
  });
}

test("a reader that goes away ends it between two users, too", async () => {
  reset({ faults: [{ on: "provision", delayMs: 300, times: null }] });
  const { child, ended } = commands.start(["provision", "--yes", "alice", "bob", "carol", "dora", "müller"]);
  child.stdout.once("data", () => child.stdout.destroy());
  const { code, stderr } = await ended;
  assert.deepEqual({ code, stderr }, { code: 141, stderr: "" });
  assert.ok(counts().provision < 5);
  assert.ok(commands.nc.control.log().requests.every(({ aborted }) => !aborted));
});

test("Ctrl-C while it waits for ids", async () => {
  const { child, ended } = commands.start(["provision", "--yes", "-"]);
  child.stdin.write("bob\n");
  await new Promise((resolve) => setTimeout(resolve, 700));
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  assert.deepEqual({ code, stdout }, { code: 130, stdout: "" });
  assert.equal(counts().provision, 0);
});

test("what concerns all, and what nobody knows the end of, ends it: what is left is told", async () => {
  for (const [fault, exitCode, outcome, errorCode] of [
    [{ recorded: "35-cred-alice-as-alice" }, 3, "failed", "forbidden"],
    [{ recorded: "150-maint-cred-8088" }, 4, "failed", "maintenance"],
    [{ cut: true }, 4, "unknown", "network"],
    [{ hang: true }, 4, "unknown", "timeout"],
    [{ respond: { status: 500, body: "" } }, 4, "unknown", "server_error"],
    [{ respond: { status: 200, body: "<html>" } }, 5, "unknown", "unexpected_response"],
  ]) {
    reset({ faults: [{ on: "provision", user: "bob", times: null, ...fault }] });
    const { code, stdout, stderr } = await commands.run(["provision", "--yes", "--timeout", "1", "alice", "bob", "carol"]);
    assert.equal(code, exitCode, stderr);
    assert.deepEqual(outcomes(stdout), [["alice", "done"], ["bob", outcome], ["carol", "not_attempted"]]);
    assert.equal(ndjson(stdout)[1].error.code, errorCode);
    assert.match(stderr, new RegExp(`^Ended early\\. 3 users: 1 done, ${outcome === "failed" ? "1 failed" : "0 failed, 1 unknown"}, 1 not attempted\\.\\nastrolabe-client: .*\\[${errorCode}(, \\w+)?\\]\\n$`));
    assert.deepEqual(asked("provision"), ["alice", "bob"], "once each");
  }
});

test("an older Astrolabe: not_supported, and nothing of it is tried further", async () => {
  commands.nc.control.reset();
  for (const args of [["provision", "--yes", "bob", "alice"], ["deprovision", "--yes", "bob"], ["self-provisioning", "off", "--yes"], ["capabilities"]]) {
    const { code, stderr } = await commands.run(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /0\.16.* \[not_supported\]\n$/);
  }
  assert.equal(counts().provision, 1);
});

test("no administrator", async () => {
  const { clientId, clientSecret } = commands.nc.clients.plain;
  const login = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret };
  for (const args of [["provision", "--yes", "bob"], ["deprovision", "--yes", "alice"], ["self-provisioning", "--yes", "off"]]) {
    const { code, stderr } = await commands.run(args, { login });
    assert.equal(code, 3);
    assert.match(stderr, /\[forbidden\]\n$/);
  }
});

test("self-provisioning on and off", async () => {
  for (const word of ["off", "on"]) {
    const { code, stdout, stderr } = await commands.run(["self-provisioning", word, "--yes"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.deepEqual(ndjson(stdout), [{ selfProvisioningAllowed: word === "on" }]);
    const headers = { Authorization: `Bearer ${commands.nc.accounts.alice.appPassword}`, "OCS-APIRequest": "true" };
    const own = await (await fetch(`${commands.nc.url}/apps/astrolabe/api/v1/background-sync/status`, { headers })).json();
    assert.equal(own.self_provision_allowed, word === "on");
  }
  const lines = await commands.run(["self-provisioning", "off", "--yes", "--format", "table"]);
  assert.equal(lines.stdout, "Users may not give access by themselves any more. Access that was given stays.\n");
  for (const args of [["self-provisioning"], ["self-provisioning", "maybe"], ["self-provisioning", "on", "off"]]) {
    const { code, stderr } = await commands.run([...args, "--yes"]);
    assert.equal(code, 2);
    assert.match(stderr, /takes on or off/);
  }
});

test("self-provisioning: Ctrl-C waits for what is under way, and says what was done", async () => {
  reset({ faults: [{ on: "self-provision", delayMs: 1_000, times: null }] });
  const { child, ended } = commands.start(["self-provisioning", "off", "--yes"]);
  await until(() => counts()["self-provision"] === 1);
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  assert.deepEqual(ndjson(stdout), [{ selfProvisioningAllowed: false }]);
});

test("capabilities: each format", async () => {
  const search = {
    enabled_doc_types: ["file", "note", "else"],
    sources: [{ app: "files", doc_types: ["file"], enabled: true }, { app: "notes", doc_types: ["note", "draft"], enabled: true }, { app: "deck", doc_types: ["card"], enabled: false }],
  };
  const body = { ocs: { meta: { status: "ok", statuscode: 200, message: "OK" }, data: { version: {}, capabilities: { astrolabe: { semantic_search: search } } } } };
  reset({ faults: [{ on: "capabilities", times: null, respond: { status: 200, body } }] });
  const { code, stdout } = await commands.run(["capabilities"]);
  assert.equal(code, 0);
  assert.deepEqual(ndjson(stdout), [
    { app: "files", isEnabled: true, docTypes: ["file"], enabledDocTypes: ["file"] },
    { app: "notes", isEnabled: true, docTypes: ["note", "draft"], enabledDocTypes: ["note"] },
    { app: "deck", isEnabled: false, docTypes: ["card"], enabledDocTypes: [] },
    { app: null, isEnabled: true, docTypes: ["else"], enabledDocTypes: ["else"] },
  ]);
  assert.deepEqual(csv((await commands.run(["capabilities", "--format", "csv"])).stdout)[2], ["notes", "true", "note draft", "note"]);
  assert.match((await commands.run(["capabilities", "--format", "table"])).stdout, /^deck +no +card$/m);
});

test("status --all takes the fast way: one request for all users", async () => {
  commands.nc.control.reset();
  const today = await commands.run(["status", "--all"]);
  reset();
  const { code, stdout, stderr } = await commands.run(["status", "--all"]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const byId = (one, other) => (one.userId < other.userId ? -1 : 1);
  assert.deepEqual(ndjson(stdout).sort(byId), ndjson(today.stdout).sort(byId));
  const { "admin-users": fast, users, credentials } = counts();
  assert.deepEqual({ fast, users, credentials }, { fast: 1, users: 0, credentials: 0 });
  assert.deepEqual(ndjson((await commands.run(["status", "--all", "--search", "ali"])).stdout).map(({ userId }) => userId), ["alice"]);
  reset({ extraUsers: 600 });
  assert.equal(new Set(ndjson((await commands.run(["status", "--all"])).stdout).map(({ userId }) => userId)).size, 617);
});
