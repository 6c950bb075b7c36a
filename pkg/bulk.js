// getBackgroundSyncStatuses: many users at once, never more than the server bears.
import { endable } from "./iteration.js";

/** Failures that every other user would meet, too: they end the iteration. */
const CONCERNS_ALL = new Set([
  "discovery_failed",
  "issuer_mismatch",
  "insecure_endpoint",
  "grant_not_supported",
  "token_request_failed",
  "invalid_token_response",
  "token_function_failed",
  "unauthorized",
  "forbidden",
  "app_not_available",
  "rate_limited",
  "maintenance",
  "unexpected_redirect",
]);

/** A server that so many users in a row do not reach is not there for the others either. */
const UNREACHABLE = new Set(["network", "timeout"]);

/** The longest that a server's Retry-After is waited for, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000;

/** Whether asking again can help: not for a time limit, which is that long once more. */
const canPass = ({ code, status }) => code === "network" || status === 429 || (status >= 502 && status <= 504 && code !== "maintenance");

/**
 * @param {Iterable<string> | AsyncIterable<string>} userIds
 * @param {{ concurrency: number, maxRetries: number, signal?: AbortSignal, onProgress?: Function }} options those of the call
 * @param {(userId: string, signal: AbortSignal) => Promise<object>} ask for the status of one user, once
 */
export const statuses = (userIds, { signal, ...options }, ask) => endable(signal, (signal) => askAll(userIds, { ...options, signal }, ask));

async function* askAll(userIds, { concurrency, maxRetries, signal, onProgress }, ask) {
  const ids = userIds[Symbol.asyncIterator]?.() ?? userIds[Symbol.iterator]();
  const progress = { done: 0, failed: 0, total: userIds.length ?? userIds.size };

  const stopping = new AbortController();
  let underWay = 0;
  const queue = []; // who is to be asked, each with the number of tries so far
  const rows = []; // what nobody has read yet
  let isReading = false;
  let noMoreIds = false;
  let unreached = 0; // users in a row for whom the server could not be reached
  let end; // { error }: what ends the iteration
  let limit = concurrency; // how many may be under way now
  let pausedUntil = 0;
  let wake = () => {};

  const stop = (error) => {
    end ??= { error };
    stopping.abort();
    wake();
  };

  const finish = (row) => {
    rows.push(row);
    progress.done += 1;
    if (row.error) progress.failed += 1;
    Promise.resolve(onProgress?.({ ...progress })).catch(stop);
  };

  const meet = (error, { userId, tries }) => {
    const pauseMs = error?.retryAfterMs ?? 500 * 2 ** tries * Math.random();
    if (error?.code && canPass(error) && tries < maxRetries && pauseMs <= LONGEST_PAUSE_MS) {
      // Half as many from now on; but those that fail together count as one.
      if (Date.now() >= pausedUntil) limit = Math.max(1, limit / 2);
      pausedUntil = Math.max(pausedUntil, Date.now() + pauseMs);
      queue.push({ userId, tries: tries + 1 });
    } else if (!error?.code || CONCERNS_ALL.has(error.code)) {
      stop(error);
    } else if (UNREACHABLE.has(error.code) && ++unreached >= Math.max(20, 2 * concurrency)) {
      stop(error);
    } else {
      if (!UNREACHABLE.has(error.code)) unreached = 0;
      finish({ userId, error });
    }
  };

  const start = async (entry) => {
    underWay += 1;
    try {
      const status = await ask(entry.userId, stopping.signal).catch((error) => void (end || meet(error, entry)));
      if (status && !end) {
        // One more at a time for every round that went well.
        limit = Math.min(concurrency, limit + 1 / limit);
        unreached = 0;
        finish({ userId: entry.userId, status });
      }
    } catch (error) {
      stop(error); // of onProgress
    }
    underWay -= 1;
    wake();
  };

  const readOne = async () => {
    isReading = true;
    try {
      const { value, done } = await ids.next();
      if (done) noMoreIds = true;
      else queue.push({ userId: value, tries: 0 });
    } catch (error) {
      noMoreIds = true;
      stop(error);
    }
    isReading = false;
    wake();
  };

  const onAbort = () => stop(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  let timer;
  try {
    for (;;) {
      if (end) {
        // What came before it stands.
        while (rows.length > 0 && !signal.aborted) yield rows.shift();
        throw end.error;
      }
      // Rows that wait for their reader count: what comes in faster than it is read does not pile up.
      const hasRoom = () => underWay + rows.length < Math.floor(limit);
      const pauseMs = pausedUntil - Date.now();
      while (pauseMs <= 0 && queue.length > 0 && hasRoom()) void start(queue.shift());
      if (queue.length === 0 && !noMoreIds && !isReading && hasRoom()) void readOne();
      if (end) continue; // an iterator may throw at once
      if (rows.length > 0) {
        yield rows.shift();
      } else if (noMoreIds && queue.length === 0 && underWay === 0) {
        return;
      } else {
        const change = new Promise((resolve) => (wake = resolve));
        if (pauseMs > 0) timer = setTimeout(wake, pauseMs);
        await change;
        clearTimeout(timer);
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    stop();
    // Not waited for: an iterator that is still reading would hold up whoever leaves the loop.
    if (!noMoreIds) (async () => ids.return?.())().catch(() => {});
  }
}
