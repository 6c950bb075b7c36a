// Runs the installed command as a real process, and looks through all that it wrote for secrets.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";

export const bin = join(consumer.folder, "node_modules", ".bin", "astrolabe-client");

const LIMIT_MS = 60_000;

/** A terminal of util-linux's script(1): whether there is one, to be given to a test as `skip`. */
export const noTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ? false : "there is no script(1) of util-linux";

export async function startCommands() {
  const nc = await startStandIn();
  const { clientId, clientSecret } = nc.clients.service;
  const login = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret };
  const { PATH } = process.env;
  // Of nobody who has logged in.
  const home = await mkdtemp(join(tmpdir(), "astrolabe-home-"));

  /** `env` comes on top of an empty environment with the server and, unless `login` is another, the service's login. */
  function start(args, { env = {}, login: ownLogin = login, command = bin, uid, gid } = {}) {
    const child = spawn(command, args, { uid, gid, env: { PATH, HOME: home, LANG: "C.UTF-8", NEXTCLOUD_HOST: nc.url, ...ownLogin, ...env } });
    const written = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].setEncoding("utf8").on("data", (text) => (written[name] += text));
    child.stdin.on("error", () => {}); // it need not read what it is given
    const ended = (async () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
      const [code, signal] = await once(child, "close");
      clearTimeout(timer);
      checkThatNoSecretShows(nc, written.stdout + written.stderr);
      return { code, signal, ...written };
    })();
    return { child, written, ended };
  }

  /** `input` is what comes on standard input: text, bytes, or nothing. */
  async function run(args, { input = "", ...options } = {}) {
    const { child, ended } = start(args, options);
    child.stdin.end(input);
    return ended;
  }

  /** On a terminal, with standard input held open; `columns` wide. Both outputs are in `stdout`, unless by `where` the shell has it elsewhere. */
  function startOnTerminal(args, { columns = 80, where = "", env, ...options } = {}) {
    const words = args.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const line = `stty cols ${columns} rows 24; exec '${bin}' ${words} ${where}`;
    return start(["--quiet", "--return", "--command", line, "/dev/null"], { ...options, command: "script", env: { TERM: "xterm-256color", SHELL: "/bin/sh", ...env } });
  }

  async function runOnTerminal(args, options) {
    const { child, ended } = startOnTerminal(args, options);
    const result = await ended;
    child.stdin.destroy();
    return { ...result, lines: screen(result.stdout) };
  }

  async function close() {
    await nc.close();
    await rm(home, { recursive: true });
  }

  return { nc, home, login, start, run, startOnTerminal, runOnTerminal, close };
}

/** The lines that a terminal shows in the end, without colours. */
export function screen(text) {
  return text.split("\n").map((line) => {
    const drawn = line.replace(/\r$/, "").split("\r").at(-1);
    return drawn.replaceAll("\x1b[K", "").replace(/\x1b\[\d+m/g, "");
  });
}

export const ndjson = (text) => {
  assert.ok(text === "" || text.endsWith("\n"));
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
};

/** RFC 4180, strictly: every line ends in CR LF, every field stands in quotes, the same number of fields in each. */
export function csv(text) {
  const records = [[]];
  let rest = text;
  while (rest !== "") {
    const [whole, quoted, end] = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(rest) ?? assert.fail(`no CSV: ${JSON.stringify(rest.slice(0, 80))}`);
    records.at(-1).push(quoted.replaceAll('""', '"'));
    if (end === "\r\n") records.push([]);
    rest = rest.slice(whole.length);
  }
  assert.deepEqual(records.pop(), []);
  for (const record of records) assert.equal(record.length, records[0].length);
  return records;
}

function checkThatNoSecretShows(nc, text) {
  const secrets = [
    ...Object.values(nc.clients).map(({ clientSecret }) => clientSecret),
    ...Object.values(nc.accounts).flatMap(({ password, appPassword }) => [password, appPassword]),
    // Tokens, and the name and password of Basic, as they were sent.
    ...nc.control.log().requests.flatMap(({ headers }) => headers.authorization?.split(" ")[1] ?? []),
    "hunter2", // whatever else a test means to be one
  ];
  for (const secret of new Set(secrets)) assert.ok(!text.includes(secret), `a secret shows: ${secret}`);
  assert.doesNotMatch(text, /^\s+at .*:\d+/m, "a stack shows");
}

/** Waits until it is so. */
export async function until(isSo) {
  for (const end = Date.now() + 20_000; !isSo(); ) {
    assert.ok(Date.now() < end, "it did not come so far");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
