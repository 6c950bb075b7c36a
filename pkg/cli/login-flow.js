// Nextcloud's Login Flow v2: a person agrees on a page of Nextcloud's own, and an app password comes of it.
// https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/
import os from "node:os";
import { CommandError, EXIT, systemCodeOf } from "./failures.js";

const POLL_EVERY_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
/** As long as Nextcloud keeps a flow open. */
export const LIFETIME_MS = 20 * 60_000;
/** Of an answer: these are short. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** What comes beyond it is a page, or meant to fill the memory. */
const MAX_BYTES = 262_144;
/** What may be on its way when somebody gives up, or when the time is over, is waited for so long. */
const GRACE_MS = 3_000;

/** What the app password is called in the account's list of devices: Nextcloud takes it from here. */
const USER_AGENT = `astrolabe-client on ${os.hostname().replace(/[^\x21-\x7e]/g, "_")}`;

const WHERE = "in the account's settings at the server, under Security";

/** Where the installation is, also where the address is that of one of its pages; as the client has it. */
export function rootOf(address) {
  const root = address.replace(/\/(?:index\.php|apps\/dashboard|apps\/files|remote\.php|status\.php)(?:\/.*)?$/s, "");
  let end = root.length;
  while (root[end - 1] === "/") end -= 1;
  return root.slice(0, end);
}

const isOnThisMachine = ({ hostname }) => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

/**
 * By https, or on this machine, or by what --insecure-http allows; and it must be what it looks like. On this machine only where
 * the server is: one elsewhere has no business with what else answers here.
 */
function pageOf(address, root, insecureHttp) {
  try {
    const page = new URL(address);
    const { href, protocol, username, password } = page;
    const isSafe = insecureHttp || (isOnThisMachine(page) ? isOnThisMachine(new URL(root)) : protocol === "https:");
    return isSafe && /^https?:$/.test(protocol) && username === "" && password === "" ? href : null;
  } catch {
    return null;
  }
}

/** The flow at one server. Its token goes to no other address than the one that the person gave. */
export class LoginFlow {
  #root;
  #ask;
  #token;

  /** The page to open. */
  page;

  static async begin(nextcloudHost, { insecureHttp, timeoutMs, fetch, signal }) {
    const flow = new LoginFlow();
    flow.#root = rootOf(nextcloudHost);
    flow.#ask = asker(fetch, timeoutMs);
    const { status, location, json } = await flow.#ask("POST", `${flow.#root}/index.php/login/v2`, { signal });
    if (status !== 200) throw noFlow(nextcloudHost, status, location);
    const { poll, login } = Object(json);
    if (typeof poll?.token !== "string" || typeof login !== "string") throw noFlow(nextcloudHost, status);
    flow.page = pageOf(login, flow.#root, insecureHttp);
    if (!flow.page) throw new CommandError("insecure_endpoint", "The server sends to a page for the login that is not https, or on this machine though the server is not, or no address: nothing was opened. Its 'overwriteprotocol' in config.php says what it takes itself for.", EXIT.configuration);
    flow.#token = poll.token;
    return flow;
  }

  /** Whether the page is at another address than the one that was given. */
  isElsewhere() {
    return new URL(this.page).origin !== new URL(this.#root).origin;
  }

  /**
   * Waits until the person has agreed: `{ username, password }`. What arrives when nobody waits for it any
   * more is deleted again.
   */
  async wait(signal) {
    const endsAt = Date.now() + LIFETIME_MS;
    // Not at once: the app password comes only once, and it may be on its way when somebody gives up.
    const end = new AbortController();
    const endSoon = () => AbortSignal.timeout(GRACE_MS).addEventListener("abort", () => end.abort());
    const timer = setTimeout(endSoon, LIFETIME_MS);
    signal.addEventListener("abort", endSoon);
    try {
      return await this.#pollUntil(endsAt, signal, end.signal);
    } finally {
      signal.removeEventListener("abort", endSoon);
      clearTimeout(timer);
    }
  }

  async #pollUntil(endsAt, signal, end) {
    let pauseMs = POLL_EVERY_MS;
    for (;;) {
      await pause(Math.min(pauseMs, endsAt - Date.now()), signal);
      const { login, isOpen, isBusy, retryAfterMs } = await this.#poll(end);
      if (signal.aborted) {
        if (login) await this.delete(login);
        else if (!isOpen) throw unheard("You gave up, and the server did not say whether you had agreed.");
        throw signal.reason;
      }
      if (login) return login;
      if (Date.now() >= endsAt) {
        if (!isOpen) throw unheard("The login was not done within 20 minutes, and at their end the server did not say whether somebody had agreed.");
        throw new CommandError("login_timeout", "Nobody agreed to the login within 20 minutes, and the server keeps it open no longer. Begin anew.", EXIT.refused);
      }
      const wantedMs = retryAfterMs ?? (isBusy ? 2 * pauseMs : 0);
      pauseMs = Math.min(Math.max(wantedMs, POLL_EVERY_MS), LONGEST_PAUSE_MS);
    }
  }

  /** `{ login }`, or `{ isOpen }` where the server says that nobody has agreed yet. */
  async #poll(end) {
    let answer;
    try {
      answer = await this.#ask("POST", `${this.#root}/index.php/login/v2/poll`, { body: new URLSearchParams({ token: this.#token }), end });
    } catch (error) {
      if (error.isBrokenOff) throw lost("broke off");
      // A network that is away for a moment ends no flow.
      return {};
    }
    const { status, json, retryAfterMs } = answer;
    if (status === 200) {
      const { loginName, appPassword } = Object(json);
      if (typeof loginName !== "string" || typeof appPassword !== "string") throw lost("makes no sense");
      return { login: { username: loginName, password: appPassword } };
    }
    if (status === 404) return { isOpen: true };
    if (status === 408 || status >= 500) return {};
    if (status === 429) return { isBusy: true, retryAfterMs };
    throw new CommandError("login_denied", `The server ended the login (${status}).`, EXIT.refused);
  }

  /** Deletes an app password that this flow gave and that nobody is going to use. */
  async delete({ username, password }) {
    // Not as long as --timeout may be: somebody waits for the end.
    const end = AbortSignal.timeout(DEFAULT_TIMEOUT_MS);
    const outcome = await deleteAppPassword({ nextcloudHost: this.#root, username, password }, this.#ask, { end });
    if (!outcome.isGone) throw new CommandError("app_password_left", `An app password was made and is not used, and could not be deleted (${outcome.said}): delete it ${WHERE}.`, EXIT.unavailable);
  }
}

const lost = (how) =>
  new CommandError("unexpected_response", `The server's answer to the login ${how}. If an app password was made, nobody has it: delete it ${WHERE}, and begin anew.`, EXIT.other);

const unheard = (what) => new CommandError("login_timeout", `${what} If so, an app password was made, and nobody has it: delete it ${WHERE}.`, EXIT.refused);

function noFlow(nextcloudHost, status, location) {
  const [code, message, exitCode] = whyNoFlow(nextcloudHost, status, location);
  return new CommandError(code, message, exitCode);
}

function whyNoFlow(nextcloudHost, status, location) {
  if (status === 429) return ["rate_limited", "The server has had too many requests from this address (429): try again later.", EXIT.unavailable];
  if (status >= 500) return ["server_error", `The server fails or is in maintenance (${status}): try again later.`, EXIT.unavailable];
  if (status >= 300 && status < 400) {
    const target = location && URL.canParse(location, nextcloudHost) ? ` to ${new URL(location, nextcloudHost).origin}` : "";
    return ["unexpected_redirect", `The server redirects${target}: give the address that it redirects to, https and path included.`, EXIT.configuration];
  }
  if (status === 400) return ["request_rejected", "The server refused the request (400), as Nextcloud does to a host name that it does not trust: add that of the address to trusted_domains in Nextcloud's config.php.", EXIT.configuration];
  return ["login_not_offered", `There is no login of Nextcloud's at this address (${status}): check that it is the address of a Nextcloud, path included.`, EXIT.configuration];
}

/**
 * `{ isGone, isNone, said }`: whether the app password is of no use any more, or was none, and what the server said. A proxy before
 * the Nextcloud, or a page in its place, says nothing of that, whatever its status.
 */
export async function deleteAppPassword({ nextcloudHost, username, password }, ask, limits) {
  if (username.includes(":")) return { isGone: false, said: "its name has a colon, with which nobody can log in so" };
  const credentials = Buffer.from(`${username}:${password}`).toString("base64");
  const headers = { Authorization: `Basic ${credentials}`, "OCS-APIRequest": "true" };
  let answer;
  try {
    // A refused login is answered in the format of the address, and by Accept alone in XML.
    answer = await ask("DELETE", `${rootOf(nextcloudHost)}/ocs/v2.php/core/apppassword?format=json`, { headers, ...limits });
  } catch (error) {
    return { isGone: false, said: `the server gave no answer: ${systemCodeOf(error) ?? error.code}` };
  }
  const { status, json } = answer;
  const { status: outcome, message } = Object(Object(Object(json).ocs).meta);
  if (status === 200 && outcome === "ok") return { isGone: true, said: "deleted" };
  if (outcome === "failure") {
    // Of a password that it looked at. "Current user is not logged in" is said where it saw none.
    if (status === 401 && /^Unauthori[sz]ed/.test(message)) return { isGone: true, said: "the server did not accept it any more (if its account is only disabled, it will again)" };
    if (status === 403) return { isGone: false, isNone: true, said: "it is no app password" };
  }
  if (status === 401 && (message ?? Object(json).message) === "Account disabled") return { isGone: false, said: "the account is disabled" };
  return { isGone: false, said: status === 200 ? "the server's answer makes no sense" : `the server answered with status ${status}` };
}

/**
 * Asks, follows nothing, and reads what comes: `{ status, location, retryAfterMs, json }`, with `json` null for what is none. By
 * `signal` somebody gives up; at `end` an answer is of no use any more.
 */
export function asker(fetch, timeoutMs = DEFAULT_TIMEOUT_MS) {
  return async (method, url, { headers, body, signal, end }) => {
    const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(end ? [end] : [])]);
    let response;
    let text;
    try {
      response = await fetch(url, {
        method,
        body,
        redirect: "manual",
        headers: { Accept: "application/json", "User-Agent": USER_AGENT, ...headers },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      text = await textOf(response);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      const error = new CommandError(limit.aborted ? "timeout" : "network", limit.aborted ? "The server gave no answer in time: it is slow or cannot be reached." : "The server gave no answer: check the address, DNS, TLS and the network.", EXIT.unavailable);
      throw Object.assign(error, { cause, isBrokenOff: response?.status === 200 });
    }
    const seconds = Number(response.headers.get("Retry-After") || NaN);
    return { status: response.status, location: response.headers.get("Location"), retryAfterMs: seconds >= 0 ? seconds * 1000 : undefined, json: parsed(text) };
  };
}

/** Nothing of one that is too long. */
async function textOf({ body }) {
  const chunks = [];
  let length = 0;
  // Leaving the loop ends the request.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) return "";
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Ends early, and without an error, when somebody gives up. */
const pause = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
