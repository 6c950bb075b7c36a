//! TypeScript types of what the classes take and give.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
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
"#;
