// Passes on the few requests that a dashboard elsewhere needs: Nextcloud itself answers no page of another origin.
import { Problem } from "./problem.js";

const BACKGROUND_SYNC = String.raw`apps/astrolabe/api/v1/background-sync`;
const USER_ID = "([^/]+)";

const below = (...paths) => new RegExp(`^/relay((?:/index\\.php)?/(?:${paths.join("|")}))$`);

/** What is relayed of a request's body; undefined: nothing. */
const NOTHING = async () => undefined;

/** A dot segment is gone when these are matched: URL resolves those, encoded or not. */
const RELAYED = [
  {
    method: "GET",
    path: below(
      "status\\.php",
      `${BACKGROUND_SYNC}/credentials/${USER_ID}`,
      `${BACKGROUND_SYNC}/status`,
      `${BACKGROUND_SYNC}/admin/users`,
      `ocs/v2\\.php/cloud/users(?:/${USER_ID})?`,
      "ocs/v2\\.php/cloud/capabilities",
      "\\.well-known/openid-configuration",
    ),
    bodyOf: NOTHING,
  },
  // Login Flow v2.
  { method: "POST", path: below("login/v2(?:/poll)?"), bodyOf: formOf },
  // Ends what that began: an app password deletes itself.
  { method: "DELETE", path: below("ocs/v2\\.php/core/apppassword"), bodyOf: NOTHING, isChange: true },
  // Administrators give and take access, and say whether users may.
  { method: "POST", path: below(`${BACKGROUND_SYNC}/admin/users/${USER_ID}`), bodyOf: NOTHING, isChange: true },
  { method: "DELETE", path: below(`${BACKGROUND_SYNC}/admin/users/${USER_ID}`), bodyOf: NOTHING, isChange: true },
  { method: "POST", path: below(`${BACKGROUND_SYNC}/admin/self-provision`), bodyOf: switchOf, isChange: true },
];

export const relayRoutes = RELAYED.map(({ method, path, ...what }) => ({ method, path, isForPages: true, answer: (asked) => relay(asked, what) }));

const REQUEST_HEADERS = ["Authorization", "OCS-APIRequest", "Accept", "Content-Type"];
const RESPONSE_HEADERS = ["Content-Type", "Retry-After", "Date", "X-Nextcloud-Maintenance-Mode"];

async function relay({ request, env, url, match: [, path, ...userIds] }, { bodyOf, isChange = false }) {
  for (const userId of userIds) if (userId !== undefined) requireOneSegment(userId, path);
  // With the caller's own login, or not at all: this Worker's stays out of it.
  if (isChange && !request.headers.get("Authorization")) throw new Problem(401, "unauthorized", "a change takes a Nextcloud login of your own: send it in an Authorization header");
  const host = installationOf(env);
  const headers = only(REQUEST_HEADERS, request.headers);
  // Nextcloud names an app password after this, in its owner's list of devices.
  headers.set("User-Agent", "Astrolabe dashboard");
  const body = await bodyOf(request);
  let answer;
  try {
    // A redirect could lead a login astray.
    answer = await fetch(host + path + url.search, { method: request.method, headers, body, redirect: "manual" });
  } catch (error) {
    console.error(error);
    throw new Problem(502, "network", "Nextcloud gave no answer: try again, or check NEXTCLOUD_HOST");
  }
  return new Response(answer.body, { status: answer.status, headers: { ...Object.fromEntries(only(RESPONSE_HEADERS, answer.headers)), ...NO_PAGE } });
}

/** Not below /index.php, which the caller writes where it is needed. */
export function installationOf({ NEXTCLOUD_HOST }) {
  const { origin, pathname } = new URL(NEXTCLOUD_HOST);
  return origin + withoutSlashes(pathname).replace(/\/index\.php$/, "");
}

/** No /\/+$/, which would begin anew at every slash. */
function withoutSlashes(path) {
  let end = path.length;
  while (path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

/** Whatever comes back, a page of Nextcloud's too, is none of this origin's. */
const NO_PAGE = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'" };

/** More than a login flow ever sends. */
const LONGEST_BODY_BYTES = 4_096;

async function formOf(request) {
  const type = request.headers.get("Content-Type");
  if (type !== null && !/^application\/x-www-form-urlencoded(;|$)/i.test(type)) throw new Problem(415, "not_a_form", "only a form can be relayed: application/x-www-form-urlencoded");
  return textOf(request);
}

/** Whether users may give access by themselves, and nothing else. */
async function switchOf(request) {
  let enabled;
  try {
    ({ enabled } = JSON.parse(await textOf(request)));
  } catch (error) {
    if (error instanceof Problem) throw error;
  }
  if (typeof enabled !== "boolean") throw new Problem(400, "invalid_argument", 'the body must be {"enabled":true} or {"enabled":false}');
  return JSON.stringify({ enabled });
}

async function textOf(request) {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of request.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_BODY_BYTES) throw new Problem(413, "too_large", `no more than ${LONGEST_BODY_BYTES} bytes are relayed`);
  }
  return text;
}

/** A slash, a control character, or a dot segment, with a parameter too. */
const LEADS_ELSEWHERE = /[/\\\p{Cc}]|^\.\.?(;|$)/u;

/** What Nextcloud has in place of an id on the users' route: lists of all. */
const LISTS = new Set(["details", "disabled", "recent"]);

/** Some servers take an encoded slash for a slash, and would find another route. */
function requireOneSegment(userId, path) {
  let decoded = "/";
  try {
    decoded = decodeURIComponent(userId);
  } catch {}
  if (LEADS_ELSEWHERE.test(decoded) || LEADS_ELSEWHERE.test(unescaped(decoded)) || (path.includes("/cloud/users/") && LISTS.has(decoded))) {
    // Not 404, which on Astrolabe's route says that there is no access.
    throw new Problem(400, "invalid_user_id", "this user id cannot be relayed: it is not one segment of a path");
  }
}

/** As a proxy would see it that decodes twice. */
const unescaped = (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

function only(names, given) {
  const headers = new Headers();
  for (const name of names) if (given.has(name)) headers.set(name, given.get(name));
  return headers;
}
