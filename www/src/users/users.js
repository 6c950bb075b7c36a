// All users and what is known of them: by one answer where the server has it, up to 500; the others listed page by page, asked
// by the bulk call as they come.
import { shallowReactive, shallowRef, triggerRef } from "vue";
import { collate } from "../l10n.js";
import { isRouteRefused } from "./refused.js";
import { folded } from "./selection.js";

/** How often what is shown follows what is known. */
const SHOW_EVERY_MS = 150;

/**
 * A user: `{ userId, displayName, folded, state, status, error, askedAt }`, where `state` is "waiting", "access", "none" or
 * "failed", and `displayName` null where nobody said it.
 *
 * @param {import("astrolabe-client").AstrolabeClient} client
 */
export function useUsers(client) {
  /** All of them in the order of their names. The objects change; what shows them follows `users` or `run.version`. */
  const users = shallowRef([]);
  /**
   * The run that is on, or was the last: `end` is null, "done", "cancelled" or what was thrown; `asked` of `toAsk` users.
   * `isListed`: whether the list is complete. `version` changes with everything that is known.
   */
  const run = shallowReactive({ isListing: false, isListed: false, isAsking: false, end: null, asked: 0, toAsk: 0, perSecond: null, version: 0 });
  const counts = shallowReactive({ waiting: 0, access: 0, none: 0, failed: 0 });
  /** Whether users may give access by themselves; null where this login can change neither that nor anybody's access. */
  const selfProvisioning = shallowRef(null);

  const byId = new Map();
  const tally = { ...counts };
  let entered = []; // listed, but not among `users` yet
  let asked = 0;
  let toAsk = 0;
  let begun = { at: 0, asked: 0 }; // to ask one by one
  let atOnce = null; // what came of asking for all at once: "answered", "refused" or "failed"
  const changed = new Set(); // since the run began: what it asked of them may be older
  let controller = new AbortController(); // of the run that is on: another one's may do nothing any more
  let timer = null;

  function show() {
    clearTimeout(timer);
    timer = null;
    if (entered.length > 0) users.value = merged(users.value, entered.sort(byName));
    else triggerRef(users);
    entered = [];
    Object.assign(counts, tally);
    const seconds = (performance.now() - begun.at) / 1000;
    Object.assign(run, { asked, toAsk, perSecond: seconds > 1 ? (asked - begun.asked) / seconds : null, version: run.version + 1 });
  }
  const showSoon = () => (timer ??= setTimeout(show, SHOW_EVERY_MS));

  function enter(userId, displayName = null) {
    const user = { userId, displayName, folded: folded(displayName === null ? userId : `${userId}\n${displayName}`), state: "waiting", status: null, error: null, askedAt: null };
    byId.set(userId, user);
    entered.push(user);
    tally.waiting += 1;
    return user;
  }

  function put(user, state, known = {}) {
    tally[user.state] -= 1;
    tally[state] += 1;
    Object.assign(user, { status: null, error: null }, known, { state });
  }

  const stateOf = ({ error, status }) => (error ? "failed" : status.hasAccess ? "access" : "none");

  /** What was on before, if anything, is over. `some` are asked; without them, all that are listed and have not been. */
  async function begin(some) {
    controller.abort();
    const own = (controller = new AbortController());
    const isOver = () => own !== controller;
    asked = 0;
    begun = { at: performance.now(), asked };
    changed.clear();
    Object.assign(run, { isAsking: true, end: null });
    let end = "done";
    try {
      if (!some && atOnce === null) await askForAll(own.signal, isOver);
      if (isOver()) return;
      begun = { at: performance.now(), asked };
      const userIds = some ? some.map(({ userId }) => userId) : run.isListed ? [] : list(own.signal, isOver);
      show();
      for await (const row of client.getBackgroundSyncStatuses(userIds, { signal: own.signal })) {
        if (isOver()) return;
        if (!changed.has(row.userId)) put(byId.get(row.userId), stateOf(row), { ...row, askedAt: new Date() });
        asked += 1;
        showSoon();
      }
    } catch (error) {
      end = error;
    }
    if (isOver()) return;
    if (own.signal.aborted) end = run.isListed && tally.waiting === 0 ? "done" : "cancelled";
    // A listing that nobody waits for any more.
    own.abort();
    Object.assign(run, { isAsking: false, isListing: false, end });
    show();
    if (atOnce !== "failed") return;
    if (end instanceof Error) atOnce = null;
    if (end !== "done") return;
    // Whoever may ask about all may change them, where this Astrolabe knows of that.
    const found = await client.getOwnBackgroundSyncStatus().catch(() => null);
    if (!isOver()) selfProvisioning.value = found?.selfProvisioningAllowed ?? null;
  }

  /** By the one request. Whatever is wrong with more than this way, the other one meets, too. */
  async function askForAll(signal, isOver) {
    Object.assign(run, { isListing: true, isListed: false });
    toAsk = 0;
    show();
    try {
      const { users: all, isComplete, selfProvisioningAllowed } = await client.getProvisioning({ signal });
      if (isOver()) return;
      const askedAt = new Date();
      for (const { userId, displayName, status } of all) put(byId.get(userId) ?? enter(userId, displayName), stateOf({ status }), { status, askedAt });
      asked = toAsk = byId.size;
      atOnce = "answered";
      selfProvisioning.value = selfProvisioningAllowed;
      Object.assign(run, { isListed: isComplete, isListing: !isComplete });
    } catch (error) {
      signal.throwIfAborted();
      if (isOver()) return;
      atOnce = isRouteRefused(error) ? "refused" : "failed";
      selfProvisioning.value = null;
    }
  }

  /** Lists faster than is asked, so that all are to be seen soon. Gives on, as they come, those who have not been asked. */
  function list(signal, isOver) {
    const found = [];
    let wake = () => {};
    let failure = null;
    let isThrough = false;
    Object.assign(run, { isListing: true, isListed: false });
    const before = asked;
    toAsk = before;

    const read = async () => {
      const seen = new Set();
      try {
        for await (const userId of client.listUsers({ signal })) {
          if (isOver()) return;
          // Where users are added meanwhile, one may come twice.
          if (seen.has(userId)) continue;
          seen.add(userId);
          const user = byId.get(userId) ?? enter(userId);
          if (user.state !== "waiting") continue;
          found.push(userId);
          toAsk = before + found.length;
          showSoon();
          wake();
        }
      } catch (error) {
        failure = { error };
      }
      isThrough = true;
      wake();
      if (isOver()) return;
      Object.assign(run, { isListing: false, isListed: failure === null });
      showSoon();
    };
    read();

    return (async function* () {
      for (let at = 0; ; at += 1) {
        while (at >= found.length) {
          if (failure) throw failure.error;
          if (isThrough) return;
          await new Promise((resolve) => (wake = resolve));
        }
        yield found[at];
      }
    })();
  }

  function askAgain(some) {
    toAsk = some.length;
    for (const user of some) put(user, "waiting");
    return begin(some);
  }
  const inState = (wanted) => users.value.filter(({ state }) => state === wanted);

  return {
    users,
    run,
    counts,
    selfProvisioning,
    /** Lists and asks all, from the beginning. */
    start() {
      byId.clear();
      entered = [];
      users.value = [];
      Object.assign(tally, { waiting: 0, access: 0, none: 0, failed: 0 });
      atOnce = null;
      return begin();
    },
    tryFailed: () => askAgain(inState("failed")),
    /** Asks those who have not been asked; where the list is not complete, lists first. */
    goOn: () => (run.isListed ? askAgain(inState("waiting")) : begin()),
    cancel: () => controller.abort(),
    /** Of one user: the status anew, and whether there is such an account (null: nobody knows). */
    async askOne(user, signal) {
      const { askedAt } = user;
      const [answer, exists] = await Promise.all([
        client.getBackgroundSyncStatus(user.userId, { signal }).then((status) => ({ status }), (error) => ({ error })),
        client.userExists(user.userId, { signal }).catch(() => null),
      ]);
      signal.throwIfAborted();
      // Unless all have been forgotten meanwhile, or something newer is known.
      if (byId.get(user.userId) === user && user.askedAt === askedAt) put(user, stateOf(answer), { ...answer, askedAt: new Date() });
      show();
      return exists;
    },
    /** What is known of a user after a change of it: a row as those of the bulk call. */
    know(row) {
      const user = byId.get(row.userId);
      // Nobody remembers it after a new start.
      if (!user) return;
      changed.add(row.userId);
      put(user, stateOf(row), { ...row, askedAt: new Date() });
      show();
    },
    async setSelfProvisioning(isAllowed) {
      try {
        await client.setSelfProvisioning(isAllowed);
        selfProvisioning.value = isAllowed;
      } catch (error) {
        // Where the answer was lost it may have been done.
        const found = await client.getOwnBackgroundSyncStatus().catch(() => null);
        selfProvisioning.value = found?.selfProvisioningAllowed ?? selfProvisioning.value;
        if (selfProvisioning.value !== isAllowed) throw error;
      }
    },
  };
}

const byName = (one, other) => collate(one.userId, other.userId);

/** Of two sorted lists, one. To sort 20,000 names with each page that comes would take longer than to list them. */
function merged(some, more) {
  if (some.length === 0 || byName(some.at(-1), more[0]) <= 0) return [...some, ...more];
  const all = [];
  let at = 0;
  for (const user of some) {
    while (at < more.length && byName(more[at], user) < 0) all.push(more[at++]);
    all.push(user);
  }
  return [...all, ...more.slice(at)];
}
