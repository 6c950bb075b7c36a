// What somebody could try who answers for a server, writes to a store, chooses an id, or sits in the same program; and what
// happens instead.

const HOST = "https://cloud.example.com";
const SECRET = "s3cret-of-the-service";
const TOKEN = "token-of-the-service";

/** A fetch that answers as `routes` say, by path, and remembers what was sent. */
function network(routes = {}) {
  const sent = [];
  const fetch = async (url, { method = "GET", headers, body } = {}) => {
    const { pathname } = new URL(url);
    sent.push({ url, method, headers: new Headers(headers), body: body ?? "" });
    const answer = Object.entries({ ...HONEST, ...routes }).find(([path]) => pathname.startsWith(path))?.[1];
    return typeof answer === "function" ? answer(url) : Response.json(answer ?? null, { status: answer ? 200 : 404 });
  };
  return { sent, fetch, sentWith: (secret) => sent.filter(({ headers, body }) => [...headers.values(), body].some((text) => text.includes(secret))) };
}

const HONEST = {
  "/.well-known/": { issuer: HOST, token_endpoint: `${HOST}/idp/token` },
  "/idp/token": { access_token: TOKEN, token_type: "Bearer", expires_in: 3600 },
  "/apps/astrolabe/": (url) => Response.json({ user_id: decodeURIComponent(url.split("/").at(-1)), has_background_access: true }),
};

const login = { nextcloudHost: HOST, clientId: "service", clientSecret: SECRET };

export const attacks = [
  {
    name: "attack: a discovery document that points the secret elsewhere",
    async run({ client, fails, assert }) {
      const documents = [
        ["insecure_endpoint", {}, { token_endpoint: "http://attacker.example/token" }],
        ["insecure_endpoint", {}, { token_endpoint: "HTTP://attacker.example/token" }],
        ["insecure_endpoint", {}, { token_endpoint: "http://localhost.attacker.example/token" }],
        ["insecure_endpoint", {}, { token_endpoint: "http://127.0.0.1.attacker.example/token" }],
        ["insecure_endpoint", {}, { token_endpoint: "http://0/token" }],
        ...[
          "//attacker.example/token",
          "/token",
          "attacker.example/token",
          "javascript:alert(1)",
          "data:,token",
          "ftp://attacker.example/token",
          "https://cloud.example.com@attacker.example/token",
          "https://user:password@attacker.example/token",
          "https://attacker.example\\@cloud.example.com/token",
          "https://attacker.example\n.cloud.example.com/token",
          "https:attacker.example/token",
          "https://",
          "",
          7,
          null,
          ["https://attacker.example/token"],
        ].map((token_endpoint) => ["discovery_failed", {}, { token_endpoint }]),
        // With the issuer named, its metadata are nobody else's.
        ["issuer_mismatch", { issuer: HOST }, { issuer: "https://attacker.example", token_endpoint: "https://attacker.example/token" }],
        ["issuer_mismatch", { issuer: HOST }, { issuer: `${HOST}.attacker.example`, token_endpoint: "https://attacker.example/token" }],
        ["issuer_mismatch", { issuer: HOST }, { issuer: `${HOST}/`.repeat(2), token_endpoint: "https://attacker.example/token" }],
      ];
      for (const [code, options, metadata] of documents) {
        const { fetch, sentWith } = network({ "/.well-known/": { issuer: HOST, ...metadata } });
        await fails(client({ ...login, ...options, fetch }).getAccessToken(), { code });
        assert.deepEqual(sentWith(SECRET), [], JSON.stringify(metadata));
      }
    },
  },
  {
    name: "attack: a redirect from https to plain http, on the way to the metadata",
    async run({ client, fails, assert }) {
      for (const location of ["http://attacker.example/.well-known/openid-configuration", "http://cloud.example.com/.well-known/openid-configuration"]) {
        const { fetch, sent } = network({ "/.well-known/": () => new Response(null, { status: 302, headers: { location } }) });
        await fails(client({ ...login, fetch }).getAccessToken(), { code: "unexpected_redirect" });
        assert.deepEqual(sent.map(({ url }) => url.split(":")[0]), ["https"]);
      }
    },
  },
  {
    name: "attack: a redirect of the metadata to an address that repeats the client secret is not followed",
    async run({ client, fails, assert }) {
      const clientSecret = "s3cret+of the/sérvice";
      for (const form of [encodeURI(clientSecret), encodeURIComponent(clientSecret), new URLSearchParams({ clientSecret }), [...new TextEncoder().encode(clientSecret)].map((byte) => `%${byte.toString(16)}`).join("")]) {
        const { fetch, sent } = network({ "/.well-known/": () => new Response(null, { status: 302, headers: { location: `${HOST}/metadata/${form}?x=${form}` } }) });
        const error = await fails(client({ ...login, clientSecret, fetch }).getAccessToken(), { code: "unexpected_redirect" });
        assert.include(error.message, "repeats a secret", String(form));
        assert.lengthOf(sent, 1);
      }
    },
  },
  {
    name: "attack: a redirect to another origin gets neither Authorization nor the secret",
    async run({ nc, client, fails, assert }) {
      const elsewhere = nc.url.replace("127.0.0.1", "localhost");
      const errors = /^(unexpected_redirect|network)$/; // of a redirect a browser says only that it failed, where CORS is in the way
      for (const status of [301, 302, 303, 307, 308]) {
        // A page would remember a 301 or 308 for the scenarios after this.
        const to = (path) => ({ status, headers: { Location: elsewhere + path, "Cache-Control": "no-store" }, body: "" });
        const calls = [
          ["credentials", (one) => one.getBackgroundSyncStatus("alice"), "/apps/astrolabe/api/v1/background-sync/credentials/bob"],
          ["users", (one) => one.listUsers().next(), "/ocs/v2.php/cloud/users"],
          ["status", (one) => one.getOwnBackgroundSyncStatus(), "/apps/astrolabe/api/v1/background-sync/status"],
          ["revoke", (one) => one.revokeBackgroundSync(), "/apps/astrolabe/api/v1/background-sync/credentials/revoke"],
          ["admin-users", (one) => one.getProvisioning(), "/apps/astrolabe/api/v1/background-sync/admin/users"],
          ["provision", (one) => one.provisionUser("bob"), "/apps/astrolabe/api/v1/background-sync/admin/users/bob"],
          ["deprovision", (one) => one.deprovisionUser("bob"), "/apps/astrolabe/api/v1/background-sync/admin/users/bob"],
          ["self-provision", (one) => one.setSelfProvisioning(true), "/apps/astrolabe/api/v1/background-sync/admin/self-provision"],
          ["capabilities", (one) => one.getSearchCapabilities(), "/ocs/v2.php/cloud/capabilities"],
          ["token", (one) => one.getAccessToken(), "/idp/token"],
        ];
        for (const [on, call, path] of calls) {
          await nc.reset({ contract: "newer", faults: [{ on, times: null, respond: to(path) }] });
          await fails(call(client()), { code: errors });
          const { requests } = await nc.log();
          const followed = requests.filter(({ headers }) => headers.host?.startsWith("localhost"));
          assert.deepEqual(followed, [], `${on} ${status}`);
        }
      }
    },
  },
  {
    name: "attack: no parameter injects a header, a line, a path or a query",
    async run({ AstrolabeClient, AstrolabeError, assert }) {
      const evil = ["\r\nX-Evil: 1", "\n", "\0", "\u007f", "\u0085", "/../../evil", "..", "%2e%2e%2fevil", "%00", "?evil=1", "#evil", "&evil=1", ";evil", "\\evil", "//evil", "\u2028", "=evil", "+", " ", "ü", "\ud800", "\u202e", '"', "'", "{}", "${1}"];
      const withOption = (name) => (value) => new AstrolabeClient({ ...login, [name]: value, fetch: spy.fetch }).getBackgroundSyncStatus("alice");
      let spy;
      const parameters = {
        userId: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).getBackgroundSyncStatus(value),
        provisioned: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).provisionUser(value),
        deprovisioned: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).deprovisionUser(value),
        existing: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).userExists(value),
        search: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).listUsers({ search: value }).next(),
        appPassword: (value) => new AstrolabeClient({ ...login, fetch: spy.fetch }).storeAppPassword(value),
        accessToken: (accessToken) => new AstrolabeClient({ nextcloudHost: HOST, accessToken, fetch: spy.fetch }).getBackgroundSyncStatus("alice"),
        tokenFunction: (value) => new AstrolabeClient({ nextcloudHost: HOST, accessToken: async () => value, fetch: spy.fetch }).getBackgroundSyncStatus("alice"),
        username: (username) => new AstrolabeClient({ nextcloudHost: HOST, username, password: "password", fetch: spy.fetch }).getBackgroundSyncStatus("alice"),
        password: (password) => new AstrolabeClient({ nextcloudHost: HOST, username: "admin", password, fetch: spy.fetch }).getBackgroundSyncStatus("alice"),
        clientId: withOption("clientId"),
        clientSecret: withOption("clientSecret"),
        scope: withOption("scope"),
        nextcloudHost: withOption("nextcloudHost"),
        issuer: withOption("issuer"),
        discoveryUrl: withOption("discoveryUrl"),
        tokenParameterName: (name) => new AstrolabeClient({ ...login, tokenParameters: { [name]: "value" }, fetch: spy.fetch }).getAccessToken(),
        tokenParameterValue: (audience) => new AstrolabeClient({ ...login, tokenParameters: { audience }, fetch: spy.fetch }).getAccessToken(),
      };
      const names = /^(accept|authorization|content-type|ocs-apirequest|user-agent)$/;
      const queries = { search: /^$|^\?limit=\d+&offset=\d+&search=[^&=]+$/, discoveryUrl: /^$|^\?evil=1a?$/ };
      for (const [parameter, call] of Object.entries(parameters)) {
        for (const part of evil) {
          for (const value of [part, `a${part}`, `${part}a`, `https://cloud.example.com${part}`]) {
            spy = network({ "/ocs/": { ocs: { meta: { statuscode: 200 }, data: { users: [], id: "x" } } } });
            const context = `${parameter} ${JSON.stringify(value)}`;
            try {
              await call(value);
            } catch (error) {
              assert.instanceOf(error, AstrolabeError, `${context}: ${error?.stack}`);
            }
            for (const { url, method, headers, body } of spy.sent) {
              const { href, origin, pathname, search } = new URL(url);
              // Only where an address is what the parameter is for.
              if (!/^(nextcloudHost|issuer|discoveryUrl)$/.test(parameter)) {
                // As it was meant to be sent, and not as a URL parser puts it right.
                assert.equal(href, url, context);
                assert.equal(origin, HOST, context);
                assert.match(pathname, /^\/(\.well-known\/[\w-]+|idp\/token|ocs\/v2\.php\/cloud\/users(\/[^/]+)?|apps\/astrolabe\/api\/v1\/background-sync\/(credentials(\/[^/]+)?|admin\/users\/[^/]+|status))$/, context);
              }
              assert.match(search, queries[parameter] ?? /^$/, context);
              for (const [name, text] of headers) {
                assert.match(name, names, context);
                assert.match(text, /^[\x20-\x7e]*$/, context);
              }
              if (method === "POST" && pathname === "/idp/token") {
                const fields = [...new URLSearchParams(body).keys()];
                const expected = ["grant_type", "client_id", "client_secret", "scope", ...(parameter.startsWith("tokenParameter") ? [parameter === "tokenParameterName" ? value : "audience"] : [])];
                assert.deepEqual(fields, expected.filter((name) => name !== "scope" || parameter !== "scope" || value !== ""), context);
              }
            }
          }
        }
      }
    },
  },
  {
    name: "attack: a user id that is a path reaches nothing else",
    async run({ nc, client, fails, assert }) {
      const paths = ["../status", "..", ".", "a/../../users", "..\\status", "/status", "alice/", "alice/../bob", "..%2fstatus", "%2e%2e", "%2e", "..;", "alice%2f..%2fbob", "alice?x=/../", "alice#/.."];
      const one = client();
      for (const path of paths) {
        const { requests: before } = await nc.log();
        const isSlash = /[/\\]/.test(path) || path === "." || path === "..";
        if (isSlash) await fails(one.getBackgroundSyncStatus(path), { code: "invalid_argument", message: /userId/ });
        else await one.getBackgroundSyncStatus(path);
        const { requests } = await nc.log();
        const asked = requests.slice(before.length).filter(({ route }) => !/discovery|token/.test(route)).map(({ path }) => path);
        assert.deepEqual(asked, isSlash ? [] : [`/apps/astrolabe/api/v1/background-sync/credentials/${encodeURIComponent(path)}`], path);
      }
    },
  },
  {
    name: "attack: an answer about another user than asked for",
    async run({ nc, client, fails }) {
      const one = client();
      for (const user_id of ["mallory", "Alice", "alice ", " alice", "alice\u0000", "alice\u200b", "аlice", "", "alicе"]) {
        await nc.faults([{ on: "credentials", mergeJson: { user_id } }]);
        await fails(one.getBackgroundSyncStatus("alice"), { code: "user_mismatch" });
      }
      for (const user_id of [7, null, true, ["alice"], { alice: "alice" }]) {
        await nc.faults([{ on: "credentials", mergeJson: { user_id } }]);
        await fails(one.getBackgroundSyncStatus("alice"), { code: "unexpected_response" });
      }
      // What looks the same is not: é in one character and in two.
      await nc.faults([{ on: "credentials", mergeJson: { user_id: "ren\u0065\u0301" } }]);
      await fails(one.getBackgroundSyncStatus("ren\u00e9"), { code: "user_mismatch" });
      // The last of two members counts, as it does for JSON.parse.
      const body = '{"user_id":"alice","has_background_access":true,"user_id":"mallory"}';
      await nc.faults([{ on: "credentials", respond: { status: 200, headers: { "Content-Type": "application/json" }, body } }]);
      await fails(one.getBackgroundSyncStatus("alice"), { code: "user_mismatch" });
    },
  },
  {
    name: "attack: a token store that is poisoned costs a login, and is believed in nothing",
    async run({ nc, client, assert }) {
      const values = new Map();
      const tokenStore = { get: async (key) => values.get(key) ?? null, put: async (key, value) => void values.set(key, value) };
      const first = await client({ tokenStore }).getAccessToken();
      const [[name, text]] = values;
      const [iv, data] = text.split(".");
      const flipped = (base64, at) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        bytes[at < 0 ? bytes.length + at : at] ^= 1;
        return btoa(String.fromCharCode(...bytes));
      };
      const plain = btoa(JSON.stringify({ accessToken: "stolen", expiresAtMs: 9e15, metadata: { tokenEndpoint: "https://attacker.example/", discoveredAtMs: Date.now() } }));
      const poisons = [
        `${flipped(iv, 0)}.${data}`,
        `${flipped(iv, -1)}.${data}`,
        `${iv}.${flipped(data, 0)}`,
        `${iv}.${flipped(data, 20)}`,
        `${iv}.${flipped(data, -1)}`,
        `${iv}.${data.slice(0, -4)}`,
        `${iv}.${data}${data}`,
        `${iv}.`,
        `.${data}`,
        `${iv}.${plain}`,
        plain,
        atob(plain),
        "A".repeat(1_000_000),
        ".".repeat(1_000_000),
        `${iv}.${data}.`,
        `${iv}.${data}${".".repeat(25_000_000)}`,
        JSON.stringify({ __proto__: null, toString: 1 }),
      ];
      const { token } = await nc.counts();
      for (const [at, poison] of poisons.entries()) {
        values.set(name, poison);
        const accessToken = await client({ tokenStore }).getAccessToken();
        assert.notEqual(accessToken, "stolen");
        assert.notEqual(accessToken, first, "what was flipped is not believed");
        assert.equal((await nc.counts()).token, token + at + 1, poison.slice(0, 60));
      }
      const { requests } = await nc.log();
      assert.isTrue(requests.every(({ route }) => route === "discovery" || route === "token"));
    },
  },
  {
    name: "attack: answers and JSON of a cache do not reach the prototypes",
    async run({ nc, client, TokenCache, AstrolabeClient, assert }) {
      const names = Object.getOwnPropertyNames(Object.prototype).length;
      const poison = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}';
      const answer = (more) => ({ status: 200, headers: { "Content-Type": "application/json" }, body: `${poison},${more}}` });
      await nc.faults([
        { on: "discovery", respond: answer(`"token_endpoint":"${nc.url}/idp/token"`) },
        { on: "token", respond: answer('"access_token":"polluted-token","token_type":"Bearer","expires_in":3600') },
        { on: "credentials", respond: answer('"user_id":"__proto__","has_background_access":true,"credential_type":"__proto__"') },
        { on: "users", respond: answer('"ocs":{"meta":{"statuscode":200},"data":{"users":["__proto__","constructor"]}}') },
      ]);
      const one = client();
      const status = await one.getBackgroundSyncStatus("__proto__");
      assert.deepEqual({ ...status }, { hasAccess: true, credentialType: "__proto__", provisionedAt: null });
      assert.equal(Object.getPrototypeOf(status), Object.prototype);
      assert.equal((await one.listUsers().next()).value, "__proto__");
      const cache = TokenCache.fromJSON('{"__proto__":{"accessToken":"polluted"}}');
      assert.isNull(cache.accessToken);
      assert.isNull(TokenCache.fromJSON(JSON.parse('{"__proto__":{"accessToken":"polluted"}}')).accessToken);
      const spy = network();
      const tokenParameters = JSON.parse('{"__proto__":"value","constructor":"value"}');
      await new AstrolabeClient({ ...login, tokenParameters, fetch: spy.fetch }).getAccessToken();
      assert.include(spy.sent.at(-1).body, "&__proto__=value&constructor=value");
      assert.isUndefined({}.polluted);
      assert.lengthOf(Object.getOwnPropertyNames(Object.prototype), names);
    },
  },
  {
    name: "attack: a prototype that somebody has polluted sets no option",
    async run({ AstrolabeClient, TokenCache, assert }) {
      const evil = network({ "/apps/astrolabe/": () => Response.json({ user_id: "alice", has_background_access: false }) });
      const spy = network();
      const polluted = {
        fetch: evil.fetch,
        accessToken: "polluted",
        allowInsecureHttp: true,
        issuer: "https://attacker.example",
        tokenParameters: { polluted: "1" },
        maxResponseBytes: 1,
        timeoutMs: 1,
        key: "polluted",
        signal: AbortSignal.abort(),
        maxRetries: 0,
        onStart: () => assert.fail("called"),
        isLoggedIn: false,
        isRepeatable: false,
        begunAtMs: 1,
        logger: { debug: (line) => assert.fail(line), info: (line) => assert.fail(line) },
      };
      try {
        for (const [name, value] of Object.entries(polluted)) Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
        const one = new AstrolabeClient({ ...login, fetch: spy.fetch });
        assert.isTrue((await one.getBackgroundSyncStatus("alice", {})).hasAccess);
        assert.isNull(TokenCache.fromJSON({}).accessToken);
        assert.throws(() => new AstrolabeClient({ nextcloudHost: HOST, clientId: "id" }), /clientSecret is missing/);
        assert.throws(() => new AstrolabeClient({ ...login, nextcloudHost: "http://cloud.example.com" }), /plain http/);
      } finally {
        for (const name of Object.keys(polluted)) delete Object.prototype[name];
      }
      assert.deepEqual(evil.sent, []);
      assert.notInclude(spy.sent.map(({ body }) => body).join(), "polluted");
    },
  },
  {
    name: "attack: a server that writes a script or a control sequence into its message",
    async run({ nc, client, fails, assert }) {
      const said = "\u001b[2J\u001b]0;evil\u0007\r\nforged line\u0085\u2028\u061c\u200e\u200f\u202e\u2066";
      await nc.faults([{ on: "credentials", respond: { status: 400, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ error: said, message: said }) } }]);
      const { message } = await fails(client().getBackgroundSyncStatus("alice"), { code: "request_rejected" });
      assert.notMatch(message, /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/, JSON.stringify(message));
    },
  },
];
