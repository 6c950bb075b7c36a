// All users and what is known of them: listed page by page, asked by the bulk call as they come.
import { shallowReactive, shallowRef, triggerRef } from "vue";
import { collate } from "../l10n.js";

/** How often what is shown follows what is known. */
const SHOW_EVERY_MS = 150;

/**
 * A user: `{ userId, lower, state, status, error, askedAt }`, where `state` is "waiting", "access", "none" or "failed".
 *
 * @param {import("astrolabe-client").AstrolabeClient} client
 */
export function useUsers(client) {
  /** All of them in the order of their names. The objects change; what shows them follows `users`. */
  const users = shallowRef([]);
  /** `end`: null, "done", "cancelled" or what was thrown. `asked` and `toAsk` are of the run that is on, or was the last. */
  const run = shallowReactive({ isListing: false, isAsking: false, end: null, asked: 0, toAsk: 0, perSecond: null });
  const counts = shallowReactive({ waiting: 0, access: 0, none: 0, failed: 0 });

  const byId = new Map();
  const tally = { ...counts };
  let isListed = false;
  let asked = 0;
  let toAsk = 0;
  let begunAt = 0;
  let controller = new AbortController();
  let timer = null;

  function show() {
    clearTimeout(timer);
    timer = null;
    Object.assign(counts, tally);
    const seconds = (performance.now() - begunAt) / 1000;
    Object.assign(run, { asked, toAsk, perSecond: seconds > 1 ? asked / seconds : null });
    triggerRef(users);
  }
  const showSoon = () => (timer ??= setTimeout(show, SHOW_EVERY_MS));

  function put(user, state, known = {}) {
    tally[user.state] -= 1;
    tally[state] += 1;
    Object.assign(user, { status: null, error: null }, known, { state });
  }

  const stateOf = ({ error, status }) => (error ? "failed" : status.hasAccess ? "access" : "none");

  /** Makes of an iterable of ids one that counts as asked what has been answered. */
  async function ask(userIds, own) {
    const { signal } = own;
    let end;
    begunAt = performance.now();
    asked = 0;
    Object.assign(run, { isAsking: true, end: null });
    try {
      for await (const row of client.getBackgroundSyncStatuses(userIds, { signal })) {
        if (own !== controller) return;
        put(byId.get(row.userId), stateOf(row), { ...row, askedAt: new Date() });
        asked += 1;
        showSoon();
      }
      end = "done";
    } catch (error) {
      end = error;
    }
    // Another run has begun meanwhile: what is shown is its.
    if (own !== controller) return;
    if (signal.aborted) end = isListed && tally.waiting === 0 ? "done" : "cancelled";
    // A listing that nobody waits for any more.
    if (end !== "done") own.abort();
    Object.assign(run, { isAsking: false, end });
    show();
  }

  /** Lists faster than is asked, so that all are to be seen soon. Gives the ids on as they come. */
  function list(own) {
    const { signal } = own;
    const found = [];
    let wake = () => {};
    let failure = null;
    isListed = false;
    run.isListing = true;

    const read = async () => {
      let page = [];
      const enter = () => {
        users.value = merged(users.value, page.sort(byName));
        page = [];
        showSoon();
      };
      try {
        for await (const userId of client.listUsers({ signal })) {
          if (own !== controller) return;
          // Where users are added meanwhile, one may come twice.
          if (byId.has(userId)) continue;
          const user = { userId, lower: userId.toLowerCase(), state: "waiting", status: null, error: null, askedAt: null };
          byId.set(userId, user);
          tally.waiting += 1;
          toAsk = byId.size;
          page.push(user);
          found.push(userId);
          if (page.length === 500) enter();
          wake();
        }
      } catch (error) {
        failure = { error };
      }
      if (own !== controller) return;
      isListed = failure === null;
      enter();
      run.isListing = false;
      wake();
    };
    read();

    return (async function* () {
      for (let at = 0; ; at += 1) {
        while (at >= found.length) {
          if (failure) throw failure.error;
          if (!run.isListing) return;
          await new Promise((resolve) => (wake = resolve));
        }
        yield found[at];
      }
    })();
  }

  function begin(ids) {
    // What was on before, if anything, is over.
    controller.abort();
    controller = new AbortController();
    return ask(ids(controller), controller);
  }

  /** Lists and asks all, from the beginning. */
  function start() {
    byId.clear();
    users.value = [];
    Object.assign(tally, { waiting: 0, access: 0, none: 0, failed: 0 });
    toAsk = 0;
    return begin(list);
  }

  /** Asks these again. */
  function askAgain(some) {
    toAsk = some.length;
    for (const user of some) put(user, "waiting");
    show();
    return begin(() => some.map(({ userId }) => userId));
  }

  return {
    users,
    run,
    counts,
    start,
    askAgain,
    /** Asks those who have not been asked; where the list itself broke off, everybody. */
    goOn: () => (isListed ? askAgain(users.value.filter(({ state }) => state === "waiting")) : start()),
    cancel: () => controller.abort(),
    /** Of one user: the status anew, and whether there is such an account. */
    async askOne(user, signal) {
      const [answer, exists] = await Promise.all([
        client.getBackgroundSyncStatus(user.userId, { signal }).then((status) => ({ status }), (error) => ({ error })),
        client.userExists(user.userId, { signal }).catch(() => null),
      ]);
      signal.throwIfAborted();
      put(user, stateOf(answer), { ...answer, askedAt: new Date() });
      show();
      return exists;
    },
  };
}

const byName = (one, other) => collate(one.userId, other.userId);

/** Of two sorted lists, one. To sort 20,000 names with each page that comes would take longer than to list them. */
function merged(some, more) {
  if (some.length === 0 || more.length === 0 || byName(some.at(-1), more[0]) <= 0) return [...some, ...more];
  const all = [];
  let at = 0;
  for (const user of some) {
    while (at < more.length && byName(more[at], user) < 0) all.push(more[at++]);
    all.push(user);
  }
  return [...all, ...more.slice(at)];
}
