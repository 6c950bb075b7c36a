// Runs one operation until it is done, its time is up, or its caller gives up.
import { onAbort } from "./abort.js";
import { own } from "./arguments.js";
import { APP_PASSWORD, DISCOVERY, LOGIN, READ, REQUEST, SERVER_STATUS, STATUS, TOKEN, askCore, failure } from "./core.js";
import { dateMs, exchange, isMaintenance, retryAfterMs } from "./exchange.js";
import { askTokenFunction, discover, logIn, obtainToken } from "./login.js";
import { invalid } from "./error.js";

/** How many kept tokens may turn out to be revoked, one after another: that of the cache, that of the store, and one more. */
const MAX_RENEWALS = 3;

/** What a call stops with that has ended: nobody gets to see it. */
const ENDED = {};

/**
 * Does `work(call)` within the limits that `options` sets. Whatever `work` waits for, the promise is settled when its time
 * is up or its caller gives up; what it has begun ends with it.
 *
 * @param service what the client is made of, see client.js
 * @param {{ signal?: AbortSignal, timeoutMs?: number, maxRetries?: number, begunAtMs?: number, onStart?: (stop: () => void) => void }} options
 */
function withLimits(service, options, work) {
  const { signal, timeoutMs = service.timeoutMs, maxRetries = service.maxRetries, begunAtMs = Date.now(), onStart } = own(options);
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const cleanUps = new Set();
    let hasEnded = false;
    let controller;
    const end = (settle, value, isCutOff) => {
      if (hasEnded) return;
      hasEnded = true;
      cleanUps.forEach((cleanUp) => cleanUp());
      settle(value);
      if (!isCutOff) return;
      try {
        controller?.abort();
      } catch {
        // workerd refuses to abort what another request has begun.
      }
    };
    const after = (ms, callback) => {
      const timer = setTimeout(callback, ms);
      cleanUps.add(() => clearTimeout(timer));
    };
    const call = {
      service,
      timeoutMs,
      maxRetries,
      begunAtMs,
      deadlineMs: begunAtMs + timeoutMs,
      /** Where it is now. */
      route: LOGIN,
      atEnd: (cleanUp) => cleanUps.add(cleanUp),
      check() {
        if (hasEnded) throw ENDED;
      },
      /** For `fetch`. Made when it is needed: a Worker's module scope allows none, as it allows no fetch. */
      signal: () => (controller ??= new AbortController()).signal,
      async pause(ms) {
        try {
          await new Promise((resolve) => after(ms, resolve));
        } catch {
          // No timers in a Worker's module scope: better no wait than one without end.
        }
        call.check();
      },
      /** For a race with what comes by itself: where there are no timers, this never comes. */
      wakeAfter: (ms) =>
        new Promise((resolve) => {
          try {
            after(ms, resolve);
          } catch {}
        }),
      /** What the wasm reads out of an answer. */
      read(operation, answer, subject, sent) {
        const { status, header, body } = answer;
        const afterMs = status === 200 ? undefined : retryAfterMs(answer);
        const question = {
          operation,
          subject,
          sent,
          status,
          contentType: header("content-type"),
          isMaintenance: isMaintenance(answer),
          hasRetryAfter: afterMs !== undefined,
          isJson: isJsonObject(body),
        };
        return askCore(READ, service.setup, question, body, { route: call.route, status, retryAfterMs: afterMs });
      },
    };
    const timeOut = () => {
      const message = `no answer within ${timeoutMs} ms, all tries taken together: the server is slow or cannot be reached; timeoutMs sets the limit`;
      end(reject, failure("timeout", message, { route: call.route }), true);
    };
    onStart?.(() => end(reject, ENDED, true));
    if (signal) cleanUps.add(onAbort(signal, () => end(reject, signal.reason, true)));
    try {
      // Not more than the whole, should the clock have been set back.
      after(Math.min(call.deadlineMs - Date.now(), timeoutMs), timeOut);
    } catch {
      // As in pause.
    }
    work(call).then(
      (value) => end(resolve, value),
      (error) => end(reject, error),
    );
  });
}

function isJsonObject(text) {
  try {
    return /^\s*\{/.test(text) && JSON.parse(text) !== null;
  } catch {
    return false;
  }
}

const WHAT_IS_LOGGED = { [APP_PASSWORD]: "Retrieving app password for user: ", [STATUS]: "Retrieving background sync status of user: " };

/**
 * @param {string} operation see core.js
 * @param {{ subject?: string, limit?: number, offset?: number, isLoggedIn?: boolean }} task
 * @param options see withLimits
 * @returns {Promise<string[]>} what src/nextcloud.rs gives for it
 */
export const run = (service, operation, task, options) =>
  withLimits(service, options, async (call) => {
    const { subject, limit, offset, isLoggedIn = true } = own(task);
    const { state } = service;
    const fetchToken = (onStart) => {
      if (service.tokenFunction) return askTokenFunction(service.tokenFunction);
      const { timeoutMs, begunAtMs } = call;
      return withLimits(service, { timeoutMs, begunAtMs, onStart }, obtainToken);
    };
    if (operation === TOKEN) {
      if (service.basic) throw invalid("this client logs in with username and password, so it has no access token");
      return [(await logIn(call, fetchToken)).token];
    }
    if (operation === DISCOVERY) return [(await discover(call)).tokenEndpoint];
    // An id that cannot be one is refused before anything is sent; and cannot forge a line of the log.
    const [method, url, type, body] = askCore(REQUEST, service.setup, { operation, subject, limit, offset });
    if (WHAT_IS_LOGGED[operation]) service.log("debug", WHAT_IS_LOGGED[operation] + subject);
    for (let tries = 0; ; tries++) {
      call.route = LOGIN;
      const { header, token, isCached, isStored } = isLoggedIn ? await logIn(call, fetchToken) : {};
      // Without OCS-APIRequest Nextcloud takes the request for a forged one and answers 412; status.php would need a
      // CORS preflight for it, which it does not answer.
      const headers = { ...(operation !== SERVER_STATUS && { "OCS-APIRequest": "true" }), ...(type && { "Content-Type": type }), ...(header && { Authorization: header }) };
      const answer = await exchange(call, { method, url, body, headers });
      try {
        const found = call.read(operation, answer, subject, header?.replace(/^\w+ /, ""));
        return operation === SERVER_STATUS ? [...found, dateMs(answer.header("date"))] : found;
      } catch (error) {
        if (error.code !== "unauthorized" || token === undefined) throw error;
        state.forget(token);
        // One that was kept, here or in the store, may have been revoked since; a new one will not be better the next time.
        if (isCached && method === "GET" && tries < MAX_RENEWALS) continue;
        // Who comes next is not to find it there again.
        if (isStored) await service.storedLogin.write(call, { metadata: state.metadataOf(service.owner) });
        throw error;
      }
    }
  });
