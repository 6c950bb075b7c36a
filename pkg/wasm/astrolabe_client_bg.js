import { AstrolabeError } from '../error.js';


/**
 * A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each
 * request, and any number of calls may be under way at once.
 */
export class AstrolabeClient {
    __destroy_into_raw() {
        const ptr = this.__wbg_ptr;
        this.__wbg_ptr = 0;
        AstrolabeClientFinalization.unregister(this);
        return ptr;
    }
    free() {
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_astrolabeclient_free(ptr, 0);
    }
    /**
     * Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to
     * do. Failures are checks that did not pass: it rejects only when aborted, or for call options of the wrong type.
     * `timeoutMs` is the limit of each of its requests.
     * @param {CallOptions} [options]
     * @returns {Promise<DiagnosticCheck[]>}
     */
    diagnose(options) {
        const ret = wasm.astrolabeclient_diagnose(this.__wbg_ptr, options);
        return ret;
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
        const ret = wasm.astrolabeclient_getAccessToken(this.__wbg_ptr, options);
        return ret;
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
        const ret = wasm.astrolabeclient_getBackgroundSyncStatus(this.__wbg_ptr, userId, options);
        return ret;
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
        const ret = wasm.astrolabeclient_getBackgroundSyncStatuses(this.__wbg_ptr, userIds, options);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        return takeFromExternrefTable0(ret[0]);
    }
    /**
     * Whether background services have access to the files of the account that this client logs in as.
     *
     * Rejects as `getUserAppPassword` does, but for `forbidden` and `user_mismatch`.
     * @param {CallOptions} [options]
     * @returns {Promise<BackgroundSyncStatus>}
     */
    getOwnBackgroundSyncStatus(options) {
        const ret = wasm.astrolabeclient_getOwnBackgroundSyncStatus(this.__wbg_ptr, options);
        return ret;
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
        const ret = wasm.astrolabeclient_getUserAppPassword(this.__wbg_ptr, userId, options);
        return ret;
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
        const ret = wasm.astrolabeclient_listUsers(this.__wbg_ptr, options);
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
        const ret = wasm.astrolabeclient_new(options);
        if (ret[2]) {
            throw takeFromExternrefTable0(ret[1]);
        }
        this.__wbg_ptr = ret[0];
        AstrolabeClientFinalization.register(this, this.__wbg_ptr, this);
        return this;
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
        const ret = wasm.astrolabeclient_revokeBackgroundSync(this.__wbg_ptr, options);
        return ret;
    }
    /**
     * Gives background services access to the files of the account that this client logs in as, by an app password
     * of that account in the form `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, never tried again by itself.
     *
     * Rejects as `getOwnBackgroundSyncStatus` does, and with `app_password_rejected`.
     * @param {string} appPassword
     * @param {CallOptions} [options]
     * @returns {Promise<StoredAppPassword>}
     */
    storeAppPassword(appPassword, options) {
        const ret = wasm.astrolabeclient_storeAppPassword(this.__wbg_ptr, appPassword, options);
        return ret;
    }
    /**
     * Where this client keeps its token, always the same object.
     * @returns {TokenCache}
     */
    get tokenCache() {
        const ret = wasm.astrolabeclient_tokenCache(this.__wbg_ptr);
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
        const ret = wasm.astrolabeclient_userExists(this.__wbg_ptr, userId, options);
        return ret;
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
        TokenCacheFinalization.register(obj, obj.__wbg_ptr, obj);
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
        const ptr = this.__destroy_into_raw();
        wasm.__wbg_tokencache_free(ptr, 0);
    }
    /**
     * Another handle of the same cache. wasm-bindgen can only take a handle out of an object together with the
     * object itself, and the application's own must stay as it is.
     * @returns {TokenCache}
     */
    __share() {
        const ret = wasm.tokencache___share(this.__wbg_ptr);
        return TokenCache.__wrap(ret);
    }
    /**
     * The token, fresh or not; `null` where there is none.
     * @returns {string | null}
     */
    get accessToken() {
        const ret = wasm.tokencache_accessToken(this.__wbg_ptr);
        return ret;
    }
    /**
     * Forgets the token and what discovery found. What a request under way brings is not kept.
     */
    clear() {
        wasm.tokencache_clear(this.__wbg_ptr);
    }
    /**
     * When the token ends, as the server told it; `null` where there is none or nobody knows.
     * @returns {Date | null}
     */
    get expiresAt() {
        const ret = wasm.tokencache_expiresAt(this.__wbg_ptr);
        return ret;
    }
    /**
     * A cache with what `toJSON` gave, as an object or as JSON text.
     *
     * @throws {AstrolabeError} `invalid_argument`: it is no object, no JSON, or a property is of the wrong type.
     * @param {TokenCacheJSON | string} data
     * @returns {TokenCache}
     */
    static fromJSON(data) {
        const ret = wasm.tokencache_fromJSON(data);
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
        const ret = wasm.tokencache_isFresh(this.__wbg_ptr);
        return ret !== 0;
    }
    /**
     * An empty cache.
     */
    constructor() {
        const ret = wasm.tokencache_new();
        this.__wbg_ptr = ret;
        TokenCacheFinalization.register(this, this.__wbg_ptr, this);
        return this;
    }
    /**
     * For `JSON.stringify`. Holds the token: keep it as you would keep a password.
     * @returns {TokenCacheJSON}
     */
    toJSON() {
        const ret = wasm.tokencache_toJSON(this.__wbg_ptr);
        return ret;
    }
    /**
     * The token endpoint that discovery found; `null` where it has not looked yet.
     * @returns {string | null}
     */
    get tokenEndpoint() {
        const ret = wasm.tokencache_tokenEndpoint(this.__wbg_ptr);
        return ret;
    }
}
if (Symbol.dispose) TokenCache.prototype[Symbol.dispose] = TokenCache.prototype.free;
export function __wbg_Number_ff192a72a0dcdf6d(arg0) {
    const ret = Number(arg0);
    return ret;
}
export function __wbg___wbindgen_boolean_get_4f1baf9a00be3c74(arg0) {
    const v = arg0;
    const ret = typeof(v) === 'boolean' ? v : undefined;
    return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;
}
export function __wbg___wbindgen_is_falsy_d864b623500ae65d(arg0) {
    const ret = !arg0;
    return ret;
}
export function __wbg___wbindgen_is_function_741ff2bb612836f5(arg0) {
    const ret = typeof(arg0) === 'function';
    return ret;
}
export function __wbg___wbindgen_is_null_c22311b1cc228e3a(arg0) {
    const ret = arg0 === null;
    return ret;
}
export function __wbg___wbindgen_is_object_8b968c3ab8e96595(arg0) {
    const val = arg0;
    const ret = typeof(val) === 'object' && val !== null;
    return ret;
}
export function __wbg___wbindgen_is_string_fc456fee5d3317de(arg0) {
    const ret = typeof(arg0) === 'string';
    return ret;
}
export function __wbg___wbindgen_is_undefined_be5b34249ff1fc15(arg0) {
    const ret = arg0 === undefined;
    return ret;
}
export function __wbg___wbindgen_jsval_eq_38d7bfbe4cc84039(arg0, arg1) {
    const ret = arg0 === arg1;
    return ret;
}
export function __wbg___wbindgen_number_get_934b640d0889af78(arg0, arg1) {
    const obj = arg1;
    const ret = typeof(obj) === 'number' ? obj : undefined;
    getDataViewMemory0().setFloat64((arg0 >>> 0) + 8 * 1, isLikeNone(ret) ? 0 : ret, true);
    getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, !isLikeNone(ret), true);
}
export function __wbg___wbindgen_string_get_7ce8eee7fd327545(arg0, arg1) {
    const obj = arg1;
    const ret = typeof(obj) === 'string' ? obj : undefined;
    var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
    var len1 = WASM_VECTOR_LEN;
    getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 1, len1, true);
    getDataViewMemory0().setInt32((arg0 >>> 0) + 4 * 0, ptr1, true);
}
export function __wbg___wbindgen_throw_4c88d8bf264fd984(arg0, arg1) {
    throw new Error(getStringFromWasm0(arg0, arg1));
}
export function __wbg___wbindgen_typeof_ee4990276e02f607(arg0) {
    const ret = typeof arg0;
    return ret;
}
export function __wbg__wbg_cb_unref_09736879a3f67559(arg0) {
    arg0._wbg_cb_unref();
}
export function __wbg_abort_cc5d5975b569c8ff() { return handleError(function (arg0) {
    arg0.abort();
}, arguments); }
export function __wbg_aborted_31456edf1be00084(arg0) {
    const ret = arg0.aborted;
    return ret;
}
export function __wbg_asyncIterator_3c3b9047761412e4() {
    const ret = Symbol.asyncIterator;
    return ret;
}
export function __wbg_body_9a705c30d1aaf5ea() { return handleError(function (arg0) {
    const ret = arg0.body;
    return ret;
}, arguments); }
export function __wbg_call_40b008ba32f73991() { return handleError(function (arg0, arg1) {
    const ret = arg0.call(arg1);
    return ret;
}, arguments); }
export function __wbg_call_a410eb4b59ed5965() { return handleError(function (arg0, arg1, arg2) {
    const ret = arg0.call(arg1, arg2);
    return ret;
}, arguments); }
export function __wbg_call_fc92fee6137d452d() { return handleError(function (arg0, arg1, arg2, arg3) {
    const ret = arg0.call(arg1, arg2, arg3);
    return ret;
}, arguments); }
export function __wbg_cancel_3c2338e2b697fa14() { return handleError(function (arg0) {
    const ret = arg0.cancel();
    return ret;
}, arguments); }
export function __wbg_clearTimeout_b6b86f97dc1e12e4() { return handleError(function (arg0) {
    clearTimeout(arg0);
}, arguments); }
export function __wbg_decode_b1a77e25f716f50d() { return handleError(function (arg0, arg1, arg2) {
    const ret = arg0.decode(arg1, arg2);
    return ret;
}, arguments); }
export function __wbg_done_e82296aef986b348() { return handleError(function (arg0) {
    const ret = arg0.done;
    return ret;
}, arguments); }
export function __wbg_getReader_8dda21d0ce256fd4() { return handleError(function (arg0) {
    const ret = arg0.getReader();
    return ret;
}, arguments); }
export function __wbg_get_2080c49015e35254() { return handleError(function (arg0, arg1) {
    const ret = Reflect.get(arg0, arg1);
    return ret;
}, arguments); }
export function __wbg_get_c14b05cc35e8a834() { return handleError(function (arg0, arg1, arg2) {
    const ret = arg0.get(getStringFromWasm0(arg1, arg2));
    return ret;
}, arguments); }
export function __wbg_get_unchecked_e6325ad374eff861(arg0, arg1) {
    const ret = arg0[arg1 >>> 0];
    return ret;
}
export function __wbg_has_2c4d5cf25ec8c1cf() { return handleError(function (arg0, arg1) {
    const ret = Reflect.has(arg0, arg1);
    return ret;
}, arguments); }
export function __wbg_headers_2eff566a589881fe() { return handleError(function (arg0) {
    const ret = arg0.headers;
    return ret;
}, arguments); }
export function __wbg_instanceof_AbortSignal_16e867a9888f3bc7(arg0) {
    let result;
    try {
        result = arg0 instanceof AbortSignal;
    } catch (_) {
        result = false;
    }
    const ret = result;
    return ret;
}
export function __wbg_iterator_e4c5e8f68ada7b58() {
    const ret = Symbol.iterator;
    return ret;
}
export function __wbg_length_b03a0fabb109b1e9(arg0) {
    const ret = arg0.length;
    return ret;
}
export function __wbg_new_37eb45aaf5eeb820() {
    const ret = new Array();
    return ret;
}
export function __wbg_new_3e95cd7386bb9a6c(arg0) {
    const ret = new Date(arg0);
    return ret;
}
export function __wbg_new_5f28518387ad0e34() { return handleError(function () {
    const ret = new AbortController();
    return ret;
}, arguments); }
export function __wbg_new_cd4348290afae586() {
    const ret = new Object();
    return ret;
}
export function __wbg_new_dcd821fd17a3d1a4(arg0, arg1, arg2) {
    const ret = new AstrolabeError(getStringFromWasm0(arg0, arg1), arg2);
    return ret;
}
export function __wbg_new_e5c694160ccec0b8() { return handleError(function () {
    const ret = new TextDecoder();
    return ret;
}, arguments); }
export function __wbg_new_typed_e09da9dae6ee5935(arg0, arg1) {
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
}
export function __wbg_now_463ac581d2fc7ea3() {
    const ret = Date.now();
    return ret;
}
export function __wbg_ownKeys_c9890d5405932253() { return handleError(function (arg0) {
    const ret = Reflect.ownKeys(arg0);
    return ret;
}, arguments); }
export function __wbg_parse_c3f72b5a24f83c01() { return handleError(function (arg0, arg1) {
    const ret = JSON.parse(getStringFromWasm0(arg0, arg1));
    return ret;
}, arguments); }
export function __wbg_push_c9f4893fc209f768(arg0, arg1) {
    const ret = arg0.push(arg1);
    return ret;
}
export function __wbg_queueMicrotask_1e8503a8a690f0a3(arg0) {
    const ret = arg0.queueMicrotask;
    return ret;
}
export function __wbg_queueMicrotask_4a1a4d8dd332373b(arg0) {
    queueMicrotask(arg0);
}
export function __wbg_random_df36b90cd78a7d54() {
    const ret = Math.random();
    return ret;
}
export function __wbg_read_65b0c7c14446f716() { return handleError(function (arg0) {
    const ret = arg0.read();
    return ret;
}, arguments); }
export function __wbg_reason_ebc3432467af6eae(arg0) {
    const ret = arg0.reason;
    return ret;
}
export function __wbg_reject_334b730b3c00849b(arg0) {
    const ret = Promise.reject(arg0);
    return ret;
}
export function __wbg_resolve_dbf78ab4942478b0(arg0) {
    const ret = Promise.resolve(arg0);
    return ret;
}
export function __wbg_setTimeout_8e5cc17b1f6b636b() { return handleError(function (arg0, arg1) {
    const ret = setTimeout(arg0, arg1);
    return ret;
}, arguments); }
export function __wbg_set_2793479888329cb6() { return handleError(function (arg0, arg1, arg2) {
    const ret = Reflect.set(arg0, arg1, arg2);
    return ret;
}, arguments); }
export function __wbg_set_body_8d8d3d6ad32735a4(arg0, arg1, arg2) {
    arg0.body = getStringFromWasm0(arg1, arg2);
}
export function __wbg_set_credentials_f62c118316875733(arg0, arg1, arg2) {
    arg0.credentials = getStringFromWasm0(arg1, arg2);
}
export function __wbg_set_d2d33b52458e984a(arg0, arg1, arg2) {
    arg0[arg1 >>> 0] = arg2;
}
export function __wbg_set_e4b9a833d288759a(arg0, arg1, arg2) {
    arg0[arg1] = arg2;
}
export function __wbg_set_headers_8b01b8557ef16f35(arg0, arg1) {
    arg0.headers = arg1;
}
export function __wbg_set_method_efeb89d31b45849e(arg0, arg1, arg2) {
    arg0.method = getStringFromWasm0(arg1, arg2);
}
export function __wbg_set_redirect_21ce62d7cfb351e1(arg0, arg1, arg2) {
    arg0.redirect = getStringFromWasm0(arg1, arg2);
}
export function __wbg_set_signal_4e8332a9e09e41c7(arg0, arg1) {
    arg0.signal = arg1;
}
export function __wbg_signal_fac908876f45725d(arg0) {
    const ret = arg0.signal;
    return ret;
}
export function __wbg_static_accessor_GLOBAL_THIS_003ee833af9699fc() {
    const ret = typeof globalThis === 'undefined' ? undefined : globalThis;
    return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}
export function __wbg_static_accessor_GLOBAL_e4293fb22cbe77da() {
    const ret = typeof global === 'undefined' ? undefined : global;
    return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}
export function __wbg_static_accessor_SELF_53bb20457401453d() {
    const ret = typeof self === 'undefined' ? undefined : self;
    return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}
export function __wbg_static_accessor_WINDOW_b5e0810bfecb7feb() {
    const ret = typeof window === 'undefined' ? undefined : window;
    return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}
export function __wbg_status_79131bb163b9f225() { return handleError(function (arg0) {
    const ret = arg0.status;
    return ret;
}, arguments); }
export function __wbg_text_4cd41055543440b5() { return handleError(function (arg0) {
    const ret = arg0.text();
    return ret;
}, arguments); }
export function __wbg_then_656f253a5dd7d8ea(arg0, arg1, arg2) {
    const ret = arg0.then(arg1, arg2);
    return ret;
}
export function __wbg_then_e3f7f2d365708be8(arg0, arg1) {
    const ret = arg0.then(arg1);
    return ret;
}
export function __wbg_tokencache_new(arg0) {
    const ret = TokenCache.__wrap(arg0);
    return ret;
}
export function __wbg_tokencache_unwrap(arg0) {
    const ret = TokenCache.__unwrap(arg0);
    return ret;
}
export function __wbg_type_2d7b5d7f1a9fd49b() { return handleError(function (arg0) {
    const ret = arg0.type;
    return ret;
}, arguments); }
export function __wbg_url_dacf91df35ee7c06() { return handleError(function (arg0) {
    const ret = arg0.url;
    return ret;
}, arguments); }
export function __wbg_value_e6a27adc633bfc92() { return handleError(function (arg0) {
    const ret = arg0.value;
    return ret;
}, arguments); }
export function __wbindgen_generic_0000000000000001(arg0, arg1) {
    // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [Externref, NamedExternref("AbortSignal")], shim_idx: 2, ret: NamedExternref("Promise<any>"), inner_ret: Some(NamedExternref("Promise<any>")) }, mutable: true }) -> Externref`.
    const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h68849b368c5f052b);
    return ret;
}
export function __wbindgen_generic_0000000000000002(arg0, arg1) {
    // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [Externref], shim_idx: 89, ret: Result(Unit), inner_ret: Some(Result(Unit)) }, mutable: true }) -> Externref`.
    const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h60702a48838d1764);
    return ret;
}
export function __wbindgen_generic_0000000000000003(arg0, arg1) {
    // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [NamedExternref("AbortSignal")], shim_idx: 3, ret: NamedExternref("Promise<any>"), inner_ret: Some(NamedExternref("Promise<any>")) }, mutable: true }) -> Externref`.
    const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__haa98415a2c744e4e);
    return ret;
}
export function __wbindgen_generic_0000000000000004(arg0, arg1) {
    // Cast intrinsic for `Closure(Closure { owned: true, function: Function { arguments: [], shim_idx: 1, ret: Unit, inner_ret: Some(Unit) }, mutable: true }) -> Externref`.
    const ret = makeMutClosure(arg0, arg1, wasm_bindgen__convert__closures_____invoke__h2289de5bb573d651);
    return ret;
}
export function __wbindgen_generic_0000000000000005(arg0) {
    // Cast intrinsic for `F64 -> Externref`.
    const ret = arg0;
    return ret;
}
export function __wbindgen_generic_0000000000000006(arg0, arg1) {
    // Cast intrinsic for `Ref(String) -> Externref`.
    const ret = getStringFromWasm0(arg0, arg1);
    return ret;
}
export function __wbindgen_init_externref_table() {
    const table = wasm.__wbindgen_externrefs;
    table.set(0, undefined);
    table.set(1024, undefined);
    table.set(1025, null);
    table.set(1026, true);
    table.set(1027, false);
}
function wasm_bindgen__convert__closures_____invoke__h2289de5bb573d651(arg0, arg1) {
    wasm.wasm_bindgen__convert__closures_____invoke__h2289de5bb573d651(arg0, arg1);
}

function wasm_bindgen__convert__closures_____invoke__haa98415a2c744e4e(arg0, arg1, arg2) {
    const ret = wasm.wasm_bindgen__convert__closures_____invoke__haa98415a2c744e4e(arg0, arg1, arg2);
    return ret;
}

function wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2) {
    const ret = wasm.wasm_bindgen__convert__closures_____invoke__h60702a48838d1764(arg0, arg1, arg2);
    if (ret[1]) {
        throw takeFromExternrefTable0(ret[0]);
    }
}

function wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3) {
    wasm.wasm_bindgen__convert__closures_____invoke__hb98d63cc49481475(arg0, arg1, arg2, arg3);
}

function wasm_bindgen__convert__closures_____invoke__h68849b368c5f052b(arg0, arg1, arg2, arg3) {
    const ret = wasm.wasm_bindgen__convert__closures_____invoke__h68849b368c5f052b(arg0, arg1, arg2, arg3);
    return ret;
}

const AstrolabeClientFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_astrolabeclient_free(ptr, 1));
const TokenCacheFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_tokencache_free(ptr, 1));

function addToExternrefTable0(obj) {
    const idx = wasm.__externref_table_alloc();
    wasm.__wbindgen_externrefs.set(idx, obj);
    return idx;
}

const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));

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

function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        const idx = addToExternrefTable0(e);
        wasm.__wbindgen_exn_store(idx);
    }
}

function isLikeNone(x) {
    return x === undefined || x === null;
}

function makeMutClosure(arg0, arg1, f) {
    const state = { a: arg0, b: arg1, cnt: 1 };
    const real = (...args) => {

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
            wasm.__wbindgen_destroy_closure(state.a, state.b);
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


let wasm;
export function __wbg_set_wasm(val) {
    wasm = val;
}
