// Runs one operation: does what the wasm asks for, until it is done, its time is up, or its caller gives up.
import { onAbort } from "./abort.js";
import { AstrolabeError } from "./error.js";
import { LOGIN, TOKEN, ask, errorFrom } from "./core.js";
import { Unreadable, send } from "./fetch.js";

/**
 * How old a token request that another caller began may be for one to wait for it alone, in milliseconds; half the
 * call's time limit where that is less.
 */
const PATIENCE_MS = 3000;

/** How many fields of the wasm's answer are the call's progress, which it gets back the next time. */
const PROGRESS_FIELDS = 11;

const random = () => (Math.random() * 2 ** 32) >>> 0;

/**
 * @param service what the client is made of, see client.js
 * @param {number} operation see core.js
 * @param {{ subject?: string, limit?: number, offset?: number }} task
 * @param {{ signal?: AbortSignal, timeoutMs?: number, maxRetries?: number, begunAtMs?: number, metadata?: object, onStart?: (stop: () => void) => void }} options
 * @returns {Promise<string[]>} the fields of the result, see write_output of src/js.rs
 */
export function run(service, operation, task, options) {
  const { signal, onStart } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const call = new Call(service, operation, task, options);
    const end = (settle, value, isCutOff) => {
      if (call.hasEnded) return;
      call.end(isCutOff);
      settle(value);
    };
    onStart?.(() => end(reject, undefined, true));
    call.onTimeout = () => end(reject, call.timedOut(), true);
    if (signal) call.cleanUps.add(onAbort(signal, () => end(reject, signal.reason, true)));
    call.run().then(
      (fields) => end(resolve, fields),
      (error) => end(reject, error),
    );
  });
}

class Call {
  hasEnded = false;
  /** What is to be done when the call has ended, however it does. */
  cleanUps = new Set();
  #service;
  #operation;
  #fields;
  #progress;
  /** Of the request under way: in a Worker's module scope there can be none, as there can be no fetch. */
  #controller;
  #begunAtMs;
  #timeoutMs;
  /** What the platform threw last. */
  #cause;

  constructor(service, operation, { subject = "", limit = 0, offset = 0 }, options) {
    const { timeoutMs = service.timeoutMs, maxRetries = service.maxRetries, begunAtMs = Date.now(), metadata } = options;
    this.#service = service;
    this.#operation = operation;
    this.#fields = [...service.fields, operation, subject, limit, offset, timeoutMs, maxRetries];
    this.#progress = [metadata?.tokenEndpoint ?? "", metadata?.basicOnly ? 1 : ""].concat(Array(PROGRESS_FIELDS - 2).fill(""));
    this.#begunAtMs = begunAtMs;
    this.#timeoutMs = timeoutMs;
  }

  /** Does what it is told to until there is a result. */
  async run() {
    const service = this.#service;
    let [next, ...fields] = this.#step("begin", this.#begunAtMs);
    // Not more than the whole, should the clock have been set back.
    const leftMs = Math.min(this.#begunAtMs + this.#timeoutMs - Date.now(), this.#timeoutMs);
    this.#setTimer(leftMs, this.onTimeout);
    let token;
    let authorization = "";
    while (next !== "done") {
      if (next === "error") throw errorFrom(fields, this.#cause);
      if (next === "wait") {
        await new Promise((resolve) => this.#setTimer(+fields[0], resolve));
        if (this.hasEnded) return undefined;
        [next, ...fields] = this.#step("waited", 0);
      } else if (next === "login") {
        let isCached = "";
        if (service.basic) {
          authorization = `Basic ${service.basic}`;
        } else {
          token = service.accessToken ?? service.cachedToken();
          if (token === undefined) token = await this.#renew();
          else if (service.accessToken === undefined) isCached = 1;
          if (this.hasEnded) return undefined;
          // Nextcloud compares the scheme case-sensitively.
          authorization = `Bearer ${token}`;
        }
        [next, ...fields] = this.#step("loggedIn", 0, [isCached]);
      } else {
        const answered = await this.#send(fields, authorization);
        if (this.hasEnded) return undefined;
        if (answered[1] === 401 && token !== undefined) service.state.forget(token);
        [next, ...fields] = this.#step(...answered[0]);
      }
    }
    return this.#operation === TOKEN ? [token] : fields;
  }

  end(isCutOff) {
    this.hasEnded = true;
    this.cleanUps.forEach((cleanUp) => cleanUp());
    if (!isCutOff) return;
    try {
      this.#controller?.abort();
    } catch {
      // workerd refuses to abort what another request has begun.
    }
  }

  timedOut() {
    return errorFrom(ask(["timedOut", ...this.#fields, ...this.#progress, 0]).slice(1));
  }

  #setTimer(ms, callback) {
    try {
      const timer = setTimeout(callback, ms);
      this.cleanUps.add(() => clearTimeout(timer));
    } catch {
      // No timers in a Worker's module scope, and no fetch either, which says so: better no wait than one without end.
      if (callback !== this.onTimeout) callback();
    }
  }

  #step(action, nowMs, event = [], body) {
    const answer = ask([action, ...this.#fields, ...this.#progress, nowMs, ...event], body);
    this.#progress = answer.slice(1, 1 + PROGRESS_FIELDS);
    const logAt = 2 + PROGRESS_FIELDS;
    const end = logAt + 2 * answer[logAt - 1];
    for (let at = logAt; at < end; at += 2) this.#service.log(answer[at], answer[at + 1]);
    return [answer[0], ...answer.slice(end)];
  }

  /** What the wasm is to be told of the answer, and its status. */
  async #send([url, method, follow, isLoggedIn, body, ...headerFields], authorization) {
    const headers = {};
    for (let at = 0; at < headerFields.length; at += 2) headers[headerFields[at]] = headerFields[at + 1];
    if (isLoggedIn) headers.Authorization = authorization;
    let status = 0;
    try {
      this.#controller ??= new AbortController();
      const init = { method, headers, redirect: follow ? "follow" : "manual", signal: this.#controller.signal };
      if (body) init.body = body;
      const answer = await send(this.#service, url, init, (known) => (status = known));
      const secret = isLoggedIn ? authorization.slice(authorization.indexOf(" ") + 1) : "";
      return [["answered", Date.now(), [random(), status, secret, answer.url, ...answer.headers], answer.body], isLoggedIn && status];
    } catch (error) {
      this.#cause = error instanceof Unreadable ? undefined : error;
      return [["failed", Date.now(), [random(), status, error instanceof Unreadable ? error.what : "network"]]];
    }
  }

  /**
   * The token of the request under way; begins one where there is none.
   *
   * In a Worker, what another caller began may end without a word when that caller's request ends. So nobody waits for
   * another's request alone once it is so old, but begins one of their own besides; and whichever brings a token first
   * serves all. It is the age of the request that counts, so that callers who leave early do not keep a dead one alive.
   * Another caller's time limit is no failure of one's own.
   */
  async #renew() {
    const { state, owner } = this.#service;
    const patienceMs = Math.min(PATIENCE_MS, this.#timeoutMs / 2);
    const waiting = new Map();
    let own;
    const leave = (flight) => {
      waiting.delete(flight);
      state.leave(flight);
    };
    this.cleanUps.add(() => [...waiting.keys()].forEach(leave));
    for (;;) {
      const nowMs = Date.now();
      const events = [];
      let timer;
      if (!own) {
        let flight = state.flightOf(owner, nowMs - patienceMs);
        if (flight) {
          const patienceEndsMs = flight.begunAtMs + patienceMs;
          events.push(new Promise((resolve) => (timer = setTimeout(resolve, patienceEndsMs - nowMs))));
          this.cleanUps.add(() => clearTimeout(timer));
        } else {
          flight = own = state.begin(owner, (onStart) => this.#fetchToken(onStart));
        }
        if (!waiting.has(flight)) {
          flight.waiters += 1;
          waiting.set(flight, flight.outcome);
        }
      }
      const done = await Promise.race([...waiting.values(), ...events]);
      clearTimeout(timer);
      if (this.hasEnded) return undefined;
      if (!done) continue;
      const { flight, fetched, error } = done;
      leave(flight);
      if (fetched) return fetched.accessToken;
      // With a request of one's own under way another's failure decides nothing.
      if (flight === own || (!own && error?.code !== "timeout")) throw error;
    }
  }

  async #fetchToken(onStart) {
    const service = this.#service;
    if (service.tokenFunction) return { accessToken: await tokenFrom(service.tokenFunction) };
    const metadata = service.state.metadataOf(service.owner);
    const options = { onStart, metadata, timeoutMs: this.#timeoutMs, begunAtMs: this.#begunAtMs };
    const [accessToken, expiresAtMs, tokenEndpoint, basicOnly] = await run(service, LOGIN, {}, options);
    return { accessToken, expiresAtMs: +expiresAtMs, metadata: { tokenEndpoint, basicOnly: basicOnly !== "" } };
  }
}

/** What the application's own function gives. */
async function tokenFrom(tokenFunction) {
  const failed = (message, cause) => new AstrolabeError(`login: ${message}`, { code: "token_function_failed", retryable: false, route: "login", cause });
  let token;
  try {
    token = await tokenFunction();
  } catch (cause) {
    throw failed("the function given as accessToken threw; its error is the cause", cause);
  }
  if (typeof token !== "string") throw failed("the function given as accessToken gave no string: it must give the bare token");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw failed("accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it");
  }
  return token;
}
