// Every way in, and how each proves who it is.

const form = (request) => Object.fromEntries(new URLSearchParams(request.body));

export const logins = [
  {
    name: "a bearer of one's own: an administrator's app password, even on a stock Nextcloud",
    settings: { discovery: "none", bearerValidation: false },
    async run({ nc, client, assert }) {
      const accessToken = nc.accounts.admin.appPassword;
      const one = client({ accessToken });
      assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      assert.equal(await one.getAccessToken(), accessToken);
      const [request] = await nc.requests("credentials");
      assert.equal(request.headers.authorization, `Bearer ${accessToken}`);
      const { discovery, token } = await nc.counts();
      assert.deepEqual({ discovery, token }, { discovery: 0, token: 0 });
    },
  },
  {
    name: "a bearer from a function: asked once, and again after a 401",
    async run({ nc, client, fails, assert }) {
      const answers = ["first", "second", nc.accounts.admin.appPassword, "fourth"];
      let asked = 0;
      const one = client({ accessToken: async () => answers[asked++] });
      await fails(one.getBackgroundSyncStatus("alice"), { code: "unauthorized", status: 401 });
      assert.equal(asked, 2, "it may have a cache of its own; a second new token that is refused is the error");
      assert.isTrue((await one.getBackgroundSyncStatus("alice")).hasAccess);
      await Promise.all([1, 2, 3].map(() => one.getBackgroundSyncStatus("bob")));
      assert.equal(asked, 3);
      await nc.faults([{ on: "credentials", times: 2, recorded: "184-expired-jwt" }]);
      await fails(one.getBackgroundSyncStatus("alice"), { code: "unauthorized" });
      assert.equal(asked, 4, "one new token, one more try, then the error");
    },
  },
  {
    name: "callers at the same time share one call of the token function",
    async run({ nc, client, assert }) {
      let asked = 0;
      const one = client({
        accessToken: async () => {
          asked += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
          return nc.accounts.admin.appPassword;
        },
      });
      await Promise.all(Array.from({ length: 16 }, () => one.getBackgroundSyncStatus("alice")));
      assert.equal(asked, 1);
    },
  },
  {
    name: "a token function that fails or gives no token",
    async run({ nc, client, fails, assert }) {
      const mine = new Error("mine");
      const thrower = () => { throw mine; };
      for (const accessToken of [thrower, async () => thrower()]) {
        const error = await fails(client({ accessToken }).getBackgroundSyncStatus("alice"), { code: "token_function_failed" });
        assert.strictEqual(error.cause, mine);
      }
      for (const given of [undefined, null, 7, {}]) {
        await fails(client({ accessToken: () => given }).getAccessToken(), { code: "token_function_failed", message: /gave no string/ });
      }
      for (const given of ["", "two words", "line\nbreak", "Bearer x"]) {
        await fails(client({ accessToken: () => given }).getAccessToken(), { code: "token_function_failed", message: /accessToken/ });
        await fails((async () => client({ accessToken: given }))(), { code: "invalid_argument", message: /accessToken/ });
      }
      assert.deepEqual((await nc.log()).requests, []);
    },
  },
  {
    name: "Basic, passed through",
    settings: { discovery: "none" },
    async run({ nc, client, fails, assert }) {
      const { id, password, appPassword } = nc.accounts.admin;
      assert.isTrue((await client({ username: id, password: appPassword }).getBackgroundSyncStatus("alice")).hasAccess);
      assert.isTrue((await client({ username: id, password }).getBackgroundSyncStatus("alice")).hasAccess);
      const [request] = await nc.requests("credentials");
      assert.equal(request.headers.authorization, `Basic ${btoa(`${id}:${appPassword}`)}`);
      const one = client({ username: id, password: "wrong-password" });
      await fails(one.getBackgroundSyncStatus("alice"), { code: "unauthorized", status: 401 });
      assert.equal((await nc.counts()).credentials, 3, "a wrong password is not tried twice");
      await fails(one.getAccessToken(), { code: "invalid_argument", message: /no access token/ });
      assert.equal(JSON.stringify(one.tokenCache.accessToken), "null");
    },
  },
  ...[
    ["the account 0, which PHP takes for none", {}, (accounts) => ["0", accounts["0"].password], /takes the user name '0' for none.*accessToken/],
    ["the account 0 with an app password", {}, (accounts) => ["0", accounts["0"].appPassword], /takes the user name '0' for none.*accessToken/],
    ["two-factor login", { twoFactor: true }, ({ alice }) => ["alice", alice.password], /did not look at the password.*app password/],
    ["a web server that takes the header away", { passesAuthorization: false }, ({ alice }) => ["alice", alice.appPassword], /did not look at the password.*Authorization header/],
  ].map(([what, settings, login, message]) => ({
    name: `Basic that Nextcloud does not look at is no wrong password: ${what}`,
    settings,
    async run({ nc, client, fails, assert }) {
      const [username, password] = login(nc.accounts);
      const one = client({ username, password });
      for (const call of [() => one.getOwnBackgroundSyncStatus(), () => one.userExists("alice"), () => one.storeAppPassword(nc.accounts.alice.appPassword), () => one.revokeBackgroundSync()]) {
        const error = await fails(call(), { code: "unauthorized", status: 401, serverMessage: "Current user is not logged in", message });
        assert.notMatch(error.message, /check username/);
      }
    },
  })),
  {
    name: "the account 0 logs in with an app password as its bearer",
    async run({ nc, client, assert }) {
      assert.isTrue((await client({ accessToken: nc.accounts["0"].appPassword }).getOwnBackgroundSyncStatus()).hasAccess);
    },
  },
  {
    name: "Basic carries umlauts as UTF-8",
    async run({ nc, client, fails, assert }) {
      await fails(client({ username: "jürgen", password: "pässwörd" }).getBackgroundSyncStatus("alice"), { code: "unauthorized" });
      const [request] = await nc.requests("credentials");
      const bytes = Uint8Array.from(atob(request.headers.authorization.slice(6)), (character) => character.charCodeAt(0));
      assert.equal(new TextDecoder().decode(bytes), "jürgen:pässwörd");
    },
  },
  {
    name: "exactly one way in",
    async run({ AstrolabeClient, TokenCache, fails, assert }) {
      const nextcloudHost = "https://cloud.example.com";
      const ways = [{ clientId: "id", clientSecret: "hush" }, { accessToken: "hush" }, { username: "admin", password: "hush" }];
      for (const way of ways) new AstrolabeClient({ nextcloudHost, ...way }).free();
      new AstrolabeClient({ nextcloudHost, clientId: "id", clientSecret: "h".repeat(16_384) }).free();
      const bad = [
        [{ clientId: undefined, clientSecret: undefined }, /^clientId and clientSecret are undefined: .*\.dev\.vars/],
        [{ accessToken: undefined }, /^accessToken is undefined: /],
        [{}, /no way in.*clientId and clientSecret, or accessToken, or username and password/],
        [{ ...ways[0], ...ways[1] }, /more than one way in/],
        [{ ...ways[1], ...ways[2] }, /more than one way in/],
        [{ ...ways[0], password: "hush" }, /more than one way in/],
        [{ clientId: "id" }, /clientSecret is missing/],
        [{ clientSecret: "hush" }, /clientId is missing/],
        [{ clientId: "id", clientSecret: "hush\n" }, /clientSecret contains a line break/],
        [{ clientId: "id", clientSecret: "hush".repeat(4_097) }, /^clientSecret is longer than 16 kB/],
        [{ clientId: "i".repeat(16_385), clientSecret: "hush" }, /^clientId is longer than 16 kB/],
        [{ username: "admin" }, /password is missing/],
        [{ username: "a".repeat(16_385), password: "hush" }, /^username is longer than 16 kB/],
        [{ username: "admin", password: "hush".repeat(4_097) }, /^password is longer than 16 kB/],
        [{ username: "ad:min", password: "hush" }, /username/],
        [{ username: "admin", password: "" }, /password is empty/],
        [{ accessToken: 7 }, /accessToken must be a string or a function/],
        [{ accessToken: "hush", tokenCache: new TokenCache() }, /tokenCache belongs to clientId/],
        [{ ...ways[0], issuer: "https://a.example", discoveryUrl: "https://a.example/x" }, /not both/],
        [{ ...ways[0], issuer: "a.example" }, /issuer is no absolute/],
        [{ ...ways[0], discoveryUrl: "x" }, /discoveryUrl is no absolute/],
        [{ ...ways[0], clientAuthentication: "none" }, /"post" or "basic"/],
        [{ ...ways[0], tokenParameters: 7 }, /tokenParameters must be an object/],
        [{ ...ways[0], tokenParameters: { audience: 7 } }, /audience must be a string/],
        [{ ...ways[0], tokenParameters: { client_secret: "hush" } }, /must not contain client_secret/],
        [{ ...ways[0], scope: 'a"b' }, /scope/],
        [{ ...ways[1], issuer: "https://a.example" }, /issuer belongs to clientId/],
        [{ ...ways[2], scope: "openid" }, /scope belongs to clientId/],
        [{ ...ways[0], timeout: 5 }, /no option 'timeout'; there are .*timeoutMs/],
      ];
      for (const [options, message] of bad) {
        const error = await fails((async () => new AstrolabeClient({ nextcloudHost, ...options }))(), { code: "invalid_argument", message });
        assert.notInclude(error.message, "hush");
      }
      await fails((async () => new AstrolabeClient({ nextcloudHost, ...ways[0], issuer: "http://a.example" }))(), { code: "insecure_endpoint" });
    },
  },
  {
    name: "the secret goes by Basic where only that is announced, or where it is asked for, encoded as RFC 6749 says",
    async run({ nc, client, assert }) {
      const { clientId, clientSecret } = nc.clients.basic;
      const header = `Basic ${btoa([clientId, clientSecret].map((text) => new URLSearchParams({ "": text }).toString().slice(1)).join(":"))}`;
      await nc.faults([{ on: "discovery", mergeJson: { token_endpoint_auth_methods_supported: ["client_secret_basic"] } }]);
      assert.isString(await client({ clientId, clientSecret }).getAccessToken());
      assert.isString(await client({ clientId, clientSecret, clientAuthentication: "basic" }).getAccessToken());
      for (const request of await nc.requests("token")) {
        assert.equal(request.headers.authorization, header);
        assert.deepEqual(form(request), { grant_type: "client_credentials", scope: "openid" });
      }
    },
  },
  {
    name: "the secret goes by post where both are announced, or where it is asked for",
    async run({ nc, client, assert }) {
      await nc.faults([
        { on: "discovery", mergeJson: { token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"] } },
        { on: "discovery", mergeJson: { token_endpoint_auth_methods_supported: ["client_secret_basic"] } },
      ]);
      await client().getAccessToken();
      await client({ clientAuthentication: "post" }).getAccessToken();
      for (const request of await nc.requests("token")) {
        assert.notProperty(request.headers, "authorization");
        assert.equal(form(request).client_secret, nc.clients.service.clientSecret);
      }
    },
  },
  {
    name: "scope and more token parameters",
    async run({ nc, client, assert }) {
      await client({ scope: "openid astrolabe", tokenParameters: { audience: "https://a.example/?x&y", resource: "urn:x" } }).getAccessToken();
      await client({ scope: "" }).getAccessToken();
      const [first, second] = (await nc.requests("token")).map(form);
      assert.deepInclude(first, { scope: "openid astrolabe", audience: "https://a.example/?x&y", resource: "urn:x" });
      assert.notProperty(second, "scope");
    },
  },
  {
    name: "an identity provider elsewhere, by its issuer or discovery URL",
    settings: { discovery: "none" },
    async run({ nc, client, fails, assert }) {
      const issuer = `${nc.url}/idp`;
      assert.isTrue((await client({ issuer }).getBackgroundSyncStatus("alice")).hasAccess);
      const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
      assert.isTrue((await client({ discoveryUrl }).getBackgroundSyncStatus("alice")).hasAccess);
      await fails(client().getAccessToken(), { code: "discovery_failed", status: 404, message: /issuer or discoveryUrl/ });
      await fails(client({ issuer: `${issuer}/` }).getAccessToken(), { code: "issuer_mismatch" });
      await nc.faults([{ on: "discovery", mergeJson: { issuer: "https://evil.example" } }]);
      await fails(client({ issuer }).getAccessToken(), { code: "issuer_mismatch", message: /evil\.example/ });
      assert.equal((await nc.counts()).token, 2, "no secret is sent there");
    },
  },
  {
    name: "a provider that does not announce the grant, and refuses it: the error names those that it announces",
    settings: { discovery: "nextcloud-oidc" },
    async run({ nc, client, fails, assert }) {
      await fails(client().getAccessToken(), { code: "grant_not_supported", message: /authorization_code.*app password/ });
      assert.equal((await nc.counts()).token, 1, "the list is a hint, so it is asked");
    },
  },
  {
    name: "a provider that refuses the grant",
    async run({ nc, client, fails }) {
      await nc.faults([{ on: "token", recorded: "90-token-cc-form" }]);
      await fails(client().getAccessToken(), { code: "grant_not_supported", status: 400, oauthError: "invalid_grant", oauthErrorDescription: /grant_type/, message: /app password/ });
      await nc.faults([{ on: "token", respond: { status: 400, headers: { "Content-Type": "application/json" }, body: '{"error":"unsupported_grant_type"}' } }]);
      await fails(client().getAccessToken(), { code: "grant_not_supported", oauthError: "unsupported_grant_type" });
    },
  },
];
