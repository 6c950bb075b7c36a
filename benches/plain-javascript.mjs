// What a good engineer would write by hand instead of this package: the same behaviour in JavaScript alone. It is what
// the package is measured against, so it is meant to be as fast as such code reasonably is.
const USER_ID_PROBLEM = /^$|^\.{1,2}$|[/\\]|\p{Cc}/u;
const MAX_USER_ID_BYTES = 64;
const encoder = new TextEncoder();

export class AstrolabeError extends Error {
  constructor(code, message, { cause, ...details } = {}) {
    super(message, { cause });
    this.name = "AstrolabeError";
    this.code = code;
    Object.assign(this, details);
  }
}

export class AstrolabeClient {
  #options;
  #token = { accessToken: "", freshUntil: 0 };
  #flight;

  constructor(options) {
    const { nextcloudHost } = options;
    if (!URL.canParse(nextcloudHost)) throw new AstrolabeError("invalid_argument", "nextcloudHost is no absolute URL");
    this.#options = {
      scope: "openid",
      earlyRefreshSeconds: 60,
      timeoutMs: 10_000,
      maxRetries: 2,
      maxResponseBytes: 262_144,
      fetch: globalThis.fetch,
      ...options,
      nextcloudHost: nextcloudHost.replace(/\/+$/, ""),
    };
  }

  async getAccessToken(callOptions) {
    return Date.now() < this.#token.freshUntil ? this.#token.accessToken : this.#within(callOptions, (call) => this.#login(call));
  }

  async getUserAppPassword(userId, callOptions) {
    return (await this.#credentials(userId, callOptions))?.app_password || null;
  }

  async getBackgroundSyncStatus(userId, callOptions) {
    const found = await this.#credentials(userId, callOptions);
    const hasAccess = found?.has_background_access ?? Boolean(found?.app_password);
    return {
      hasAccess,
      credentialType: hasAccess ? (found.sync_type ?? found.credential_type ?? "app_password") : null,
      provisionedAt: found?.provisioned_at == null ? null : new Date(found.provisioned_at * 1000),
    };
  }

  /** What the server says of a user, or `null` where it is the older one and there is nothing. */
  async #credentials(userId, callOptions) {
    if (typeof userId !== "string" || USER_ID_PROBLEM.test(userId) || encoder.encode(userId).length > MAX_USER_ID_BYTES) {
      throw new AstrolabeError("invalid_argument", "userId cannot be one");
    }
    const url = `${this.#options.nextcloudHost}/apps/astrolabe/api/v1/background-sync/credentials/${encodeURIComponent(userId)}`;
    const answer = await this.#within(callOptions, async (call) => {
      const ask = (token) => this.#send(url, { headers: { Accept: "application/json", "OCS-APIRequest": "true", Authorization: `Bearer ${token}` } }, call);
      const token = Date.now() < this.#token.freshUntil ? this.#token.accessToken : await this.#login(call);
      const first = await ask(token);
      if (first.status !== 401) return first;
      // It may have been revoked since it was cached.
      if (this.#token.accessToken === token) this.#token.freshUntil = 0;
      return ask(await this.#login(call));
    });
    if (answer.status === 404 && !/html/i.test(answer.headers.get("content-type"))) return null;
    if (answer.status !== 200) throw refused(url, answer);
    const found = parse(url, answer);
    if (found.user_id !== undefined && found.user_id !== userId) throw new AstrolabeError("user_mismatch", "the answer is about another user", { route: url });
    for (const [name, types] of Object.entries(FIELDS)) {
      if (found[name] != null && typeof found[name] !== types) throw new AstrolabeError("unexpected_response", `the field ${name} is of another type`, { route: url });
    }
    return found;
  }

  /** A new token. Callers at the same time share one request, and each may give up on it. */
  #login(call) {
    this.#flight ??= this.#within(undefined, (own) => this.#requestToken(own)).finally(() => (this.#flight = undefined));
    return new Promise((resolve, reject) => {
      call.signal.addEventListener("abort", () => reject(call.signal.reason), { once: true });
      this.#flight.then(resolve, reject);
    });
  }

  async #requestToken(call) {
    const { nextcloudHost, clientId, clientSecret, scope, earlyRefreshSeconds } = this.#options;
    const discoveryUrl = `${nextcloudHost}/.well-known/openid-configuration`;
    const discovery = await this.#send(discoveryUrl, { headers: { Accept: "application/json" } }, call);
    if (discovery.status !== 200) throw new AstrolabeError("discovery_failed", "discovery was refused", { status: discovery.status, route: discoveryUrl });
    const { token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods = [] } = parse(discoveryUrl, discovery);
    if (!URL.canParse(endpoint)) throw new AstrolabeError("discovery_failed", "the metadata has no token_endpoint", { route: discoveryUrl });
    const { protocol, hostname } = new URL(endpoint);
    if (protocol !== "https:" && hostname !== "127.0.0.1" && hostname !== "localhost") throw new AstrolabeError("insecure_endpoint", "the token endpoint is plain http", { route: endpoint });

    const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ grant_type: "client_credentials", scope });
    if (methods.includes("client_secret_basic") && !methods.includes("client_secret_post")) {
      headers.Authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
    } else {
      body.set("client_id", clientId);
      body.set("client_secret", clientSecret);
    }
    const answer = await this.#send(endpoint, { method: "POST", headers, body: body.toString() }, call);
    const grant = parse(endpoint, answer);
    if (answer.status !== 200) throw new AstrolabeError("token_request_failed", `the token request was refused: ${grant.error}`, { status: answer.status, route: endpoint, oauthError: grant.error });
    const { access_token: accessToken, token_type: type, expires_in: expiresIn = 3600 } = grant;
    if (typeof accessToken !== "string" || !/^bearer$/i.test(type)) throw new AstrolabeError("invalid_token_response", "the answer is no token", { route: endpoint });
    this.#token = { accessToken, freshUntil: Date.now() + (Number(expiresIn) - earlyRefreshSeconds) * 1000 };
    return accessToken;
  }

  /** Runs an operation within one time limit for all that it does, and until its caller gives up. */
  async #within({ signal, timeoutMs = this.#options.timeoutMs } = {}, work) {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const onAbort = () => controller.abort(signal.reason);
    const timer = setTimeout(() => controller.abort(new AstrolabeError("timeout", `no answer within ${timeoutMs} ms`, { retryable: true })), timeoutMs);
    signal?.addEventListener("abort", onAbort);
    try {
      return await work({ signal: controller.signal, deadline: Date.now() + timeoutMs });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Sends a request, again where that can help, and reads the whole answer. */
  async #send(url, init, call) {
    const { fetch, maxRetries, maxResponseBytes } = this.#options;
    for (let tries = 0; ; tries++) {
      let answer, failure;
      try {
        const response = await fetch(url, { ...init, redirect: "manual", signal: call.signal });
        answer = { status: response.status, headers: response.headers, text: await readText(response, maxResponseBytes) };
      } catch (cause) {
        if (call.signal.aborted) throw call.signal.reason;
        if (cause instanceof AstrolabeError) throw cause;
        failure = new AstrolabeError("network", "no answer", { cause, route: url, retryable: true });
      }
      const pauseMs = failure ? backoffMs(tries) : pauseAfter(answer, tries);
      if (pauseMs === undefined || tries === maxRetries || Date.now() + pauseMs >= call.deadline) {
        if (failure) throw failure;
        return answer;
      }
      await sleep(pauseMs, call.signal);
    }
  }
}

const FIELDS = { app_password: "string", has_background_access: "boolean", sync_type: "string", credential_type: "string", provisioned_at: "number" };

async function readText({ body }, maxBytes) {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    bytes += value.length;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {});
      throw new AstrolabeError("response_too_large", `the answer is larger than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function parse(route, { status, text }) {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {}
  throw new AstrolabeError("unexpected_response", "the answer is no JSON object", { status, route });
}

const CODES = { 401: "unauthorized", 403: "forbidden", 404: "app_not_available", 429: "rate_limited" };

function refused(route, { status, headers }) {
  const code = CODES[status] ?? (status >= 500 ? "server_error" : status >= 400 ? "request_rejected" : "unexpected_redirect");
  return new AstrolabeError(code, `the server answered with ${status}`, { status, route, retryable: status === 429 || status >= 500, retryAfterMs: retryAfterMs(headers) });
}

function retryAfterMs(headers) {
  const value = headers.get("retry-after");
  if (!value) return undefined;
  return /^\d+$/.test(value) ? value * 1000 : Math.max(0, Date.parse(value) - Date.now());
}

const backoffMs = (tries) => Math.random() * 500 * 2 ** tries;

function pauseAfter({ status, headers }, tries) {
  if (status === 429) return retryAfterMs(headers);
  if (status >= 502 && status <= 504) return retryAfterMs(headers) ?? backoffMs(tries);
  return undefined;
}

function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => (signal.removeEventListener("abort", onAbort), resolve()), ms);
    signal.addEventListener("abort", onAbort);
  });
}
