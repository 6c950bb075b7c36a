// Sends a request, again where that can help, and follows redirects where that is allowed.
import { MAX_TIMER_MS, own } from "./arguments.js";
import { isHttps, isThisMachine, parse, withoutQuery } from "./address.js";
import { failure } from "./core.js";
import { send } from "./fetch.js";

const MAX_REDIRECTS = 5;

/** Where an error happened. */
export const routeOf = (method, url) => `${method} ${withoutQuery(url)}`;

const isRedirect = (status) => status === 0 || /^30[12378]$/.test(status);

/**
 * Unix milliseconds of an IMF-fixdate such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). Other forms, which
 * Date.parse would guess at, are not read.
 */
export const dateMs = (text) => (/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) : NaN);

/** `Retry-After` in milliseconds from now on (RFC 9110 §10.2.3: seconds or a date). */
export function retryAfterMs(answer) {
  const text = answer.header("retry-after").trim();
  const ms = /^\d+$/.test(text) ? text * 1000 : dateMs(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_TIMER_MS);
}

export const isMaintenance = ({ status, header }) => status === 503 && header("x-nextcloud-maintenance-mode") === "1";

/** How long to wait before another try; undefined where none would help. */
function pauseMs(answer, error, tries) {
  const canPass = error ? error.code === "network" : answer.status === 429 || (answer.status >= 502 && answer.status <= 504);
  if (!canPass) return undefined;
  const askedMs = error ? undefined : retryAfterMs(answer);
  // Without Retry-After a 429 is Nextcloud's brute-force lock, and each try would make it longer; maintenance takes
  // minutes, and only the server can know how many.
  if (!error && (answer.status === 429 || isMaintenance(answer))) return askedMs;
  // Full jitter, so that clients that failed together do not come back together.
  return askedMs ?? Math.random() * 500 * 2 ** Math.min(tries, 6);
}

/**
 * The last answer is the answer, whatever its status.
 *
 * @param call see call.js
 */
export async function exchange(call, request) {
  const { method = "GET", url, headers, body, redirect = "manual", isRepeatable = method === "GET" } = own(request);
  const route = (call.route = routeOf(method, url));
  for (let tries = 0; ; tries++) {
    // It may have ended since whoever came here was told to go on.
    call.check();
    let answer;
    let error;
    try {
      answer = await send(call.service, url, { method, headers: { Accept: "application/json", ...headers }, redirect, ...(body && { body }) }, call.signal);
    } catch ({ code, message, status, cause }) {
      error = failure(code, message, { route, status, cause });
    }
    call.check();
    const ms = isRepeatable && tries < call.maxRetries ? pauseMs(answer, error, tries) : undefined;
    // What cannot come within the time limit is not waited for.
    if (ms === undefined || Date.now() + ms >= call.deadlineMs) {
      if (error) throw error;
      return answer;
    }
    await call.pause(ms);
  }
}

/** Whether an address shows a secret. One of a few letters is in every address. */
function shows(url, secret) {
  const isIn = (text) => text.includes(secret);
  try {
    return secret.length > 5 && (isIn(url) || [url, url.replaceAll("+", " ")].map(decodeURIComponent).some(isIn));
  } catch {
    return false;
  }
}

/** A request without secrets, which follows redirects, never from `https` to plain `http`. */
export async function exchangeFollowing(call, url) {
  let redirect;
  for (let redirects = 0; ; redirects++) {
    const answer = await exchange(call, { url, redirect });
    const { status } = answer;
    const here = parse(url);
    const refuse = (what) => failure("unexpected_redirect", `redirected ${what}`, { route: call.route, status });
    const targetOf = (location) => {
      try {
        return parse(new URL(location, url).href);
      } catch {
        return undefined;
      }
    };
    const isReadable = status !== 0 && isRedirect(status);
    const location = isReadable && answer.header("location");
    const target = isReadable ? location && targetOf(location) : redirect && parse(answer.url);
    // From https, or from this machine: who answers decides where a secret goes.
    const isSafe = isHttps(target) || (!isHttps(here) && (isThisMachine(target) || !isThisMachine(here)));
    if ((isReadable ? target : redirect && status !== 0) && !isSafe) {
      throw refuse("to plain http, where anyone on the way could answer: correct the redirect of the web server");
    }
    if (!isRedirect(status)) return answer;
    if (redirects === MAX_REDIRECTS) throw refuse("more than five times: correct the redirects of the web server");
    if (isReadable) {
      if (!target) throw refuse("to nowhere: the Location header is missing or is no http(s) URL");
      // It becomes part of errors, and of other people's logs.
      if (shows(target.href, call.service.owner.secret)) throw refuse("to an address that repeats a secret: correct the redirect of the web server");
      url = target.href;
    } else {
      // Only the platform knows where to.
      if (redirect) throw refuse("to somewhere that cannot be followed: correct the redirect of the web server");
      redirect = "follow";
    }
  }
}
