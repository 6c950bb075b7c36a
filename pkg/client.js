// AstrolabeClient: one method an operation.
import { readCallOptions, readers, wrongType } from "./arguments.js";
import { statuses } from "./bulk.js";
import { run } from "./call.js";
import { APP_PASSWORD, CHECK, EXISTS, OWN_STATUS, REQUEST, REVOKE, STATUS, STORE, TOKEN, USERS, askCore, failure, joined } from "./core.js";
import { diagnose } from "./diagnose.js";
import { invalid } from "./error.js";
import { routeOf } from "./exchange.js";
import { pages } from "./iteration.js";
import { readOptions } from "./options.js";
import { DEFAULT_EARLY_REFRESH_SECONDS, TokenCache, stateOf } from "./token-cache.js";
import { StoredLogin } from "./token-store.js";

const BULK_OPTIONS = { concurrency: readers.whole(1, 1000), onProgress: readers.function };
const LIST_OPTIONS = { search: readers.text, pageSize: readers.whole(1, 1000) };

/** What a client is made of: fixed, but for the state of its token cache. */
class Service {
  constructor(given) {
    const options = readOptions(given);
    const [host, key, basic] = askCore(CHECK, joined([options.nextcloudHost, ...options.fields]));
    const { timeoutMs = 10_000, maxRetries = 2, maxResponseBytes = 262_144, earlyRefreshSeconds, logger } = options;
    Object.assign(this, { timeoutMs, maxRetries, maxResponseBytes, basic });
    this.fetch = options.fetch;
    this.setup = joined([host, ...options.fields]);
    this.owner = { key, secret: options.secret };
    this.log = logger ?? (() => {});
    this.storedLogin = options.tokenStore && new StoredLogin(options.tokenStore, this.owner, this.log);
    const isFunction = typeof options.accessToken === "function";
    this.tokenFunction = isFunction ? options.accessToken : undefined;
    this.accessToken = isFunction ? undefined : options.accessToken;
    this.tokenCache = options.tokenCache ?? new TokenCache();
    this.state = stateOf(this.tokenCache);
    if (!options.tokenCache && earlyRefreshSeconds !== undefined) this.state.earlyRefreshSeconds = earlyRefreshSeconds;
    this.earlyRefreshSeconds = earlyRefreshSeconds ?? DEFAULT_EARLY_REFRESH_SECONDS;
    this.resolved = this.accessToken === undefined ? undefined : Promise.resolve(this.accessToken);
  }

  /** The token that needs no request. */
  cachedToken() {
    const { state } = this;
    if (!state.isFresh(this.earlyRefreshSeconds) || !state.isOf(this.owner)) return undefined;
    this.log("debug", "Using cached access token");
    return state.accessToken;
  }
}

const statusFrom = ([hasAccess, credentialType, provisionedAtMs]) => ({
  hasAccess: Boolean(hasAccess),
  credentialType: credentialType || null,
  provisionedAt: provisionedAtMs ? new Date(+provisionedAtMs) : null,
});

export class AstrolabeClient {
  #service;

  constructor(options) {
    this.#service = new Service(options);
  }

  get #used() {
    if (!this.#service) throw invalid("this client was freed: make a new one");
    return this.#service;
  }

  get tokenCache() {
    return this.#used.tokenCache;
  }

  getAccessToken(options) {
    // What is there already is given at once, in a promise that was resolved before.
    if (options === undefined && this.#service) {
      const service = this.#service;
      if (service.resolved) return service.resolved;
      if (service.cachedToken() !== undefined) return (service.state.promise ??= Promise.resolve(service.state.accessToken));
    }
    return this.#run(TOKEN, {}, options, ([token]) => token);
  }

  getUserAppPassword(userId, options) {
    return this.#ask(APP_PASSWORD, userId, "userId", options, ([, type, , password]) => {
      if (password) this.#service?.log("info", `Retrieved app password for user: ${userId} (type: ${type || "unknown"})`);
      else this.#service?.log("debug", `No app password configured for user: ${userId}`);
      return password || null;
    });
  }

  getBackgroundSyncStatus(userId, options) {
    return this.#ask(STATUS, userId, "userId", options, statusFrom);
  }

  getBackgroundSyncStatuses(userIds, options) {
    const service = this.#used;
    // The letters of a string are nobody's ids.
    if (typeof userIds === "string" || !(isMethod(userIds, Symbol.asyncIterator) || isMethod(userIds, Symbol.iterator))) {
      throw wrongType("userIds", "an iterable or async iterable of user ids", userIds);
    }
    const { concurrency = 8, timeoutMs, ...others } = readCallOptions(options, BULK_OPTIONS);
    // It is for all users to slow down after one's failure, so one's call does not try again by itself.
    const ask = async (userId, signal) =>
      statusFrom(await run(service, STATUS, { subject: readers.text(userId, "userId") }, { signal, timeoutMs, maxRetries: 0 }));
    return statuses(userIds, { ...others, concurrency, maxRetries: service.maxRetries }, ask);
  }

  getOwnBackgroundSyncStatus(options) {
    return this.#run(OWN_STATUS, {}, options, statusFrom);
  }

  storeAppPassword(appPassword, options) {
    return this.#ask(STORE, appPassword, "appPassword", options, ([partial, message]) => ({ partialSuccess: partial !== "", message: message || null }));
  }

  revokeBackgroundSync(options) {
    return this.#run(REVOKE, {}, options, () => {});
  }

  listUsers(options) {
    const service = this.#used;
    const { search: subject, pageSize: limit = 500, signal: callersSignal, timeoutMs } = readCallOptions(options, LIST_OPTIONS);
    let offset = 0;
    let before = "";
    return pages(async (signal) => {
      const page = await run(service, USERS, { subject, limit, offset }, { signal, timeoutMs });
      const text = page.join("\n");
      if (page.length > 0 && text === before) {
        const [method, url] = askCore(REQUEST, service.setup, { operation: USERS });
        const message = "the server gave the same page of users twice: it does not take the parameter offset";
        throw failure("unexpected_response", message, { route: routeOf(method, url) });
      }
      // By the limit and not by what came: each user back end of the server counts the offset on its own.
      offset += limit;
      before = text;
      return page;
    }, callersSignal);
  }

  userExists(userId, options) {
    return this.#ask(EXISTS, userId, "userId", options, ([exists]) => exists !== undefined);
  }

  async diagnose(options) {
    return diagnose(this.#used, readCallOptions(options));
  }

  /** Calls under way go on; later ones are refused. */
  free() {
    this.#service = undefined;
  }

  async #ask(operation, subject, name, options, from) {
    return this.#run(operation, { subject: readers.text(subject, name) }, options, from);
  }

  async #run(operation, task, options, from) {
    return from(await run(this.#used, operation, task, readCallOptions(options)));
  }
}

// Symbol.dispose, where the platform has it.
if (Symbol.dispose) AstrolabeClient.prototype[Symbol.dispose] = AstrolabeClient.prototype.free;

function isMethod(object, symbol) {
  try {
    return typeof object?.[symbol] === "function";
  } catch {
    return false;
  }
}
