// User ids from standard input, one a line.
import { CommandError, EXIT } from "./failures.js";

/** Nothing is trimmed but the line's end, since an id may hold blanks; empty lines are none. */
export async function* readUserIds(input) {
  // Strict: half-read bytes would become the id of somebody else. It takes a byte order mark away, too.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new CommandError("usage", "Standard input is not UTF-8.", EXIT.configuration);
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
