/* tslint:disable */
/* eslint-disable */

/** What a client is made of. */
export interface AstrolabeClientOptions {
    /** Address of the Nextcloud server, such as `https://cloud.example.com`; a path stays, as in `https://example.com/nextcloud`. Plain `http` only on this machine, see `allowInsecureHttp`. */
    nextcloudHost: string;
    /** Id of this service at the identity provider (RFC 6749 §2.2). */
    clientId: string;
    /** Secret that belongs to `clientId`. Goes to the token endpoint and nowhere else. */
    clientSecret: string;
    /** Scope of the token (RFC 6749 §3.3). Default: `"openid"`. */
    scope?: string;
    /** How long before its end a token counts as old, in seconds. Default: 60. */
    earlyRefreshSeconds?: number;
    /** Time limit of a call in milliseconds: login, tries and waits together. Default: 10,000. */
    timeoutMs?: number;
    /** How often a request is tried again after a network failure or status 502, 503 or 504, with growing waits. Default: 2. */
    maxRetries?: number;
    /** The most of an answer that is read, in bytes. Default: 262,144. */
    maxResponseBytes?: number;
    /** Allows logins over plain `http` to other machines, where anyone on the way can read them. Default: false. */
    allowInsecureHttp?: boolean;
    /** A cache to share with other clients. Default: one of its own. */
    tokenCache?: TokenCache;
    /** Used instead of the platform's `fetch`. */
    fetch?: (url: string, init: RequestInit) => Promise<Response>;
    /** Receives what the client does; never a secret. `console` is one. */
    logger?: Logger;
}

/** What every call takes. */
export interface CallOptions {
    /** Ends the call, which rejects with the signal's reason, as `fetch` does. */
    signal?: AbortSignal;
    /** Time limit of this call in milliseconds. Default: the client's. */
    timeoutMs?: number;
}

export interface Logger {
    debug?(message: string): void;
    info?(message: string): void;
}

export interface BackgroundSyncStatus {
    /** Whether a credential is stored. That it works is not said. */
    hasAccess: boolean;
    /** The kind of credential, such as `"app_password"`; `null` without access. */
    credentialType: string | null;
    /** When the user stored it; `null` where Astrolabe does not say. */
    provisionedAt: Date | null;
}

/** A `TokenCache` as plain data. Holds the token: keep it as you would keep a password. */
export interface TokenCacheJSON {
    /** Whose token it is: host, provider, client and scope. A client of other ones does not use it. */
    key: string | null;
    accessToken: string | null;
    /** Unix milliseconds. */
    expiresAtMs: number | null;
    tokenEndpoint: string | null;
    /** Whether the token endpoint takes the secret by Basic only. */
    basicOnly: boolean | null;
    earlyRefreshSeconds: number;
}



/**
 * A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each
 * request, and any number of calls may be under way at once.
 */
export class AstrolabeClient {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The access token: the cached one until 60 s (`earlyRefreshSeconds`) before its end, else a new one by
     * discovery and the client-credentials grant (RFC 6749 §4.4). Callers at the same time share one request.
     *
     * Rejects with an `AstrolabeError`: `discovery_failed`, `grant_not_supported`, `insecure_endpoint`,
     * `token_request_failed`, `invalid_token_response`, `unexpected_redirect`, `network`, `timeout`, `maintenance`.
     */
    getAccessToken(options?: CallOptions): Promise<string>;
    /**
     * Whether background services have access to the user's files, by what kind of credential, and since when.
     * For a user that does not exist Nextcloud answers as for one without access.
     *
     * Rejects as `getUserAppPassword` does.
     */
    getBackgroundSyncStatus(userId: string, options?: CallOptions): Promise<BackgroundSyncStatus>;
    /**
     * The user's app password for background sync; `null` where there is none to be had. Today's Astrolabe gives
     * app passwords to nobody: see `getBackgroundSyncStatus`.
     *
     * Rejects with an `AstrolabeError`: what `getAccessToken` rejects with, and `invalid_argument`, `unauthorized`,
     * `forbidden`, `app_not_available`, `user_mismatch`, `rate_limited`, `server_error`, `request_rejected`,
     * `unexpected_response`, `response_too_large`.
     */
    getUserAppPassword(userId: string, options?: CallOptions): Promise<string | null>;
    /**
     * @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
     */
    constructor(options: AstrolabeClientOptions);
    /**
     * Where this client keeps its token, always the same object.
     */
    readonly tokenCache: TokenCache;
}

/**
 * The access token, when it ends, and what discovery found. One cache can serve any number of clients.
 */
export class TokenCache {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Forgets the token and what discovery found. What a request under way brings is not kept.
     */
    clear(): void;
    /**
     * A cache with what `toJSON` gave, as an object or as JSON text.
     *
     * @throws {AstrolabeError} `invalid_argument`: it is something else.
     */
    static fromJSON(data: TokenCacheJSON | string): TokenCache;
    /**
     * Whether there is a token that lives longer than the early refresh: 60 s, or the `earlyRefreshSeconds` of the
     * client that made this cache.
     */
    isFresh(): boolean;
    /**
     * An empty cache.
     */
    constructor();
    /**
     * For `JSON.stringify`. Holds the token: keep it as you would keep a password.
     */
    toJSON(): TokenCacheJSON;
    /**
     * The token, fresh or not; `null` where there is none.
     */
    readonly accessToken: string | null;
    /**
     * When the token ends, as the server told it; `null` where there is none or nobody knows.
     */
    readonly expiresAt: Date | null;
    /**
     * The token endpoint that discovery found; `null` where it has not looked yet.
     */
    readonly tokenEndpoint: string | null;
}
