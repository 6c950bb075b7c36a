// What is written into a pipe or a file: each format, read back.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { csv, ndjson, startCommands } from "./command.mjs";

let commands;
before(async () => (commands = await startCommands()));
beforeEach(() => commands.nc.control.reset());
after(() => commands?.close());

// A user directory may have such ids, and so may whoever wants to be run by a spreadsheet.
const ODD_IDS = ["müller", "o'brien", "100%", "with space", "x+y", 'say "hi", you', "=cmd|'calc'!A0", "@SUM(1,2)", "+1", "'quoted", "😀", "日本"];
const bad = (user) => ({ on: "credentials", user, times: null, respond: { status: 500, body: "" } });
const byId = (one, other) => (one.userId < other.userId ? -1 : 1);

test("status, piped: one JSON object a line, with all its properties", async () => {
  commands.nc.control.faults([bad("bob")]);
  const { code, stdout, stderr } = await commands.run(["status", "alice", "bob", "dora"]);
  const [alice, bob, dora] = ndjson(stdout).sort(byId);
  const provisionedAt = new Date(commands.nc.accounts.alice.provisionedAt * 1000).toISOString();
  assert.deepEqual(alice, { userId: "alice", hasAccess: true, credentialType: "app_password", provisionedAt, error: null });
  assert.deepEqual(dora, { userId: "dora", hasAccess: false, credentialType: null, provisionedAt: null, error: null });
  const { message, ...error } = bob.error;
  assert.match(message, /500/);
  assert.deepEqual(error, { code: "server_error", status: 500, retryable: true, retryAfterMs: null, cause: null });
  assert.deepEqual({ ...bob, error: null }, { userId: "bob", hasAccess: null, credentialType: null, provisionedAt: null, error: null });
  assert.equal(code, 1);
  assert.equal(stderr, "3 users: 1 with access, 1 without, 1 failed.\n");
});

test("all is well: nothing on standard error, for cron would send it by mail", async () => {
  for (const args of [["status", "alice"], ["users"], ["diagnose"], ["status", "--all", "--format", "table"]]) {
    const { code, stderr } = await commands.run(args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }
});

test("ids of all kinds come back as they were given, in each format", async () => {
  const args = ["status", "--", "-dash", ...ODD_IDS];
  const ids = ["-dash", ...ODD_IDS].sort();
  const read = {
    ndjson: (text) => ndjson(text).map(({ userId }) => userId),
    json: (text) => JSON.parse(text).map(({ userId }) => userId),
    csv: (text) => csv(text).slice(1).map(([userId]) => userId.replace(/^'/, "")),
  };
  for (const [format, idsOf] of Object.entries(read)) {
    const { code, stdout } = await commands.run([...args.slice(0, 1), "--format", format, ...args.slice(1)]);
    assert.equal(code, 0);
    assert.deepEqual(idsOf(stdout).sort(), ids, format);
  }
  const asked = commands.nc.control.log().requests.filter(({ route }) => route === "credentials");
  assert.deepEqual([...new Set(asked.map(({ path }) => decodeURIComponent(path.split("/").at(-1))))].sort(), ids);
});

test("csv: a header, CR LF, every field in quotes, and nothing that a spreadsheet would run", async () => {
  commands.nc.control.faults([bad("bob")]);
  const { stdout } = await commands.run(["status", "--format=csv", "--", "alice", "bob", "-dash", "x;=cmd|'calc'!A0", ...ODD_IDS]);
  const [head, ...rows] = csv(stdout);
  assert.deepEqual(head, ["userId", "hasAccess", "credentialType", "provisionedAt", "errorCode", "errorMessage"]);
  for (const value of rows.flat()) assert.doesNotMatch(value, /^[=+\-@\t\r\n]/);
  const find = (id) => rows.find(([userId]) => userId === id);
  assert.deepEqual(find("'=cmd|'calc'!A0"), ["'=cmd|'calc'!A0", "false", "", "", "", ""]);
  assert.ok(find("''quoted") && find("'-dash") && find("'@SUM(1,2)") && find('say "hi", you') && find("x;=cmd|'calc'!A0"));
  assert.deepEqual(find("alice").slice(1, 3), ["true", "app_password"]);
  assert.deepEqual(find("bob").slice(1, 5), ["", "", "", "server_error"]);
});

test("csv: an apostrophe before what a spreadsheet would take for a number, a date, money or a truth value, and before nothing else", async () => {
  const taken = [
    "0012", "1E5", "1e+5", "9007199254740993", "50%", "1,5", "10'000", "１２", "½", "33.0.1",
    "jan2", "may1", "dec-24", "5-Mar", "april12", "SEPT2", "MARC1", "2. Januar 2024", "2 janv. 2024", "mai2", "2024-01-02", "12:30", "5 pm", "1月2日",
    "TRUE", "false", "Wahr", "#REF!", "(5)", "($5)", "$5", "5 €", "R$5", "kr5", "(1,000.00)", "－5", " 5",
  ];
  const not = ["alice", "user1", "a1", "e5", "5a", "march", "jane2", "mary1", "decker5", "may1x", "alice2024", "a.b@c.de", "1_000", "日本"];
  const { code, stdout } = await commands.run(["status", "--format", "csv", "--", ...taken, ...not]);
  assert.equal(code, 0);
  const ids = csv(stdout).slice(1).map(([userId]) => userId);
  assert.deepEqual(ids.sort(), [...taken.map((id) => `'${id}`), ...not].sort());
});

test("no format gives a terminal anything to obey; JSON has the value nevertheless", async () => {
  // A title, clearing by C1, DEL, a line of one's own, turning round what follows.
  const ids = ["\x1b]0;title\x07", "\u009b2Jclear", "del\x7f", "line\u2028and\u2029paragraph", "gnp.\u202eexe", "\u2066isolate\u2069", "mark\u200e\u200f\u061c", "tab\tand\rback"];
  const read = { ndjson, json: JSON.parse };
  for (const format of ["ndjson", "json", "csv", "table"]) {
    const { stdout } = await commands.run(["status", "--format", format, ...ids]);
    assert.doesNotMatch(format === "csv" ? stdout.replaceAll("\r\n", "\n") : stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/, format);
    if (format in read) assert.deepEqual(read[format](stdout).map(({ userId }) => userId).sort(), [...ids].sort());
    else for (const shown of ["\\u001b]0;title\\u0007", "\\u009b2Jclear", "del\\u007f", "gnp.\\u202eexe", "tab\\u0009and\\u000dback"]) assert.ok(stdout.includes(shown), `${format}: ${shown}`);
  }
});

test("users: each format", async () => {
  const { stdout } = await commands.run(["users"]);
  const all = ndjson(stdout);
  assert.ok(all.some(({ userId }) => userId === "müller"));
  assert.deepEqual(JSON.parse((await commands.run(["users", "--format", "json"])).stdout), all);
  const lines = csv((await commands.run(["users", "--format", "csv"])).stdout);
  assert.deepEqual(lines.flat().map((id) => id.replace(/^'/, "")), ["userId", ...all.map(({ userId }) => userId)]);
  const table = (await commands.run(["users", "--format", "table"])).stdout;
  assert.deepEqual(table.trimEnd().split("\n"), ["USER", ...all.map(({ userId }) => userId)]);
  const found = ndjson((await commands.run(["users", "--search", "ali"])).stdout);
  assert.deepEqual(found, [{ userId: "alice" }]);
});

test("no records at all: still JSON, still a header", async () => {
  const none = ["users", "--search", "nobody-is-called-so", "--format"];
  const written = {};
  for (const format of ["table", "ndjson", "json", "csv"]) {
    const { code, stdout } = await commands.run([...none, format]);
    assert.equal(code, 0);
    written[format] = stdout;
  }
  assert.deepEqual(written, { table: "", ndjson: "", json: "[]\n", csv: '"userId"\r\n' });
});

test("diagnose: each format", async () => {
  commands.nc.control.reset({ clockSkewSeconds: 300 });
  const checks = ndjson((await commands.run(["diagnose"])).stdout);
  assert.deepEqual(Object.keys(checks[0]), ["name", "passed", "seen", "toDo"]);
  assert.deepEqual(checks.filter(({ passed }) => !passed).map(({ name }) => name), ["clock"]);
  const names = checks.map(({ name }) => name);
  assert.deepEqual(JSON.parse((await commands.run(["diagnose", "--format", "json"])).stdout).map(({ name }) => name), names);
  const [head, ...rows] = csv((await commands.run(["diagnose", "--format", "csv"])).stdout);
  assert.deepEqual(head, ["name", "passed", "seen", "toDo"]);
  assert.deepEqual(rows.map(([name]) => name), names);
  const { code, stdout } = await commands.run(["diagnose", "--format", "table"]);
  assert.equal(code, 1);
  assert.match(stdout, /^clock +FAILED +.*\n +To do: Set both clocks by NTP.*\n/m);
});

test("a table in a pipe: nothing is cut, wrapped or coloured, and a terminal would obey nothing of it", async () => {
  const long = "x".repeat(60);
  const { stdout } = await commands.run(["status", "--format", "table", "alice", long, "\x1b[2J\u009bK", "../etc"]);
  assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f…]/);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  assert.match(head, /^USER {58}ACCESS  CREDENTIAL    SINCE$/);
  assert.ok(rows.includes(`${long}  no`));
  assert.ok(rows.some((row) => row.startsWith("\\u001b[2J\\u009bK  ")));
  assert.ok(rows.some((row) => /^alice {57}yes {5}app_password {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(row)));
  assert.ok(rows.some((row) => /^\.\.\/etc +failed {2}invalid_argument: userId contains a slash.*id$/.test(row)));
});

test("ids from standard input: UTF-8, LF or CR LF, with or without an end; blanks count, empty lines do not", async () => {
  const { code, stdout } = await commands.run(["status", "-"], { input: "\ufeffalice\r\n\nmüller\nwith space\n\r\n-\nall\nbob" });
  assert.equal(code, 0);
  assert.deepEqual(ndjson(stdout).map(({ userId }) => userId).sort(), ["-", "alice", "all", "bob", "müller", "with space"]);
  // A letter of two bytes that come apart.
  const { child, ended } = commands.start(["status", "-"]);
  child.stdin.write(Buffer.from([0x6d, 0xc3]));
  setTimeout(() => child.stdin.end(Buffer.from([0xbc])), 300);
  assert.deepEqual(ndjson((await ended).stdout).map(({ userId }) => userId), ["mü"]);

  assert.deepEqual(await commands.run(["status", "-"], { input: "" }), { code: 0, signal: null, stdout: "", stderr: "" });
  const wrong = await commands.run(["status", "-"], { input: Buffer.from("m\xfcller\n", "latin1") });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /not UTF-8.* \[usage\]\n$/);
});

test("ids that look like words of the command are ids", async () => {
  const { stdout } = await commands.run(["status", "all", "toString", "constructor", "help"]);
  assert.deepEqual(ndjson(stdout).map(({ userId }) => userId).sort(), ["all", "constructor", "help", "toString"]);
});

test("3,000 users, some of which fail", async () => {
  const failing = ["user00007", "user01000", "user02999"];
  commands.nc.control.reset({ extraUsers: 3_000, faults: failing.map(bad) });
  const { code, stdout, stderr } = await commands.run(["status", "--all", "--search", "user0", "--concurrency", "32"]);
  const rows = ndjson(stdout);
  assert.equal(rows.length, 3_000);
  assert.equal(new Set(rows.map(({ userId }) => userId)).size, 3_000);
  assert.deepEqual(rows.filter(({ error }) => error).map(({ userId }) => userId).sort(), failing);
  assert.equal(code, 1);
  assert.equal(stderr, "3,000 users: 1,000 with access, 1,997 without, 3 failed.\n");
  const { discovery, token, credentials } = commands.nc.control.log().counts;
  assert.deepEqual({ discovery, token, credentials }, { discovery: 1, token: 1, credentials: 3_000 });
});

test("--concurrency is how many are under way", async () => {
  commands.nc.control.faults([{ on: "credentials", delayMs: 50, times: null }]);
  await commands.run(["status", "--concurrency", "3", ...Array.from({ length: 20 }, (_, index) => `u${index}`)]);
  assert.equal(commands.nc.control.log().maxConcurrent.credentials, 3);
});
