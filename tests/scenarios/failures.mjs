// Every failure is an AstrolabeError that says what, where and what next.

const html = { status: 200, headers: { "Content-Type": "text/html" }, body: "<!DOCTYPE html><title>Login</title>" };
const asJson = { headers: { "Content-Type": "application/json" } };
const json = (body) => ({ status: 200, headers: { "Content-Type": "application/json" }, body });

/** Makes a call in a function, so that what a constructor throws counts as its failure. */
const inCall = async (work) => work();

const hex = (text) => Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** How a server, or what stands before it, may write what it was sent. */
const formsOf = (secret) => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ "": secret }).toString().slice(1),
  encodeURIComponent(secret).replace(/%../g, (escaped) => escaped.toLowerCase()),
  encodeURIComponent(encodeURIComponent(encodeURIComponent(secret))),
  secret.replace("&", "&amp;"),
  secret.replace(/\W/g, (one) => `&#${one.charCodeAt()};`),
  secret.replace("&", "&amp;").replace("/", "&sol;").replace("+", "&plus;").replace("%", "&percnt;"),
  secret.replace(/./g, (one) => `\\u${one.charCodeAt().toString(16).padStart(4, "0")}`),
  secret.replace(/\W/g, (one) => `\\x${one.charCodeAt().toString(16).padStart(2, "0")}`),
  hex(secret),
  hex(secret).toUpperCase(),
  btoa(secret),
  btoa(secret).replace(/=+$/, ""),
  secret.slice(0, 14),
];

export const failures = [
  {
    name: "a server that repeats the secret, in whatever form, does not get it into an error",
    async run({ nc, client, fails, assert }) {
      const clientSecret = "s p&c+e/%41-secret";
      const forms = formsOf(clientSecret);
      for (const said of forms) {
        const body = JSON.stringify({ error: "invalid_client", error_description: `no such secret: ${said}.` });
        await nc.faults([{ on: "token", respond: { status: 401, headers: { "Content-Type": "application/json" }, body } }]);
        const error = await fails(client({ clientSecret }).getAccessToken(), { code: "token_request_failed", oauthErrorDescription: "[redacted]" });
        assert.include(error.message, "[redacted]");
        for (const form of forms) assert.notInclude(JSON.stringify(error) + error.message, form);
      }
      const { clientId } = nc.clients.basic;
      const header = btoa([clientId, clientSecret].map((text) => new URLSearchParams({ "": text }).toString().slice(1)).join(":"));
      await nc.faults([{ on: "token", respond: { status: 401, headers: {}, body: JSON.stringify({ error: header }) } }]);
      const error = await fails(client({ clientId, clientSecret, clientAuthentication: "basic" }).getAccessToken(), { code: "token_request_failed" });
      assert.notInclude(error.message, header);
    },
  },
  {
    name: "a server that repeats a value of tokenParameters, in whatever form, does not get it into an error",
    async run({ nc, client, fails, assert }) {
      const assertion = "eyJhbGciOiJIUzI1NiJ9.e30/a+b";
      for (const said of formsOf(assertion)) {
        const body = JSON.stringify({ error: "invalid_grant", error_description: `bad assertion ${said}` });
        await nc.faults([{ on: "token", respond: { status: 400, headers: { "Content-Type": "application/json" }, body } }]);
        const error = await fails(client({ tokenParameters: { subject_token: assertion } }).getAccessToken(), { code: "token_request_failed", oauthErrorDescription: "[redacted]" });
        for (const form of formsOf(assertion)) assert.notInclude(JSON.stringify(error) + error.message, form);
      }
    },
  },
  {
    name: "a secret that a server splits over two fields is shown in neither",
    async run({ nc, client, fails, assert }) {
      const clientSecret = "s3cret-of-the-service";
      for (let at = 1; at < clientSecret.length; at++) {
        const [error, error_description] = [clientSecret.slice(0, at), clientSecret.slice(at)];
        await nc.faults([{ on: "token", respond: { status: 401, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ error, error_description }) } }]);
        const failure = await fails(client({ clientSecret }).getAccessToken(), { code: "token_request_failed", oauthError: "[redacted]", oauthErrorDescription: "[redacted]" });
        assert.notInclude(failure.message, clientSecret.slice(0, 3));
      }
    },
  },
  {
    name: "an address may name what tokenParameters names, and an error its own code beside it",
    async run({ nc, client, fails, assert }) {
      const tokenParameters = { resource: nc.url, audience: `${new URL(nc.url).host}/idp`, scopes: "token" };
      assert.isString(await client({ tokenParameters }).getAccessToken());
      const body = JSON.stringify({ error: "access_denied", error_description: `not authorized to access ${nc.url}` });
      await nc.faults([{ on: "token", respond: { status: 403, headers: { "Content-Type": "application/json" }, body } }]);
      await fails(client({ tokenParameters }).getAccessToken(), { code: "token_request_failed", oauthError: "access_denied", oauthErrorDescription: "[redacted]" });
    },
  },
  {
    name: "a change is sent once, whatever fetch throws after it; a read may be sent again without the signal",
    async run({ nc, client, AstrolabeClient, assert }) {
      const username = "alice";
      const { password } = nc.accounts.alice;
      for (const [call, times] of [["revokeBackgroundSync", 1], ["getOwnBackgroundSyncStatus", 2]]) {
        let sent = 0;
        const counting = async () => {
          sent += 1;
          throw new TypeError("AbortSignal.any is not a function");
        };
        const error = await new AstrolabeClient({ nextcloudHost: nc.url, username, password, fetch: counting, maxRetries: 0 })[call]().catch((error) => error);
        assert.equal(error.code, "network");
        assert.equal(sent, times, call);
      }
    },
  },
  {
    name: "a token that no server would take, as it is too long, is refused",
    async run({ nc, client, fails, AstrolabeClient, TokenCache, assert }) {
      const long = "x".repeat(16 * 1024 + 1);
      await nc.faults([{ on: "token", mergeJson: { access_token: long } }]);
      await fails(client().getAccessToken(), { code: "invalid_token_response", message: /16 kB/ });
      await nc.faults([{ on: "token", mergeJson: { access_token: long.slice(1) } }]);
      assert.lengthOf(await client().getAccessToken(), 16 * 1024);
      await fails(inCall(() => new AstrolabeClient({ nextcloudHost: nc.url, accessToken: long }).getAccessToken()), { code: "invalid_argument", message: /16 kB/ });
      await fails(new AstrolabeClient({ nextcloudHost: nc.url, accessToken: () => long }).getAccessToken(), { message: /16 kB/ });
      await fails(inCall(() => TokenCache.fromJSON({ accessToken: long })), { code: "invalid_argument", message: /16 kB/ });
    },
  },
  {
    name: "what a server writes does not make an error endless",
    async run({ nc, client, fails, assert }) {
      const long = "x".repeat(50_000);
      await nc.faults([{ on: "credentials", mergeJson: { user_id: long } }, { on: "credentials", respond: { status: 500, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ message: long }) } }]);
      assert.isBelow((await fails(client().getBackgroundSyncStatus("alice"), { code: "user_mismatch" })).message.length, 1_000);
      assert.isBelow((await fails(client().getBackgroundSyncStatus("alice"), { code: "server_error" })).message.length, 1_000);
    },
  },
  ...[
    ["discovery answers with a page", { on: "discovery", respond: html }, { code: "discovery_failed", status: 200, message: /HTML/ }],
    ["discovery answers with broken JSON", { on: "discovery", respond: json("{") }, { code: "discovery_failed", status: 200 }],
    ["discovery answers with an array", { on: "discovery", respond: json("[]") }, { code: "discovery_failed", status: 200 }],
    ["discovery has no token_endpoint", { on: "discovery", mergeJson: { $delete: ["token_endpoint"] } }, { code: "discovery_failed", message: /token_endpoint/ }],
    ["discovery has a token_endpoint that is no URL", { on: "discovery", mergeJson: { token_endpoint: "/token" } }, { code: "discovery_failed", message: /token_endpoint/ }],
    ["discovery has a token_endpoint that is a number", { on: "discovery", mergeJson: { token_endpoint: 7 } }, { code: "discovery_failed", message: /token_endpoint/ }],
    ["discovery has a token_endpoint in plain http elsewhere", { on: "discovery", mergeJson: { token_endpoint: "http://example.com/token" } }, { code: "insecure_endpoint" }],
    ["discovery fails", { on: "discovery", respond: { status: 500, headers: {}, body: "" } }, { code: "discovery_failed", status: 500, retryable: true }],
    ["discovery is cut off", { on: "discovery", cut: true, times: null }, { code: "network", retryable: true }],
    ["the token endpoint answers with a page", { on: "token", respond: html }, { code: "invalid_token_response", status: 200, message: /HTML/ }],
    ["the token answer has no access_token", { on: "token", mergeJson: { $delete: ["access_token"] } }, { code: "invalid_token_response", message: /access_token/ }],
    ["the access_token is a number", { on: "token", mergeJson: { access_token: 7 } }, { code: "invalid_token_response", message: /access_token/ }],
    ["the access_token holds a line break", { on: "token", mergeJson: { access_token: "a\nb" } }, { code: "invalid_token_response", message: /access_token/ }],
    ["the token_type is not bearer", { on: "token", mergeJson: { token_type: "mac" } }, { code: "invalid_token_response", message: /token_type/ }],
    ["an OAuth error under status 200", { on: "token", respond: json('{"error":"invalid_client"}') }, { code: "token_request_failed", status: 200, oauthError: "invalid_client" }],
    ["the token answer breaks off", { on: "token", cutBody: true }, { code: "network", retryable: true }],
  ].map(([name, fault, expected]) => ({
    name,
    async run({ nc, client, fails }) {
      await nc.faults([fault]);
      await fails(client().getAccessToken(), expected);
    },
  })),
  ...[
    ["401", { recorded: "37c-cred-alice-bearer-invalid-ocs" }, { code: "unauthorized", status: 401, retryable: false, serverMessage: "Current user is not logged in" }],
    ["403", { recorded: "35-cred-alice-as-alice" }, { code: "forbidden", status: 403, retryable: false, serverMessage: "Logged in account must be an admin" }],
    ["the account is disabled", { recorded: "331-disabled-bearer" }, { code: "unauthorized", message: /occ user:enable/ }],
    ["403 that names the account", { recorded: "333-xuserid" }, { code: "forbidden", message: /'bob'.*group admin/ }],
    ["429 of a proxy", { respond: { status: 429, ...asJson, body: "{}" } }, { code: "rate_limited", status: 429, retryAfterMs: undefined }],
    ["the brute-force lock, which is not a token's", { recorded: "60-wrongpw-12" }, { code: "rate_limited", retryAfterMs: undefined, message: /too many requests/ }],
    ["maintenance", { recorded: "150-maint-cred-8088" }, { code: "maintenance", status: 503, retryable: true, retryAfterMs: 120_000, message: /maintenance:mode --off/ }],
    ["an upgrade that nobody has run", { recorded: "332b-needs-upgrade-credentials" }, { code: "server_error", status: 503, message: /occ upgrade/ }],
    ["the right answer under 404", { recorded: "300-apache-fpm-shipped-alice" }, { code: "unexpected_response", status: 404, message: /index\.php/ }],
    ["a status page", { recorded: "303-status-php-below-host" }, { code: "unexpected_response", status: 200, message: /is the address of a Nextcloud/ }],
    ["JSON of a gateway under 404", { respond: { status: 404, ...asJson, body: '{"message":"no Route matched with those values"}' } }, { code: "unexpected_response", status: 404 }],
    ["an HTML 500", { recorded: "50-enc-long" }, { code: "server_error", status: 500, retryable: true }],
    ["an untrusted domain", { recorded: "330b-untrusted-credentials" }, { code: "request_rejected", status: 400, message: /trusted_domains/ }],
    ["a 412", { recorded: "10-cred-alice-admin-nohdr" }, { code: "request_rejected", status: 412 }],
    ["a page instead of JSON", { respond: html }, { code: "unexpected_response", status: 200, message: /HTML/ }],
    ["a warning of PHP before the JSON", { respond: { ...html, body: '<br />\n<b>Deprecated</b>:  x in <b>/y.php</b> on line <b>7</b><br />\n{"success":true}' } }, { code: "unexpected_response", message: /display_errors off/ }],
    ["an empty answer", { respond: json("") }, { code: "unexpected_response", status: 200 }],
    ["a field of the wrong type", { mergeJson: { has_background_access: "yes" } }, { code: "unexpected_response", status: 200, message: /has_background_access/ }],
    ["an answer that breaks off", { cutBody: true }, { code: "network", retryable: true }],
    ["a redirect", { respond: { status: 302, headers: { Location: "{url}/login?secret=1" }, body: "" } }, { code: "unexpected_redirect", message: /a redirect( to \S+\/login)?, which/ }],
  ].map(([name, fault, expected]) => ({
    name: `the credentials route: ${name}`,
    async run({ nc, client, fails, assert }) {
      await nc.faults([{ on: "credentials", times: null, ...fault }]);
      const error = await fails(client().getUserAppPassword("alice"), expected);
      assert.equal(error.route, `GET ${nc.url}/apps/astrolabe/api/v1/background-sync/credentials/alice`);
      assert.include(error.message, error.route);
    },
  })),
  {
    name: "a wrong secret: the OAuth error and its description",
    async run({ client, fails }) {
      await fails(client({ clientSecret: "wrong" }).getAccessToken(), { code: "token_request_failed", oauthError: "invalid_client", retryable: false, message: /clientSecret/ });
    },
  },
  {
    name: "no server: a network error with the platform's own as its cause",
    async run({ client, fails, assert }) {
      const error = await fails(client({ nextcloudHost: "http://127.0.0.1:1024" }).getAccessToken(), { code: "network", retryable: true });
      assert.isDefined(error.cause);
      assert.isUndefined(error.status);
    },
  },
  {
    name: "options that are missing or wrong",
    async run({ AstrolabeClient, fails, assert }) {
      const good = { nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret" };
      const bad = [
        [undefined, /options/],
        [null, /options/],
        ["https://cloud.example.com", /options/],
        [{}, /nextcloudHost is missing/],
        [{ ...good, nextcloudHost: undefined }, /nextcloudHost/],
        [{ ...good, nextcloudHost: "" }, /nextcloudHost is empty/],
        [{ ...good, nextcloudHost: "///" }, /nextcloudHost is empty/],
        [{ ...good, nextcloudHost: "cloud.example.com" }, /nextcloudHost is no/],
        [{ ...good, nextcloudHost: "ftp://cloud.example.com" }, /nextcloudHost is no/],
        [{ ...good, nextcloudHost: "https://user:hush@cloud.example.com" }, /nextcloudHost is no/],
        [{ ...good, nextcloudHost: "https://cloud.example.com/?x" }, /nextcloudHost has a query/],
        [{ ...good, nextcloudHost: 7 }, /nextcloudHost must be a string, not number/],
        [{ ...good, nextcloudHost: {} }, /nextcloudHost must be a string or a URL/],
        [{ ...good, clientId: "" }, /clientId/],
        [{ ...good, clientId: null }, /clientId/],
        [{ ...good, clientSecret: "" }, /clientSecret/],
        [{ ...good, clientSecret: 7 }, /clientSecret must be a string/],
        [{ ...good, timeoutMs: 0 }, /timeoutMs must be a whole number/],
        [{ ...good, timeoutMs: 1.5 }, /timeoutMs/],
        [{ ...good, timeoutMs: 2 ** 31 }, /timeoutMs/],
        [{ ...good, timeoutMs: "10" }, /timeoutMs must be a number, not string/],
        [{ ...good, earlyRefreshSeconds: -1 }, /earlyRefreshSeconds/],
        [{ ...good, maxRetries: NaN }, /maxRetries/],
        [{ ...good, fetch: {} }, /fetch must be a function/],
        [{ ...good, logger: 7 }, /logger must be an object/],
        [{ ...good, logger: { debug: "x" } }, /debug must be a function/],
        [Object.defineProperty({ ...good }, "scope", { get: () => { throw new Error("no"); } }), /scope cannot be read/],
      ];
      for (const [options, message] of bad) {
        const error = await fails(inCall(() => new AstrolabeClient(options)), { code: "invalid_argument", message });
        assert.notInclude(error.message, "hush");
      }
      await fails(inCall(() => new AstrolabeClient({ ...good, nextcloudHost: "http://cloud.example.com" })), { code: "insecure_endpoint" });
      new AstrolabeClient({ ...good, nextcloudHost: "http://cloud.example.com", allowInsecureHttp: true }).free();
    },
  },
  {
    name: "a fetch of one's own that returns or throws nonsense",
    async run({ client, fails, assert }) {
      const chunks = ["text", null, 7, {}, new Proxy(new Uint8Array(3), {}), new Proxy({}, { get() { throw new Error("no"); } })];
      const broken = { get status() { throw new Error("no"); } };
      const results = [undefined, null, 7, "text", {}, [], { status: "200" }, { status: 200 }, { status: 200, headers: {} }, { status: 99, headers: new Headers() }, broken, { status: 200, headers: new Headers(), body: 7 }, ...chunks.map((value) => ({ status: 200, headers: new Headers(), body: { getReader: () => ({ read: () => ({ value }) }) } }))];
      for (const result of results) {
        const error = await fails(client({ fetch: async () => result }).getAccessToken(), {});
        assert.include(["network", "unexpected_response"], error.code);
      }
      const poisoned = Object.defineProperty(Promise.resolve(), "then", { get() { throw new Error("no"); } });
      const thrower = { then() { throw new Error("no"); } };
      for (const promise of [poisoned, thrower, Object.assign(Promise.resolve(), { constructor: null })]) {
        const error = await fails(client({ fetch: () => promise }).getAccessToken(), {});
        assert.include(["network", "unexpected_response"], error.code);
      }
      for (const reason of [undefined, null, "text", 7, new Error("no")]) {
        const rejected = await fails(client({ fetch: () => Promise.reject(reason) }).getAccessToken(), { code: "network" });
        if (reason !== undefined) assert.strictEqual(rejected.cause, reason);
        await fails(client({ fetch: () => { throw reason; } }).getAccessToken(), { code: "network" });
      }
    },
  },
];
