// Giving and taking access: one user after the other, each change sent once.
import { shallowReactive } from "vue";
import { isRouteRefused } from "./refused.js";

const KINDS = {
  give: {
    from: "none",
    to: "access",
    make: (client, userId) => client.provisionUser(userId),
    // The server's own time of it is asked for first.
    status: () => ({ hasAccess: true, credentialType: "app_password", provisionedAt: new Date() }),
  },
  take: {
    from: "access",
    to: "none",
    make: (client, userId) => client.deprovisionUser(userId),
    status: () => ({ hasAccess: false, credentialType: null, provisionedAt: null }),
  },
};

/** Whom a change is for: those of whom it is known that it is not so yet. To give twice would make two app passwords. */
export const changeable = (users, kind) => users.filter(({ state }) => state === KINDS[kind].from);

/** Who of these is as the change left them, so that it can be undone. */
export const undoable = (users, kind) => users.filter(({ state }) => state === KINDS[kind].to);

export const opposite = (kind) => (kind === "give" ? "take" : "give");

/**
 * @param {import("astrolabe-client").AstrolabeClient} client
 * @param {(row: object) => void} know is told what is known of a user then
 */
export function useChanges(client, know) {
  /**
   * The changes that are on, or were the last, of `kind` "give" or "take", for `users`. `results`, of each that was tried:
   * `{ user, isPartial, message, error }`. `end` is null, "done", "cancelled" or what ended it for all.
   */
  const changes = shallowReactive({ kind: null, users: [], results: [], isOn: false, end: null });
  let isWanted = false;

  async function change(kind, users) {
    isWanted = true;
    Object.assign(changes, { kind, users, results: [], isOn: true, end: null });
    let end = "done";
    for (const user of users) {
      if (!isWanted) {
        end = "cancelled";
        break;
      }
      const { result, isOfAll } = await changeOne(kind, user);
      changes.results = [...changes.results, result];
      if (isOfAll) {
        end = isOfAll;
        break;
      }
    }
    Object.assign(changes, { isOn: false, end });
  }

  async function changeOne(kind, user) {
    const { userId } = user;
    const { make, status } = KINDS[kind];
    const result = { user, isPartial: false, message: null, error: null };
    try {
      const stored = await make(client, userId);
      Object.assign(result, { isPartial: stored?.partialSuccess ?? false, message: stored?.message ?? null });
    } catch (error) {
      result.error = error;
    }
    if (result.error?.code === "unknown_user") {
      // Of whom the status would be said to be "no access".
      know({ userId, error: result.error });
      return { result, isOfAll: null };
    }
    // Whether it went well or not: where the answer was lost, it may have been done.
    let isOfAll = null;
    let row = null;
    try {
      row = await statusOf(userId);
    } catch (error) {
      row = { userId, error };
      isOfAll = error;
    }
    know(row.error && !result.error ? { userId, status: status() } : row);
    if (result.error && isRouteRefused(result.error)) isOfAll = result.error;
    return { result, isOfAll };
  }

  /** The bulk call knows which failure is everybody's: that one it throws. */
  async function statusOf(userId) {
    for await (const row of client.getBackgroundSyncStatuses([userId])) return row;
  }

  return {
    changes,
    change,
    /** Whoever is under way is not left half done. */
    cancel: () => (isWanted = false),
    forget: () => Object.assign(changes, { kind: null, users: [], results: [], end: null }),
  };
}
