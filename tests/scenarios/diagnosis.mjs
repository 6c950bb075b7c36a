// diagnose(): what a person is told. Every rule of it is in tests/rust; here is what it looks like from JavaScript.

const NAMES = ["server", "version", "maintenance", "clock", "discovery", "grant", "token", "url_rewriting", "astrolabe", "login", "admin"];

const outcome = (checks) => Object.fromEntries(checks.map(({ name, passed }) => [name, passed]));
const allPassed = Object.fromEntries(NAMES.map((name) => [name, true]));

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
    ["a clock that is off", { clockSkewSeconds: -300 }, "clock", /NTP/, {}],
    ["a clock that is ahead", { clockSkewSeconds: 300 }, "clock", /NTP/, {}],
  ].map(([what, settings, failed, toDo, others]) => ({
    name: `diagnose: ${what}`,
    settings,
    async run({ client, assert }) {
      const checks = await client().diagnose();
      assert.deepEqual(outcome(checks), { ...allPassed, [failed]: false, ...others });
      assert.match(checks.find(({ name }) => name === failed).toDo, toDo);
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
      assert.deepEqual(outcome(checks), { ...allPassed, discovery: null, grant: null, token: null, url_rewriting: false, astrolabe: null, login: null, admin: null });
      assert.include(checks.find(({ name }) => name === "url_rewriting").toDo, `${nc.url}/index.php`);
      const better = await client({ accessToken, nextcloudHost: `${nc.url}/index.php` }).diagnose();
      assert.deepEqual(outcome(better), { ...allPassed, discovery: null, grant: null, token: null });
    },
  },
  {
    name: "diagnose: not an administrator",
    async run({ nc, client, assert }) {
      const { clientId, clientSecret } = nc.clients.plain;
      const checks = await client({ clientId, clientSecret }).diagnose();
      assert.deepEqual(outcome(checks), { ...allPassed, admin: false });
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
        assert.deepEqual(outcome(checks), { ...Object.fromEntries(NAMES.map((name) => [name, null])), server: false });
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
