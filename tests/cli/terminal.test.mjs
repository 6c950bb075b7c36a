// On a real terminal: table, progress bar, width, colours.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { noTerminal as skip, screen, startCommands, until } from "./command.mjs";

let commands;
before(async () => (commands = await startCommands()));
beforeEach(() => commands.nc.control.reset());
after(() => commands?.close());

const ids = (count) => Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(5, "0")}`);
const slow = (delayMs) => ({ on: "credentials", delayMs, times: null });

test("a table, colours, and a summary", { skip }, async () => {
  const { code, stdout, lines } = await commands.runOnTerminal(["status", "alice", "bob"]);
  assert.equal(code, 0);
  assert.equal(lines[0], "USER   ACCESS  CREDENTIAL    SINCE");
  assert.ok(lines.includes("bob    no"));
  assert.ok(lines.some((line) => /^alice  yes     app_password  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(line)));
  assert.match(stdout, /\x1b\[32myes\x1b\[39m/);
  assert.deepEqual(lines.slice(-2), ["2 users: 1 with access, 1 without, 0 failed.", ""]);
});

test("a progress bar that is gone at the end", { skip }, async () => {
  commands.nc.control.faults([{ on: "credentials", user: "user00003", times: null, respond: { status: 500, body: "" } }, slow(100)]);
  const { stdout, lines } = await commands.runOnTerminal(["status", ...ids(80)]);
  assert.match(stdout, /\r\[#{3,}-+\] \d+%, \d+ of 80, 1 failed, \d+ s left\x1b\[K/);
  assert.equal(lines.length, 1 + 80 + 1 + 1);
  for (const line of lines) assert.doesNotMatch(line, /\[#|%|\x1b/);
});

test("where nobody knows how many there will be: how many there were", { skip }, async () => {
  commands.nc.control.reset({ extraUsers: 60, faults: [slow(100)] });
  const { stdout, lines } = await commands.runOnTerminal(["status", "--all"]);
  assert.match(stdout, /\r\d+ users\x1b\[K/);
  assert.equal(lines.filter((line) => / (yes|no)\b/.test(line)).length, 77);
});

test("the bar shows on the terminal when the output goes elsewhere, and not the other way round", { skip }, async () => {
  commands.nc.control.faults([slow(100)]);
  const { bin } = await import("./command.mjs");
  const inShell = (line) => commands.start(["--quiet", "--return", "--command", line, "/dev/null"], { command: "script", env: { TERM: "xterm", SHELL: "/bin/sh" } });
  const command = `'${bin}' status ${ids(40).join(" ")}`;
  const there = inShell(`${command} | wc -l`);
  assert.match((await there.ended).stdout, /\[#+-+\][^]*\b40\r\n/);
  const away = inShell(`${command} 2>/dev/null`);
  const { stdout } = await away.ended;
  assert.doesNotMatch(stdout, /\[#|\[-/);
  assert.match(stdout, /^USER/);
});

test("--quiet, TERM=dumb, NO_COLOR", { skip }, async () => {
  commands.nc.control.faults([slow(100)]);
  const args = ["status", ...ids(30)];
  const quiet = await commands.runOnTerminal([...args, "--quiet"]);
  assert.doesNotMatch(quiet.stdout, /\[-|\[#|with access/);
  const dumb = await commands.runOnTerminal(args, { env: { TERM: "dumb" } });
  assert.doesNotMatch(dumb.stdout, /\x1b|\[-|\[#/);
  const plain = await commands.runOnTerminal(args, { env: { NO_COLOR: "1" } });
  assert.doesNotMatch(plain.stdout, /\x1b\[\d+m/);
  assert.match(plain.stdout, /\[#/);
});

test("no line is wider than the terminal", { skip }, async () => {
  const odd = ["a-user-with-a-very-long-name@example.com", "日本語の長い名前のユーザー日本語", "müller", "\x1b[31mred", "../etc"];
  commands.nc.control.faults([slow(150)]);
  for (const columns of [30, 45]) {
    const { stdout, lines } = await commands.runOnTerminal(["status", "alice", ...odd, ...ids(40)], { columns });
    assert.ok(lines.some((line) => line.includes("…")));
    assert.ok(!stdout.includes("\x1b[31mred"));
    const drawn = stdout.split(/[\r\n]/).map((line) => line.replaceAll("\x1b[K", "").replace(/\x1b\[\d+m/g, ""));
    for (const line of drawn) if (!/with access/.test(line)) assert.ok(width(line) <= columns, `${columns}: ${line}`);
  }
  commands.nc.control.reset({ clockSkewSeconds: 300 });
  const { lines } = await commands.runOnTerminal(["diagnose"], { columns: 60 });
  for (const line of lines) assert.ok(width(line) <= 60, line);
  assert.match(lines.join(" ").replace(/ +/g, " "), /FAILED .* To do: Set both clocks by NTP: with this difference tokens end/);
});

const width = (line) => [...line].reduce((sum, character) => sum + (/[\u3000-\u9fff]/.test(character) ? 2 : 1), 0);

test("rows come while others are still on their way, and later ones keep to the first page's widths", { skip }, async () => {
  commands.nc.control.faults([{ on: "credentials", user: "a-long-id-that-comes-late", delayMs: 1_500, times: null }, { on: "credentials", user: "late", delayMs: 3_000, times: null }]);
  const { child, written, ended } = commands.startOnTerminal(["status", "late", "a-long-id-that-comes-late", ...ids(50)]);
  await until(() => written.stdout.includes("user00040"));
  assert.ok(!screen(written.stdout).some((line) => line.startsWith("late")));
  await ended;
  child.stdin.destroy();
  const lines = screen(written.stdout);
  assert.ok(lines.includes("late       no"));
  assert.ok(lines.includes("a-long-i…  no"));
});

test("Ctrl-C on the terminal: the rows so far, no bar, exit code 130", { skip }, async () => {
  commands.nc.control.faults([slow(100)]);
  const { child, written, ended } = commands.startOnTerminal(["status", ...ids(500)]);
  await until(() => written.stdout.includes("user00041"));
  child.stdin.write("\x03");
  const { code } = await ended;
  child.stdin.destroy();
  assert.equal(code, 130);
  const lines = screen(written.stdout);
  assert.deepEqual(lines.slice(-2), ["astrolabe-client: Interrupted by SIGINT. [interrupted]", ""]);
  const rows = lines.filter((line) => /^user\d+ +(yes|no)/.test(line)).length;
  assert.ok(lines.at(-3).startsWith(`Ended early. ${rows} users: `), lines.at(-3));
  for (const line of lines) assert.doesNotMatch(line, /\[#|\[-/);
});

test("a terminal obeys no user id, whatever the format", { skip }, async () => {
  for (const format of ["table", "ndjson", "json", "csv"]) {
    const { stdout } = await commands.runOnTerminal(["status", "--quiet", "--format", format, "\x1b]0;title\x07", "\u009b2J", "x\u202ey"], { env: { NO_COLOR: "1" } });
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/, format);
    for (const shown of ["\\u001b]0;title\\u0007", "\\u009b2J", "x\\u202ey"]) assert.ok(stdout.includes(shown), `${format}: ${shown}`);
  }
});
