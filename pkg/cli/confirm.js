// Asks before anything is changed.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CommandError, EXIT } from "./failures.js";
import { printable } from "./text.js";

/** Refuses what could not be asked for; so early that nothing has been written or sent. `usesInput`: ids come from there. */
export function checkThatItCanAsk({ yes }, usesInput = false) {
  if (yes || (!usesInput && process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new CommandError("not_confirmed", "This changes something at the server, and there is nobody to ask: say --yes if it is meant.", EXIT.configuration);
}

/** Goes on only after a yes, on the terminal or by --yes. */
export async function confirm(question, { yes, signal }) {
  if (yes) return;
  process.stderr.write(`${printable(question)} [y/N] `);
  // Not as a terminal: Ctrl-C is the signal that it is everywhere else.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    const [answer] = await Promise.race([once(lines, "line", { signal }), once(lines, "close", { signal })]);
    if (/^\s*y(es)?\s*$/i.test(answer ?? "")) return;
    throw new CommandError("declined", "Nothing was changed.", EXIT.interrupted);
  } finally {
    lines.close();
  }
}
