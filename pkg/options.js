// What a client is made of.
import { kindOf } from "./address.js";
import { MAX_TIMER_MS, keysOf, read, readers, wrongType } from "./arguments.js";
import { invalid } from "./error.js";
import { TokenCache, isTokenCache } from "./token-cache.js";

const { text, whole } = readers;
const MOST = 2 ** 32 - 1;

const OPTIONS = {
  nextcloudHost(value) {
    // A `URL` is natural here.
    if (typeof value !== "object") return text(value, "nextcloudHost");
    const { href } = read(value, { href: text }, { allowOthers: true });
    if (href === undefined) throw invalid("nextcloudHost must be a string or a URL");
    return href;
  },
  clientId: text,
  clientSecret: text,
  accessToken(value) {
    if (typeof value !== "string" && typeof value !== "function") throw wrongType("accessToken", "a string or a function", value);
    return typeof value === "string" ? text(value, "accessToken") : value;
  },
  username: text,
  password: text,
  scope: text,
  issuer: text,
  discoveryUrl: text,
  clientAuthentication(value) {
    if (value !== "post" && value !== "basic") throw invalid('clientAuthentication must be "post" or "basic"');
    return value;
  },
  tokenParameters(value) {
    const names = read(value, {}, { of: "tokenParameters", allowOthers: true }) && keysOf(value);
    const forbidden = names.find((name) => /^(grant_type|client_id|client_secret|scope)$/.test(name));
    if (forbidden) throw invalid(`tokenParameters must not contain ${forbidden}: it has an option of its own, or none`);
    const values = read(value, Object.fromEntries(names.map((name) => [name, text])), { allowOthers: true });
    return new URLSearchParams(names.map((name) => [text(name, "tokenParameters"), required(values, name)])).toString();
  },
  earlyRefreshSeconds: whole(0, MOST),
  timeoutMs: whole(1, MAX_TIMER_MS),
  maxRetries: whole(0, 100),
  maxResponseBytes: whole(1, MOST),
  allowInsecureHttp: readers.boolean,
  tokenCache(value) {
    if (!isTokenCache(value)) throw invalid("tokenCache must be a TokenCache: make one with new TokenCache() or TokenCache.fromJSON(data)");
    return value;
  },
  tokenStore(value) {
    read(value, { get: readers.function, put: readers.function }, { of: "tokenStore", allowOthers: true, all: true });
    if (!globalThis.crypto?.subtle) throw invalid("tokenStore needs crypto.subtle, which pages have over https only");
    return value;
  },
  fetch: readers.function,
  logger(value) {
    const methods = read(value, { debug: readers.function, info: readers.function }, { of: "logger", allowOthers: true });
    return (level, message) => {
      // A logger that throws, now or later, disturbs nothing.
      try {
        Promise.resolve(methods[level]?.call(value, message)).catch(() => {});
      } catch {}
    };
  },
};

function required(options, name) {
  if (options[name] === undefined) throw invalid(`${name} is missing: it must be given, as a string`);
  return options[name];
}

const ONE_WAY_IN = "give exactly one way in: clientId and clientSecret, or accessToken, or username and password";

/** The options of a client, and the fields in which the wasm gets to know them: Field of src/exchange.rs after NextcloudHost. */
export function readOptions(given) {
  const options = read(given, OPTIONS);
  const nextcloudHost = required(options, "nextcloudHost");
  const has = (name) => options[name] !== undefined;
  const ways = [has("clientId") || has("clientSecret"), has("accessToken"), has("username") || has("password")];
  const [byClient, byToken] = ways;
  for (const name of byClient ? [] : ["scope", "issuer", "discoveryUrl", "clientAuthentication", "tokenParameters"]) {
    if (has(name)) throw invalid(`${name} belongs to clientId and clientSecret: it has no meaning for another way in`);
  }
  const count = ways.filter(Boolean).length;
  if (count !== 1) throw invalid(`there is ${count ? "more than one" : "no"} way in: ${ONE_WAY_IN}`);
  if (has("issuer") && has("discoveryUrl")) throw invalid("give issuer or discoveryUrl, not both: the metadata is found by either");
  for (const name of byClient ? [] : ["tokenCache", "tokenStore"]) {
    if (has(name)) throw invalid(`${name} belongs to clientId and clientSecret: a token of one's own is never kept where others see it`);
  }
  const { accessToken, scope = "openid" } = options;
  const provider = ["issuer", "discoveryUrl"].find(has) ?? "";
  const login = byClient
    ? ["client", required(options, "clientId"), required(options, "clientSecret")]
    : byToken
      ? typeof accessToken === "function"
        ? ["function", "", ""]
        : ["accessToken", "", accessToken]
      : ["password", required(options, "username"), required(options, "password")];
  const fields = [
    ...login,
    scope,
    provider,
    options[provider],
    options.clientAuthentication,
    options.tokenParameters,
    options.allowInsecureHttp,
    kindOf(nextcloudHost.replace(/\/+$/, ""), false),
    provider && kindOf(options[provider], provider !== "issuer"),
  ];
  return Object.assign(options, { fields, secret: login[2] });
}
