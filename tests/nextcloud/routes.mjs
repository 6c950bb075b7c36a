// Which route a request is for: by method and path alone, as Nextcloud's router does it.
import { isUtf8 } from "node:buffer";
import { METADATA, MOUNT } from "./identity-provider.mjs";

const BACKGROUND_SYNC = "/apps/astrolabe/api/v1/background-sync";
const USERS = "/ocs/v2.php/cloud/users";

// `file`: a file of its own, which every web server finds; the others are found by Nextcloud's router. `newer`: only the
// newer Astrolabe has it.
const table = [
  { route: "discovery", method: "GET", path: METADATA },
  { route: "token", method: "POST", path: "/apps/oidc/token" },
  { route: "status", method: "GET", path: `${BACKGROUND_SYNC}/status` },
  { route: "store", method: "POST", path: `${BACKGROUND_SYNC}/credentials` },
  { route: "revoke", method: "POST", path: `${BACKGROUND_SYNC}/credentials/revoke` },
  { route: "credentials", method: "GET", path: `${BACKGROUND_SYNC}/credentials/`, ends: "userId" },
  { route: "admin-users", method: "GET", path: `${BACKGROUND_SYNC}/admin/users`, newer: true },
  { route: "provision", method: "POST", path: `${BACKGROUND_SYNC}/admin/users/`, ends: "userId", newer: true },
  { route: "deprovision", method: "DELETE", path: `${BACKGROUND_SYNC}/admin/users/`, ends: "userId", newer: true },
  { route: "self-provision", method: "POST", path: `${BACKGROUND_SYNC}/admin/self-provision`, newer: true },
  { route: "login-flow", method: "POST", path: "/login/v2" },
  { route: "login-flow-poll", method: "POST", path: "/login/v2/poll" },
  { route: "login-flow-page", method: "GET", path: "/login/v2/flow/", ends: "loginToken" },
  { route: "login-flow-agree", method: "POST", path: "/login/v2/flow/", ends: "loginToken" },
  { route: "app-password", method: "DELETE", path: "/ocs/v2.php/core/apppassword", file: true },
  { route: "status.php", method: "GET", path: "/status.php", file: true },
  // PHP answers a file for every path below it, too.
  { route: "status.php", method: "GET", path: "/status.php/", ends: "pathInfo", endsAnyhow: true, file: true },
  { route: "capabilities", method: "GET", path: "/ocs/v2.php/cloud/capabilities", file: true },
  { route: "users", method: "GET", path: USERS, file: true },
  { route: "user", method: "GET", path: `${USERS}/`, ends: "userId", file: true },
];

/**
 * `{ route, server }`, where `server` is "idp" or "nextcloud". For Nextcloud also: `base` and `front`, what stands
 * before the route ("/nextcloud", "/index.php"); `needsRewriting`; `inApp`, whether Astrolabe answers; `newer`, whether only
 * the newer one does; `userId`, `loginToken` or `pathInfo` where the path ends with one, null when it is not UTF-8; and
 * `failure`, "method" or "not found", where the router finds nothing.
 */
export function findRoute(method, path) {
  if (path === MOUNT || path.startsWith(`${MOUNT}/`)) return { server: "idp", route: idpRoute(method, path.slice(MOUNT.length)) };

  const [, base = "", front = "", rest] = /^(\/nextcloud(?=\/))?(\/index\.php(?=\/))?(.*)$/s.exec(path);
  const inApp = rest.startsWith("/apps/astrolabe/");
  // A file is no route of the router's: below index.php there is none.
  const rows = table.filter(({ file }) => !(front && file));
  const matches = rows.map((row) => ({ row, match: match(row, rest) })).filter(({ match }) => match);
  const found = matches.find(({ row }) => row.method === method);
  const needsRewriting = !front && !found?.row.file;
  const newer = matches.length > 0 && matches.every(({ row }) => row.newer);
  const place = { server: "nextcloud", base, front, inApp, newer, needsRewriting };
  if (found) return { ...place, route: found.row.route, ...found.match };
  return { ...place, route: "other", failure: matches.length > 0 ? "method" : "not found" };
}

function idpRoute(method, path) {
  if (path === METADATA) return "discovery";
  return method === "POST" && path === "/token" ? "token" : "other";
}

function match({ path, ends, endsAnyhow }, rest) {
  if (!ends) return rest === path ? {} : null;
  if (!rest.startsWith(path) || rest.length === path.length) return null;
  const segment = percentDecoded(rest.slice(path.length));
  // A slash ends a segment, encoded or not.
  if (segment.includes("/") && !endsAnyhow) return null;
  return { [ends]: isUtf8(segment) ? segment.toString() : null };
}

// PHP's rawurldecode: what is no escape stays as it is.
function percentDecoded(text) {
  if (!text.includes("%")) return Buffer.from(text);
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1");
}
