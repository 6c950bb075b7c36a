/// <reference lib="esnext.disposable" />

/** What a client is made of: an address and exactly one way in. */
export type AstrolabeClientOptions = CommonOptions & (ClientCredentialsLogin | AccessTokenLogin | BasicLogin);

/** Logs in as a service by the OAuth client-credentials grant (RFC 6749 §4.4), with one proof of who the service is. On Nextcloud's side it takes `user_oidc`, which checks the tokens. */
export type ClientCredentialsLogin = ClientCredentialsOptions & (ClientSecretProof | ClientPrivateKeyProof | ClientAssertionProof | ClientCertificateProof);

/** Proves who the service is by a secret that the identity provider knows, too. */
export interface ClientSecretProof {
    /** Id of this service at the identity provider (RFC 6749 §2.2). */
    clientId: string;
    /** Secret that belongs to `clientId`. Goes to the token endpoint and nowhere else. */
    clientSecret: string;
    /** How the secret is sent (RFC 6749 §2.3.1). Default: `"post"`, or `"basic"` where the provider announces that and not `"post"`; where it announces neither, `"post"` and, if that is refused, `"basic"`. */
    clientAuthentication?: "post" | "basic" | undefined;
    /** Belongs to another proof. @hidden */
    clientPrivateKey?: never;
    /** Belongs to another proof. @hidden */
    clientKeyId?: never;
    /** Belongs to another proof. @hidden */
    clientAssertion?: never;
}

/** Proves who the service is by a key of which the identity provider has the public half: `private_key_jwt` (RFC 7523 §2.2, OpenID Connect Core §9). */
export interface ClientPrivateKeyProof {
    /** Id of this service at the identity provider (RFC 6749 §2.2). */
    clientId: string;
    /** The private key, which never leaves: a `CryptoKey` that may sign, a JWK (RFC 7517) as an object or JSON text, or PEM text with a key in PKCS#8. RSA signs as RS256 or PS256, P-256 as ES256, Ed25519 as EdDSA, as the provider announces. A certificate that stands beside the key in the PEM text is named to the provider by its thumbprint (`x5t#S256`). */
    clientPrivateKey: PrivateCryptoKey | PrivateJwk | string;
    /** The name under which the provider knows the key (`kid`). Default: that of the JWK. */
    clientKeyId?: string | undefined;
    /** Belongs to another proof. @hidden */
    clientSecret?: never;
    /** Belongs to another proof. @hidden */
    clientAuthentication?: never;
    /** Belongs to another proof. @hidden */
    clientAssertion?: never;
}

/** What a `CryptoKey` is, as far as it matters here. */
export interface PrivateCryptoKey {
    /** `"private"`. */
    readonly type: string;
    /** RSASSA-PKCS1-v1_5 or RSA-PSS with SHA-256, ECDSA with P-256, or Ed25519. */
    readonly algorithm: {
        /** As WebCrypto names it. */
        readonly name: string;
    };
    /** `"sign"` must be among them. */
    readonly usages: readonly string[];
}

/** What a JWK is, as far as it matters here. */
export interface PrivateJwk {
    /** `"RSA"`, `"EC"` with the curve P-256, or `"OKP"` with Ed25519. */
    kty?: string | undefined;
    /** The private part. */
    d?: string | undefined;
    /** The only signature that the key is for, where it says so. */
    alg?: string | undefined;
}

/** Proves who the service is by an assertion that somebody else has signed (RFC 7521 §4.2): a cloud's workload identity, a service account of Kubernetes, a job of CI. */
export interface ClientAssertionProof {
    /** Id of this service at the identity provider. Left out where the provider knows the service by the subject of the assertion, and refuses another name beside it, as Keycloak does (RFC 7521 §4.2). */
    clientId?: string | undefined;
    /** The assertion, a JWT, or a function that gives it: asked at each token request, since an assertion serves once and ends soon. */
    clientAssertion: string | (() => string | Promise<string>);
    /** Belongs to another proof. @hidden */
    clientSecret?: never;
    /** Belongs to another proof. @hidden */
    clientAuthentication?: never;
    /** Belongs to another proof. @hidden */
    clientPrivateKey?: never;
    /** Belongs to another proof. @hidden */
    clientKeyId?: never;
}

/** Proves who the service is by the certificate that `fetch` shows (RFC 8705 §2): an mTLS binding of Workers, or a client certificate of the platform. */
export interface ClientCertificateProof {
    /** Id of this service at the identity provider (RFC 6749 §2.2). */
    clientId: string;
    /** Only `clientId` is sent, to the address that the provider has for this (`mtls_endpoint_aliases`), by `fetch`. */
    clientAuthentication: "tls_client_auth";
    /** Belongs to another proof. @hidden */
    clientSecret?: never;
    /** Belongs to another proof. @hidden */
    clientPrivateKey?: never;
    /** Belongs to another proof. @hidden */
    clientKeyId?: never;
    /** Belongs to another proof. @hidden */
    clientAssertion?: never;
}

/** What a login by the client-credentials grant asks for, where, and where its token is kept. */
export interface ClientCredentialsOptions {
    /** Scope of the token (RFC 6749 §3.3). Default: `"openid"`; `""` asks for none. */
    scope?: string | undefined;
    /** The identity provider, where it is not this Nextcloud: its issuer, exactly as its metadata spells it (OpenID Connect Discovery §4.3, RFC 8414 §3.3). */
    issuer?: string | undefined;
    /** Instead of `issuer`: the address of the provider's metadata; its issuer is then not compared. */
    discoveryUrl?: string | undefined;
    /** More parameters of the token request, such as `audience`, or `resource` (RFC 8707). */
    tokenParameters?: Record<string, string> | Iterable<readonly [string, string]> | undefined;
    /** How long before its end a token counts as old, in seconds. Default: 60. */
    earlyRefreshSeconds?: number | undefined;
    /** A cache to share with other clients. Default: one of its own. */
    tokenCache?: TokenCache | undefined;
    /** A place to share the token with other isolates and processes, such as a KV namespace of Workers. Default: none. */
    tokenStore?: TokenStore | undefined;
    /** What the key of `tokenStore` is derived from, for a service that has no secret and no key that signs the same each time (RSA by RS256, Ed25519): 32 characters or more, of chance, the same in each process. */
    tokenStoreSecret?: string | undefined;
    /** Belongs to another way in. @hidden */
    accessToken?: never;
    /** Belongs to another way in. @hidden */
    username?: never;
    /** Belongs to another way in. @hidden */
    password?: never;
}

/** Logs in with a bearer token of one's own. On a stock Nextcloud an administrator's app password is one. */
export interface AccessTokenLogin {
    /** The token, or a function that gives it: asked at the first call and once more after a 401, and otherwise not. */
    accessToken: string | (() => string | Promise<string>);
    /** Belongs to another way in. @hidden */
    clientId?: never;
    /** Belongs to another way in. @hidden */
    clientSecret?: never;
    /** Belongs to another way in. @hidden */
    clientPrivateKey?: never;
    /** Belongs to another way in. @hidden */
    clientAssertion?: never;
    /** Belongs to another way in. @hidden */
    username?: never;
    /** Belongs to another way in. @hidden */
    password?: never;
    /** Belongs to another way in. @hidden */
    tokenCache?: never;
    /** Belongs to another way in. @hidden */
    tokenStore?: never;
}

/** Logs in with user name and password or app password (HTTP Basic), passed through and kept nowhere else. */
export interface BasicLogin {
    /** Id of the account, as it logs in to Nextcloud. Without a colon, which Basic cannot carry (RFC 7617 §2). */
    username: string;
    /** Its password, or an app password of it. An account with two-factor authentication takes app passwords only. */
    password: string;
    /** Belongs to another way in. @hidden */
    clientId?: never;
    /** Belongs to another way in. @hidden */
    clientSecret?: never;
    /** Belongs to another way in. @hidden */
    clientPrivateKey?: never;
    /** Belongs to another way in. @hidden */
    clientAssertion?: never;
    /** Belongs to another way in. @hidden */
    accessToken?: never;
    /** Belongs to another way in. @hidden */
    tokenCache?: never;
    /** Belongs to another way in. @hidden */
    tokenStore?: never;
}

/**
 * Where a token is shared. A KV namespace of Workers is one as it is; anything else takes two methods. What is kept is
 * encrypted under a key that is derived from the client secret, from what the private key signs for it, or from
 * `tokenStoreSecret`: who can read the store learns nothing, and nothing that somebody else wrote there is believed. A store that is slow (1 s), down or holds rubbish costs a line of the log.
 */
export interface TokenStore {
    /** What was put under this key; null or undefined where there is nothing. Keys have 81 characters of ASCII. */
    get(key: string): Promise<string | null | undefined> | string | null | undefined;
    /** `expirationTtl`: after how many seconds the value may go, a day or more. */
    put(key: string, value: string, options: { expirationTtl: number }): unknown;
}

/** The options that belong to no way in: the server, limits, and what the platform's own is replaced by. */
export interface CommonOptions {
    /** Address of the Nextcloud server, such as `https://cloud.example.com`. A path stays, as in `https://example.com/nextcloud`; add `/index.php` where the web server does not rewrite URLs. Plain `http` only on this machine, see `allowInsecureHttp`. */
    nextcloudHost: string | URL;
    /** Time limit of a call in milliseconds: login, tries and waits together. Default: 10,000. */
    timeoutMs?: number | undefined;
    /** How often a read or a token request is tried again after a network failure, or status 429, 502 to 504 or 520 to 524, with growing waits; with `username` and `password` after a 429 only where `Retry-After` is there. Stores and revokes never are. Default: 2. */
    maxRetries?: number | undefined;
    /** The most of an answer that is read, in bytes. Default: 262,144. */
    maxResponseBytes?: number | undefined;
    /** Allows logins over plain `http` to other machines, where anyone on the way can read them. Default: false. */
    allowInsecureHttp?: boolean | undefined;
    /** Used instead of the platform's `fetch`. */
    fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
    /** Receives what the client does; never a secret. `console` is one. */
    logger?: Logger | undefined;
}

/** What every call takes. */
export interface CallOptions {
    /** Ends the call, which rejects with the signal's reason, as `fetch` does. */
    signal?: AbortSignal | undefined;
    /** Time limit of this call in milliseconds. Default: the client's. */
    timeoutMs?: number | undefined;
}

/** Where the client says what it does: the names of users and addresses without query, and never a secret. What it throws is ignored. */
export interface Logger {
    /** Each step: discovery, the token request, each user that is asked about. */
    debug?(message: string): void;
    /** What is seldom: a new token, an app password that was given, a token store that failed. */
    info?(message: string): void;
}

/** Whether background services have access to the files of one user, by what, and since when. */
export interface BackgroundSyncStatus {
    /** Whether a credential is stored. That it works is not said. */
    hasAccess: boolean;
    /** The kind of credential, such as `"app_password"`; `null` where none is stored. Without access: of one that the server can no longer decrypt. */
    credentialType: string | null;
    /** When the user stored it; `null` where Astrolabe does not say. */
    provisionedAt: Date | null;
}

/** What is known of the account that asks. */
export interface OwnBackgroundSyncStatus extends BackgroundSyncStatus {
    /** Whether users may give access by themselves; `null` where the server does not say (Astrolabe before 0.16). */
    selfProvisioningAllowed: boolean | null;
}

/** Which users have let background services in. */
export interface Provisioning {
    /** At most 500: Astrolabe lists no more. */
    users: ProvisionedUser[];
    /** Whether these are all users of the server. */
    isComplete: boolean;
    /** Whether users may give access by themselves; `null` where the server does not say. */
    selfProvisioningAllowed: boolean | null;
}

/** A user as Astrolabe lists one. */
export interface ProvisionedUser {
    /** As Nextcloud has it. */
    userId: string;
    /** For people to read. */
    displayName: string;
    /** Whether background services have access to this user's files. */
    status: BackgroundSyncStatus;
}

/** What a service may index for an account. */
export interface SearchCapabilities {
    /** The kinds of documents that may be indexed, such as `"file"`: of the apps that this account has, those that administrators and the account itself have not ruled out. */
    enabledDocTypes: string[];
    /** Of each app that this account has. */
    sources: SearchSource[];
}

/** An app whose documents can be indexed. */
export interface SearchSource {
    /** Its name, such as `"files"`. */
    app: string;
    /** The kinds of documents that it has. */
    docTypes: string[];
    /** Whether it may be indexed. */
    isEnabled: boolean;
}

export interface BulkOptions extends CallOptions {
    /** How many users at a time at most, 1 to 1,000. Default: 8. */
    concurrency?: number | undefined;
    /** Called after each row. `done` includes `failed`; `total` is there where it is known: `userIds` has a length or size, or the server listed all users in one answer. */
    onProgress?: ((progress: { done: number; failed: number; total: number | undefined }) => void) | undefined;
}

/** One user of the bulk call: a status, or why there is none. */
export type BackgroundSyncStatusRow =
| {
    /** The id that was asked about. */
    userId: string;
    /** What Nextcloud says of this user. */
    status: BackgroundSyncStatus;
    /** Not there: there is a status. */
    error?: undefined;
}
| {
    /** The id that was asked about. */
    userId: string;
    /** Not there: there is an error. */
    status?: undefined;
    /** Why there is no status of this user. */
    error: AstrolabeError;
};

export interface AllStatusesOptions extends BulkOptions {
    /** Only users whose id or name Nextcloud finds with this. */
    search?: string | undefined;
}

/** One of all users: a status, or why there is none. */
export type UserStatusRow =
| {
    /** As Nextcloud has it. */
    userId: string;
    /** For people to read; `null` where the user was listed by Nextcloud and not by Astrolabe, which alone says it. */
    displayName: string | null;
    /** What Nextcloud says of this user. */
    status: BackgroundSyncStatus;
    /** Not there: there is a status. */
    error?: undefined;
}
| {
    /** As Nextcloud has it. */
    userId: string;
    /** Not there: there is an error. */
    displayName?: undefined;
    /** Not there: there is an error. */
    status?: undefined;
    /** Why there is no status of this user. */
    error: AstrolabeError;
};

/** What became of an app password. */
export interface StoredAppPassword {
    /** Nextcloud has saved it, but could not hand it on to the service that uses it; `message` says why. */
    partialSuccess: boolean;
    /** What the server said in its own words. */
    message: string | null;
}

export interface ListUsersOptions extends CallOptions {
    /** Only users whose id or name Nextcloud finds with this. */
    search?: string | undefined;
    /** How many to ask for at a time, 1 to 1,000. Default: 500. */
    pageSize?: number | undefined;
}

/** One thing that `diagnose()` looked at. */
export interface DiagnosticCheck {
    /** What was looked at, in this order; an identifier for programs. */
    name: "server" | "version" | "maintenance" | "clock" | "discovery" | "grant" | "token" | "url_rewriting" | "astrolabe" | "login" | "admin";
    /** `null`: could not be looked at, or has no meaning for this way to log in; `seen` says which. */
    passed: boolean | null;
    /** What was seen, for a person. */
    seen: string;
    /** What to do, where there is something. */
    toDo: string | null;
    /** What went wrong, where that is why it did not pass. */
    error?: AstrolabeError;
}

/** A `TokenCache` as plain data. Holds the token: keep it as you would keep a password. */
export interface TokenCacheJSON {
    /** Whose token it is: host, provider, client and scope. A client of other ones does not use it. */
    key: string | null;
    /** The token itself; `null` where there is none. */
    accessToken: string | null;
    /** When it ends, in Unix milliseconds; `null` where there is none or nobody knows. */
    expiresAtMs: number | null;
    /** Where the token came from; `null` where discovery has not looked yet. */
    tokenEndpoint: string | null;
    /** Whether the token endpoint takes the secret by Basic only. */
    basicOnly: boolean | null;
    /** How long before its end a token counts as old for `isFresh()`, in seconds. */
    earlyRefreshSeconds: number;
}

/** What went wrong. New codes may be added; none changes its meaning. */
export type AstrolabeErrorCode =
/** An option or a parameter is missing or wrong. Nothing was sent. */
| "invalid_argument"
/** No answer: the connection failed, or broke before the answer was complete. `cause` is what `fetch` threw. */
| "network"
/** The time limit (`timeoutMs`) ran out. */
| "timeout"
/** Discovery did not answer with usable metadata (OpenID Connect Discovery §4, RFC 8414 §3). */
| "discovery_failed"
/** Discovery answered for another issuer than the one asked for (RFC 8414 §3.3). */
| "issuer_mismatch"
/** A secret would have had to go over plain `http`. */
| "insecure_endpoint"
/** The identity provider refuses the client-credentials grant. */
| "grant_not_supported"
/** The token endpoint refused (RFC 6749 §5.2); `oauthError` says why. */
| "token_request_failed"
/** The token endpoint's answer is no token response (RFC 6749 §5.1). */
| "invalid_token_response"
/** The function given as `accessToken` threw, or gave no token; `cause` is what it threw. */
| "token_function_failed"
/** There is no assertion to prove who the client is by: `clientPrivateKey` did not sign, or cannot as the provider wants it, or the function given as `clientAssertion` threw, or gave none; `cause` is what it threw. */
| "client_assertion_failed"
/** Nextcloud did not accept the login (401). */
| "unauthorized"
/** Nextcloud knows the caller but does not let it do this (403): most often it is no admin. */
| "forbidden"
/** The Astrolabe app is not there for this caller (a 404 that is not Astrolabe's). */
| "app_not_available"
/** This version of Astrolabe does not have it; the message says from which one on it is there. */
| "not_supported"
/** Too many requests (429); with `username` and `password` and without `Retry-After` it may be Nextcloud's brute-force lock of 30 minutes. */
| "rate_limited"
/** Nextcloud is in maintenance mode (503). */
| "maintenance"
/** The server failed (5xx). */
| "server_error"
/** The server refused the request (any other 4xx). */
| "request_rejected"
/** The server answered with a redirect where none is allowed. */
| "unexpected_redirect"
/** The answer is not what the route answers: HTML, broken JSON, a field of the wrong type. */
| "unexpected_response"
/** The answer is larger than `maxResponseBytes`. */
| "response_too_large"
/** The answer is about another user than was asked for. */
| "user_mismatch"
/** The app password to be stored is wrong, or not of the form that Astrolabe takes. */
| "app_password_rejected"
/** An administrator has ruled that users give no access by themselves (403). */
| "self_provisioning_disabled"
/** There is no user of this id. */
| "unknown_user"
/** The WebAssembly of this package stopped in the middle of a call; `cause` is what it threw. The next call gets a fresh instance of it. */
| "internal_error";

/**
 * What every failed call rejects with. `message` says what was wrong, where, and what to do. Holds no secret, unless a `fetch` of your own puts one into what it throws.
 *
 * An aborted call is no failure: it rejects with the signal's own reason, as `fetch` does.
 */
export class AstrolabeError extends Error {
    private constructor();
    /** Always the same, as with the errors of JavaScript itself. */
    readonly name: "AstrolabeError";
    /** What went wrong, for programs. */
    readonly code: AstrolabeErrorCode;
    /** HTTP status, where there was an answer. */
    readonly status?: number;
    /** Whether the same call can succeed later without anything being changed. */
    readonly retryable: boolean;
    /** How long to wait before that, in milliseconds, where it is known. */
    readonly retryAfterMs?: number;
    /** `error` of RFC 6749 §5.2. */
    readonly oauthError?: string;
    /** `error_description` of RFC 6749 §5.2. */
    readonly oauthErrorDescription?: string;
    /** What the server said in its own words. */
    readonly serverMessage?: string;
    /** Method and URL without query; `login` where that took too long. */
    readonly route?: string;
    /** What `fetch`, the function given as `accessToken` or `clientAssertion`, or the WebAssembly threw, unchanged. */
    readonly cause?: unknown;
}



/**
 * A client of one Nextcloud server. It holds no connection and no timer: it may be made at module scope or for each request,
 * and any number of calls may be under way at once.
 */
export class AstrolabeClient {
    /** Gives its memory back, and clears the secrets in it. Calls under way go on; later ones are refused. */
    free(): void;
    /** The same as `free()`, at the end of a block with `using`. */
    [Symbol.dispose](): void;
    /**
     * Takes from background services the access to the user's files, and makes the app password that gave it invalid; nothing
     * happens where there is none, nor for a user that does not exist. Sent once, never tried again by itself. For
     * administrators; Astrolabe 0.16 and later.
     *
     * Rejects as `getUserAppPassword` does, and with `not_supported`.
     */
    deprovisionUser(userId: string, options?: CallOptions): Promise<void>;
    /**
     * Looks at the server, the identity provider, the login and the app, and says of each what was seen and what to
     * do. Failures are checks that did not pass: it rejects only when aborted, or for call options of the wrong type.
     * `timeoutMs` is the limit of each of its requests.
     */
    diagnose(options?: CallOptions): Promise<DiagnosticCheck[]>;
    /**
     * The access token: the cached one until 60 s (`earlyRefreshSeconds`) before its end, else a new one by
     * discovery and the client-credentials grant (RFC 6749 §4.4). Callers at the same time share one request.
     *
     * Rejects with an `AstrolabeError`: `discovery_failed`, `issuer_mismatch`, `grant_not_supported`,
     * `insecure_endpoint`, `token_request_failed`, `invalid_token_response`, `token_function_failed`,
     * `unexpected_redirect`, `unexpected_response`, `response_too_large`, `rate_limited`, `maintenance`, `network`,
     * `timeout`; `invalid_argument` where the client logs in with user name and password, which has no token.
     */
    getAccessToken(options?: CallOptions): Promise<string>;
    /**
     * The statuses of all users, or of those that `search` finds: `for await (const { userId, displayName, status, error }
     * of …)`. Where the server lists them in one answer (Astrolabe 0.16 and later, 500 users at most) that is asked for;
     * users beyond it, and all of them with an older Astrolabe, are listed and asked about one by one, as
     * `getBackgroundSyncStatuses(listUsers())` does it. Each user once. For administrators. What concerns one user is a row
     * with an `error`; what concerns all is thrown, once. `timeoutMs` is the limit of each request.
     *
     * @throws {AstrolabeError} `invalid_argument`: an option is wrong.
     */
    getAllBackgroundSyncStatuses(options?: AllStatusesOptions): AsyncGenerator<UserStatusRow, void, undefined>;
    /**
     * Whether background services have access to the user's files, by what kind of credential, and since when.
     * For a user that does not exist Nextcloud answers as for one without access.
     *
     * Rejects as `getUserAppPassword` does.
     */
    getBackgroundSyncStatus(userId: string, options?: CallOptions): Promise<BackgroundSyncStatus>;
    /**
     * The statuses of many users, as they come in: `for await (const { userId, status, error } of …)`. Takes ids from
     * any iterable or async iterable, such as `listUsers()`, as it needs them; never more than `concurrency` (default
     * 8) are under way, and fewer while the server is busy (429, 502, 503, 504, `Retry-After`). What concerns one user
     * is a row with an `error`. What concerns all is thrown, once: the login, maintenance, the app, a server that 20
     * users in a row (or twice `concurrency`) did not reach. Leaving the loop ends what is under way. `timeoutMs` is
     * the limit of each user.
     *
     * @throws {AstrolabeError} `invalid_argument`: `userIds` is no iterable, or an option is wrong.
     */
    getBackgroundSyncStatuses(userIds: Iterable<string> | AsyncIterable<string>, options?: BulkOptions): AsyncGenerator<BackgroundSyncStatusRow, void, undefined>;
    /**
     * Whether background services have access to the files of the account that this client logs in as, and whether that
     * account may give it.
     *
     * Rejects as `getUserAppPassword` does, but for `forbidden` and `user_mismatch`.
     */
    getOwnBackgroundSyncStatus(options?: CallOptions): Promise<OwnBackgroundSyncStatus>;
    /**
     * Which users have let background services in, as many as Astrolabe lists in one answer (500), and whether users may do
     * so by themselves. For administrators; Astrolabe 0.16 and later.
     *
     * Rejects as `getUserAppPassword` does, but for `user_mismatch`; and with `not_supported`. A list that has a user twice
     * is `unexpected_response`.
     */
    getProvisioning(options?: CallOptions): Promise<Provisioning>;
    /**
     * What a service may index for the account that this client logs in as; `null` where Astrolabe does not say, as an older
     * one.
     *
     * Rejects as `getOwnBackgroundSyncStatus` does.
     */
    getSearchCapabilities(options?: CallOptions): Promise<SearchCapabilities | null>;
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
     * The ids of all users, or of those that `search` finds, page by page as they are read. For administrators. Ids
     * are strings, all-digit ones too, however long.
     *
     * Throws in the iteration as `getUserAppPassword` rejects; `timeoutMs` is the limit of each page.
     *
     * @throws {AstrolabeError} `invalid_argument`: an option is wrong.
     */
    listUsers(options?: ListUsersOptions): AsyncGenerator<string, void, undefined>;
    /**
     * @throws {AstrolabeError} `invalid_argument`, `insecure_endpoint`: an option is missing or wrong. Nothing is sent.
     */
    constructor(options: AstrolabeClientOptions);
    /**
     * Gives background services access to the user's files: Nextcloud makes an app password of that user's and stores it.
     * Sent once, never tried again by itself: each time makes one more app password. So an error after which that may have
     * happened (`network`, `timeout`, `server_error`) is not `retryable`: ask for the status. For administrators; Astrolabe
     * 0.16 and later.
     *
     * Rejects as `getUserAppPassword` does, and with `unknown_user`, `not_supported`.
     */
    provisionUser(userId: string, options?: CallOptions): Promise<StoredAppPassword>;
    /**
     * Takes from background services the access to the files of the account that this client logs in as; nothing
     * happens where there is none. Sent once, never tried again by itself.
     *
     * Rejects as `getOwnBackgroundSyncStatus` does.
     */
    revokeBackgroundSync(options?: CallOptions): Promise<void>;
    /**
     * Whether users may give access by themselves from now on; access that was given stays. Sent once, never tried again by
     * itself. For administrators; Astrolabe 0.16 and later.
     *
     * Rejects as `getProvisioning` does.
     */
    setSelfProvisioning(isAllowed: boolean, options?: CallOptions): Promise<void>;
    /**
     * Gives background services access to the files of the account that this client logs in as, by an app password
     * of that account: 20 to 256 letters, digits and hyphens. Astrolabe before 0.16 takes only the form
     * `xxxxx-xxxxx-xxxxx-xxxxx-xxxxx`. Sent once, never tried again by itself.
     *
     * Rejects as `getOwnBackgroundSyncStatus` does, and with `app_password_rejected`, `self_provisioning_disabled`.
     */
    storeAppPassword(appPassword: string, options?: CallOptions): Promise<StoredAppPassword>;
    /**
     * Whether a user of this id exists; the other calls cannot tell. For administrators.
     *
     * Rejects as `getUserAppPassword` does.
     */
    userExists(userId: string, options?: CallOptions): Promise<boolean>;
    /**
     * Where this client keeps its token, always the same object.
     */
    readonly tokenCache: TokenCache;
}

/**
 * The access token, when it ends, and what discovery found. One cache can serve any number of clients.
 */
export class TokenCache {
    /** Gives its memory back, and clears the secrets in it. Calls under way go on; later ones are refused. */
    free(): void;
    /** The same as `free()`, at the end of a block with `using`. */
    [Symbol.dispose](): void;
    /**
     * Forgets the token and what discovery found. What a request under way brings is not kept.
     */
    clear(): void;
    /**
     * A cache with what `toJSON` gave, as an object or as JSON text. It does not know the client secret: it serves the first
     * client of the same host, provider, id and scope that asks.
     *
     * @throws {AstrolabeError} `invalid_argument`: it is no object, no JSON, or a property is of the wrong type.
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

