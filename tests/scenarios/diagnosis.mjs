// diagnose(): what a person is told. Every rule of it is in tests/rust; here is what it looks like from JavaScript.

const NAMES = ["server", "version", "maintenance", "clock", "discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"];

const outcome = (checks) => Object.fromEntries(checks.map(({ name, passed }) => [name, passed]));
const allPassed = Object.fromEntries(NAMES.map((name) => [name, true]));
const all = (value) => Object.fromEntries(NAMES.map((name) => [name, value]));
const withoutGrant = { ...allPassed, discovery: null, grant: null, token: null };
const found = (checks, name) => checks.find((check) => check.name === name);

const CODES = { discovery: "discovery_failed", grant: "grant_not_supported", login: "unauthorized", astrolabe: "app_not_available", server: "request_rejected" };

export const diagnosis = [
  {
    name: "diagnose: all is well",
    async run({ client, assert }) {
      const checks = await client().diagnose();
      assert.deepEqual(checks.map(({ name }) => name), NAMES);
      assert.deepEqual(outcome(checks), allPassed);
      for (const check of checks) {
        assert.deepEqual(Object.keys(check), ["name", "passed", "seen", "toDo"]);
        assert.isNotEmpty(check.seen);
        assert.isNull(check.toDo);
      }
      assert.include(checks[1].seen, "32.0.1");
    },
  },
  ...[
    ["no identity provider", { discovery: "none" }, "discovery", /issuer or discoveryUrl/, { grant: null, token: null, login: null, admin: null }],
    ["a provider without the grant", { discovery: "nextcloud-oidc" }, "grant", /app password/, { token: null, login: null, admin: null }],
    ["a stock Nextcloud, which takes no tokens", { bearerValidation: false }, "login", /user_oidc/, { admin: null }],
    ["the app is missing", { appInstalled: false }, "astrolabe", /Install and enable/, { url_rewriting: null, login: null, admin: null }],
    ["a host name that is not trusted", { trustedHost: false }, "server", /trusted_domains in Nextcloud's config\.php/, all(null)],
    ["an upgrade that nobody has run", { needsUpgrade: true }, "version", /occ upgrade/, { ...all(null), server: true }],
    ["a clock that is off", { clockSkewSeconds: -300 }, "clock", /NTP/, {}],
    ["a clock that is ahead", { clockSkewSeconds: 300 }, "clock", /NTP/, {}],
  ].map(([what, settings, failed, toDo, others]) => ({
    name: `diagnose: ${what}`,
    settings,
    async run({ client, AstrolabeError, assert }) {
      const checks = await client().diagnose();
      assert.deepEqual(outcome(checks), { ...allPassed, ...others, [failed]: false });
      const { toDo: said, error } = checks.find(({ name }) => name === failed);
      assert.match(said, toDo);
      // What is seen at a glance is no call's failure.
      assert.equal(error?.code, CODES[failed]);
      assert.equal(error instanceof AstrolabeError, failed in CODES);
      assert.isTrue(checks.every((check) => check.name === failed || !("error" in check)));
    },
  })),
  {
    name: "diagnose: maintenance",
    settings: { maintenance: true },
    async run({ client, assert }) {
      const checks = await client().diagnose();
      assert.deepInclude(outcome(checks), { server: true, maintenance: false, admin: null });
      assert.match(checks[2].toDo, /maintenance:mode --off/);
    },
  },
  {
    name: "diagnose: URLs are not rewritten",
    settings: { rewriting: false },
    async run({ nc, client, assert }) {
      const accessToken = nc.accounts.admin.appPassword;
      const checks = await client({ accessToken }).diagnose();
      assert.deepEqual(outcome(checks), { ...withoutGrant, url_rewriting: false, astrolabe: null, login: null, admin: null });
      assert.include(found(checks, "url_rewriting").toDo, `${nc.url}/index.php`);
      const better = await client({ accessToken, nextcloudHost: `${nc.url}/index.php` }).diagnose();
      assert.deepEqual(outcome(better), withoutGrant);
    },
  },
  {
    name: "diagnose: Apache with the .htaccess as it is shipped",
    settings: { rewriting: "apache-fpm" },
    async run({ nc, client, assert }) {
      for (const path of ["", "/nextcloud"]) {
        const checks = await client({ accessToken: nc.accounts.admin.appPassword, nextcloudHost: nc.url + path }).diagnose();
        assert.deepEqual(outcome(checks), { ...withoutGrant, url_rewriting: false, astrolabe: null, login: null, admin: null });
        assert.include(found(checks, "url_rewriting").toDo, `${nc.url}${path}/index.php`);
      }
    },
  },
  ...[
    ["a disabled account", {}, ({ dora }) => ({ accessToken: dora.appPassword }), /occ user:enable/],
    ["a login password where two-factor login is enforced", { twoFactor: true }, ({ admin }) => ({ username: "admin", password: admin.password }), /it must be an app password/],
    ["a web server that takes the password away", { passesAuthorization: false }, ({ admin }) => ({ username: "admin", password: admin.appPassword }), /pass the Authorization header/],
    ["the account 0 with its password", {}, (accounts) => ({ username: "0", password: accounts["0"].password }), /an app password of this account as accessToken/],
    ["a wrong password", {}, () => ({ username: "admin", password: "wrong-password" }), /check username and password/],
  ].map(([what, settings, login, toDo]) => ({
    name: `diagnose: ${what}`,
    settings,
    async run({ nc, client, assert }) {
      const checks = await client(login(nc.accounts)).diagnose();
      assert.deepEqual(outcome(checks), { ...withoutGrant, login: false, admin: null });
      assert.match(found(checks, "login").toDo, toDo);
    },
  })),
  {
    name: "diagnose: the brute-force lock is of who sends passwords",
    async run({ nc, client, assert }) {
      const { id: username, password, appPassword: accessToken } = nc.accounts.admin;
      for (let attempt = 0; attempt < 11; attempt += 1) await client({ username, password: "wrong-password" }).diagnose();
      const locked = await client({ username, password }).diagnose();
      assert.deepEqual(outcome(locked), { ...withoutGrant, url_rewriting: null, astrolabe: null, login: false, admin: null });
      assert.match(found(locked, "login").toDo, /occ security:bruteforce:reset/);
      assert.deepEqual(outcome(await client({ accessToken }).diagnose()), withoutGrant);
    },
  },
  {
    name: "diagnose: a proxy that limits the rate has locked nobody",
    async run({ nc, client, assert }) {
      const { id: username, appPassword: password } = nc.accounts.admin;
      const busy = { respond: { status: 429, body: { message: "API rate limit exceeded" } } };
      // To status.php no password is sent, so nothing that is said there is about one.
      for (const [name, fault] of [["server", { on: "status.php", ...busy }], ["server", { on: "status.php", recorded: "60-wrongpw-12" }], ["login", { on: "credentials", ...busy }]]) {
        await nc.faults([{ ...fault, times: null }]);
        const checks = await client({ username, password }).diagnose();
        assert.deepEqual(NAMES.filter((each) => outcome(checks)[each] === false), [name]);
        assert.match(found(checks, name).seen, /too many requests \(429\)/);
        assert.equal(found(checks, name).toDo, "wait and send fewer");
      }
    },
  },
  {
    name: "diagnose: not an administrator",
    async run({ nc, client, assert }) {
      const { clientId, clientSecret } = nc.clients.plain;
      const checks = await client({ clientId, clientSecret }).diagnose();
      assert.deepEqual(outcome(checks), { ...allPassed, admin: false });
      assert.include(found(checks, "admin").seen, "'service-account-plain-service'");
    },
  },
  {
    name: "diagnose: a wrong secret, a token function that fails",
    async run({ nc, client, assert }) {
      const { clientId } = nc.clients.service;
      const wrong = await client({ clientId, clientSecret: "not-the-secret" }).diagnose();
      assert.deepEqual(outcome(wrong), { ...allPassed, token: false, login: null, admin: null });
      const failing = await client({ accessToken: () => { throw new Error("no"); } }).diagnose();
      assert.deepEqual(outcome(failing), { ...allPassed, discovery: null, grant: null, token: false, login: null, admin: null });
    },
  },
  {
    name: "diagnose: no server, or something else than a Nextcloud",
    async run({ nc, client, assert }) {
      for (const nextcloudHost of ["http://127.0.0.1:1024", `${nc.url}/stand-in`]) {
        const checks = await client({ nextcloudHost }).diagnose({ timeoutMs: 2_000 });
        assert.deepEqual(outcome(checks), { ...all(null), server: false });
        assert.isNotEmpty(checks[0].toDo);
      }
    },
  },
  {
    name: "diagnose: whatever fails, and wherever: it says what was wrong and what to do",
    async run({ client, assert }) {
      const page = { headers: { "Content-Type": "text/html" } };
      const answers = [
        ...[400, 401, 403, 404, 412, 418, 500, 503].flatMap((status) => [() => Response.json({ error: "in its own words: no" }, { status }), () => new Response("<html>", { status, ...page })]),
        () => new Response("{}", { status: 429, headers: { "Retry-After": "99" } }),
        () => new Response("{}", { status: 429 }),
        () => new Response("<html>", page),
        () => Response.json({}),
        () => Response.json([]),
        () => new Response("", { status: 302 }),
        () => new Response("", { status: 302, headers: { Location: "http://elsewhere.example.com/" } }),
        () => new Response("", { status: 302, headers: { Location: "/again" } }),
        () => ({ type: "opaqueredirect", status: 0 }),
        () => new Response(" ".repeat(2_000_000)),
        () => ({}),
        () => Promise.reject(new TypeError("no network: none")),
      ];
      const routes = {
        "/status.php": { installed: true, maintenance: false, needsDbUpgrade: false, versionstring: "32.0.1" },
        "/.well-known/openid-configuration": { token_endpoint: "https://cloud.example.com/token" },
        "/token": { access_token: "token", token_type: "Bearer", expires_in: 3600 },
        "/apps/astrolabe/api/v1/background-sync/credentials/astrolabe-client-diagnose": { success: true, user_id: "astrolabe-client-diagnose", has_background_access: false },
      };
      const login = { nextcloudHost: "https://cloud.example.com", clientId: "service", clientSecret: "s3cret-of-the-service", maxRetries: 0 };
      for (const [at, failing] of Object.keys(routes).entries()) {
        for (const answer of answers) {
          const fetch = async (url) => {
            const { pathname } = new URL(url);
            // What a redirect leads to fails, too.
            return pathname === failing || !Object.hasOwn(routes, pathname) ? answer() : Response.json(routes[pathname]);
          };
          const checks = await client({ ...login, fetch }).diagnose();
          assert.deepEqual(checks.map(({ name }) => name), NAMES);
          const failed = checks.filter(({ passed }) => passed === false);
          const is404 = at === 3 && checks.some(({ name, passed }) => name === "astrolabe" && passed);
          assert.isTrue(failed.length > 0 || is404, `${failing}: ${answer}`);
          for (const { seen, toDo } of failed) {
            assert.notMatch(seen, /(^|: )(GET|POST) \S+$|: $/, `${failing}: ${answer}`);
            assert.match(toDo ?? "", /^[A-Za-z]/, `${failing}: ${answer}: ${seen}`);
          }
        }
      }
    },
  },
];
