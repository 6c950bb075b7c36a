// What a user does about their own access.

const asAlice = (nc) => ({ username: "alice", password: nc.accounts.alice.password });

export const ownAccess = [
  {
    name: "one's own status, for any account",
    async run({ nc, contract, client, fails, assert }) {
      const selfProvisioningAllowed = contract === "newer" ? true : null;
      assert.deepEqual(await client(asAlice(nc)).getOwnBackgroundSyncStatus(), { hasAccess: true, credentialType: "app_password", provisionedAt: new Date(1795418617_000), selfProvisioningAllowed });
      const bob = client({ username: "bob", password: nc.accounts.bob.password });
      assert.deepEqual(await bob.getOwnBackgroundSyncStatus(), { hasAccess: false, credentialType: null, provisionedAt: null, selfProvisioningAllowed });
      await fails(bob.getBackgroundSyncStatus("alice"), { code: "forbidden", status: 403 });
      await fails(client({ username: "dora", password: nc.accounts.dora.password }).getOwnBackgroundSyncStatus(), { code: "unauthorized", serverMessage: "Account disabled" });
    },
  },
  ...[
    ["none", true, /not configured/],
    ["ok", false, /successfully/],
    ["down", true, /unreachable/],
  ].map(([mcp, partialSuccess, message]) => ({
    name: `an app password is stored, partial success ${partialSuccess} (${mcp})`,
    settings: { mcp },
    async run({ nc, client, assert }) {
      const bob = client({ username: "bob", password: nc.accounts.bob.password });
      const stored = await bob.storeAppPassword(nc.accounts.bob.appPassword);
      assert.deepEqual(Object.keys(stored), ["partialSuccess", "message"]);
      assert.equal(stored.partialSuccess, partialSuccess);
      assert.match(stored.message, message);
      assert.isTrue((await bob.getOwnBackgroundSyncStatus()).hasAccess);
      const [request] = await nc.requests("store");
      assert.deepEqual(JSON.parse(request.body), { appPassword: nc.accounts.bob.appPassword });
      assert.match(request.headers["content-type"], /^application\/json\b/);
    },
  })),
  {
    name: "an app password of the wrong form is refused before it is sent, a wrong one by the server",
    async run({ nc, client, fails, assert }) {
      const alice = client(asAlice(nc));
      for (const wrong of ["", "hush", "aaaaa-bbbbb-ccccc-d", "aaaaa-bbbbb-ccccc-ddddd-eeee!", "aaaaa-bbbbb-ccccc-ddddd-eeeeé", "x".repeat(257)]) {
        const error = await fails(alice.storeAppPassword(wrong), { code: "app_password_rejected", retryable: false });
        if (wrong) assert.notInclude(error.message, wrong);
      }
      await fails(alice.storeAppPassword(undefined), { code: "invalid_argument", message: /appPassword/ });
      assert.equal((await nc.counts()).store, 0);
      const wrong = "aaaaa-bbbbb-ccccc-ddddd-eeeee";
      const error = await fails(alice.storeAppPassword(wrong), { code: "app_password_rejected", status: 401, serverMessage: /check the password/ });
      assert.notInclude(error.message, wrong);
      await fails(client({ username: "alice", password: "not hers" }).storeAppPassword(wrong), { code: "unauthorized", status: 401 });
    },
  },
  {
    name: "a newer Astrolabe: status, store and revoke as before",
    settings: { contract: "newer" },
    async run({ nc, client, assert }) {
      const alice = client(asAlice(nc));
      assert.isTrue((await alice.getOwnBackgroundSyncStatus()).hasAccess);
      await alice.revokeBackgroundSync();
      assert.isFalse((await alice.getOwnBackgroundSyncStatus()).hasAccess);
      assert.isTrue((await alice.storeAppPassword(nc.accounts.alice.appPassword)).partialSuccess);
      assert.isTrue((await client().getBackgroundSyncStatus("alice")).hasAccess);
    },
  },
  {
    name: "self-provisioning that an administrator has switched off is said as that",
    settings: { contract: "newer", selfProvisioning: false },
    async run({ nc, client, fails, assert }) {
      const alice = client(asAlice(nc));
      const error = await fails(alice.storeAppPassword(nc.accounts.alice.appPassword), { code: "self_provisioning_disabled", status: 403, serverMessage: /self-provisioning is disabled/, message: /users may not give access by themselves.*ask an administrator/ });
      assert.notInclude(error.message, "group admin");
      assert.isTrue((await alice.getOwnBackgroundSyncStatus()).hasAccess, "what is stored stays");
    },
  },
  ...["apache-fpm", "apache-mod-php"].map((rewriting) => ({
    name: `Apache with the .htaccess as it is shipped (${rewriting}) makes a GET of a change, which is not taken for done`,
    settings: { rewriting },
    async run({ nc, client, fails, assert }) {
      for (const { id, password, appPassword } of [nc.accounts.alice, nc.accounts.admin]) {
        const one = client({ username: id, password });
        await fails(one.revokeBackgroundSync(), { code: "unexpected_response", message: /add \/index\.php/ });
        await fails(one.storeAppPassword(appPassword), { code: "request_rejected", status: 405, message: /add \/index\.php/ });
      }
      const alice = client({ ...asAlice(nc), nextcloudHost: `${nc.url}/index.php` });
      assert.isTrue((await alice.getOwnBackgroundSyncStatus()).hasAccess, "nothing was revoked");
      await alice.revokeBackgroundSync();
      assert.isFalse((await alice.getOwnBackgroundSyncStatus()).hasAccess);
    },
  })),
  {
    name: "revoking, twice",
    async run({ nc, client, assert }) {
      const alice = client(asAlice(nc));
      assert.isUndefined(await alice.revokeBackgroundSync());
      assert.isFalse((await alice.getOwnBackgroundSyncStatus()).hasAccess);
      assert.isUndefined(await alice.revokeBackgroundSync());
    },
  },
  {
    name: "stores and revokes are never repeated",
    async run({ nc, client, fails, assert }) {
      const answers = [{ recorded: "37c-cred-alice-bearer-invalid-ocs" }, { respond: { status: 503, headers: { "Retry-After": "0" }, body: "" } }, { respond: { status: 502, headers: {}, body: "" } }];
      let sent = 0;
      for (const answer of answers) {
        await nc.faults([{ on: "store", times: null, ...answer }, { on: "revoke", times: null, ...answer }]);
        const one = client({ maxRetries: 2 });
        await one.getAccessToken();
        sent += 1;
        await fails(one.storeAppPassword(nc.accounts.alice.appPassword), {});
        await one.getAccessToken();
        await fails(one.revokeBackgroundSync(), {});
        const { store, revoke } = await nc.counts();
        assert.deepEqual({ store, revoke }, { store: sent, revoke: sent });
      }
    },
  },
  {
    name: "a server that repeats the app password does not get it into an error",
    async run({ nc, client, fails, assert }) {
      const secret = nc.accounts.alice.appPassword;
      await nc.faults([{ on: "store", respond: { status: 400, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ error: `bad: ${secret}` }) } }]);
      const error = await fails(client(asAlice(nc)).storeAppPassword(secret), { code: "app_password_rejected" });
      assert.equal(error.serverMessage, "[redacted]");
    },
  },
];
