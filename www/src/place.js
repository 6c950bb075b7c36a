// Where this page is served from, since that decides which server it can ask: Nextcloud answers pages of its own origin only.
import { isObject } from "./plain.js";
import { ask, isNextcloud } from "./server.js";

/**
 * `kind`: "demonstration", the stand-in on this machine; "nextcloud", the server itself; "relay", a Worker that passes
 * requests on (examples/worker); "relay_broken", one that says why it cannot (`code`, `message`); "unreached", where nothing
 * answered; "elsewhere". `nextcloudHost` is what to ask, where there is something.
 */
export async function findPlace() {
  const page = new URL(".", location.href);
  let answered = false;
  const looked = new Set();
  for await (const nextcloudHost of candidates(page)) {
    if (looked.has(nextcloudHost)) continue;
    looked.add(nextcloudHost);
    const answer = await ask(`${nextcloudHost}/status.php`);
    answered ||= answer !== undefined;
    if (!isNextcloud(answer?.json)) continue;
    const demonstration = await readDemonstration();
    return { kind: demonstration ? "demonstration" : "nextcloud", nextcloudHost, demonstration };
  }
  const relay = `${page.href}relay`;
  const answer = await ask(`${relay}/status.php`);
  if (isNextcloud(answer?.json)) return { kind: "relay", nextcloudHost: relay };
  // The form in which the Worker tells every failure.
  if (isObject(answer?.json) && typeof answer.json.code === "string" && typeof answer.json.message === "string") {
    return { kind: "relay_broken", code: answer.json.code, message: answer.json.message };
  }
  return { kind: answered || answer !== undefined ? "elsewhere" : "unreached" };
}

/** Where a Nextcloud of this origin may be: in a folder above the page, or in one beside it. */
async function* candidates({ origin, pathname }) {
  const folders = pathname.split("/").slice(0, -1);
  for (const at of folders.keys()) yield origin + folders.slice(0, at + 1).join("/");
  // The folder of Nextcloud's manual.
  yield `${origin}/nextcloud`;
  // Of whatever name: by the manual, the root of the origin leads calendars to the Nextcloud in its folder.
  const [, folder] = /^(.*)\/remote\.php\/dav\b/.exec((await ask(`${origin}/.well-known/caldav`))?.url ?? "") ?? [];
  if (folder?.startsWith(`${origin}/`)) yield folder;
}

/** Asked for on this machine only: no other server has it. */
const readDemonstration = async () => (["127.0.0.1", "localhost"].includes(location.hostname) ? ((await ask("/stand-in/demonstration"))?.json ?? null) : null);
