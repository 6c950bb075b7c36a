#!/usr/bin/env node
// astrolabe-client, the command. arguments.js and configuration.js read what is wanted, commands.js asks the client for
// it, formats.js and table.js make text of it, output.js writes that; failures.js says how it ends,
// proxy.js what may be why.
import { readFileSync } from "node:fs";
import { readArguments } from "./arguments.js";
import { commands } from "./commands.js";
import { createClient } from "./configuration.js";
import { CommandError, EXIT, exitCodeOf, exitCodeOfAll, systemCodeOf } from "./failures.js";
import { formats } from "./formats.js";
import { help } from "./help.js";
import { Output } from "./output.js";
import { Progress } from "./progress.js";
import { ProxyVariables } from "./proxy.js";
import { printable } from "./text.js";

const { stdout, stderr, env } = process;

/** Ends everything that is under way, with the reason for it. */
const controller = new AbortController();
const { signal } = controller;
// Once: a second Ctrl-C ends it as it ends any program.
for (const [name, exitCode] of [["SIGINT", EXIT.interrupted], ["SIGTERM", EXIT.terminated]]) {
  process.once(name, () => controller.abort(new CommandError("interrupted", `Interrupted by ${name}.`, exitCode)));
}
const output = new Output(stdout, controller);
const proxyVariables = new ProxyVariables(process);
// There is nobody left to tell.
stderr.on("error", () => {});

try {
  const exitCode = await main(readArguments(process.argv.slice(2)));
  signal.throwIfAborted();
  process.exitCode = exitCode;
} catch (thrown) {
  // Whatever an abort made fail, its reason is why.
  const error = signal.aborted ? signal.reason : thrown;
  const codes = [error.code ?? error.name, systemCodeOf(error)].filter(Boolean).join(", ");
  if (error.message) stderr.write(`astrolabe-client: ${printable(error.message)} [${codes}]\n`);
  process.exitCode = exitCodeOf(error);
} finally {
  const note = process.exitCode !== EXIT.ok && !signal.aborted && proxyVariables.note();
  if (note) stderr.write(`astrolabe-client: ${note}\n`);
  // Lets go of a page of users that is still on its way.
  controller.abort();
}

async function main({ command, topic, userIds, options }) {
  if (command === "version") return output.end(`${version()}\n`);
  if (command === "help") return output.end(help(topic));
  return run(commands[command], userIds, options);
}

function version() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

async function run({ shape, records, exitCode, summary }, userIds, { format, search, concurrency, quiet, ...settings }) {
  const client = createClient(env, settings, proxyVariables.fetch);
  const terminal = { width: stdout.isTTY ? stdout.columns || 80 : Infinity, hasColors: stdout.isTTY && stdout.hasColors() };
  const text = formats[format ?? (stdout.isTTY ? "table" : "ndjson")](shape, terminal);

  const readsTerminal = userIds === "-" && process.stdin.isTTY;
  const progress = summary && stderr.isTTY && env.TERM !== "dumb" && !quiet && !readsTerminal ? new Progress(stderr) : undefined;
  output.before = () => progress?.erase();
  output.after = () => progress?.draw();

  const counts = { done: 0, withAccess: 0, failed: 0 };
  const exitCodes = new Set();
  let ended = false;
  try {
    await output.write(text.begin());
    const onProgress = (state) => progress?.update(state);
    for await (const record of records(client, { userIds, search, concurrency, signal, onProgress, input: () => process.stdin })) {
      counts.done += 1;
      if (record.hasAccess) counts.withAccess += 1;
      if (record.error) counts.failed += 1;
      exitCodes.add(exitCode(record));
      await output.write(text.row(record));
    }
    ended = true;
  } finally {
    // It would wait for more, if it was not read to its end.
    if (userIds === "-") process.stdin.destroy();
    progress?.end();
    await output.end(text.end());
    const allIsWell = ended && exitCodeOfAll(exitCodes) === EXIT.ok;
    // Cron sends a mail for each word on standard error, so there is none if all went well.
    if (summary && !quiet && counts.done > 0 && !output.isClosed && (stderr.isTTY || !allIsWell)) {
      stderr.write(`${ended ? "" : "Ended early. "}${summary(counts)}.\n`);
    }
  }
  return exitCodeOfAll(exitCodes);
}
