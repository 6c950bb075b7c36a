// Which users are shown, and in which order.
import { collate } from "../l10n.js";

const ORDER_OF_STATES = ["access", "none", "failed", "waiting"];

/** Longer than any id of Nextcloud: NFKD of many marks in a row takes the square of their number. */
const LONGEST = 512;

/** As people type it: without accents, and in one case. */
export const folded = (text) => text.slice(0, LONGEST).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");

/** What each column sorts by, after the id: the users come sorted by that. `null`s last, whichever way. */
const KEYS = {
  user: null,
  name: ({ displayName }) => displayName,
  state: ({ state }) => ORDER_OF_STATES.indexOf(state),
  kind: ({ state, status }) => (state === "access" ? status.credentialType : null),
  since: ({ state, status }) => (state === "access" ? (status.provisionedAt?.getTime() ?? null) : null),
};

/**
 * @param {object[]} users in the order of their ids
 * @param {{ search: string, state: string, column: keyof KEYS, isDescending: boolean }} wanted `state` "" for all
 */
export function select(users, { search, state, column, isDescending }) {
  const wanted = folded(search.trim());
  const selected = users.filter((user) => (state === "" || user.state === state) && (wanted === "" || user.folded.includes(wanted)));
  const direction = isDescending ? -1 : 1;
  const keyOf = KEYS[column];
  if (!keyOf) return isDescending ? selected.reverse() : selected;
  return selected
    .map((user) => [keyOf(user), user])
    .sort(([one], [other]) => {
      if (one === other) return 0;
      if (one === null || other === null) return one === null ? 1 : -1;
      return direction * (typeof one === "string" ? collate(one, other) : one - other);
    })
    .map(([, user]) => user);
}
