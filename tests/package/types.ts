// Compiled, not run, against the installed package. `@ts-expect-error` fails where the line below it compiles.
import { AstrolabeClient, AstrolabeError, TokenCache } from "astrolabe-client";
import type { AstrolabeClientOptions, AstrolabeErrorCode, BackgroundSyncStatus, CallOptions, Logger, TokenCacheJSON } from "astrolabe-client";

/** Compiles only where the two types are one. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const logger: Logger = console;
const options: AstrolabeClientOptions = { nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret", logger, fetch, timeoutMs: 5_000 };
const client = new AstrolabeClient(options);
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
