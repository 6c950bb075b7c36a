// The routes of the Astrolabe app.
import { displayName } from "./accounts.mjs";
import { phpJson, recording, replay } from "./recordings.mjs";

const LONGEST_ID_BYTES = 64;
const APP_PASSWORD = { today: /^[a-z0-9]{5}(-[a-z0-9]{5}){4}$/i, newer: /^[a-z0-9-]{20,256}$/i };
// So many, of which the route lists no more.
const LISTED_USERS = 500;
const FOR_ADMINS = { credentials, "admin-users": listUsers, provision, deprovision, "self-provision": setSelfProvisioning };
const STORED = { none: "40-store-alice-ok", ok: "221-store-with-mcp", down: "222-store-mcp-down" };

/** The answer to a call that the router found. */
export function answerAstrolabe(call) {
  const { account, route, settings } = call;
  if (!account) return notLoggedIn(call);
  if (route in FOR_ADMINS && !account.admin) return failure(call, "35-cred-alice-as-alice");
  if (!call.request.headers["ocs-apirequest"]) return failure(call, "10-cred-alice-admin-nohdr");
  if (route in FOR_ADMINS) return FOR_ADMINS[route](call);
  if (route === "status") return replay("42-status-alice", own(call, { success: true, ...access(account, settings), ...selfProvisioning(settings) }));
  if (route === "revoke") {
    account.provisionedAt = null;
    return replay("166b-revoke-alice", own(call));
  }
  return store(call);
}

function credentials(call) {
  const { userId, accounts, settings } = call;
  if (userId === null || Buffer.byteLength(userId) > LONGEST_ID_BYTES) return replay("50-enc-long", call.installation);
  // A user that does not exist looks like one without credentials.
  const account = accounts.get(userId) ?? { provisionedAt: null };
  if (settings.contract === "seed") return seedCredentials(call, account);
  return replay("43-cred-alice-as-admin", own(call, { success: true, user_id: userId, ...access(account, settings) }));
}

// Not recorded: the older Astrolabe's answers, as the seed's client reads them.
function seedCredentials(call, account) {
  const found = account.provisionedAt !== null;
  const body = found
    ? { app_password: account.appPassword, credential_type: "app_password" }
    : { success: false, error: "No app password found for this user" };
  const answer = replay("43-cred-alice-as-admin", own(call, body));
  return found ? answer : { ...answer, status: 404, statusMessage: "Not Found" };
}

// Not recorded, but noted: what the server cannot decrypt gives no access, and is there all the same.
function access({ provisionedAt, credentialType }, { decryptable }) {
  const has = provisionedAt !== null;
  return { has_background_access: has && decryptable, sync_type: has ? credentialType : null, provisioned_at: provisionedAt };
}

const selfProvisioning = ({ contract, selfProvisioning }) => (contract === "newer" ? { self_provision_allowed: selfProvisioning } : {});

function listUsers(call) {
  const ids = call.accounts.list();
  const users = ids.slice(0, LISTED_USERS).map((id) => {
    const { has_background_access, provisioned_at } = access(call.accounts.get(id), call.settings);
    return { uid: id, display_name: displayName(id), has_background_access, provisioned_at };
  });
  return replay("311-new-admin-users", own(call, { success: true, users, capped: ids.length > LISTED_USERS, ...selfProvisioning(call.settings) }));
}

function provision(call) {
  const { userId, accounts } = call;
  const account = accounts.get(userId);
  if (!account) return replay("312c-new-provision-unknown", own(call));
  account.madeFor = accounts.addAppPassword(account);
  Object.assign(account, { provisionedAt: Math.floor(Date.now() / 1000), credentialType: "app_password" });
  const given = about(call, "312-new-provision");
  if (call.settings.mcp !== "ok") return replay("312-new-provision", given);
  // Not recorded: as a store that was handed on says it.
  const { message } = JSON.parse(recording(STORED.ok).body);
  return replay("312-new-provision", { ...given, body: phpJson({ ...JSON.parse(given.body), mcp_sync: true, partial_success: false, message }) });
}

function deprovision(call) {
  const { userId, accounts } = call;
  const account = accounts.get(userId);
  if (account) {
    accounts.deleteAppPassword(account.madeFor);
    account.provisionedAt = null;
  }
  return replay("313-new-deprovision", about(call, "313-new-deprovision"));
}

function setSelfProvisioning(call) {
  const enabled = parameter(call, "enabled");
  if (enabled === undefined) return replay("314d-new-self-provision-missing", call.installation);
  call.settings.selfProvisioning = enabled === "true";
  return replay("314-new-self-provision-off", own(call, { success: true, ...selfProvisioning(call.settings) }));
}

/** A recorded answer that names its user. */
const about = (call, name) => own(call, { ...JSON.parse(recording(name).body), user_id: call.userId });

function store(call) {
  const { account, settings } = call;
  if (settings.contract === "newer" && !settings.selfProvisioning) return replay("314b-new-store-while-off", own(call));
  const appPassword = parameter(call, "appPassword");
  if (appPassword === undefined) return replay("26-store-missing-param", call.installation);
  if (!(APP_PASSWORD[settings.contract] ?? APP_PASSWORD.today).test(appPassword)) return replay("23-store-alice-badformat", own(call));
  if (call.accounts.withAppPassword(appPassword) !== account) return replay("41-store-alice-wellformed-wrong", own(call));
  Object.assign(account, { provisionedAt: Math.floor(Date.now() / 1000), credentialType: "app_password" });
  const name = settings.contract === "newer" && settings.mcp === "none" ? "315-new-store-72" : STORED[settings.mcp];
  const { body } = recording(name);
  // The message about an MCP server that is down names the user in an address.
  return replay(name, { ...own(call), body: body.replace("users\\/alice", `users\\/${encodeURIComponent(account.id)}`) });
}

function parameter({ request, body }, name) {
  if (body === null) return undefined;
  if (/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    const value = jsonOrNull(body)?.[name];
    return value == null ? undefined : String(value);
  }
  return new URLSearchParams(body).get(name) ?? undefined;
}

// PHP takes JSON that is none for no parameters at all.
function jsonOrNull(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notLoggedIn(call) {
  if (!wantsHtml(call.request)) return replay("36-cred-alice-noauth-ocs", call.installation);
  const { base, front, path } = call;
  const headers = { Location: `${base}${front}/login?redirect_url=${path}` };
  return replay("36d-cred-alice-noauth-accepthtml", { ...call.installation, headers });
}

/** A recorded failure in JSON, or a page with the same status where the caller takes HTML. */
function failure(call, name) {
  const answer = replay(name, own(call));
  return wantsHtml(call.request) ? htmlPage(call, answer) : answer;
}

export function htmlPage(call, { status, statusMessage }) {
  return { ...replay("50-enc-long", call.installation), status, statusMessage };
}

export function wantsHtml(request) {
  return /html/i.test(request.headers.accept ?? "");
}

// What makes a recorded answer the caller's own.
function own({ installation, account }, body) {
  return { ...installation, headers: { "X-User-Id": account.id }, body: body && phpJson(body) };
}
