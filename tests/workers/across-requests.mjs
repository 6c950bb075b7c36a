// A Worker whose requests share one token cache, and which end in every way that a request can end. Each begins with
// the path that says what it does.
export const sharedCacheWorker = ({ AstrolabeClient, TokenCache }) => {
  const tokenCache = new TokenCache();
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  const handlers = {
    /** Begins a token request and returns without waiting for it. */
    async leave({ client }) {
      client.getAccessToken().catch(() => {});
      await pause(500);
      return {};
    },
    /** Begins a token request and throws. */
    async throw({ client }) {
      client.getAccessToken().catch(() => {});
      await pause(500);
      throw new Error("on purpose");
    },
    /** Begins a token request or joins one, gives it up by its signal, and goes on for a while. */
    async abort({ client, giveUpMs = 300, stayMs = 0, timeoutMs }) {
      const controller = new AbortController();
      const call = client.getAccessToken({ signal: controller.signal, ...(timeoutMs && { timeoutMs }) }).catch((error) => error.name);
      await pause(giveUpMs);
      controller.abort();
      const name = await call;
      await pause(stayMs);
      return { name };
    },
    /** Whether the cache that all share can be asked at all. */
    async look() {
      try {
        return { isFresh: tokenCache.isFresh() };
      } catch (error) {
        return { error: error.code };
      }
    },
    /** An ordinary call. */
    async status({ client, timeoutMs, signalMs }) {
      const begun = Date.now();
      const options = { ...(timeoutMs && { timeoutMs }), ...(signalMs && { signal: AbortSignal.timeout(signalMs) }) };
      const result = await client.getBackgroundSyncStatus("alice", options).then(
        ({ hasAccess }) => ({ hasAccess }),
        (error) => ({ error: error.code ?? error.name }),
      );
      return { ...result, ms: Date.now() - begun };
    },
  };

  return {
    async fetch(request) {
      const { handler, options, ...rest } = await request.json();
      const client = new AstrolabeClient({ ...options, tokenCache, maxRetries: 0 });
      return Response.json(await handlers[handler]({ client, ...rest }));
    },
  };
};

/** Clients made at module scope, and calls begun there, where neither fetch nor timers are allowed. */
export const moduleScopeWorker = ({ AstrolabeClient }) => {
  const logins = [
    { accessToken: "token" },
    { accessToken: async () => "token" },
    { username: "alice", password: "password" },
    { clientId: "id", clientSecret: "secret" },
  ];
  const early = logins.map(async (login) => {
    const client = new AstrolabeClient({ nextcloudHost: "http://127.0.0.1:9", ...login });
    const error = await client.getBackgroundSyncStatus("alice").catch((error) => error);
    return { code: error.code, hasCause: error.cause !== undefined };
  });
  return {
    async fetch() {
      const outcomes = await Promise.race([Promise.all(early), new Promise((resolve) => setTimeout(resolve, 1_000, "nothing"))]);
      return Response.json({ outcomes });
    },
  };
};
