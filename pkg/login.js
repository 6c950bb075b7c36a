// How a request proves who sends it: a token of the client-credentials grant, a bearer of one's own, or Basic.
import { kindOf, withoutQuery } from "./address.js";
import { isVisibleAscii } from "./arguments.js";
import { DISCOVERY, LOGIN, REQUEST, TOKEN_REQUEST, askCore, failure } from "./core.js";
import { exchange, exchangeFollowing } from "./exchange.js";

/**
 * How old a token request that another caller began may be for one to wait for it alone, in milliseconds; half the
 * call's time limit where that is less.
 */
const PATIENCE_MS = 3000;

/** What the next request carries, which token that is, and whether it was kept somewhere: it may have been revoked since. */
export async function logIn(call, fetchToken) {
  const { service } = call;
  if (service.basic) return { header: `Basic ${service.basic}` };
  let token = service.accessToken ?? service.cachedToken();
  let isCached = token !== undefined && service.accessToken === undefined;
  let isStored = false;
  if (token === undefined) ({ accessToken: token, isStored } = await renew(call, fetchToken));
  isCached ||= isStored;
  // Nextcloud compares the scheme case-sensitively.
  return { header: `Bearer ${token}`, token, isCached, isStored };
}

/** What discovery finds now: `{ tokenEndpoint, basicOnly, discoveredAtMs }`. */
export async function discover(call) {
  const addresses = askCore(REQUEST, call.service.setup, { operation: DISCOVERY });
  for (const [place, url] of addresses.entries()) {
    call.service.log("debug", `Discovering token endpoint from ${withoutQuery(url)}`);
    const answer = await exchangeFollowing(call, url);
    if (answer.status === 404 && place < addresses.length - 1) continue;
    const [tokenEndpoint, basicOnly] = call.read(DISCOVERY, answer);
    const metadata = { tokenEndpoint, basicOnly: basicOnly !== "", discoveredAtMs: Date.now() };
    // An address that the secret must not be sent to is refused here already.
    tokenRequest(call, metadata);
    return metadata;
  }
}

/** The request of the grant; throws where the secret must not go there. */
function tokenRequest(call, { tokenEndpoint, basicOnly }) {
  const question = { operation: TOKEN_REQUEST, tokenEndpoint, basicOnly, endpointKind: kindOf(tokenEndpoint) };
  const [method, url, type, body, basic] = askCore(REQUEST, call.service.setup, question, "", { route: call.route });
  // The grant has no side effect but the token, so it may be repeated like a read.
  return { method, url, body, isRepeatable: true, headers: { "Content-Type": type, ...(basic && { Authorization: `Basic ${basic}` }) } };
}

/** `{ accessToken, expiresAtMs, metadata }`: out of the token store, or by a request. */
export async function obtainToken(call) {
  const { state, owner, storedLogin, earlyRefreshSeconds, log } = call.service;
  const stored = await storedLogin?.read(call);
  const isUseful = ({ expiresAtMs }) => expiresAtMs - earlyRefreshSeconds * 1000 > Date.now();
  if (stored?.accessToken && isUseful(stored) && !state.refused.includes(stored.accessToken)) {
    log("debug", "Using the access token of the token store");
    return { ...stored, isStored: true };
  }
  const known = state.metadataOf(owner) ?? (state.isDistrustful ? undefined : stored?.metadata);
  const fetched = await requestToken(call, known).catch((error) => {
    // The provider may have moved since somebody else found it; one that answers as RFC 6749 says has not.
    if (!known?.isStored || error.oauthError || error.code === "rate_limited" || error.code === "maintenance") throw error;
    return requestToken(call);
  });
  if (isUseful(fetched) || !stored?.metadata) await storedLogin?.write(call, fetched);
  return fetched;
}

/** Discovery, if there was none before, and the token request. */
async function requestToken(call, known) {
  const { service } = call;
  let metadata = known;
  let request;
  try {
    request = known && tokenRequest(call, known);
  } catch {
    // What a cache holds may have been read from JSON, so it is not taken on trust.
  }
  if (!request) {
    metadata = await discover(call);
    request = tokenRequest(call, metadata);
  }
  service.log("debug", `Requesting client credentials token from ${withoutQuery(request.url)}`);
  const answer = await exchange(call, request);
  const [accessToken, expiresInSeconds] = call.read(TOKEN_REQUEST, answer);
  service.log("info", `Obtained access token (expires in ${expiresInSeconds} s)`);
  return { accessToken, expiresAtMs: Date.now() + expiresInSeconds * 1000, metadata: { ...metadata, isStored: false } };
}

/** What the application's own function gives. */
export async function askTokenFunction(tokenFunction) {
  const failed = (message, cause) => failure("token_function_failed", message, { route: LOGIN, cause });
  let accessToken;
  try {
    accessToken = await tokenFunction();
  } catch (cause) {
    throw failed("the function given as accessToken threw: see the cause, which is its error", cause);
  }
  if (typeof accessToken !== "string") throw failed("the function given as accessToken gave no string: it must give the bare token");
  if (!isVisibleAscii(accessToken)) {
    throw failed("accessToken is empty or holds characters that no header can carry, such as a line break: give the bare token, without 'Bearer' before it");
  }
  return { accessToken };
}

/**
 * The token of the request under way; begins one where there is none.
 *
 * In a Worker, what another caller began may end without a word when that caller's request ends. So nobody waits for
 * another's request alone once it is so old, but begins one of their own besides; and whichever brings a token first
 * serves all, whoever began the first included. It is the age of the request that counts, so that callers who leave
 * early do not keep a dead one alive. Another caller's time limit is no failure of one's own.
 */
async function renew(call, fetchToken) {
  const { state, owner } = call.service;
  const patienceMs = Math.min(PATIENCE_MS, call.timeoutMs / 2);
  const waiting = new Map();
  let own;
  const leave = (flight) => {
    waiting.delete(flight);
    state.leave(flight);
  };
  call.atEnd(() => [...waiting.keys()].forEach(leave));
  for (;;) {
    const nowMs = Date.now();
    const events = [];
    let flight = state.flightOf(owner, own ? -Infinity : nowMs - patienceMs);
    if (!own && flight) events.push(call.wakeAfter(flight.begunAtMs + patienceMs - nowMs));
    if (!own && !flight) flight = own = state.begin(owner, call.timeoutMs, fetchToken);
    if (flight && !waiting.has(flight)) {
      flight.waiters += 1;
      waiting.set(flight, flight.outcome);
    }
    events.push(state.nextFlight);
    const done = await Promise.race([...events, ...waiting.values()]);
    call.check();
    if (!done) continue;
    const { fetched, error } = done;
    leave(done.flight);
    if (fetched) return fetched;
    // With a request of one's own under way another's failure decides nothing; nor does one that had less time to pass.
    const hadLessTime = done.flight.timeoutMs < call.timeoutMs && error?.retryable;
    if (done.flight === own || (!own && !hadLessTime && error?.code !== "timeout")) throw error;
  }
}
