// Where this page is served from, since that decides which server it can ask: Nextcloud answers pages of its own origin only.
import { isObject } from "./plain.js";

const PATIENCE_MS = 5_000;

/**
 * `kind`: "demonstration", the stand-in on this machine; "nextcloud", the server itself; "relay", a Worker that passes
 * requests on (examples/worker); "relay_broken", one that says why it cannot (`message`); "unreached", where nothing
 * answered; "elsewhere". `nextcloudHost` is what to ask, where there is something.
 */
export async function findPlace() {
  const page = new URL(".", location.href);
  const folders = page.pathname.split("/").slice(0, -1);
  let answered = false;
  for (const at of folders.keys()) {
    const nextcloudHost = page.origin + folders.slice(0, at + 1).join("/");
    const status = await readJson(`${nextcloudHost}/status.php`);
    answered ||= status !== undefined;
    if (!isNextcloud(status)) continue;
    const demonstration = await readDemonstration();
    return { kind: demonstration ? "demonstration" : "nextcloud", nextcloudHost, demonstration };
  }
  const relay = `${page.href}relay`;
  const status = await readJson(`${relay}/status.php`);
  if (isNextcloud(status)) return { kind: "relay", nextcloudHost: relay };
  // The form in which the Worker tells every failure.
  if (isObject(status) && typeof status.code === "string" && typeof status.message === "string") return { kind: "relay_broken", message: status.message };
  return { kind: answered || status !== undefined ? "elsewhere" : "unreached" };
}

const isNextcloud = (status) => isObject(status) && typeof status.installed === "boolean" && typeof status.versionstring === "string";

/** Asked for on this machine only: no other server has it. */
const readDemonstration = async () => (["127.0.0.1", "localhost"].includes(location.hostname) ? ((await readJson("/stand-in/demonstration")) ?? null) : null);

/** null for an answer that is no JSON, undefined for none. */
async function readJson(url) {
  try {
    const response = await fetch(url, { credentials: "omit", cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return await response.json().catch(() => null);
  } catch {
    return undefined;
  }
}
