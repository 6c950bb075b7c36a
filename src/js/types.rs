//! TypeScript types of what the classes take and give.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { AstrolabeError } from "../error.js";

/** What a client is made of: an address and exactly one way in. */
export type AstrolabeClientOptions = CommonOptions & (ClientCredentialsLogin | AccessTokenLogin | BasicLogin);

/** Logs in as a service by the OAuth client-credentials grant (RFC 6749 §4.4). On Nextcloud's side it takes `user_oidc`, which checks the tokens. */
export interface ClientCredentialsLogin {
  /** Id of this service at the identity provider (RFC 6749 §2.2). */
  clientId: string;
  /** Secret that belongs to `clientId`. Goes to the token endpoint and nowhere else. */
  clientSecret: string;
  /** Scope of the token (RFC 6749 §3.3). Default: `"openid"`; `""` asks for none. */
  scope?: string;
  /** The identity provider, where it is not this Nextcloud: its issuer, exactly as its metadata spells it (OpenID Connect Discovery §4.3, RFC 8414 §3.3). */
  issuer?: string;
  /** Instead of `issuer`: the address of the provider's metadata; its issuer is then not compared. */
  discoveryUrl?: string;
  /** How the secret is sent (RFC 6749 §2.3.1). Default: `"post"`, or `"basic"` where the provider announces that and not `"post"`. */
  clientAuthentication?: "post" | "basic";
  /** More parameters of the token request, such as `audience`, or `resource` (RFC 8707). */
  tokenParameters?: Record<string, string>;
  /** How long before its end a token counts as old, in seconds. Default: 60. */
  earlyRefreshSeconds?: number;
  /** A cache to share with other clients. Default: one of its own. */
  tokenCache?: TokenCache;
  accessToken?: never;
  username?: never;
  password?: never;
}

/** Logs in with a bearer token of one's own. On a stock Nextcloud an administrator's app password is one. */
export interface AccessTokenLogin {
  /** The token, or a function that gives it: asked at the first call and again after a 401, and otherwise not. */
  accessToken: string | (() => string | Promise<string>);
  clientId?: never;
  clientSecret?: never;
  username?: never;
  password?: never;
  tokenCache?: never;
}

/** Logs in with user name and password or app password (HTTP Basic), passed through and kept nowhere else. */
export interface BasicLogin {
  username: string;
  password: string;
  clientId?: never;
  clientSecret?: never;
  accessToken?: never;
  tokenCache?: never;
}

export interface CommonOptions {
  /** Address of the Nextcloud server, such as `https://cloud.example.com`. A path stays, as in `https://example.com/nextcloud`; add `/index.php` where the web server does not rewrite URLs. Plain `http` only on this machine, see `allowInsecureHttp`. */
  nextcloudHost: string | URL;
  /** Time limit of a call in milliseconds: login, tries and waits together. Default: 10,000. */
  timeoutMs?: number;
  /** How often a read or a token request is tried again after a network failure, status 502, 503 or 504, or 429 with `Retry-After`, with growing waits. Stores and revokes never are. Default: 2. */
  maxRetries?: number;
  /** The most of an answer that is read, in bytes. Default: 262,144. */
  maxResponseBytes?: number;
  /** Allows logins over plain `http` to other machines, where anyone on the way can read them. Default: false. */
  allowInsecureHttp?: boolean;
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

export interface BulkOptions extends CallOptions {
  /** How many users at a time at most, 1 to 1,000. Default: 8. */
  concurrency?: number;
  /** Called after each row. `done` includes `failed`; `total` is there where `userIds` has a length or size. */
  onProgress?: (progress: { done: number; failed: number; total: number | undefined }) => void;
}

/** One user of the bulk call: a status, or why there is none. */
export type BackgroundSyncStatusRow =
  | { userId: string; status: BackgroundSyncStatus; error?: undefined }
  | { userId: string; status?: undefined; error: AstrolabeError };

/** What became of an app password. */
export interface StoredAppPassword {
  /** Nextcloud has saved it, but could not hand it on to the service that uses it; `message` says why. */
  partialSuccess: boolean;
  /** What the server said in its own words. */
  message: string | null;
}

export interface ListUsersOptions extends CallOptions {
  /** Only users whose id or name Nextcloud finds with this. */
  search?: string;
  /** How many to ask for at a time, 1 to 1,000. Default: 500. */
  pageSize?: number;
}

/** One thing that `diagnose()` looked at. */
export interface DiagnosticCheck {
  name: "server" | "version" | "maintenance" | "clock" | "discovery" | "grant" | "token" | "url_rewriting" | "astrolabe" | "login" | "admin";
  /** `null`: could not be looked at, or has no meaning for this way to log in; `seen` says which. */
  passed: boolean | null;
  /** What was seen, for a person. */
  seen: string;
  /** What to do, where there is something. */
  toDo: string | null;
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
"#;
