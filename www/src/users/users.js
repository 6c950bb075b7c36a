// All users and what is known of them: listed page by page, asked by the bulk call as they come.
import { shallowReactive, shallowRef, triggerRef } from "vue";
import { collate } from "../l10n.js";
import { folded } from "./selection.js";

/** How often what is shown follows what is known. */
const SHOW_EVERY_MS = 150;

/**
 * A user: `{ userId, folded, state, status, error, askedAt }`, where `state` is "waiting", "access", "none" or "failed".
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

  const byId = new Map();
  const tally = { ...counts };
  let entered = []; // listed, but not among `users` yet
  let asked = 0;
  let toAsk = 0;
  let begunAt = 0;
  let controller = new AbortController(); // of the run that is on: another one's may do nothing any more
  let timer = null;

  function show() {
    clearTimeout(timer);
    timer = null;
    if (entered.length > 0) users.value = merged(users.value, entered.sort(byName));
    else triggerRef(users);
    entered = [];
    Object.assign(counts, tally);
    const seconds = (performance.now() - begunAt) / 1000;
    Object.assign(run, { asked, toAsk, perSecond: seconds > 1 ? asked / seconds : null, version: run.version + 1 });
  }
  const showSoon = () => (timer ??= setTimeout(show, SHOW_EVERY_MS));

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
    begunAt = performance.now();
    asked = 0;
    Object.assign(run, { isAsking: true, end: null });
    const userIds = some ? some.map(({ userId }) => userId) : list(own.signal, isOver);
    show();
    let end = "done";
    try {
      for await (const row of client.getBackgroundSyncStatuses(userIds, { signal: own.signal })) {
        if (isOver()) return;
        put(byId.get(row.userId), stateOf(row), { ...row, askedAt: new Date() });
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
  }

  /** Lists faster than is asked, so that all are to be seen soon. Gives on, as they come, those who have not been asked. */
  function list(signal, isOver) {
    const found = [];
    let wake = () => {};
    let failure = null;
    let isThrough = false;
    Object.assign(run, { isListing: true, isListed: false });
    toAsk = 0;

    const read = async () => {
      const seen = new Set();
      try {
        for await (const userId of client.listUsers({ signal })) {
          if (isOver()) return;
          // Where users are added meanwhile, one may come twice.
          if (seen.has(userId)) continue;
          seen.add(userId);
          let user = byId.get(userId);
          if (!user) {
            user = { userId, folded: folded(userId), state: "waiting", status: null, error: null, askedAt: null };
            byId.set(userId, user);
            entered.push(user);
            tally.waiting += 1;
          }
          if (user.state !== "waiting") continue;
          found.push(userId);
          toAsk = found.length;
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
    /** Lists and asks all, from the beginning. */
    start() {
      byId.clear();
      entered = [];
      users.value = [];
      Object.assign(tally, { waiting: 0, access: 0, none: 0, failed: 0 });
      return begin();
    },
    tryFailed: () => askAgain(inState("failed")),
    /** Asks those who have not been asked; where the list is not complete, lists first. */
    goOn: () => (run.isListed ? askAgain(inState("waiting")) : begin()),
    cancel: () => controller.abort(),
    /** Of one user: the status anew, and whether there is such an account (null: nobody knows). */
    async askOne(user, signal) {
      const [answer, exists] = await Promise.all([
        client.getBackgroundSyncStatus(user.userId, { signal }).then((status) => ({ status }), (error) => ({ error })),
        client.userExists(user.userId, { signal }).catch(() => null),
      ]);
      signal.throwIfAborted();
      // Unless all have been forgotten meanwhile.
      if (byId.get(user.userId) === user) put(user, stateOf(answer), { ...answer, askedAt: new Date() });
      show();
      return exists;
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
