// The npm package's classes over the component, so that the scenarios of all platforms run on it. A call is done when it
// returns; what a component cannot be given, and what is only JavaScript's, is NotOffered.
import { createPrivateKey } from "node:crypto";
import { drop } from "./component.mjs";

export class NotOffered extends Error {
  /** What was asked for in vain since this was emptied: a scenario may take the error for another. */
  static reasons = [];
  constructor(what) {
    super(what);
    NotOffered.reasons.push(what);
  }
}

/** Each face names a setting as its language does. */
const inJavaScript = (text) =>
  text.replace(/\b(nextcloud-host|client-(id|secret|private-key|assertion|authentication)|access-token|discovery-url|token-(store|cache|parameters)|timeout-ms|max-response-bytes|user-id|page-size)\b/g, (name) =>
    name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
  );

class AstrolabeError extends Error {
  constructor({ code, message, ...details }) {
    super(inJavaScript(message));
    this.code = code.replaceAll("-", "_");
    for (const [name, value] of Object.entries(details)) if (value !== undefined) this[name] = typeof value === "bigint" ? Number(value) : value;
  }
}
Object.defineProperty(AstrolabeError.prototype, "name", { value: "AstrolabeError" });

/** `wit` is the interface of an instance; `host.logger` receives what its host is told while a call is under way. */
export function packageOver(wit, host) {
  const ask = (call) => {
    try {
      return call();
    } catch (thrown) {
      throw typeof thrown?.code === "string" && "retryable" in thrown ? new AstrolabeError(thrown) : thrown;
    }
  };

  class TokenCache {
    #own;
    constructor(own = new wit.TokenCache()) {
      this.#own = own;
    }
    static own = (cache) => cache.#own;
    static fromJSON(data) {
      return new TokenCache(ask(() => wit.TokenCache.fromJson(typeof data === "string" ? data : JSON.stringify(data))));
    }
    toJSON() {
      const nothing = { key: null, accessToken: null, expiresAtMs: null, tokenEndpoint: null, basicOnly: null };
      return { ...nothing, ...JSON.parse(this.#own.toJson()) };
    }
    get accessToken() {
      return this.#own.accessToken() ?? null;
    }
    get expiresAt() {
      return date(this.#own.expiresAtMs());
    }
    get tokenEndpoint() {
      return this.#own.tokenEndpoint() ?? null;
    }
    isFresh() {
      return this.#own.isFresh();
    }
    clear() {
      this.#own.clear();
    }
    free() {
      drop(this.#own);
    }
  }

  class AstrolabeClient {
    #own;
    #tokenCache;
    #logger;
    constructor(options) {
      const { tokenCache, logger, ...others } = options;
      this.#logger = logger;
      this.#tokenCache = tokenCache;
      this.#own = ask(() => wit.Client.create(configuration(others), tokenCache && TokenCache.own(tokenCache)));
    }
    get tokenCache() {
      return (this.#tokenCache ??= new TokenCache(this.#own.tokenCache()));
    }
    #ask(call, { timeoutMs, ...others } = {}) {
      offersOnly(others);
      host.logger = this.#logger;
      return ask(() => call(timeoutMs));
    }
    free() {
      drop(this.#own);
    }
    async getAccessToken(options) {
      return this.#ask((ms) => this.#own.getAccessToken(ms), options);
    }
    async getUserAppPassword(userId, options) {
      return this.#ask((ms) => this.#own.getUserAppPassword(text(userId), ms), options) ?? null;
    }
    async getBackgroundSyncStatus(userId, options) {
      return status(this.#ask((ms) => this.#own.getBackgroundSyncStatus(text(userId), ms), options));
    }
    getBackgroundSyncStatuses(userIds, { concurrency, ...options } = {}) {
      if (!Array.isArray(userIds)) throw new NotOffered("user ids that are no list");
      return this.#items(() => this.#ask((ms) => this.#own.getBackgroundSyncStatuses(userIds.map(text), concurrency, ms), options), row);
    }
    getAllBackgroundSyncStatuses({ search, concurrency, ...options } = {}) {
      return this.#items(() => this.#ask((ms) => this.#own.getAllBackgroundSyncStatuses(search, concurrency, ms), options), ({ displayName = null, ...user }) => ({ ...row(user), ...(user.status.tag === "ok" && { displayName }) }));
    }
    listUsers({ search, pageSize, ...options } = {}) {
      return this.#items(() => this.#ask((ms) => this.#own.listUsers(search, pageSize, ms), options), (userId) => userId);
    }
    async getProvisioning(options) {
      const { users, isComplete, selfProvisioningAllowed = null } = this.#ask((ms) => this.#own.getProvisioning(ms), options);
      return { users: users.map((user) => ({ ...user, status: status(user.status) })), isComplete, selfProvisioningAllowed };
    }
    async provisionUser(userId, options) {
      return stored(this.#ask((ms) => this.#own.provisionUser(text(userId), ms), options));
    }
    async deprovisionUser(userId, options) {
      return this.#ask((ms) => this.#own.deprovisionUser(text(userId), ms), options);
    }
    async setSelfProvisioning(isAllowed, options) {
      if (typeof isAllowed !== "boolean") throw new NotOffered("what is no boolean");
      return this.#ask((ms) => this.#own.setSelfProvisioning(isAllowed, ms), options);
    }
    async getSearchCapabilities(options) {
      return this.#ask((ms) => this.#own.getSearchCapabilities(ms), options) ?? null;
    }
    async getOwnBackgroundSyncStatus(options) {
      const own = this.#ask((ms) => this.#own.getOwnBackgroundSyncStatus(ms), options);
      return { ...status(own.status), selfProvisioningAllowed: own.selfProvisioningAllowed ?? null };
    }
    async storeAppPassword(appPassword, options) {
      return stored(this.#ask((ms) => this.#own.storeAppPassword(text(appPassword), ms), options));
    }
    async revokeBackgroundSync(options) {
      return this.#ask((ms) => this.#own.revokeBackgroundSync(ms), options);
    }
    async userExists(userId, options) {
      return this.#ask((ms) => this.#own.userExists(text(userId), ms), options);
    }
    async diagnose(options) {
      return this.#ask((ms) => this.#own.diagnose(ms), options).map(({ error, passed = null, toDo = null, ...check }) => ({
        name: check.name,
        passed,
        seen: inJavaScript(check.seen),
        toDo: toDo && inJavaScript(toDo),
        ...(error && { error: new AstrolabeError(error) }),
      }));
    }
    #items(begin, each) {
      const resource = begin();
      const next = () => {
        host.logger = this.#logger;
        return ask(() => resource.next());
      };
      return (async function* () {
        try {
          for (let item; (item = next()) !== undefined; ) yield each(item);
        } finally {
          drop(resource);
        }
      })();
    }
  }

  const row = ({ userId, status: outcome }) => (outcome.tag === "ok" ? { userId, status: status(outcome.val) } : { userId, error: new AstrolabeError(outcome.val) });

  return { AstrolabeClient, AstrolabeError, TokenCache };
}

const date = (ms) => (ms === undefined ? null : new Date(Number(ms)));
const status = ({ hasAccess, credentialType = null, provisionedAtMs }) => ({ hasAccess, credentialType, provisionedAt: date(provisionedAtMs) });
const stored = ({ partialSuccess, message = null }) => ({ partialSuccess, message });

function text(value) {
  if (typeof value !== "string") throw new NotOffered("what is no text");
  return value;
}

function offersOnly(others) {
  const [name] = Object.keys(others).filter((name) => others[name] !== undefined);
  if (name) throw new NotOffered(name);
}

function configuration({ nextcloudHost, earlyRefreshSeconds, timeoutMs, maxRetries, maxResponseBytes, allowInsecureHttp = false, ...others }) {
  for (const number of [earlyRefreshSeconds, timeoutMs, maxRetries, maxResponseBytes]) {
    if (number !== undefined && !(Number.isInteger(number) && number >= 0 && number < 2 ** 32)) throw new NotOffered("what is no u32");
  }
  return { nextcloudHost: text(nextcloudHost), login: login(others), earlyRefreshSeconds, timeoutMs, maxRetries, maxResponseBytes, allowInsecureHttp, usesTokenStore: false };
}

function login(options) {
  const { accessToken, username, password, ...others } = options;
  if (accessToken !== undefined) {
    offersOnly({ username, password, ...others });
    return { tag: "access-token", val: text(accessToken) };
  }
  if (username !== undefined) {
    offersOnly(others);
    return { tag: "basic", val: { username: text(username), password: text(password) } };
  }
  const { clientId, scope, issuer, discoveryUrl, tokenParameters = {}, clientSecret, clientPrivateKey, clientKeyId, clientAssertion, clientAuthentication, ...unknown } = others;
  offersOnly(unknown);
  if (issuer !== undefined && discoveryUrl !== undefined) throw new NotOffered("two providers");
  return {
    tag: "client-credentials",
    val: {
      clientId: text(clientId),
      clientAuthentication: proof({ clientSecret, clientPrivateKey, clientKeyId, clientAssertion, clientAuthentication }),
      scope,
      provider: issuer !== undefined ? { tag: "issuer", val: text(issuer) } : discoveryUrl !== undefined ? { tag: "discovery-url", val: text(discoveryUrl) } : { tag: "nextcloud" },
      tokenParameters: Object.entries(tokenParameters).map(([name, value]) => [name, text(value)]),
    },
  };
}

function proof({ clientSecret, clientPrivateKey, clientKeyId, clientAssertion, clientAuthentication }) {
  const given = [clientSecret, clientPrivateKey, clientAssertion].filter((value) => value !== undefined);
  if (given.length > 1 || (clientKeyId !== undefined && clientPrivateKey === undefined)) throw new NotOffered("two proofs");
  if (clientSecret !== undefined && clientAuthentication !== "tls_client_auth") return { tag: "client-secret", val: { secret: text(clientSecret), method: clientAuthentication } };
  if (clientPrivateKey !== undefined && clientAuthentication === undefined) return { tag: "client-private-key", val: privateKey(clientPrivateKey, clientKeyId) };
  if (clientAssertion !== undefined && clientAuthentication === undefined) return { tag: "client-assertion", val: text(clientAssertion) };
  if (given.length === 0 && clientAuthentication === "tls_client_auth") return { tag: "tls-client-auth" };
  throw new NotOffered("no proof");
}

/** As PEM text, which is all that a component takes. */
function privateKey(key, keyId) {
  if (typeof key === "string") return { pem: key, keyId };
  const isSigned = key.kty === "EC" || key.kty === "OKP";
  if (!isSigned || key.d === undefined) throw new NotOffered(key.kty === "RSA" ? "a key of RSA" : "a key that is neither PEM text nor a private JWK");
  return { pem: createPrivateKey({ key, format: "jwk" }).export({ type: "pkcs8", format: "pem" }), keyId: keyId ?? key.kid };
}
