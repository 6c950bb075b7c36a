// User ids from a file or from standard input, one a line.
import { closeSync, constants, createReadStream, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { CommandError, EXIT } from "./failures.js";

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

const usage = (message) => new CommandError("usage", message, EXIT.configuration);

/** Those that are meant, as a list or as they come: `input()` is standard input. */
export function userIdsOf({ userIds, ids, input, signal }) {
  if (ids !== undefined) return readFileOfIds(ids, signal);
  return userIds === "-" ? readUserIds(input(), "Standard input") : userIds;
}

/** All of them, before anything is done. */
export async function collectUserIds(options) {
  const { input, signal, userIds: given } = options;
  // It would wait for more.
  const stop = () => given === "-" && input().destroy();
  signal.addEventListener("abort", stop);
  const userIds = [];
  for await (const userId of userIdsOf(options)) userIds.push(userId);
  signal.removeEventListener("abort", stop);
  return userIds;
}

async function* readFileOfIds(path, signal) {
  let input;
  const stop = () => input.destroy();
  try {
    input = openFile(path);
    signal.addEventListener("abort", stop);
    yield* readUserIds(input, path);
  } catch (error) {
    throw error instanceof CommandError ? error : usage(`${path} cannot be read (${error.code}).`);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Nothing that cannot be let go of: reading a pipe as a file, or opening one into which nobody writes, ends for no signal. */
function openFile(path) {
  const file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const stat = fstatSync(file);
  if (stat.isFIFO()) return new Socket({ fd: file, readable: true, writable: false });
  if (stat.isFile() || stat.isDirectory()) return createReadStream(path, { fd: file });
  closeSync(file);
  throw usage(`${path} is no file, but a device or the like: in place of USER... - takes ids from standard input.`);
}

/** Nothing is trimmed but the line's end, since an id may hold blanks; empty lines are none. */
export async function* readUserIds(input, name) {
  // Strict: half-read bytes would become the id of somebody else. It takes a byte order mark away, too.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw usage(`${name} is not UTF-8.`);
    }
  };
  let rest = "";
  for await (const chunk of input) {
    // What is left over is not looked through again: a line may come in many chunks.
    const lines = decode(chunk).split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop();
    yield* withoutEnds(lines);
  }
  yield* withoutEnds([rest + decode()]);
}

const withoutEnds = (lines) => lines.map((line) => line.replace(/\r$/, "")).filter((line) => line !== "");
