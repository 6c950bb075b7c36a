// Many calls over a network that fails, in whatever runtime this is loaded in. What each came to is for the test to judge.

const OPERATIONS = {
  status: (client, userId) => client.getBackgroundSyncStatus(userId),
  appPassword: (client, userId) => client.getUserAppPassword(userId),
  exists: (client, userId) => client.userExists(userId),
};

/**
 * A call about each of `userIds`, `concurrency` at a time; every twentieth begins with a new login.
 *
 * @returns {Promise<{ operation: string, userId: string, fromMs: number, ms: number, value?: unknown, error?: object }[]>}
 */
export async function makeCalls({ AstrolabeClient, AstrolabeError }, { options, userIds, concurrency, timeoutMs }) {
  const client = new AstrolabeClient({ ...options, timeoutMs });
  const names = Object.keys(OPERATIONS);
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < userIds.length) {
      const at = next++;
      const userId = userIds[at];
      const operation = names[at % 7 < 5 ? 0 : (at % 7) - 4];
      if (at % 20 === 0) client.tokenCache.clear();
      const fromMs = Date.now();
      const result = { operation, userId, fromMs };
      try {
        result.value = await OPERATIONS[operation](client, userId);
      } catch (error) {
        const { code, message, status, retryable } = error ?? {};
        result.error = { isOurs: error instanceof AstrolabeError, code, message: String(message), status, retryable };
      }
      result.ms = Date.now() - fromMs;
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}
