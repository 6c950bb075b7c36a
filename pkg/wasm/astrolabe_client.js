import { begun, called, check, isBroken, notStarted, stop } from "../guard.js";
import { AstrolabeError } from "../error.js";
import { Call } from "../guard.js";
import { iterate } from "../iteration.js";


/**
 * A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each request,
 * and any number of calls may be under way at once.
 */
export class AstrolabeClient {
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
        Object.defineProperty(this, '__wbg_inst', { value: __wbg_instance_id, writable: true });
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
}
if (Symbol.dispose) AstrolabeClient.prototype[Symbol.dispose] = AstrolabeClient.prototype.free;

/**
 * The access token, when it ends, and what discovery found. One cache can serve any number of clients.
 */
export class TokenCache {
    static __wrap(ptr) {
        const obj = Object.create(TokenCache.prototype);
        obj.__wbg_ptr = ptr;
        Object.defineProperty(obj, '__wbg_inst', { value: __wbg_instance_id, writable: true });

        TokenCacheFinalization.register(obj, { ptr, instance: __wbg_instance_id }, obj);
        return obj;
    }
    static __unwrap(jsValue) {
        if (!(jsValue instanceof TokenCache)) {
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
        return TokenCache.__wrap(ret);
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
        return TokenCache.__wrap(ret[0]);
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
        Object.defineProperty(this, '__wbg_inst', { value: __wbg_instance_id, writable: true });
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
}
if (Symbol.dispose) TokenCache.prototype[Symbol.dispose] = TokenCache.prototype.free;

/**
 * Not for users: what stands behind an async generator.
 */
export class __Iteration {
    static __wrap(ptr) {
        const obj = Object.create(__Iteration.prototype);
        obj.__wbg_ptr = ptr;
        Object.defineProperty(obj, '__wbg_inst', { value: __wbg_instance_id, writable: true });

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
}
if (Symbol.dispose) __Iteration.prototype[Symbol.dispose] = __Iteration.prototype.free;

/**
 * What `scripts/glue.mjs` makes use of: with this, wasm-bindgen keeps book of which instance of this wasm an object is of.
 */
export function __restart() {
    __wbg_call_guard();
    try {
            wasm.__restart();
        } catch (cause) {
            throw stop(cause);
        }
        if (isBroken()) throw stop();
}

function __wbg_reset_state () {
    __wbg_instance_id++;
    cachedDataViewMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    if (typeof numBytesDecoded !== 'undefined') numBytesDecoded = 0;
    if (typeof WASM_VECTOR_LEN !== 'undefined') WASM_VECTOR_LEN = 0;
    __wbg_reinit_scheduled = false;
    wasmInstance = new WebAssembly.Instance(wasmModule, __wbg_get_imports());
    wasm = wasmInstance.exports;
    wasm.__wbindgen_start();
    begun();
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        Number: function(arg0) {
            const ret = Number(arg0);
            return ret;
        },
        __wbindgen_boolean_get: function(arg0) {
            const v = arg0;
            const ret = typeof(v) === 'boolean' ? v : undefined;
            return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;
        },
        __wbindgen_is_falsy: function(arg0) {
            const ret = !arg0;
            return ret;
        },
        __wbindgen_is_function: function(arg0) {
            const ret = typeof(arg0) === 'function';
            return ret;
        },
        __wbindgen_is_null: function(arg0) {
            const ret = arg0 === null;
            return ret;
        },
        __wbindgen_is_object: function(arg0) {
            const val = arg0;
            const ret = typeof(val) === 'object' && val !== null;
            return ret;
        },
        __wbindgen_is_string: function(arg0) {
            const ret = typeof(arg0) === 'string';
            return ret;
        },
        __wbindgen_is_undefined: function(arg0) {
            const ret = arg0 === undefined;
            return ret;
        },
        __wbindgen_jsval_eq: function(arg0, arg1) {
            const ret = arg0 === arg1;
            return ret;
        },
        __wbindgen_number_get: function(arg0, arg1) {
            const obj = arg1;
            const ret = typeof(obj) === 'number' ? obj : undefined;
            getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
        },
        __wbindgen_reinit: function() {
            __wbg_reinit_scheduled = true;
        },
        __wbindgen_string_get: function(arg0, arg1) {
            const obj = arg1;
            const ret = typeof(obj) === 'string' ? obj : undefined;
            var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
            var len1 = WASM_VECTOR_LEN;
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
            getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
        },
        __wbindgen_throw: function(arg0, arg1) {
            throw new Error(getStringFromWasm0(arg0, arg1));
        },
        __wbindgen_typeof: function(arg0) {
            const ret = typeof arg0;
            return ret;
        },
        _wbg_cb_unref: function(arg0) {
            arg0._wbg_cb_unref();
        },
        abort: function(arg0) {
            try {
            arg0.abort();
            } catch (error) {
                return handleError(error);
            }
        },
        addEventListener: function(arg0, arg1, arg2, arg3) {
            try {
            arg0.addEventListener(getStringFromWasm0(arg1, arg2), arg3);
            } catch (error) {
                return handleError(error);
            }
        },
        add: function(arg0, arg1) {
            const ret = arg0.add(arg1);
            return ret;
        },
        assign: function(arg0, arg1) {
            const ret = Object.assign(arg0, arg1);
            return ret;
        },
        asyncIterator: function() {
            const ret = Symbol.asyncIterator;
            return ret;
        },
        bind: function(arg0, arg1, arg2) {
            try {
            const ret = arg0.bind(arg1, arg2);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        body: function(arg0) {
            try {
            const ret = arg0.body;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        call3: function(arg0, arg1) {
            try {
            const ret = arg0.call(arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        call: function(arg0, arg1, arg2) {
            try {
            const ret = arg0.call(arg1, arg2);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        call2: function(arg0, arg1, arg2, arg3) {
            try {
            const ret = arg0.call(arg1, arg2, arg3);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        cancel: function(arg0) {
            try {
            const ret = arg0.cancel();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        clearTimeout: function(arg0) {
            try {
            clearTimeout(arg0);
            } catch (error) {
                return handleError(error);
            }
        },
        decrypt: function(arg0, arg1, arg2, arg3, arg4) {
            try {
            const ret = arg0.decrypt(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        delete: function(arg0, arg1) {
            const ret = arg0.delete(arg1);
            return ret;
        },
        deriveKey: function(arg0, arg1, arg2, arg3, arg4, arg5) {
            try {
            const ret = arg0.deriveKey(arg1, arg2, arg3, arg4 !== 0, arg5);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        digest: function(arg0, arg1, arg2, arg3, arg4) {
            try {
            const ret = arg0.digest(getStringFromWasm0(arg1, arg2), getArrayU8FromWasm0(arg3, arg4));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        done2: function(arg0) {
            const ret = arg0.done;
            return ret;
        },
        done: function(arg0) {
            try {
            const ret = arg0.done;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        encrypt: function(arg0, arg1, arg2, arg3, arg4) {
            try {
            const ret = arg0.encrypt(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        forEach: function(arg0, arg1, arg2) {
            try {
                var state0 = {a: arg1, b: arg2};
                var cb0 = (arg0, arg1, arg2) => {
                    const a = state0.a;
                    state0.a = 0;
                    try {
                        return wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(a, state0.b, arg0, arg1, arg2);
                    } finally {
                        state0.a = a;
                    }
                };
                arg0.forEach(cb0);
            } finally {
                state0.a = 0;
            }
        },
        getOwnPropertyDescriptor: function(arg0, arg1) {
            try {
            const ret = Reflect.getOwnPropertyDescriptor(arg0, arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        getPrototypeOf: function(arg0) {
            const ret = Object.getPrototypeOf(arg0);
            return ret;
        },
        getRandomValues: function(arg0, arg1, arg2) {
            try {
            const ret = arg0.getRandomValues(getArrayU8FromWasm0(arg1, arg2));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        getReader: function(arg0) {
            try {
            const ret = arg0.getReader();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get2: function(arg0, arg1) {
            try {
            const ret = arg0.get(arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get6: function(arg0, arg1) {
            try {
            const ret = Reflect.get(arg0, arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get: function(arg0, arg1, arg2) {
            try {
            const ret = arg0.get(getStringFromWasm0(arg1, arg2));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get5: function(arg0, arg1) {
            try {
            const ret = Reflect.get(arg0, arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get4: function(arg0, arg1) {
            const ret = arg0.get(arg1);
            return ret;
        },
        get3: function(arg0) {
            try {
            const ret = arg0.get;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get7: function(arg0, arg1) {
            try {
            const ret = Reflect.get(arg0, arg1 >>> 0);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        get_unchecked: function(arg0, arg1) {
            const ret = arg0[arg1 >>> 0];
            return ret;
        },
        has: function(arg0, arg1) {
            try {
            const ret = Reflect.has(arg0, arg1);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        headers: function(arg0) {
            try {
            const ret = arg0.headers;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        importKey: function(arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7) {
            try {
            const ret = arg0.importKey(getStringFromWasm0(arg1, arg2), arg3, getStringFromWasm0(arg4, arg5), arg6 !== 0, arg7);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        importKey2: function(arg0, arg1, arg2, arg3, arg4, arg5, arg6) {
            try {
            const ret = arg0.importKey(getStringFromWasm0(arg1, arg2), arg3, arg4, arg5 !== 0, arg6);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        isView: function(arg0) {
            const ret = ArrayBuffer.isView(arg0);
            return ret;
        },
        iterate: function(arg0) {
            const ret = iterate(__Iteration.__wrap(arg0));
            return ret;
        },
        iterator: function() {
            const ret = Symbol.iterator;
            return ret;
        },
        length2: function(arg0) {
            const ret = arg0.length;
            return ret;
        },
        length: function(arg0) {
            const ret = arg0.length;
            return ret;
        },
        length3: function(arg0) {
            const ret = arg0.length;
            return ret;
        },
        new11: function() {
            const ret = new WeakMap();
            return ret;
        },
        new6: function(arg0) {
            const ret = new Uint8Array(arg0);
            return ret;
        },
        new2: function() {
            const ret = new Call();
            return ret;
        },
        new9: function() {
            const ret = new Array();
            return ret;
        },
        new8: function(arg0) {
            const ret = new Date(arg0);
            return ret;
        },
        new12: function(arg0, arg1) {
            const ret = new TypeError(getStringFromWasm0(arg0, arg1));
            return ret;
        },
        new5: function() {
            try {
            const ret = new AbortController();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        new7: function(arg0) {
            const ret = new Set(arg0);
            return ret;
        },
        new: function(arg0, arg1, arg2) {
            const ret = new AstrolabeError(getStringFromWasm0(arg0, arg1), arg2);
            return ret;
        },
        new4: function(arg0, arg1) {
            try {
                var state0 = {a: arg0, b: arg1};
                var cb0 = (arg0, arg1) => {
                    const a = state0.a;
                    state0.a = 0;
                    try {
                        return wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(a, state0.b, arg0, arg1);
                    } finally {
                        state0.a = a;
                    }
                };
                const ret = new Promise(cb0);
                return ret;
            } finally {
                state0.a = 0;
            }
        },
        new10: function() {
            const ret = new Object();
            return ret;
        },
        new3: function(arg0) {
            try {
            const ret = new Uint8Array(arg0);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        new_from_slice: function(arg0, arg1) {
            const ret = new Uint8Array(getArrayU8FromWasm0(arg0, arg1));
            return ret;
        },
        next2: function(arg0) {
            const ret = arg0.next;
            return ret;
        },
        next: function(arg0) {
            try {
            const ret = arg0.next();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        now2: function() {
            const ret = Date.now();
            return ret;
        },
        now: function() {
            try {
            const ret = performance.now();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        of: function(arg0) {
            const ret = Array.of(arg0);
            return ret;
        },
        of2: function(arg0, arg1) {
            const ret = Array.of(arg0, arg1);
            return ret;
        },
        ownKeys: function(arg0) {
            try {
            const ret = Reflect.ownKeys(arg0);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        parse: function(arg0, arg1) {
            try {
            const ret = JSON.parse(getStringFromWasm0(arg0, arg1));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        promise: function(arg0) {
            const ret = arg0.promise;
            return ret;
        },
        prototypesetcall: function(arg0, arg1, arg2) {
            Uint8Array.prototype.set.call(getArrayU8FromWasm0(arg0, arg1), arg2);
        },
        put: function(arg0, arg1, arg2, arg3, arg4, arg5) {
            try {
            const ret = arg0.put(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4), arg5);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        queueMicrotask2: function(arg0) {
            const ret = arg0.queueMicrotask;
            return ret;
        },
        queueMicrotask: function(arg0) {
            queueMicrotask(arg0);
        },
        random: function() {
            const ret = Math.random();
            return ret;
        },
        read: function(arg0) {
            try {
            const ret = arg0.read();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        reject2: function(arg0) {
            const ret = Promise.reject(arg0);
            return ret;
        },
        reject: function(arg0, arg1) {
            arg0.reject(arg1);
        },
        resolve2: function(arg0) {
            try {
            const ret = Promise.resolve(arg0);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        resolve: function(arg0, arg1) {
            arg0.resolve(arg1);
        },
        resolve3: function(arg0) {
            const ret = Promise.resolve(arg0);
            return ret;
        },
        setTimeout: function(arg0, arg1) {
            try {
            const ret = setTimeout(arg0, arg1 >>> 0);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        set4: function(arg0, arg1, arg2) {
            try {
            const ret = Reflect.set(arg0, arg1, arg2);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        set_body: function(arg0, arg1, arg2) {
            arg0.body = getStringFromWasm0(arg1, arg2);
        },
        set2: function(arg0, arg1, arg2) {
            const ret = arg0.set(arg1, arg2);
            return ret;
        },
        set_cache: function(arg0, arg1, arg2) {
            arg0.cache = getStringFromWasm0(arg1, arg2);
        },
        set_credentials: function(arg0, arg1, arg2) {
            arg0.credentials = getStringFromWasm0(arg1, arg2);
        },
        set: function(arg0, arg1, arg2) {
            arg0[arg1 >>> 0] = arg2;
        },
        set3: function(arg0, arg1, arg2) {
            arg0[arg1] = arg2;
        },
        set_headers: function(arg0, arg1) {
            arg0.headers = arg1;
        },
        set_method: function(arg0, arg1) {
            arg0.method = arg1;
        },
        set_redirect: function(arg0, arg1, arg2) {
            arg0.redirect = getStringFromWasm0(arg1, arg2);
        },
        set_signal: function(arg0, arg1) {
            arg0.signal = arg1;
        },
        sign: function(arg0, arg1, arg2, arg3, arg4) {
            try {
            const ret = arg0.sign(arg1, arg2, getArrayU8FromWasm0(arg3, arg4));
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        signal: function(arg0) {
            const ret = arg0.signal;
            return ret;
        },
        static_accessor_GLOBAL_THIS: function() {
            const ret = typeof globalThis === 'undefined' ? undefined : globalThis;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        static_accessor_GLOBAL: function() {
            const ret = typeof global === 'undefined' ? undefined : global;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        static_accessor_SELF: function() {
            const ret = typeof self === 'undefined' ? undefined : self;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        static_accessor_WINDOW: function() {
            const ret = typeof window === 'undefined' ? undefined : window;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
        },
        status: function(arg0) {
            try {
            const ret = arg0.status;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        text: function(arg0) {
            try {
            const ret = arg0.text();
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        then: function(arg0, arg1, arg2) {
            try {
            const ret = arg0.then(arg1, arg2);
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        then2: function(arg0, arg1) {
            const ret = arg0.then(arg1);
            return ret;
        },
        toStringTag: function() {
            const ret = Symbol.toStringTag;
            return ret;
        },
        __wbg_tokencache_new: function(arg0) {
            const ret = TokenCache.__wrap(arg0);
            return ret;
        },
        __wbg_tokencache_unwrap: function(arg0) {
            const ret = TokenCache.__unwrap(arg0);
            return ret;
        },
        type: function(arg0) {
            try {
            const ret = arg0.type;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        url: function(arg0) {
            try {
            const ret = arg0.url;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        value2: function(arg0) {
            const ret = arg0.value;
            return ret;
        },
        value: function(arg0) {
            try {
            const ret = arg0.value;
            return ret;
            } catch (error) {
                return handleError(error);
            }
        },
        __wbindgen_generic_0000000000000001: function(arg0, arg1) {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [Externref], shim_idx: 197, ret: Result(Unit), inner_ret: Some(Result(Unit)) }, mutable: true }) -> Externref`.
            const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h60702a48838d1764);
            return ret;
        },
        __wbindgen_generic_0000000000000002: function(arg0, arg1) {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [F64, Externref], shim_idx: 3, ret: Unit, inner_ret: Some(Unit) }, mutable: false }) -> Externref`.
            const ret = makeClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371);
            return ret;
        },
        __wbindgen_generic_0000000000000003: function(arg0, arg1) {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [F64], shim_idx: 2, ret: Unit, inner_ret: Some(Unit) }, mutable: false }) -> Externref`.
            const ret = makeClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h9b51039299363467);
            return ret;
        },
        __wbindgen_generic_0000000000000004: function(arg0, arg1) {
            // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [], shim_idx: 4, ret: Unit, inner_ret: Some(Unit) }, mutable: true }) -> Externref`.
            const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de);
            return ret;
        },
        __wbindgen_generic_0000000000000005: function(arg0) {
            // Cast intrinsic for `F64 -> Externref`.
            const ret = arg0;
            return ret;
        },
        __wbindgen_generic_0000000000000006: function(arg0, arg1) {
            // Cast intrinsic for `Ref(String) -> Externref`.
            const ret = getStringFromWasm0(arg0, arg1);
            return ret;
        },
        __wbindgen_init_externref_table: function() {
            const table = wasm.__wbindgen_externrefs;
            table.set(0, undefined);
            table.set(1024, undefined);
            table.set(1025, null);
            table.set(1026, true);
            table.set(1027, false);
        },
    };
    return {
        __proto__: null,
        "./astrolabe_client_bg.js": import0,
    };
}

function __wbg_call_guard() {
    if (wasm === undefined) throw notStarted();
    if (isBroken()) {
        __wbg_reset_state();
        return;
    }
}
function wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de(arg0, arg1) {
    __wbg_call_guard();
    try {
        wasm.wasm_bindgen__convert__closures_____invoke__h087cd311b37d24de(arg0, arg1);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
}

function wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2) {
    let ret;
    __wbg_call_guard();
    try {
        ret = wasm.wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

function wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3) {
    __wbg_call_guard();
    try {
        wasm.wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
}

function wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(arg0, arg1, arg2, arg3, arg4) {
    __wbg_call_guard();
    try {
        wasm.wasm_bindgen__convert__closures_____invoke__h13277cf2e070aaa1(arg0, arg1, arg2, arg3, arg4);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
}

function wasm_bindgen__convert__closures_____invoke__h9b51039299363467(arg0, arg1, arg2) {
    __wbg_call_guard();
    try {
        wasm.wasm_bindgen__convert__closures_____invoke__h9b51039299363467(arg0, arg1, arg2);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
}

function wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371(arg0, arg1, arg2, arg3) {
    __wbg_call_guard();
    try {
        wasm.wasm_bindgen__convert__closures_____invoke__h4273f42dc9f7c371(arg0, arg1, arg2, arg3);
    } catch (cause) {
        stop(cause);
    }
    if (isBroken()) return undefined;
}


let __wbg_instance_id = 0;
const AstrolabeClientFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(({ ptr, instance }) => {
    if (instance !== __wbg_instance_id || isBroken()) return;
    try {
        wasm.__wbg_astrolabeclient_free(ptr, 1);
    } catch (cause) {
        stop(cause);
    }
});
const TokenCacheFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(({ ptr, instance }) => {
    if (instance !== __wbg_instance_id || isBroken()) return;
    try {
        wasm.__wbg_tokencache_free(ptr, 1);
    } catch (cause) {
        stop(cause);
    }
});
const __IterationFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(({ ptr, instance }) => {
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

function destroyClosure(a, b) {
    if (isBroken()) return;
    try {
        wasm.__wbindgen_destroy_closure(a, b);
    } catch (cause) {
        stop(cause);
    }
}
const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(state => {
    if (state.instance === __wbg_instance_id) {
        destroyClosure(state.a, state.b);
    }
});

function getArrayU8FromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}

let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}

function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    return decodeText(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}

let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}

function handleError(e) {
    const idx = addToExternrefTable0(e);
        wasm.__wbindgen_exn_store(idx);
}

function isLikeNone(x) {
    return x === undefined || x === null;
}

function makeClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1, instance: __wbg_instance_id };
    const real = (...args) => {

        if (isBroken() || state.instance !== __wbg_instance_id || state.a === 0) return undefined;

        // First up with a closure we increment the internal reference
        // count. This ensures that the Rust closure environment won't
        // be deallocated while we're invoking it.
        state.cnt++;
        try {
            return f(state.a, state.b, ...args);
        } finally {
            real._wbg_cb_unref();
        }
    };
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

function makeMutClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1, instance: __wbg_instance_id };
    const real = (...args) => {

        if (isBroken() || state.instance !== __wbg_instance_id || state.a === 0) return undefined;

        // First up with a closure we increment the internal reference
        // count. This ensures that the Rust closure environment won't
        // be deallocated while we're invoking it.
        state.cnt++;
        const a = state.a;
        state.a = 0;
        try {
            return f(a, state.b, ...args);
        } finally {
            state.a = a;
            real._wbg_cb_unref();
        }
    };
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

function passStringToWasm0(arg, malloc, realloc) {
    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }

    let len = arg.length;
    let ptr = malloc(len, 1) >>> 0;

    const mem = getUint8ArrayMemory0();

    let offset = 0;

    for (; offset < len; offset++) {
        const code = arg.charCodeAt(offset);
        if (code > 0x7F) break;
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

let __wbg_reinit_scheduled = false;

function takeFromExternrefTable0(idx) {
    const value = wasm.__wbindgen_externrefs.get(idx);
    wasm.__externref_table_dealloc(idx);
    return value;
}

let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(bytes) {
    numBytesDecoded += bytes.length;
    if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
        cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
        cachedTextDecoder.decode();
        numBytesDecoded = bytes.length;
    }
    return cachedTextDecoder.decode(bytes);
}

const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}

let WASM_VECTOR_LEN = 0;

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasmInstance = instance;
    wasm = instance.exports;
    wasmModule = module;
    cachedDataViewMemory0 = null;
    cachedUint8ArrayMemory0 = null;
    wasm.__wbindgen_start();
    begun();
    return wasm;
}


function initSync(module) {
    if (wasm !== undefined) return wasm;


    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
        }
    }

    const imports = __wbg_get_imports();
    
    const instance = new WebAssembly.Instance(module, imports);
    return __wbg_finalize_init(instance, module);
}

export { initSync };
