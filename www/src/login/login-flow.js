// Nextcloud's Login Flow v2: the person agrees on a page of Nextcloud's own, and this page gets an app password for it.
// https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/
import { isObject, originOf } from "../plain.js";
import { findAilment, rootOf } from "../server.js";

const POLL_EVERY_MS = 2_000;
const PATIENCE_MS = 10_000;
/** As long as Nextcloud keeps a flow open. */
const LIFETIME_MS = 20 * 60_000;

const post = (url, { body, signal = new AbortController().signal }) =>
  fetch(url, {
    method: "POST",
    body,
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    headers: { Accept: "application/json" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  });

// These routes are below index.php on every Nextcloud.
const flowUrl = (nextcloudHost) => `${rootOf(nextcloudHost)}/index.php/login/v2`;

/**
 * Begins a flow. `loginUrl` is the page to open; `poll()` waits until the person has agreed there.
 *
 * @throws {LoginFlowError}
 */
export async function beginLoginFlow(nextcloudHost, signal) {
  const response = await post(flowUrl(nextcloudHost), { signal }).catch(() => null);
  signal.throwIfAborted();
  const answer = response?.ok ? await readJson(response) : null;
  const { poll, login } = isObject(answer) ? answer : {};
  if (!isObject(poll) || typeof poll.token !== "string" || !isPage(login)) throw new LoginFlowError(await whyNone(nextcloudHost, response));
  // Not poll.endpoint: behind a relay that address is not to be asked from here, and the token belongs nowhere else.
  return { loginUrl: login, poll: () => wait(nextcloudHost, poll.token, signal) };
}

/** Why there is no flow, as a reason of words.js: that of the whole server, where there is one. */
async function whyNone(nextcloudHost, response) {
  const ailment = await findAilment(nextcloudHost);
  if (ailment) return ailment;
  if (response) return response.status === 429 ? "rate_limited" : "not_offered";
  // status.php answers pages of every origin, a login flow does not.
  return originOf(nextcloudHost) === location.origin ? "network" : "other_origin";
}

/** An address to send somebody to with a password: by https, or on this machine; and it must be what it looks like. */
function isPage(address) {
  try {
    const { protocol, hostname, username, password } = new URL(address);
    return (protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname))) && username === "" && password === "";
  } catch {
    return false;
  }
}

async function wait(nextcloudHost, token, signal) {
  const endsAt = performance.now() + LIFETIME_MS;
  while (performance.now() < endsAt) {
    await pause(POLL_EVERY_MS, signal);
    // A network that is away for a moment ends no flow. Nor is this request aborted: the app password comes only once,
    // and if nobody waits for it any more, it has to go.
    const response = await post(`${flowUrl(nextcloudHost)}/poll`, { body: new URLSearchParams({ token }) }).catch(() => null);
    const answer = response?.status === 200 ? await readJson(response) : null;
    if (!isObject(answer) || typeof answer.loginName !== "string" || typeof answer.appPassword !== "string") continue;
    const login = { username: answer.loginName, password: answer.appPassword };
    if (!signal.aborted) return login;
    await deleteAppPassword(nextcloudHost, login);
  }
  throw new LoginFlowError("ended");
}

/** Deletes the app password that a flow gave: it would stay in the account's list of devices. */
export const deleteAppPassword = (nextcloudHost, { username, password }) => {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return fetch(`${rootOf(nextcloudHost)}/ocs/v2.php/core/apppassword`, {
    method: "DELETE",
    credentials: "omit",
    redirect: "error",
    // Goes out even if the page is being closed.
    keepalive: true,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}`, "OCS-APIRequest": "true", Accept: "application/json" },
  });
};

export class LoginFlowError extends Error {
  /** @param {string} code one of words.js */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const readJson = (response) => response.json().catch(() => null);

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
