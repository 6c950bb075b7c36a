// User ids from a file or from standard input, one a line.
import { createReadStream } from "node:fs";
import { CommandError, EXIT } from "./failures.js";

const usage = (message) => new CommandError("usage", message, EXIT.configuration);

/** Those that are meant, as a list or as they come: `input()` is standard input. */
export function userIdsOf({ userIds, ids, input }) {
  if (ids !== undefined) return readFileOfIds(ids);
  return userIds === "-" ? readUserIds(input(), "Standard input") : userIds;
}

/** All of them, before anything is done. */
export async function collectUserIds({ input, signal, ...options }) {
  // It would wait for more.
  const stop = () => input().destroy();
  signal.addEventListener("abort", stop);
  const userIds = [];
  for await (const userId of userIdsOf({ ...options, input })) userIds.push(userId);
  signal.removeEventListener("abort", stop);
  return userIds;
}

async function* readFileOfIds(path) {
  try {
    yield* readUserIds(createReadStream(path), path);
  } catch (error) {
    throw error instanceof CommandError ? error : usage(`${path} cannot be read (${error.code}).`);
  }
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
