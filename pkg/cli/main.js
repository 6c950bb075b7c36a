#!/usr/bin/env node
// astrolabe-client, the command. arguments.js and configuration.js read what is wanted, commands.js asks the client for
// it, formats.js and table.js make text of it, output.js writes that; failures.js says how it ends, shell-words.js in
// which words, proxy.js what may be why. login.js is what needs no login, changes.js what asks first.
import { readFileSync } from "node:fs";
import { AstrolabeClient } from "astrolabe-client";
import { readArguments } from "./arguments.js";
import { commands } from "./commands.js";
import { readSettings } from "./configuration.js";
import { CommandError, EXIT, exitCodeOf, exitCodeOfAll, systemCodeOf } from "./failures.js";
import { formats } from "./formats.js";
import { withHeaders } from "./headers.js";
import { help } from "./help.js";
import { Output } from "./output.js";
import { Progress, usersLine } from "./progress.js";
import { ProxyVariables } from "./proxy.js";
import { shellWords } from "./shell-words.js";
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
function tell(text) {
  output.before();
  stderr.write(`${text.split("\n").map(printable).join("\n")}\n`);
  output.after();
}

/** The message of an error, with the settings as they are called where they were set. */
let inWords = ({ message }) => message;
/** Said after an error. */
let advice = () => null;

try {
  const exitCode = await main(readArguments(process.argv.slice(2)));
  signal.throwIfAborted();
  process.exitCode = exitCode;
} catch (thrown) {
  // Whatever an abort made fail, its reason is why.
  const error = signal.aborted ? signal.reason : thrown;
  const codes = [error.code ?? error.name, systemCodeOf(error)].filter(Boolean).join(", ");
  if (error.message) report(inWords(error), codes);
  const more = advice(error);
  if (more) tell(`astrolabe-client: ${more}`);
  process.exitCode = exitCodeOf(error);
} finally {
  const note = process.exitCode !== EXIT.ok && !signal.aborted && proxyVariables.note();
  if (note) tell(`astrolabe-client: ${note}`);
  // Lets go of a page of users that is still on its way.
  controller.abort();
}

/** A sentence with a code. */
function report(message, codes) {
  stderr.write(`astrolabe-client: ${printable(message)} [${codes}]\n`);
}

async function main({ command, topic, options }) {
  if (command === "version") return output.end(`${version()}\n`);
  if (command === "help") return output.end(help(topic));
  return run(commands[command], options);
}

function version() {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}

/** `{ subject, server }`: the client, and the address that it asks. */
function connect({ environment, options, fetch }) {
  const { options: settings, headers, nameOf, kept } = readSettings(environment, options);
  inWords = shellWords(nameOf, Object.values(headers ?? {}));
  if (kept) {
    const again = `The login is that of 'astrolabe-client login', in ${kept.path}. If its app password was deleted, run 'astrolabe-client login ${kept.options.nextcloudHost}' again.`;
    advice = ({ code }) => (code === "unauthorized" ? again : null);
  }
  const { nextcloudHost } = settings;
  const ownFetch = headers && URL.canParse(nextcloudHost) ? withHeaders(headers, nextcloudHost, fetch) : fetch;
  // It knows best which options there are and what they may be. A file cannot name a fetch.
  return { subject: new AstrolabeClient({ ...(ownFetch && { fetch: ownFetch }), ...settings }), server: nextcloudHost };
}

/** An error as it stands in a row. */
function plain(error) {
  const { code, status = null, retryable, retryAfterMs = null } = error;
  return { code, message: inWords(error), status, retryable, retryAfterMs, cause: systemCodeOf(error) };
}

async function run({ shape, check, begin = connect, records, exitCode, summary }, options) {
  const { format, quiet, userIds } = options;
  check?.(options);
  const { subject, server } = begin({ environment: env, options, fetch: proxyVariables.fetch });
  const terminal = { width: stdout.isTTY ? stdout.columns || 80 : Infinity, hasColors: stdout.isTTY && stdout.hasColors() };
  const text = formats[format ?? (stdout.isTTY ? "table" : "ndjson")](shape, terminal);

  const isDumb = env.TERM === "dumb";
  const readsTerminal = userIds === "-" && process.stdin.isTTY;
  const showsProgress = summary && stderr.isTTY && !isDumb && !quiet && !readsTerminal;
  let progress;
  const begun = () => (progress ??= showsProgress ? new Progress(stderr, usersLine) : undefined);
  // Not while something is asked.
  if (!check) begun();
  output.before = () => progress?.erase();
  output.after = () => progress?.draw();

  const counts = { all: 0, withAccess: 0, failed: 0 };
  const exitCodes = new Set();
  let lastError;
  let ended = false;
  try {
    await output.write(text.begin());
    const onProgress = (state) => begun()?.update(state);
    for await (const record of records(subject, { ...options, server, signal, onProgress, input: () => process.stdin, inWords, plain, isDumb, tell, written: () => output.written() })) {
      counts.all += 1;
      if (record.hasAccess) counts.withAccess += 1;
      if (record.outcome) counts[record.outcome] = (counts[record.outcome] ?? 0) + 1;
      else if (record.error) counts.failed += 1;
      lastError = record.error;
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
    if (summary && !quiet && counts.all > 0 && !output.isClosed && (stderr.isTTY || !allIsWell)) {
      stderr.write(`${ended ? "" : "Ended early. "}${summary(counts)}.\n`);
    }
  }
  // All failed for one kind of reason: that is how it ended, and not what befell one of them.
  if (exitCodes.size === 1 && lastError) report(lastError.message, [lastError.code, lastError.cause].filter(Boolean).join(", "));
  return exitCodeOfAll(exitCodes);
}
