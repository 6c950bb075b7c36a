import { reasonOf } from "../reason.js";

/** More would be a list to read, and what is to be mended first is at its top. */
const MOST = 3;

/** Why users failed, the commonest reasons first: `{ error, number }`, with one error of each. */
export function commonFailures(users, context) {
  const byReason = new Map();
  for (const { state, error } of users) {
    if (state !== "failed") continue;
    const reason = reasonOf(error, context);
    byReason.set(reason, { error, number: (byReason.get(reason)?.number ?? 0) + 1 });
  }
  return [...byReason.values()].sort((one, other) => other.number - one.number).slice(0, MOST);
}
