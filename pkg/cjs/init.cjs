var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

// init.js
var init_exports = {};
__export(init_exports, {
  AstrolabeClient: () => AstrolabeClient,
  AstrolabeError: () => AstrolabeError,
  TokenCache: () => TokenCache,
  init: () => init,
  initSync: () => initSync2
});
module.exports = __toCommonJS(init_exports);

// error.js
var AstrolabeError = class extends Error {
  static {
    __name(this, "AstrolabeError");
  }
  constructor(message, { cause, ...details }) {
    super(message, cause === void 0 ? void 0 : { cause });
    for (const [name, value] of Object.entries(details)) if (value !== void 0) this[name] = value;
    try {
      for (let error2 = this, depth = 0; error2 && depth < 5; error2 = error2.cause, depth++) void error2.stack;
    } catch {
    }
  }
};
Object.defineProperty(AstrolabeError.prototype, "name", { value: "AstrolabeError", configurable: true, writable: true });
var invalid = /* @__PURE__ */ __name((message, cause) => new AstrolabeError(message, { code: "invalid_argument", retryable: false, cause }), "invalid");

// guard.js
if (typeof TextDecoder === "undefined" || typeof TextEncoder === "undefined")
  throw new Error("astrolabe-client needs TextDecoder, TextEncoder and fetch, which are missing here: in Jest, use the environment 'node', or jest-fixed-jsdom in place of 'jsdom'");
var isInstanceBroken = false;
var error;
var pending = /* @__PURE__ */ new Set();
var stopped = /* @__PURE__ */ __name((what, cause) => new AstrolabeError(`${what}: make a new client, and report it, unless stack or memory was full`, { code: "internal_error", retryable: false, cause }), "stopped");
var isBroken = /* @__PURE__ */ __name(() => isInstanceBroken, "isBroken");
var notStarted = /* @__PURE__ */ __name(() => new Error('astrolabe-client has not been started: await init(\u2026) of "astrolabe-client/init" first, or import "astrolabe-client", which starts by itself'), "notStarted");
function check(object, isOfThisInstance) {
  if (object.__wbg_inst === void 0) throw invalid("this was made by no class of astrolabe-client");
  if (isInstanceBroken || !isOfThisInstance) throw stopped("this was made before astrolabe-client stopped in the middle of a call");
  if (!object.__wbg_ptr) throw invalid("this was freed: make a new one");
}
__name(check, "check");
function begun() {
  isInstanceBroken = false;
  error = void 0;
}
__name(begun, "begun");
function stop(cause) {
  isInstanceBroken = true;
  error ??= stopped("astrolabe-client stopped in the middle of a call (the cause)", cause);
  for (const call of [...pending]) call.reject(error);
  return error;
}
__name(stop, "stop");
var made;
var Call = class {
  static {
    __name(this, "Call");
  }
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    pending.add(this);
    made = this.promise;
  }
  // Said by the call itself, and not by what comes of another promise: behind one of a Worker's request that has ended nothing
  // runs any more.
  resolve(value) {
    pending.delete(this);
    this.settle.resolve(value);
  }
  reject(error2) {
    pending.delete(this);
    this.settle.reject(error2);
  }
};
function called(method) {
  try {
    return method();
  } catch (error2) {
    made?.catch(() => {
    });
    return Promise.reject(error2);
  } finally {
    made = void 0;
  }
}
__name(called, "called");

// iteration.js
function iterate(source) {
  let isOver = false;
  const generator = (async function* () {
    try {
      for (let item = await source.next(); item; item = await source.next()) yield item[0];
    } finally {
      isOver = true;
      try {
        source.free();
      } catch {
      }
    }
  })();
  const end = generator.return;
  generator.return = (value) => {
    if (!isOver) source.leave();
    return end.call(generator, value);
  };
  return generator;
}
__name(iterate, "iterate");

// wasm/astrolabe_client.js
var AstrolabeClient = class {
  static {
    __name(this, "AstrolabeClient");
  }
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    AstrolabeClientFinalization.unregister(this);
    return ptr;
  }
  free() {
    const isThere = this.__wbg_ptr && !isBroken() && this.__wbg_inst === __wbg_instance_id;
    const ptr = this.__destroy_into_raw();
    if (!isThere) return;
    try {
      wasm.__wbg_astrolabeclient_free(ptr, 1);
    } catch (cause) {
      throw stop(cause);
    }
  }
  /**
   * Takes from background services the access to the user's files, and makes the app password that gave it invalid; nothing
   * happens where there is none, nor for a user that does not exist. Sent once, never tried again by itself. For
   * administrators; Astrolabe 0.16 and later.
   *
   * Rejects as `getUserAppPassword` does, and with `not_supported`.
   * @param {string} userId
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  deprovisionUser(userId, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_deprovisionUser(this.__wbg_ptr, userId, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to
   * do. Failures are checks that did not pass: it rejects only when aborted, or for call options of the wrong type.
   * `timeoutMs` is the limit of each of its requests.
   * @param {CallOptions} [options]
   * @returns {Promise<DiagnosticCheck[]>}
   */
  diagnose(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_diagnose(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * The access token: the cached one until 60 s (`earlyRefreshSeconds`) before its end, else a new one by
   * discovery and the client-credentials grant (RFC 6749 §4.4). Callers at the same time share one request.
   *
   * Rejects with an `AstrolabeError`: `discovery_failed`, `issuer_mismatch`, `grant_not_supported`,
   * `insecure_endpoint`, `token_request_failed`, `invalid_token_response`, `token_function_failed`,
   * `unexpected_redirect`, `unexpected_response`, `response_too_large`, `rate_limited`, `maintenance`, `network`,
   * `timeout`; `invalid_argument` where the client logs in with user name and password, which has no token.
   * @param {CallOptions} [options]
   * @returns {Promise<string>}
   */
  getAccessToken(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getAccessToken(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * The statuses of all users, or of those that `search` finds: `for await (const { userId, displayName, status, error }
   * of …)`. Where the server lists them in one answer (Astrolabe 0.16 and later, 500 users at most) that is asked for;
   * users beyond it, and all of them with an older Astrolabe, are listed and asked about one by one, as
   * `getBackgroundSyncStatuses(listUsers())` does it. Each user once. For administrators. What concerns one user is a row
   * with an `error`; what concerns all is thrown, once. `timeoutMs` is the limit of each request.
   *
   * @throws {AstrolabeError} `invalid_argument`: an option is wrong.
   * @param {AllStatusesOptions} [options]
   * @returns {AsyncGenerator<UserStatusRow, void, undefined>}
   */
  getAllBackgroundSyncStatuses(options) {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.astrolabeclient_getAllBackgroundSyncStatuses(this.__wbg_ptr, options);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * Whether background services have access to the user's files, by what kind of credential, and since when.
   * For a user that does not exist Nextcloud answers as for one without access.
   *
   * Rejects as `getUserAppPassword` does.
   * @param {string} userId
   * @param {CallOptions} [options]
   * @returns {Promise<BackgroundSyncStatus>}
   */
  getBackgroundSyncStatus(userId, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getBackgroundSyncStatus(this.__wbg_ptr, userId, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * The statuses of many users, as they come in: `for await (const { userId, status, error } of …)`. Takes ids from
   * any iterable or async iterable, such as `listUsers()`, as it needs them; never more than `concurrency` (default
   * 8) are under way, and fewer while the server is busy (429, 502, 503, 504, `Retry-After`). What concerns one user
   * is a row with an `error`. What concerns all is thrown, once: the login, maintenance, the app, a server that 20
   * users in a row (or twice `concurrency`) did not reach. Leaving the loop ends what is under way. `timeoutMs` is
   * the limit of each user.
   *
   * @throws {AstrolabeError} `invalid_argument`: `userIds` is no iterable, or an option is wrong.
   * @param {Iterable<string> | AsyncIterable<string>} userIds
   * @param {BulkOptions} [options]
   * @returns {AsyncGenerator<BackgroundSyncStatusRow, void, undefined>}
   */
  getBackgroundSyncStatuses(userIds, options) {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.astrolabeclient_getBackgroundSyncStatuses(this.__wbg_ptr, userIds, options);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * Whether background services have access to the files of the account that this client logs in as, and whether that
   * account may give it.
   *
   * Rejects as `getUserAppPassword` does, but for `forbidden` and `user_mismatch`.
   * @param {CallOptions} [options]
   * @returns {Promise<OwnBackgroundSyncStatus>}
   */
  getOwnBackgroundSyncStatus(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getOwnBackgroundSyncStatus(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Which users have let background services in, as many as Astrolabe lists in one answer (500), and whether users may do
   * so by themselves. For administrators; Astrolabe 0.16 and later.
   *
   * Rejects as `getUserAppPassword` does, but for `user_mismatch`; and with `not_supported`. A list that has a user twice
   * is `unexpected_response`.
   * @param {CallOptions} [options]
   * @returns {Promise<Provisioning>}
   */
  getProvisioning(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getProvisioning(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * What a service may index for the account that this client logs in as; `null` where Astrolabe does not say, as an older
   * one.
   *
   * Rejects as `getOwnBackgroundSyncStatus` does.
   * @param {CallOptions} [options]
   * @returns {Promise<SearchCapabilities | null>}
   */
  getSearchCapabilities(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getSearchCapabilities(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * The user's app password for background sync; `null` where there is none to be had. Today's Astrolabe gives
   * app passwords to nobody: see `getBackgroundSyncStatus`.
   *
   * Rejects with an `AstrolabeError`: what `getAccessToken` rejects with, and `invalid_argument`, `unauthorized`,
   * `forbidden`, `app_not_available`, `user_mismatch`, `rate_limited`, `server_error`, `request_rejected`,
   * `unexpected_response`, `response_too_large`.
   * @param {string} userId
   * @param {CallOptions} [options]
   * @returns {Promise<string | null>}
   */
  getUserAppPassword(userId, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_getUserAppPassword(this.__wbg_ptr, userId, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * The ids of all users, or of those that `search` finds, page by page as they are read. For administrators. Ids
   * are strings, all-digit ones too, however long.
   *
   * Throws in the iteration as `getUserAppPassword` rejects; `timeoutMs` is the limit of each page.
   *
   * @throws {AstrolabeError} `invalid_argument`: an option is wrong.
   * @param {ListUsersOptions} [options]
   * @returns {AsyncGenerator<string, void, undefined>}
   */
  listUsers(options) {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.astrolabeclient_listUsers(this.__wbg_ptr, options);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return takeFromExternrefTable0(ret[0]);
  }
  /**
   * @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
   * @param {AstrolabeClientOptions} options
   */
  constructor(options) {
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.astrolabeclient_new(options);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    this.__wbg_ptr = ret[0];
    Object.defineProperty(this, "__wbg_inst", { value: __wbg_instance_id, writable: true });
    AstrolabeClientFinalization.register(this, { ptr: ret[0], instance: __wbg_instance_id }, this);
    return this;
  }
  /**
   * Gives background services access to the user's files: Nextcloud makes an app password of that user's and stores it.
   * Sent once, never tried again by itself: each time makes one more app password. So an error after which that may have
   * happened (`network`, `timeout`, `server_error`) is not `retryable`: ask for the status. For administrators; Astrolabe
   * 0.16 and later.
   *
   * Rejects as `getUserAppPassword` does, and with `unknown_user`, `not_supported`.
   * @param {string} userId
   * @param {CallOptions} [options]
   * @returns {Promise<StoredAppPassword>}
   */
  provisionUser(userId, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_provisionUser(this.__wbg_ptr, userId, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Takes from background services the access to the files of the account that this client logs in as; nothing
   * happens where there is none. Sent once, never tried again by itself.
   *
   * Rejects as `getOwnBackgroundSyncStatus` does.
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  revokeBackgroundSync(options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_revokeBackgroundSync(this.__wbg_ptr, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Whether users may give access by themselves from now on; access that was given stays. Sent once, never tried again by
   * itself. For administrators; Astrolabe 0.16 and later.
   *
   * Rejects as `getProvisioning` does.
   * @param {boolean} isAllowed
   * @param {CallOptions} [options]
   * @returns {Promise<void>}
   */
  setSelfProvisioning(isAllowed, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_setSelfProvisioning(this.__wbg_ptr, isAllowed, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Gives background services access to the files of the account that this client logs in as, by an app password
   * of that account: 20 to 256 letters, digits and hyphens. Astrolabe before 0.16 takes only the form
   * `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, never tried again by itself.
   *
   * Rejects as `getOwnBackgroundSyncStatus` does, and with `app_password_rejected`, `self_provisioning_disabled`.
   * @param {string} appPassword
   * @param {CallOptions} [options]
   * @returns {Promise<StoredAppPassword>}
   */
  storeAppPassword(appPassword, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_storeAppPassword(this.__wbg_ptr, appPassword, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
  /**
   * Where this client keeps its token, always the same object.
   * @returns {TokenCache}
   */
  get tokenCache() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.astrolabeclient_tokenCache(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret;
  }
  /**
   * Whether a user of this id exists; the other calls cannot tell. For administrators.
   *
   * Rejects as `getUserAppPassword` does.
   * @param {string} userId
   * @param {CallOptions} [options]
   * @returns {Promise<boolean>}
   */
  userExists(userId, options) {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.astrolabeclient_userExists(this.__wbg_ptr, userId, options);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
};
if (Symbol.dispose) AstrolabeClient.prototype[Symbol.dispose] = AstrolabeClient.prototype.free;
var TokenCache = class _TokenCache {
  static {
    __name(this, "TokenCache");
  }
  static __wrap(ptr) {
    const obj = Object.create(_TokenCache.prototype);
    obj.__wbg_ptr = ptr;
    Object.defineProperty(obj, "__wbg_inst", { value: __wbg_instance_id, writable: true });
    TokenCacheFinalization.register(obj, { ptr, instance: __wbg_instance_id }, obj);
    return obj;
  }
  static __unwrap(jsValue) {
    if (!(jsValue instanceof _TokenCache)) {
      return 0;
    }
    return jsValue.__destroy_into_raw();
  }
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    TokenCacheFinalization.unregister(this);
    return ptr;
  }
  free() {
    const isThere = this.__wbg_ptr && !isBroken() && this.__wbg_inst === __wbg_instance_id;
    const ptr = this.__destroy_into_raw();
    if (!isThere) return;
    try {
      wasm.__wbg_tokencache_free(ptr, 1);
    } catch (cause) {
      throw stop(cause);
    }
  }
  /**
   * Another handle of the same cache. wasm-bindgen can only take a handle out of an object together with the
   * object itself, and the application's own must stay as it is.
   * @returns {TokenCache}
   */
  __share() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache___share(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return _TokenCache.__wrap(ret);
  }
  /**
   * The token, fresh or not; `null` where there is none.
   * @returns {string | null}
   */
  get accessToken() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_accessToken(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret;
  }
  /**
   * Forgets the token and what discovery found. What a request under way brings is not kept.
   */
  clear() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    __wbg_call_guard();
    try {
      wasm.tokencache_clear(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
  }
  /**
   * When the token ends, as the server told it; `null` where there is none or nobody knows.
   * @returns {Date | null}
   */
  get expiresAt() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_expiresAt(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret;
  }
  /**
   * A cache with what `toJSON` gave, as an object or as JSON text. It does not know the client secret: it serves the first
   * client of the same host, provider, id and scope that asks.
   *
   * @throws {AstrolabeError} `invalid_argument`: it is no object, no JSON, or a property is of the wrong type.
   * @param {TokenCacheJSON | string} data
   * @returns {TokenCache}
   */
  static fromJSON(data) {
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_fromJSON(data);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    if (ret[2]) {
      throw takeFromExternrefTable0(ret[1]);
    }
    return _TokenCache.__wrap(ret[0]);
  }
  /**
   * Whether there is a token that lives longer than the early refresh: 60 s, or the `earlyRefreshSeconds` of the
   * client that made this cache.
   * @returns {boolean}
   */
  isFresh() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_isFresh(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret !== 0;
  }
  /**
   * An empty cache.
   */
  constructor() {
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_new();
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    this.__wbg_ptr = ret;
    Object.defineProperty(this, "__wbg_inst", { value: __wbg_instance_id, writable: true });
    TokenCacheFinalization.register(this, { ptr: ret, instance: __wbg_instance_id }, this);
    return this;
  }
  /**
   * For `JSON.stringify`. Holds the token: keep it as you would keep a password.
   * @returns {TokenCacheJSON}
   */
  toJSON() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_toJSON(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret;
  }
  /**
   * The token endpoint that discovery found; `null` where it has not looked yet.
   * @returns {string | null}
   */
  get tokenEndpoint() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    let ret;
    __wbg_call_guard();
    try {
      ret = wasm.tokencache_tokenEndpoint(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
    return ret;
  }
};
if (Symbol.dispose) TokenCache.prototype[Symbol.dispose] = TokenCache.prototype.free;
var __Iteration = class ___Iteration {
  static {
    __name(this, "__Iteration");
  }
  static __wrap(ptr) {
    const obj = Object.create(___Iteration.prototype);
    obj.__wbg_ptr = ptr;
    Object.defineProperty(obj, "__wbg_inst", { value: __wbg_instance_id, writable: true });
    __IterationFinalization.register(obj, { ptr, instance: __wbg_instance_id }, obj);
    return obj;
  }
  __destroy_into_raw() {
    const ptr = this.__wbg_ptr;
    this.__wbg_ptr = 0;
    __IterationFinalization.unregister(this);
    return ptr;
  }
  free() {
    const isThere = this.__wbg_ptr && !isBroken() && this.__wbg_inst === __wbg_instance_id;
    const ptr = this.__destroy_into_raw();
    if (!isThere) return;
    try {
      wasm.__wbg___iteration_free(ptr, 1);
    } catch (cause) {
      throw stop(cause);
    }
  }
  /**
   * What is under way ends; the item that is waited for is none.
   */
  leave() {
    check(this, this.__wbg_inst === __wbg_instance_id);
    __wbg_call_guard();
    try {
      wasm.__iteration_leave(this.__wbg_ptr);
    } catch (cause) {
      throw stop(cause);
    }
    if (isBroken()) throw stop();
  }
  /**
   * An array of one item; `undefined` at the end.
   * @returns {Promise<any>}
   */
  next() {
    return called(() => {
      check(this, this.__wbg_inst === __wbg_instance_id);
      let ret;
      __wbg_call_guard();
      try {
        ret = wasm.__iteration_next(this.__wbg_ptr);
      } catch (cause) {
        throw stop(cause);
      }
      if (isBroken()) throw stop();
      return ret;
    });
  }
};
if (Symbol.dispose) __Iteration.prototype[Symbol.dispose] = __Iteration.prototype.free;
function __wbg_reset_state() {
  __wbg_instance_id++;
  cachedDataViewMemory0 = null;
  cachedUint8ArrayMemory0 = null;
  if (typeof numBytesDecoded !== "undefined") numBytesDecoded = 0;
  if (typeof WASM_VECTOR_LEN !== "undefined") WASM_VECTOR_LEN = 0;
  __wbg_reinit_scheduled = false;
  wasmInstance = new WebAssembly.Instance(wasmModule, __wbg_get_imports());
  wasm = wasmInstance.exports;
  wasm.__wbindgen_start();
  begun();
}
__name(__wbg_reset_state, "__wbg_reset_state");
function __wbg_get_imports() {
  const import0 = {
    __proto__: null,
    Number: /* @__PURE__ */ __name(function(arg0) {
      const ret = Number(arg0);
      return ret;
    }, "Number"),
    __wbindgen_boolean_get: /* @__PURE__ */ __name(function(arg0) {
      const v = arg0;
      const ret = typeof v === "boolean" ? v : void 0;
      return isLikeNone(ret) ? 16777215 : ret ? 1 : 0;
    }, "__wbindgen_boolean_get"),
    __wbindgen_is_falsy: /* @__PURE__ */ __name(function(arg0) {
      const ret = !arg0;
      return ret;
    }, "__wbindgen_is_falsy"),
    __wbindgen_is_function: /* @__PURE__ */ __name(function(arg0) {
      const ret = typeof arg0 === "function";
      return ret;
    }, "__wbindgen_is_function"),
    __wbindgen_is_null: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0 === null;
      return ret;
    }, "__wbindgen_is_null"),
    __wbindgen_is_object: /* @__PURE__ */ __name(function(arg0) {
      const val = arg0;
      const ret = typeof val === "object" && val !== null;
      return ret;
    }, "__wbindgen_is_object"),
    __wbindgen_is_string: /* @__PURE__ */ __name(function(arg0) {
      const ret = typeof arg0 === "string";
      return ret;
    }, "__wbindgen_is_string"),
    __wbindgen_is_undefined: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0 === void 0;
      return ret;
    }, "__wbindgen_is_undefined"),
    __wbindgen_jsval_eq: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0 === arg1;
      return ret;
    }, "__wbindgen_jsval_eq"),
    __wbindgen_number_get: /* @__PURE__ */ __name(function(arg0, arg1) {
      const obj = arg1;
      const ret = typeof obj === "number" ? obj : void 0;
      getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
      getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
    }, "__wbindgen_number_get"),
    __wbindgen_reinit: /* @__PURE__ */ __name(function() {
      __wbg_reinit_scheduled = true;
    }, "__wbindgen_reinit"),
    __wbindgen_string_get: /* @__PURE__ */ __name(function(arg0, arg1) {
      const obj = arg1;
      const ret = typeof obj === "string" ? obj : void 0;
      var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
      var len1 = WASM_VECTOR_LEN;
      getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
      getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
    }, "__wbindgen_string_get"),
    __wbindgen_throw: /* @__PURE__ */ __name(function(arg0, arg1) {
      throw new Error(getStringFromWasm0(arg0, arg1));
    }, "__wbindgen_throw"),
    __wbindgen_typeof: /* @__PURE__ */ __name(function(arg0) {
      const ret = typeof arg0;
      return ret;
    }, "__wbindgen_typeof"),
    _wbg_cb_unref: /* @__PURE__ */ __name(function(arg0) {
      arg0._wbg_cb_unref();
    }, "_wbg_cb_unref"),
    abort: /* @__PURE__ */ __name(function(arg0) {
      try {
        arg0.abort();
      } catch (error2) {
        return handleError(error2);
      }
    }, "abort"),
    addEventListener: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3) {
      try {
        arg0.addEventListener(getStringFromWasm0(arg1, arg2), arg3);
      } catch (error2) {
        return handleError(error2);
      }
    }, "addEventListener"),
    add: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0.add(arg1);
      return ret;
    }, "add"),
    assign: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = Object.assign(arg0, arg1);
      return ret;
    }, "assign"),
    asyncIterator: /* @__PURE__ */ __name(function() {
      const ret = Symbol.asyncIterator;
      return ret;
    }, "asyncIterator"),
    bind: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = arg0.bind(arg1, arg2);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "bind"),
    body: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.body;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "body"),
    call3: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = arg0.call(arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "call3"),
    call: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = arg0.call(arg1, arg2);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "call"),
    call2: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3) {
      try {
        const ret = arg0.call(arg1, arg2, arg3);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "call2"),
    cancel: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.cancel();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "cancel"),
    clearTimeout: /* @__PURE__ */ __name(function(arg0) {
      try {
        clearTimeout(arg0);
      } catch (error2) {
        return handleError(error2);
      }
    }, "clearTimeout"),
    decrypt: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4) {
      try {
        const ret = arg0.decrypt(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "decrypt"),
    delete: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0.delete(arg1);
      return ret;
    }, "delete"),
    deriveKey: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4, arg5) {
      try {
        const ret = arg0.deriveKey(arg1, arg2, arg3, arg4 !== 0, arg5);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "deriveKey"),
    digest: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4) {
      try {
        const ret = arg0.digest(getStringFromWasm0(arg1, arg2), getArrayU8FromWasm0(arg3, arg4));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "digest"),
    done2: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.done;
      return ret;
    }, "done2"),
    done: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.done;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "done"),
    encrypt: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4) {
      try {
        const ret = arg0.encrypt(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "encrypt"),
    forEach: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        var state0 = { a: arg1, b: arg2 };
        var cb0 = /* @__PURE__ */ __name((arg02, arg12, arg22) => {
          const a = state0.a;
          state0.a = 0;
          try {
            return wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(a, state0.b, arg02, arg12, arg22);
          } finally {
            state0.a = a;
          }
        }, "cb0");
        arg0.forEach(cb0);
      } finally {
        state0.a = 0;
      }
    }, "forEach"),
    getOwnPropertyDescriptor: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = Reflect.getOwnPropertyDescriptor(arg0, arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "getOwnPropertyDescriptor"),
    getPrototypeOf: /* @__PURE__ */ __name(function(arg0) {
      const ret = Object.getPrototypeOf(arg0);
      return ret;
    }, "getPrototypeOf"),
    getRandomValues: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = arg0.getRandomValues(getArrayU8FromWasm0(arg1, arg2));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "getRandomValues"),
    getReader: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.getReader();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "getReader"),
    get2: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = arg0.get(arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get2"),
    get6: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = Reflect.get(arg0, arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get6"),
    get: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = arg0.get(getStringFromWasm0(arg1, arg2));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get"),
    get5: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = Reflect.get(arg0, arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get5"),
    get4: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0.get(arg1);
      return ret;
    }, "get4"),
    get3: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.get;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get3"),
    get7: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = Reflect.get(arg0, arg1 >>> 0);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "get7"),
    get_unchecked: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0[arg1 >>> 0];
      return ret;
    }, "get_unchecked"),
    has: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = Reflect.has(arg0, arg1);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "has"),
    headers: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.headers;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "headers"),
    importKey: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7) {
      try {
        const ret = arg0.importKey(getStringFromWasm0(arg1, arg2), arg3, getStringFromWasm0(arg4, arg5), arg6 !== 0, arg7);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "importKey"),
    importKey2: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4, arg5, arg6) {
      try {
        const ret = arg0.importKey(getStringFromWasm0(arg1, arg2), arg3, arg4, arg5 !== 0, arg6);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "importKey2"),
    isView: /* @__PURE__ */ __name(function(arg0) {
      const ret = ArrayBuffer.isView(arg0);
      return ret;
    }, "isView"),
    iterate: /* @__PURE__ */ __name(function(arg0) {
      const ret = iterate(__Iteration.__wrap(arg0));
      return ret;
    }, "iterate"),
    iterator: /* @__PURE__ */ __name(function() {
      const ret = Symbol.iterator;
      return ret;
    }, "iterator"),
    length2: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.length;
      return ret;
    }, "length2"),
    length: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.length;
      return ret;
    }, "length"),
    length3: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.length;
      return ret;
    }, "length3"),
    new11: /* @__PURE__ */ __name(function() {
      const ret = /* @__PURE__ */ new WeakMap();
      return ret;
    }, "new11"),
    new6: /* @__PURE__ */ __name(function(arg0) {
      const ret = new Uint8Array(arg0);
      return ret;
    }, "new6"),
    new2: /* @__PURE__ */ __name(function() {
      const ret = new Call();
      return ret;
    }, "new2"),
    new9: /* @__PURE__ */ __name(function() {
      const ret = new Array();
      return ret;
    }, "new9"),
    new8: /* @__PURE__ */ __name(function(arg0) {
      const ret = new Date(arg0);
      return ret;
    }, "new8"),
    new12: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = new TypeError(getStringFromWasm0(arg0, arg1));
      return ret;
    }, "new12"),
    new5: /* @__PURE__ */ __name(function() {
      try {
        const ret = new AbortController();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "new5"),
    new7: /* @__PURE__ */ __name(function(arg0) {
      const ret = new Set(arg0);
      return ret;
    }, "new7"),
    new: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      const ret = new AstrolabeError(getStringFromWasm0(arg0, arg1), arg2);
      return ret;
    }, "new"),
    new4: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        var state0 = { a: arg0, b: arg1 };
        var cb0 = /* @__PURE__ */ __name((arg02, arg12) => {
          const a = state0.a;
          state0.a = 0;
          try {
            return wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(a, state0.b, arg02, arg12);
          } finally {
            state0.a = a;
          }
        }, "cb0");
        const ret = new Promise(cb0);
        return ret;
      } finally {
        state0.a = 0;
      }
    }, "new4"),
    new10: /* @__PURE__ */ __name(function() {
      const ret = new Object();
      return ret;
    }, "new10"),
    new3: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = new Uint8Array(arg0);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "new3"),
    new_from_slice: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = new Uint8Array(getArrayU8FromWasm0(arg0, arg1));
      return ret;
    }, "new_from_slice"),
    next2: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.next;
      return ret;
    }, "next2"),
    next: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.next();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "next"),
    now2: /* @__PURE__ */ __name(function() {
      const ret = Date.now();
      return ret;
    }, "now2"),
    now: /* @__PURE__ */ __name(function() {
      try {
        const ret = performance.now();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "now"),
    of: /* @__PURE__ */ __name(function(arg0) {
      const ret = Array.of(arg0);
      return ret;
    }, "of"),
    of2: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = Array.of(arg0, arg1);
      return ret;
    }, "of2"),
    ownKeys: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = Reflect.ownKeys(arg0);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "ownKeys"),
    parse: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = JSON.parse(getStringFromWasm0(arg0, arg1));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "parse"),
    promise: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.promise;
      return ret;
    }, "promise"),
    prototypesetcall: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      Uint8Array.prototype.set.call(getArrayU8FromWasm0(arg0, arg1), arg2);
    }, "prototypesetcall"),
    put: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4, arg5) {
      try {
        const ret = arg0.put(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4), arg5);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "put"),
    queueMicrotask2: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.queueMicrotask;
      return ret;
    }, "queueMicrotask2"),
    queueMicrotask: /* @__PURE__ */ __name(function(arg0) {
      queueMicrotask(arg0);
    }, "queueMicrotask"),
    random: /* @__PURE__ */ __name(function() {
      const ret = Math.random();
      return ret;
    }, "random"),
    read: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.read();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "read"),
    reject2: /* @__PURE__ */ __name(function(arg0) {
      const ret = Promise.reject(arg0);
      return ret;
    }, "reject2"),
    reject: /* @__PURE__ */ __name(function(arg0, arg1) {
      arg0.reject(arg1);
    }, "reject"),
    resolve2: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = Promise.resolve(arg0);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "resolve2"),
    resolve: /* @__PURE__ */ __name(function(arg0, arg1) {
      arg0.resolve(arg1);
    }, "resolve"),
    resolve3: /* @__PURE__ */ __name(function(arg0) {
      const ret = Promise.resolve(arg0);
      return ret;
    }, "resolve3"),
    setTimeout: /* @__PURE__ */ __name(function(arg0, arg1) {
      try {
        const ret = setTimeout(arg0, arg1 >>> 0);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "setTimeout"),
    set4: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = Reflect.set(arg0, arg1, arg2);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "set4"),
    set_body: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0.body = getStringFromWasm0(arg1, arg2);
    }, "set_body"),
    set2: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      const ret = arg0.set(arg1, arg2);
      return ret;
    }, "set2"),
    set_cache: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0.cache = getStringFromWasm0(arg1, arg2);
    }, "set_cache"),
    set_credentials: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0.credentials = getStringFromWasm0(arg1, arg2);
    }, "set_credentials"),
    set: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0[arg1 >>> 0] = arg2;
    }, "set"),
    set3: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0[arg1] = arg2;
    }, "set3"),
    set_headers: /* @__PURE__ */ __name(function(arg0, arg1) {
      arg0.headers = arg1;
    }, "set_headers"),
    set_method: /* @__PURE__ */ __name(function(arg0, arg1) {
      arg0.method = arg1;
    }, "set_method"),
    set_redirect: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      arg0.redirect = getStringFromWasm0(arg1, arg2);
    }, "set_redirect"),
    set_signal: /* @__PURE__ */ __name(function(arg0, arg1) {
      arg0.signal = arg1;
    }, "set_signal"),
    sign: /* @__PURE__ */ __name(function(arg0, arg1, arg2, arg3, arg4) {
      try {
        const ret = arg0.sign(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "sign"),
    signal: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.signal;
      return ret;
    }, "signal"),
    static_accessor_GLOBAL_THIS: /* @__PURE__ */ __name(function() {
      const ret = typeof globalThis === "undefined" ? void 0 : globalThis;
      return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
    }, "static_accessor_GLOBAL_THIS"),
    static_accessor_GLOBAL: /* @__PURE__ */ __name(function() {
      const ret = typeof global === "undefined" ? void 0 : global;
      return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
    }, "static_accessor_GLOBAL"),
    static_accessor_SELF: /* @__PURE__ */ __name(function() {
      const ret = typeof self === "undefined" ? void 0 : self;
      return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
    }, "static_accessor_SELF"),
    static_accessor_WINDOW: /* @__PURE__ */ __name(function() {
      const ret = typeof window === "undefined" ? void 0 : window;
      return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
    }, "static_accessor_WINDOW"),
    status: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.status;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "status"),
    text: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.text();
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "text"),
    then: /* @__PURE__ */ __name(function(arg0, arg1, arg2) {
      try {
        const ret = arg0.then(arg1, arg2);
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "then"),
    then2: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = arg0.then(arg1);
      return ret;
    }, "then2"),
    toStringTag: /* @__PURE__ */ __name(function() {
      const ret = Symbol.toStringTag;
      return ret;
    }, "toStringTag"),
    __wbg_tokencache_new: /* @__PURE__ */ __name(function(arg0) {
      const ret = TokenCache.__wrap(arg0);
      return ret;
    }, "__wbg_tokencache_new"),
    __wbg_tokencache_unwrap: /* @__PURE__ */ __name(function(arg0) {
      const ret = TokenCache.__unwrap(arg0);
      return ret;
    }, "__wbg_tokencache_unwrap"),
    type: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.type;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "type"),
    url: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.url;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "url"),
    value2: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0.value;
      return ret;
    }, "value2"),
    value: /* @__PURE__ */ __name(function(arg0) {
      try {
        const ret = arg0.value;
        return ret;
      } catch (error2) {
        return handleError(error2);
      }
    }, "value"),
    __wbindgen_generic_0000000000000001: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h60702a48838d1764);
      return ret;
    }, "__wbindgen_generic_0000000000000001"),
    __wbindgen_generic_0000000000000002: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = makeClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371);
      return ret;
    }, "__wbindgen_generic_0000000000000002"),
    __wbindgen_generic_0000000000000003: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = makeClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h9b51039299363467);
      return ret;
    }, "__wbindgen_generic_0000000000000003"),
    __wbindgen_generic_0000000000000004: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de);
      return ret;
    }, "__wbindgen_generic_0000000000000004"),
    __wbindgen_generic_0000000000000005: /* @__PURE__ */ __name(function(arg0) {
      const ret = arg0;
      return ret;
    }, "__wbindgen_generic_0000000000000005"),
    __wbindgen_generic_0000000000000006: /* @__PURE__ */ __name(function(arg0, arg1) {
      const ret = getStringFromWasm0(arg0, arg1);
      return ret;
    }, "__wbindgen_generic_0000000000000006"),
    __wbindgen_init_externref_table: /* @__PURE__ */ __name(function() {
      const table = wasm.__wbindgen_externrefs;
      table.set(0, void 0);
      table.set(1024, void 0);
      table.set(1025, null);
      table.set(1026, true);
      table.set(1027, false);
    }, "__wbindgen_init_externref_table")
  };
  return {
    __proto__: null,
    "./astrolabe_client_bg.js": import0
  };
}
__name(__wbg_get_imports, "__wbg_get_imports");
function __wbg_call_guard() {
  if (wasm === void 0) throw notStarted();
  if (isBroken()) {
    __wbg_reset_state();
    return;
  }
}
__name(__wbg_call_guard, "__wbg_call_guard");
function wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de(arg0, arg1) {
  __wbg_call_guard();
  try {
    wasm.wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de(arg0, arg1);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
}
__name(wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de, "wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de");
function wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2) {
  let ret;
  __wbg_call_guard();
  try {
    ret = wasm.wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
  if (ret[1]) {
    throw takeFromExternrefTable0(ret[0]);
  }
}
__name(wasm_bindgen__convert__closures_____invoke__h60702a48838d1764, "wasm_bindgen__convert__closures_____invoke__h60702a48838d1764");
function wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3) {
  __wbg_call_guard();
  try {
    wasm.wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
}
__name(wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475, "wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475");
function wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(arg0, arg1, arg2, arg3, arg4) {
  __wbg_call_guard();
  try {
    wasm.wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(arg0, arg1, arg2, arg3, arg4);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
}
__name(wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1, "wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1");
function wasm_bindgen__convert__closures_____invoke__h9b51039299363467(arg0, arg1, arg2) {
  __wbg_call_guard();
  try {
    wasm.wasm_bindgen__convert__closures_____invoke__h9b51039299363467(arg0, arg1, arg2);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
}
__name(wasm_bindgen__convert__closures_____invoke__h9b51039299363467, "wasm_bindgen__convert__closures_____invoke__h9b51039299363467");
function wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371(arg0, arg1, arg2, arg3) {
  __wbg_call_guard();
  try {
    wasm.wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371(arg0, arg1, arg2, arg3);
  } catch (cause) {
    stop(cause);
  }
  if (isBroken()) return void 0;
}
__name(wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371, "wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371");
var __wbg_instance_id = 0;
var AstrolabeClientFinalization = typeof FinalizationRegistry === "undefined" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr, instance }) => {
  if (instance !== __wbg_instance_id || isBroken()) return;
  try {
    wasm.__wbg_astrolabeclient_free(ptr, 1);
  } catch (cause) {
    stop(cause);
  }
});
var TokenCacheFinalization = typeof FinalizationRegistry === "undefined" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr, instance }) => {
  if (instance !== __wbg_instance_id || isBroken()) return;
  try {
    wasm.__wbg_tokencache_free(ptr, 1);
  } catch (cause) {
    stop(cause);
  }
});
var __IterationFinalization = typeof FinalizationRegistry === "undefined" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry(({ ptr, instance }) => {
  if (instance !== __wbg_instance_id || isBroken()) return;
  try {
    wasm.__wbg___iteration_free(ptr, 1);
  } catch (cause) {
    stop(cause);
  }
});
function addToExternrefTable0(obj) {
  const idx = wasm.__externref_table_alloc();
  wasm.__wbindgen_externrefs.set(idx, obj);
  return idx;
}
__name(addToExternrefTable0, "addToExternrefTable0");
function destroyClosure(a, b) {
  if (isBroken()) return;
  try {
    wasm.__wbindgen_destroy_closure(a, b);
  } catch (cause) {
    stop(cause);
  }
}
__name(destroyClosure, "destroyClosure");
var CLOSURE_DTORS = typeof FinalizationRegistry === "undefined" ? { register: /* @__PURE__ */ __name(() => {
}, "register"), unregister: /* @__PURE__ */ __name(() => {
}, "unregister") } : new FinalizationRegistry((state) => {
  if (state.instance === __wbg_instance_id) {
    destroyClosure(state.a, state.b);
  }
});
function getArrayU8FromWasm0(ptr, len) {
  ptr = ptr >>> 0;
  return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}
__name(getArrayU8FromWasm0, "getArrayU8FromWasm0");
var cachedDataViewMemory0 = null;
function getDataViewMemory0() {
  if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || cachedDataViewMemory0.buffer.detached === void 0 && cachedDataViewMemory0.buffer !== wasm.memory.buffer) {
    cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
  }
  return cachedDataViewMemory0;
}
__name(getDataViewMemory0, "getDataViewMemory0");
function getStringFromWasm0(ptr, len) {
  ptr = ptr >>> 0;
  return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
__name(getStringFromWasm0, "getStringFromWasm0");
var cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
  if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
    cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
  }
  return cachedUint8ArrayMemory0;
}
__name(getUint8ArrayMemory0, "getUint8ArrayMemory0");
function handleError(e) {
  const idx = addToExternrefTable0(e);
  wasm.__wbindgen_exn_store(idx);
}
__name(handleError, "handleError");
function isLikeNone(x) {
  return x === void 0 || x === null;
}
__name(isLikeNone, "isLikeNone");
function makeClosure(arg0, arg1, f) {
  const state = { a: arg0, b: arg1, cnt: 1, instance: __wbg_instance_id };
  const real = /* @__PURE__ */ __name((...args) => {
    if (isBroken() || state.instance !== __wbg_instance_id || state.a === 0) return void 0;
    state.cnt++;
    try {
      return f(state.a, state.b, ...args);
    } finally {
      real._wbg_cb_unref();
    }
  }, "real");
  real._wbg_cb_unref = () => {
    if (--state.cnt === 0) {
      if (state.instance === __wbg_instance_id) destroyClosure(state.a, state.b);
      state.a = 0;
      CLOSURE_DTORS.unregister(state);
    }
  };
  CLOSURE_DTORS.register(real, state, state);
  return real;
}
__name(makeClosure, "makeClosure");
function makeMutClosure(arg0, arg1, f) {
  const state = { a: arg0, b: arg1, cnt: 1, instance: __wbg_instance_id };
  const real = /* @__PURE__ */ __name((...args) => {
    if (isBroken() || state.instance !== __wbg_instance_id || state.a === 0) return void 0;
    state.cnt++;
    const a = state.a;
    state.a = 0;
    try {
      return f(a, state.b, ...args);
    } finally {
      state.a = a;
      real._wbg_cb_unref();
    }
  }, "real");
  real._wbg_cb_unref = () => {
    if (--state.cnt === 0) {
      if (state.instance === __wbg_instance_id) destroyClosure(state.a, state.b);
      state.a = 0;
      CLOSURE_DTORS.unregister(state);
    }
  };
  CLOSURE_DTORS.register(real, state, state);
  return real;
}
__name(makeMutClosure, "makeMutClosure");
function passStringToWasm0(arg, malloc, realloc) {
  if (realloc === void 0) {
    const buf = cachedTextEncoder.encode(arg);
    const ptr2 = malloc(buf.length, 1) >>> 0;
    getUint8ArrayMemory0().subarray(ptr2, ptr2 + buf.length).set(buf);
    WASM_VECTOR_LEN = buf.length;
    return ptr2;
  }
  let len = arg.length;
  let ptr = malloc(len, 1) >>> 0;
  const mem = getUint8ArrayMemory0();
  let offset = 0;
  for (; offset < len; offset++) {
    const code = arg.charCodeAt(offset);
    if (code > 127) break;
    mem[ptr + offset] = code;
  }
  if (offset !== len) {
    if (offset !== 0) {
      arg = arg.slice(offset);
    }
    ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
    const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
    const ret = cachedTextEncoder.encodeInto(arg, view);
    offset += ret.written;
    ptr = realloc(ptr, len, offset, 1) >>> 0;
  }
  WASM_VECTOR_LEN = offset;
  return ptr;
}
__name(passStringToWasm0, "passStringToWasm0");
var __wbg_reinit_scheduled = false;
function takeFromExternrefTable0(idx) {
  const value = wasm.__wbindgen_externrefs.get(idx);
  wasm.__externref_table_dealloc(idx);
  return value;
}
__name(takeFromExternrefTable0, "takeFromExternrefTable0");
var cachedTextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
cachedTextDecoder.decode();
var MAX_SAFARI_DECODE_BYTES = 2146435072;
var numBytesDecoded = 0;
function decodeText(bytes) {
  numBytesDecoded += bytes.length;
  if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
    cachedTextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
    cachedTextDecoder.decode();
    numBytesDecoded = bytes.length;
  }
  return cachedTextDecoder.decode(bytes);
}
__name(decodeText, "decodeText");
var cachedTextEncoder = new TextEncoder();
if (!("encodeInto" in cachedTextEncoder)) {
  cachedTextEncoder.encodeInto = function(arg, view) {
    const buf = cachedTextEncoder.encode(arg);
    view.set(buf);
    return {
      read: arg.length,
      written: buf.length
    };
  };
}
var WASM_VECTOR_LEN = 0;
var wasmModule;
var wasmInstance;
var wasm;
function __wbg_finalize_init(instance, module2) {
  wasmInstance = instance;
  wasm = instance.exports;
  wasmModule = module2;
  cachedDataViewMemory0 = null;
  cachedUint8ArrayMemory0 = null;
  wasm.__wbindgen_start();
  begun();
  return wasm;
}
__name(__wbg_finalize_init, "__wbg_finalize_init");
function initSync(module2) {
  if (wasm !== void 0) return wasm;
  if (module2 !== void 0) {
    if (Object.getPrototypeOf(module2) === Object.prototype) {
      ({ module: module2 } = module2);
    } else {
      console.warn("using deprecated parameters for `initSync()`; pass a single object instead");
    }
  }
  const imports = __wbg_get_imports();
  const instance = new WebAssembly.Instance(module2, imports);
  return __wbg_finalize_init(instance, module2);
}
__name(initSync, "initSync");

// start.js
var NO_WASM = "astrolabe-client is WebAssembly, which this platform does not let it compile. In Cloudflare Workers and at Vercel's edge, let the bundler use the condition 'workerd' or 'edge-light', or give a module that it imported to astrolabe-client/init. In a page, allow 'wasm-unsafe-eval' in its Content-Security-Policy. A browser in Lockdown Mode or hardened likewise has none: use another, or exempt the page";
var NO_MODULE = "what the bundler made of astrolabe-client's import of its .wasm is no compiled WebAssembly.Module: have it make one of that, or import astrolabe-client/astrolabe_client.wasm in the way that it does and give the module to astrolabe-client/init";
var hasStarted = false;
var isStarted = /* @__PURE__ */ __name(() => hasStarted, "isStarted");
function isModule(value) {
  try {
    return Boolean(WebAssembly.Module.exports(value));
  } catch {
    return false;
  }
}
__name(isModule, "isModule");
var isWasm = /* @__PURE__ */ __name((bytes) => typeof WebAssembly === "undefined" || WebAssembly.validate(bytes), "isWasm");
var notCompiled = /* @__PURE__ */ __name((bytes, cause) => isWasm(bytes) ? new Error(NO_WASM, { cause }) : cause, "notCompiled");
function compile(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw notCompiled(bytes, cause);
  }
}
__name(compile, "compile");
function start(module2) {
  if (hasStarted) return;
  if (!isModule(module2)) throw new Error(NO_MODULE);
  const wrong = /* @__PURE__ */ __name((cause) => invalid("this is not the wasm of this astrolabe-client: give its own astrolabe_client.wasm", cause), "wrong");
  if (!WebAssembly.Module.exports(module2).some(({ name }) => name === "astrolabeclient_new")) throw wrong();
  try {
    initSync({ module: module2 });
  } catch (error2) {
    throw error2 instanceof WebAssembly.LinkError || error2 instanceof TypeError ? wrong(error2) : error2;
  }
  hasStarted = true;
}
__name(start, "start");

// init.js
var ACCEPTED = "a WebAssembly.Module, its bytes (ArrayBuffer or a view of one), a Response, or a URL";
function bytesOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return Object.prototype.toString.call(source) === "[object ArrayBuffer]" ? source : void 0;
}
__name(bytesOf, "bytesOf");
var isResponse = /* @__PURE__ */ __name((source) => typeof source?.arrayBuffer === "function" && typeof source.ok === "boolean", "isResponse");
function initSync2(source) {
  if (isStarted()) return;
  const bytes = bytesOf(source);
  if (bytes) start(compile(bytes));
  else if (isModule(source)) start(source);
  else throw invalid("initSync takes a WebAssembly.Module or its bytes (ArrayBuffer or a view of one); for a URL use init");
}
__name(initSync2, "initSync");
async function init(source) {
  if (isStarted()) return;
  let given = await source;
  const address = typeof given === "string" ? given : given?.href;
  if (typeof address === "string") {
    if (/^file:/i.test(address)) throw invalid("init cannot fetch a file: address: read the file, and give its bytes");
    given = await fetch(address);
  }
  if (isResponse(given)) {
    if (!given.ok) throw invalid(`init: ${given.url} answered with status ${given.status}: give the address of astrolabe_client.wasm`);
    const { url } = given;
    given = await given.arrayBuffer();
    if (!isWasm(given)) throw invalid(`init: what ${url} answered is no WebAssembly: give the address of astrolabe_client.wasm`);
  }
  const bytes = bytesOf(given);
  const module2 = bytes ? await compiled(bytes) : given;
  if (!isModule(module2)) throw invalid(`init takes ${ACCEPTED}, or a promise of one`);
  start(module2);
}
__name(init, "init");
async function compiled(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw notCompiled(bytes, cause);
  }
}
__name(compiled, "compiled");
