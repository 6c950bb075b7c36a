// What a server says of itself to anybody, by status.php: without a login, and to pages of every origin.
import { isObject, withoutSlashes } from "./plain.js";

const PATIENCE_MS = 5_000;

/** Files such as status.php and the login flow lie beside index.php, not below it. */
export const rootOf = (nextcloudHost) => withoutSlashes(nextcloudHost).replace(/\/index\.php$/, "");

/** Whether it is a Worker that passes requests on (examples/worker), and no Nextcloud itself. */
export const isRelay = (nextcloudHost) => rootOf(nextcloudHost).endsWith("/relay");

export const isNextcloud = (status) => isObject(status) && typeof status.installed === "boolean" && typeof status.versionstring === "string";

/** `{ status, url, json }`, with `json` null for an answer that is none; undefined where nothing answered. */
export async function ask(url) {
  try {
    const response = await fetch(url, { credentials: "omit", cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: response.status, url: response.url, json: await response.json().catch(() => null) };
  } catch {
    return undefined;
  }
}

/** What is wrong with the server as a whole, as a reason of words.js; null where it is well. */
export async function findAilment(nextcloudHost) {
  const answer = await ask(`${rootOf(nextcloudHost)}/status.php`);
  if (!answer) return "network";
  const { status, json } = answer;
  if (isNextcloud(json)) return json.needsDbUpgrade === true ? "needs_upgrade" : json.maintenance === true ? "maintenance" : null;
  if (status === 400) return isObject(json) && json.error === "Trusted domain error." ? "untrusted_host" : "request_rejected";
  if (status === 429) return "rate_limited";
  return status >= 500 ? "server_error" : "no_nextcloud";
}
