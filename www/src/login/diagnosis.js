// diagnose() with the error behind each check that failed: the check itself has only sentences, and those are English.
import { AstrolabeClient } from "astrolabe-client";
import { findAilment } from "../server.js";

const OF_LOGIN_AS_SERVICE = ["discovery", "grant", "token"];
const OF_CREDENTIALS_ROUTE = ["astrolabe", "login", "admin"];

/**
 * `{ client, diagnose }`: a client whose requests this sees, and its diagnosis: `{ checks, account }`. A check that failed
 * has `error`, `{ code, … }`; `account` is whom Nextcloud takes the caller for, where that is known.
 */
export function diagnosable(options) {
  let answers = new Map();
  const client = new AstrolabeClient({ ...options, fetch: (url, init) => (answers ? remember(answers, url, init) : fetch(url, init)) });
  return {
    client,
    async diagnose(callOptions) {
      const checks = await client.diagnose(callOptions);
      const seen = answers;
      // What comes after this is none of its business.
      answers = null;
      const account = [...seen.values()].map((answer) => answer instanceof Response && answer.headers.get("X-User-Id")).find(Boolean) ?? options.username ?? null;
      return { checks: await withErrors(checks, options, seen), account };
    },
  };
}

async function remember(answers, url, init) {
  answers.set(url, null);
  try {
    const response = await fetch(url, init);
    answers.set(url, response.clone());
    return response;
  } catch (error) {
    // Of one that was given up nobody knows what would have come.
    if (!init.signal?.aborted) answers.set(url, error);
    throw error;
  }
}

async function withErrors(checks, options, answers) {
  const failed = new Set(checks.filter(({ passed }) => passed === false).map(({ name }) => name));
  const hasNoLogin = OF_LOGIN_AS_SERVICE.some((name) => failed.has(name));
  const errors = new Map();
  const note = (names, error) => names.forEach((name) => failed.has(name) && errors.set(name, error));
  if (failed.has("server")) note(["server"], { code: (await findAilment(options.nextcloudHost)) ?? "network" });
  if (hasNoLogin) note(OF_LOGIN_AS_SERVICE, await errorOf(options, answers, (client) => client.getAccessToken()));
  if (OF_CREDENTIALS_ROUTE.some((name) => failed.has(name))) {
    // Without a login the route was asked without one, too.
    const asked = hasNoLogin ? { nextcloudHost: options.nextcloudHost, accessToken: "none" } : options;
    note(OF_CREDENTIALS_ROUTE, await errorOf(asked, answers, (client) => client.getBackgroundSyncStatus(userAskedAbout(answers))));
  }
  return checks.map((check) => ({ ...check, error: errors.get(check.name) }));
}

/** Whom diagnose() asked about: some name of its own. */
const userAskedAbout = (answers) => decodeURIComponent([...answers.keys()].findLast((url) => url.includes("/background-sync/credentials/")).split("/").at(-1));

/** The error of a call that gets the answers that there were: nothing is sent, so a wrong password does not count twice. */
async function errorOf(options, answers, call) {
  const replay = async (url) => {
    const answer = answers.get(url);
    if (answer instanceof Response) return answer.clone();
    if (answer) throw answer;
    return new Promise(() => {});
  };
  const client = new AstrolabeClient({ ...options, fetch: replay, maxRetries: 0, timeoutMs: 1_000 });
  try {
    await call(client);
  } catch (error) {
    return error;
  } finally {
    client.free();
  }
}
