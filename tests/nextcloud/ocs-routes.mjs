// Nextcloud's own user list, in the OCS envelope (version 2).
import { displayName } from "./accounts.mjs";
import { phpJson, recording, replay } from "./recordings.mjs";

const PHP_INT_MAX = 9223372036854775807n;

// Recorded for alice; what differs from user to user is put in its place.
const ALICE = JSON.parse(recording("124-user-alice").body).ocs.data;

export function answerOcs(call) {
  const { account, installation, request, route } = call;
  if (route === "capabilities") return capabilities(call);
  if (!account) return replay("122j-users-v2-noauth", installation);
  const own = { ...installation, headers: { "X-User-Id": account.id } };
  if (!request.headers["ocs-apirequest"]) return replay("122m-users-v2-noocs", own);
  return route === "users" ? list(call, own) : user(call, own);
}

// To nobody that is logged in Nextcloud says less. Not recorded: what the newer Astrolabe adds, as its Capabilities.php does.
function capabilities({ account, installation, settings }) {
  if (!account) return replay("321-capabilities", installation);
  const own = { ...installation, headers: { "X-User-Id": account.id } };
  if (settings.contract !== "newer" || !settings.appInstalled) return replay("321-capabilities", own);
  const answer = JSON.parse(recording("321-capabilities").body);
  answer.ocs.data.capabilities.astrolabe = { semantic_search: SEMANTIC_SEARCH };
  return replay("321-capabilities", { ...own, body: JSON.stringify(answer) });
}

const SEMANTIC_SEARCH = {
  enabled_doc_types: ["note", "file"],
  sources: [
    { app: "notes", doc_types: ["note"], enabled: true },
    { app: "files", doc_types: ["file"], enabled: true },
    { app: "mail", doc_types: ["mail_message"], enabled: false },
  ],
};

/** A login that was refused before the route was reached. Only "throttled" is recorded. */
export function refuseOcs(refused, installation) {
  if (refused === "throttled") return replay("190-429-ocs-v2", installation);
  // As ocs/v2.php of Nextcloud 32 writes it.
  const answer = replay("122j-users-v2-noauth", { ...installation, body: failed(997, "Unauthorised") });
  answer.headers["WWW-Authenticate"] = 'Basic realm="Authorisation Required"';
  return answer;
}

function list({ account, accounts, query }, own) {
  // Not recorded: the message is provisioning_api's for who may not list users.
  if (!account.admin) {
    const body = failed(403, "Logged in account must be at least a sub admin");
    return { ...replay("122j-users-v2-noauth", { ...own, body }), status: 403, statusMessage: "Forbidden" };
  }
  const parameters = new URLSearchParams(query);
  const offset = Number(parameters.get("offset") ?? 0);
  const limit = Number(parameters.get("limit") ?? Infinity);
  const page = accounts.list(parameters.get("search") ?? "").slice(offset, offset + limit);
  return replay("214-users-page1", { ...own, body: succeeded(`{"users":[${page.map(phpArrayKey).join(",")}]}`) });
}

function user({ account, accounts, userId }, own) {
  const asked = accounts.get(userId);
  if (!asked) return replay("125-user-nobody", own);
  // Not recorded: provisioning_api shows nobody else to who is no admin.
  if (!account.admin && asked !== account) return replay("125-user-nobody", { ...own, body: failed(998, "") });
  const data = {
    ...ALICE,
    enabled: asked.enabled,
    storageLocation: ALICE.storageLocation.replace(/alice$/, asked.id),
    id: asked.id,
    displayname: displayName(asked.id),
    "display-name": displayName(asked.id),
    groups: asked.admin ? ["admin"] : [],
  };
  return replay("124-user-alice", { ...own, body: succeeded(phpJson(data)) });
}

const succeeded = (data) => `{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":${data}}}`;
const failed = (statuscode, message) => phpJson({ ocs: { meta: { status: "failure", statuscode, message }, data: [] } });

// The ids have been keys of a PHP array, and there a decimal number becomes an integer.
function phpArrayKey(id) {
  return /^(0|[1-9]\d*)$/.test(id) && BigInt(id) <= PHP_INT_MAX ? id : phpJson(id);
}
