// Where this page is served from, since that decides which server it can ask: Nextcloud answers pages of its own origin only.
import { isObject } from "./plain.js";

const PATIENCE_MS = 5_000;

/**
 * `kind`: "demonstration", the stand-in on this machine; "nextcloud", the server itself; "relay", a Worker that passes
 * requests on (examples/worker); "elsewhere". `nextcloudHost` is what to ask, `null` elsewhere.
 */
export async function findPlace() {
  const page = new URL(".", location.href);
  const folders = page.pathname.split("/").slice(0, -1);
  for (const at of folders.keys()) {
    const nextcloudHost = page.origin + folders.slice(0, at + 1).join("/");
    if (!(await isNextcloud(nextcloudHost))) continue;
    const demonstration = await readDemonstration();
    return { kind: demonstration ? "demonstration" : "nextcloud", nextcloudHost, demonstration };
  }
  const relay = `${page.href}relay`;
  if (await isNextcloud(relay)) return { kind: "relay", nextcloudHost: relay };
  return { kind: "elsewhere", nextcloudHost: null };
}

async function isNextcloud(address) {
  const status = await readJson(`${address}/status.php`);
  return isObject(status) && typeof status.installed === "boolean" && typeof status.versionstring === "string";
}

/** Asked for on this machine only: no other server has it. */
async function readDemonstration() {
  return ["127.0.0.1", "localhost"].includes(location.hostname) ? readJson("/stand-in/demonstration") : null;
}

async function readJson(url) {
  try {
    const response = await fetch(url, { credentials: "omit", cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
