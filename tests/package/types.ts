// Compiled, not run, against the installed package. `@ts-expect-error` fails where the line below it compiles.
import { AstrolabeClient, AstrolabeError, TokenCache } from "astrolabe-client";
import type {
  AstrolabeClientOptions,
  AstrolabeErrorCode,
  BackgroundSyncStatus,
  BackgroundSyncStatusRow,
  CallOptions,
  DiagnosticCheck,
  Logger,
  OwnBackgroundSyncStatus,
  PrivateCryptoKey,
  Provisioning,
  SearchCapabilities,
  StoredAppPassword,
  TokenCacheJSON,
  TokenStore,
  UserStatusRow,
} from "astrolabe-client";

/** Compiles only where the two types are one. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const logger: Logger = console;
const options: AstrolabeClientOptions = { nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret", logger, fetch, timeoutMs: 5_000 };
const client = new AstrolabeClient(options);
/** A KV namespace of Workers, as far as it matters here: it must fit as it is. */
interface KVNamespace {
  get(key: string): Promise<string | null>;
  get(key: string, type: "json"): Promise<unknown>;
  put(key: string, value: string | ArrayBuffer, options?: { expiration?: number; expirationTtl?: number }): Promise<void>;
}
declare const kv: KVNamespace;
const tokenStore: TokenStore = kv;
void new AstrolabeClient({ ...options, tokenStore });
// @ts-expect-error: a token of one's own is not shared
void new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", accessToken: "token", tokenStore });

const proven = { nextcloudHost: "https://cloud.example.com", clientId: "id" };
// The platform's own, where its types name it.
declare const key: typeof globalThis extends { CryptoKey: { prototype: infer Key } } ? Key : PrivateCryptoKey;
for (const clientPrivateKey of ["pem", key, { kty: "EC", crv: "P-256", x: "x", y: "y", d: "d" }]) void new AstrolabeClient({ ...proven, clientPrivateKey, clientKeyId: "kid" });
for (const clientAssertion of ["a.b.c", () => "a.b.c", async () => "a.b.c"]) void new AstrolabeClient({ ...proven, clientAssertion, tokenStore, tokenStoreSecret: "x" });
void new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientAssertion: "a.b.c" });
void new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientId: "id", clientAuthentication: "tls_client_auth", fetch });
// @ts-expect-error: whose key it is
void new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientPrivateKey: "pem" });
// @ts-expect-error: nothing proves who it is
void new AstrolabeClient(proven);
// @ts-expect-error: one proof
void new AstrolabeClient({ ...proven, clientSecret: "secret", clientPrivateKey: "pem" });
// @ts-expect-error: the name of no key
void new AstrolabeClient({ ...proven, clientSecret: "secret", clientKeyId: "kid" });
// @ts-expect-error: a certificate has no secret beside it
void new AstrolabeClient({ ...proven, clientSecret: "secret", clientAuthentication: "tls_client_auth" });
// @ts-expect-error: a key is no way to send a secret
void new AstrolabeClient({ ...proven, clientPrivateKey: "pem", clientAuthentication: "post" });
// @ts-expect-error: a number is no key
void new AstrolabeClient({ ...proven, clientPrivateKey: 7 });
// @ts-expect-error: an assertion is a text
void new AstrolabeClient({ ...proven, clientAssertion: () => 7 });

const maybe: AbortSignal | undefined = undefined as AbortSignal | undefined;
void client.getBackgroundSyncStatus("alice", { signal: maybe, timeoutMs: undefined });
void new AstrolabeClient({ ...options, scope: undefined, tokenStore: undefined });
void new AstrolabeClient({ ...options, tokenStore: { get: (key: string) => new Map<string, string>().get(key), put: () => {} } });
const call: CallOptions = { signal: AbortSignal.timeout(1_000), timeoutMs: 500 };

same<ReturnType<typeof client.getAccessToken>, Promise<string>>(true);
same<ReturnType<typeof client.getUserAppPassword>, Promise<string | null>>(true);
same<ReturnType<typeof client.getBackgroundSyncStatus>, Promise<BackgroundSyncStatus>>(true);
same<BackgroundSyncStatus, { hasAccess: boolean; credentialType: string | null; provisionedAt: Date | null }>(true);
void client.getUserAppPassword("alice", call);

same<typeof client.tokenCache, TokenCache>(true);
const cache: TokenCache = TokenCache.fromJSON(JSON.stringify(new TokenCache()));
same<typeof cache.accessToken, string | null>(true);
same<typeof cache.expiresAt, Date | null>(true);
same<typeof cache.tokenEndpoint, string | null>(true);
same<ReturnType<typeof cache.isFresh>, boolean>(true);
same<ReturnType<typeof cache.toJSON>, TokenCacheJSON>(true);
new AstrolabeClient({ ...options, tokenCache: cache }).free();
{
  using scoped = new AstrolabeClient(options);
  void scoped;
}

try {
  await client.getAccessToken();
} catch (error) {
  if (error instanceof AstrolabeError) {
    same<typeof error.code, AstrolabeErrorCode>(true);
    same<typeof error.status, number | undefined>(true);
    same<typeof error.retryable, boolean>(true);
    same<typeof error.cause, unknown>(true);
    if (error.code === "rate_limited") void error.retryAfterMs;
    // @ts-expect-error: no such code
    void (error.code === "no_such_code");
  }
}

same<ReturnType<typeof client.getOwnBackgroundSyncStatus>, Promise<OwnBackgroundSyncStatus>>(true);
same<ReturnType<typeof client.getProvisioning>, Promise<Provisioning>>(true);
same<ReturnType<typeof client.provisionUser>, Promise<StoredAppPassword>>(true);
same<ReturnType<typeof client.deprovisionUser>, Promise<void>>(true);
same<ReturnType<typeof client.setSelfProvisioning>, Promise<void>>(true);
same<ReturnType<typeof client.getSearchCapabilities>, Promise<SearchCapabilities | null>>(true);
same<ReturnType<typeof client.getAllBackgroundSyncStatuses>, AsyncGenerator<UserStatusRow, void, undefined>>(true);
for await (const row of client.getAllBackgroundSyncStatuses({ search: "a", concurrency: 16, onProgress: ({ total }) => void total })) {
  if (row.error) same<typeof row.error, AstrolabeError>(true);
  else same<typeof row.displayName, string | null>(true);
}
// @ts-expect-error: yes or no
void client.setSelfProvisioning("yes");
same<ReturnType<typeof client.storeAppPassword>, Promise<StoredAppPassword>>(true);
same<ReturnType<typeof client.revokeBackgroundSync>, Promise<void>>(true);
same<ReturnType<typeof client.userExists>, Promise<boolean>>(true);
same<ReturnType<typeof client.diagnose>, Promise<DiagnosticCheck[]>>(true);
same<ReturnType<typeof client.listUsers>, AsyncGenerator<string, void, undefined>>(true);
same<ReturnType<typeof client.getBackgroundSyncStatuses>, AsyncGenerator<BackgroundSyncStatusRow, void, undefined>>(true);
for await (const row of client.getBackgroundSyncStatuses(client.listUsers({ search: "a" }), { concurrency: 16, signal: AbortSignal.timeout(1_000) })) {
  same<typeof row.userId, string>(true);
  if (row.error) same<typeof row.error, AstrolabeError>(true);
  else same<typeof row.status, BackgroundSyncStatus>(true);
}
for (const { name, passed, toDo } of await client.diagnose()) {
  same<typeof passed, boolean | null>(true);
  same<typeof toDo, string | null>(true);
  // @ts-expect-error: no such check
  void (name === "weather");
}

const nextcloudHost = new URL("https://cloud.example.com");
new AstrolabeClient({ nextcloudHost, accessToken: "token" });
new AstrolabeClient({ nextcloudHost, accessToken: async () => "token" });
new AstrolabeClient({ nextcloudHost, username: "admin", password: "password" });
new AstrolabeClient({ nextcloudHost, clientId: "id", clientSecret: "secret", issuer: "https://id.example.com", clientAuthentication: "basic", tokenParameters: { audience: "x" } });
// @ts-expect-error: two ways in
new AstrolabeClient({ nextcloudHost, accessToken: "token", username: "admin", password: "password" });
// @ts-expect-error: no way in
new AstrolabeClient({ nextcloudHost });
// @ts-expect-error: a token of one's own is kept in no cache
new AstrolabeClient({ nextcloudHost, accessToken: "token", tokenCache: cache });
// @ts-expect-error: no such option
new AstrolabeClient({ nextcloudHost, accessToken: "token", timeout: 5 });
// @ts-expect-error: no such way to authenticate
new AstrolabeClient({ nextcloudHost, clientId: "id", clientSecret: "secret", clientAuthentication: "none" });
// @ts-expect-error: a function gives a token
new AstrolabeClient({ nextcloudHost, accessToken: () => 7 });

// @ts-expect-error: the secret is missing
new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientId: "id" });
// @ts-expect-error: an id is a string
void client.getUserAppPassword(7);
// @ts-expect-error: milliseconds are a number
void client.getAccessToken({ timeoutMs: "10 s" });
// @ts-expect-error: errors are made by the package
new AstrolabeError();
// @ts-expect-error: the cache is the client's
client.tokenCache = cache;
