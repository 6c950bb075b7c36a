// The routes of the Astrolabe app.
import { phpJson, recording, replay } from "./recordings.mjs";

const LONGEST_ID_BYTES = 64;
const APP_PASSWORD = /^[a-z0-9]{5}(-[a-z0-9]{5}){4}$/i;
const STORED = { none: "40-store-alice-ok", ok: "221-store-with-mcp", down: "222-store-mcp-down" };

/** The answer to a call that the router found. */
export function answerAstrolabe(call) {
  const { account, route, settings } = call;
  if (!account) return notLoggedIn(call);
  if (route === "credentials" && !account.admin) return failure(call, "35-cred-alice-as-alice");
  if (!call.request.headers["ocs-apirequest"]) return failure(call, "10-cred-alice-admin-nohdr");
  if (route === "credentials") return credentials(call);
  if (route === "status") return replay("42-status-alice", own(call, { success: true, ...access(account) }));
  if (route === "revoke") {
    account.provisionedAt = null;
    return replay("166b-revoke-alice", own(call));
  }
  return store(call, settings.mcp);
}

function credentials(call) {
  const { userId, accounts, settings } = call;
  if (userId === null || Buffer.byteLength(userId) > LONGEST_ID_BYTES) return replay("50-enc-long", call.installation);
  // A user that does not exist looks like one without credentials.
  const account = accounts.get(userId) ?? { provisionedAt: null };
  if (settings.contract === "seed") return seedCredentials(call, account);
  return replay("43-cred-alice-as-admin", own(call, { success: true, user_id: userId, ...access(account) }));
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

function access({ provisionedAt, credentialType }) {
  const has = provisionedAt !== null;
  return { has_background_access: has, sync_type: has ? credentialType : null, provisioned_at: provisionedAt };
}

function store(call, mcp) {
  const { account } = call;
  const appPassword = parameter(call, "appPassword");
  if (appPassword === undefined) return replay("26-store-missing-param", call.installation);
  if (!APP_PASSWORD.test(appPassword)) return replay("23-store-alice-badformat", own(call));
  if (appPassword !== account.appPassword) return replay("41-store-alice-wellformed-wrong", own(call));
  Object.assign(account, { provisionedAt: Math.floor(Date.now() / 1000), credentialType: "app_password" });
  const { body } = recording(STORED[mcp]);
  // The message about an MCP server that is down names the user in an address.
  return replay(STORED[mcp], { ...own(call), body: body.replace("users\\/alice", `users\\/${encodeURIComponent(account.id)}`) });
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
