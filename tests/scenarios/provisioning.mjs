// What administrators do with today's Astrolabe; with an older one the calls say that it cannot, and all statuses are found
// the long way.

const collect = async (rows) => {
  const found = [];
  for await (const row of rows) found.push(row);
  return found;
};

/** Of every user once, sorted by id; the ids of the stand-in's are those of its list. */
async function statusesOneByOne(client, users) {
  const rows = [];
  for (const userId of users) rows.push({ userId, status: await client.getBackgroundSyncStatus(userId) });
  return rows;
}

const sorted = (rows) => rows.toSorted((one, other) => (one.userId < other.userId ? -1 : 1));

/** Of each row what does not depend on the way. */
const withoutNames = (rows) => sorted(rows.map(({ userId, status }) => ({ userId, status })));

const newer = { contract: "newer" };

export const provisioning = [
  {
    name: "all users by one request: who has access, under which name, and whether users may give it",
    settings: newer,
    async run({ nc, client, assert }) {
      const found = await client().getProvisioning();
      assert.deepEqual(Object.keys(found), ["users", "isComplete", "selfProvisioningAllowed"]);
      assert.isTrue(found.isComplete && found.selfProvisioningAllowed);
      const alice = found.users.find(({ userId }) => userId === "alice");
      assert.deepEqual(Object.keys(alice), ["userId", "displayName", "status"]);
      assert.deepEqual(alice.status, { hasAccess: true, credentialType: "app_password", provisionedAt: new Date(1795418617_000) });
      assert.isString(alice.displayName);
      const bob = found.users.find(({ userId }) => userId === "bob");
      assert.deepEqual(bob.status, { hasAccess: false, credentialType: null, provisionedAt: null });
      assert.equal((await nc.counts())["admin-users"], 1);
    },
  },
  ...[
    ["newer", 0, "one request", 0],
    ["newer", 600, "one request, and then those that are not in it", 117],
    ["today", 40, "each by itself", 57],
  ].map(([contract, extraUsers, way, asked]) => ({
    name: `all statuses of a server of ${17 + extraUsers} users (${contract}): ${way}`,
    settings: { contract, extraUsers },
    async run({ nc, client, assert }) {
      const one = client({ accessToken: nc.accounts.admin.appPassword });
      const progress = [];
      const rows = await collect(one.getAllBackgroundSyncStatuses({ onProgress: (state) => progress.push(state), concurrency: 16 }));
      const { credentials, users } = await nc.counts();
      assert.equal(credentials, asked);
      assert.equal(users > 0, asked > 0);
      assert.equal(rows.length, 17 + extraUsers);
      assert.equal(new Set(rows.map(({ userId }) => userId)).size, rows.length, "each once");
      assert.deepEqual(progress.at(-1), { done: rows.length, failed: 0, total: asked === 0 ? rows.length : undefined });
      for (const row of rows) assert.deepEqual(Object.keys(row), ["userId", "displayName", "status"]);
      assert.equal(rows.filter(({ displayName }) => displayName === null).length, asked);
      // Whichever way: the same.
      const some = ["alice", "bob", "007", "user@example.com", "with space"];
      const found = rows.filter(({ userId }) => some.includes(userId));
      assert.deepEqual(withoutNames(found), sorted(await statusesOneByOne(one, some)));
    },
  })),
  {
    name: "all statuses: a list that says of one user that there is access and that there is none is not believed",
    settings: newer,
    async run({ nc, client, fails, assert }) {
      const listed = (uid, has) => ({ uid, display_name: uid, has_background_access: has, provisioned_at: null });
      const users = [listed("alice", false), listed("alice", true), listed("bob", false)];
      const body = JSON.stringify({ success: true, users, capped: false });
      await nc.faults([{ on: "admin-users", times: 2, respond: { status: 200, headers: { "Content-Type": "application/json" }, body } }]);
      await fails(client().getProvisioning(), { code: "unexpected_response", message: /has a user twice.*ask about each user by itself/ });
      const rows = await collect(client().getAllBackgroundSyncStatuses());
      assert.equal(rows.length, 17);
      assert.isTrue(rows.find(({ userId }) => userId === "alice").status.hasAccess);
      assert.isFalse(rows.find(({ userId }) => userId === "bob").status.hasAccess);
    },
  },
  {
    name: "all statuses of those whom a search finds",
    settings: newer,
    async run({ client, assert }) {
      const rows = await collect(client().getAllBackgroundSyncStatuses({ search: "ali" }));
      assert.deepEqual(rows, [{ userId: "alice", displayName: null, status: { hasAccess: true, credentialType: "app_password", provisionedAt: new Date(1795418617_000) } }]);
    },
  },
  {
    name: "all statuses: one user's failure is a row, what concerns all is thrown, a wrong option at once",
    async run({ nc, client, fails, assert, AstrolabeError }) {
      const bob = client({ username: "bob", password: nc.accounts.bob.password });
      await fails(collect(bob.getAllBackgroundSyncStatuses()), { code: "forbidden" });
      let error;
      try {
        client().getAllBackgroundSyncStatuses({ search: 7 });
      } catch (thrown) {
        error = thrown;
      }
      assert.instanceOf(error, AstrolabeError);
      assert.match(error.message, /search must be a string/);
      // Where they are asked about one by one.
      await nc.reset({ contract: "today", faults: [{ on: "credentials", user: "alice", times: null, respond: { status: 500, headers: {}, body: "" } }] });
      const rows = await collect(client().getAllBackgroundSyncStatuses());
      const alice = rows.find(({ userId }) => userId === "alice");
      assert.deepEqual(Object.keys(alice), ["userId", "error"]);
      assert.equal(alice.error.code, "server_error");
    },
  },
  {
    name: "all statuses: who leaves, and who gives up, ends it",
    settings: { contract: "newer", extraUsers: 600 },
    async run({ nc, client, assert }) {
      const one = client({ accessToken: nc.accounts.admin.appPassword });
      for await (const row of one.getAllBackgroundSyncStatuses()) {
        assert.isString(row.userId);
        break;
      }
      assert.equal((await nc.counts()).users, 0, "nothing is asked that nobody wants");
      const controller = new AbortController();
      let read = 0;
      let reason;
      try {
        for await (const row of one.getAllBackgroundSyncStatuses({ signal: controller.signal })) {
          read += 1;
          if (row.displayName === null) controller.abort("enough");
        }
      } catch (thrown) {
        reason = thrown;
      }
      assert.equal(reason, "enough");
      assert.equal(read, 501);
    },
  },
  {
    name: "an administrator gives access, and takes it",
    settings: newer,
    async run({ nc, client, assert }) {
      const one = client();
      const given = await one.provisionUser("bob");
      assert.deepEqual(Object.keys(given), ["partialSuccess", "message"]);
      assert.isTrue(given.partialSuccess);
      assert.match(given.message, /saved locally/);
      assert.isTrue((await one.getBackgroundSyncStatus("bob")).hasAccess);
      assert.isUndefined(await one.deprovisionUser("bob"));
      assert.isFalse((await one.getBackgroundSyncStatus("bob")).hasAccess);
      assert.isUndefined(await one.deprovisionUser("bob"), "nothing to take is no failure");
      assert.isUndefined(await one.deprovisionUser("nobody"));
      const { provision, deprovision } = await nc.counts();
      assert.deepEqual({ provision, deprovision }, { provision: 1, deprovision: 3 });
      for (const { path, method } of [...(await nc.requests("provision")), ...(await nc.requests("deprovision"))]) assert.match(`${method} ${path}`, /^(POST|DELETE) \/apps\/astrolabe\/api\/v1\/background-sync\/admin\/users\/(bob|nobody)$/);
    },
  },
  {
    name: "access for a user that does not exist is an error that says so",
    settings: newer,
    async run({ client, fails }) {
      await fails(client().provisionUser("nobody"), { code: "unknown_user", status: 404, retryable: false, serverMessage: "Unknown user", message: /there is no user of this id/ });
      for (const wrong of ["", "a/b", ".."]) await fails(client().provisionUser(wrong), { code: "invalid_argument", message: /userId/ });
      await fails(client().deprovisionUser(undefined), { code: "invalid_argument", message: /userId must be a string/ });
      await fails(client().setSelfProvisioning("yes"), { code: "invalid_argument", message: /isAllowed must be a boolean, not string/ });
      await fails(client().setSelfProvisioning(), { code: "invalid_argument" });
    },
  },
  {
    name: "who is no administrator may give and take nothing of others",
    settings: newer,
    async run({ nc, client, fails }) {
      const bob = client({ username: "bob", password: nc.accounts.bob.password });
      for (const call of [() => bob.getProvisioning(), () => bob.provisionUser("alice"), () => bob.deprovisionUser("alice"), () => bob.setSelfProvisioning(false)]) {
        await fails(call(), { code: "forbidden", status: 403, message: /'bob'/ });
      }
    },
  },
  {
    name: "self-provisioning is switched off and on, and what was given stays",
    settings: newer,
    async run({ nc, client, fails, assert }) {
      const one = client();
      const alice = client({ username: "alice", password: nc.accounts.alice.password });
      assert.isTrue((await alice.getOwnBackgroundSyncStatus()).selfProvisioningAllowed);
      assert.isUndefined(await one.setSelfProvisioning(false));
      assert.isFalse((await one.getProvisioning()).selfProvisioningAllowed);
      const { hasAccess, selfProvisioningAllowed } = await alice.getOwnBackgroundSyncStatus();
      assert.deepEqual({ hasAccess, selfProvisioningAllowed }, { hasAccess: true, selfProvisioningAllowed: false });
      await fails(alice.storeAppPassword(nc.accounts.alice.appPassword), { code: "self_provisioning_disabled", status: 403 });
      await one.setSelfProvisioning(true);
      await alice.storeAppPassword(nc.accounts.alice.appPassword);
    },
  },
  {
    name: "changes are never repeated",
    settings: newer,
    async run({ nc, client, fails, assert }) {
      const answers = [{ recorded: "37c-cred-alice-bearer-invalid-ocs" }, { respond: { status: 503, headers: { "Retry-After": "0" }, body: "" } }, { respond: { status: 502, headers: {}, body: "" } }];
      const routes = ["provision", "deprovision", "self-provision"];
      for (const [done, answer] of answers.entries()) {
        await nc.faults(routes.map((on) => ({ on, times: null, ...answer })));
        const one = client({ maxRetries: 2 });
        for (const call of [() => one.provisionUser("bob"), () => one.deprovisionUser("bob"), () => one.setSelfProvisioning(false)]) {
          await one.getAccessToken();
          await fails(call(), {});
        }
        const counts = await nc.counts();
        for (const route of routes) assert.equal(counts[route], done + 1, route);
      }
    },
  },
  ...["today", "seed"].map((contract) => ({
    name: `an older Astrolabe (${contract}) has none of it, and says from which version on it is there`,
    settings: { contract },
    async run({ nc, client, fails, assert }) {
      const one = client();
      for (const call of [() => one.getProvisioning(), () => one.provisionUser("bob"), () => one.deprovisionUser("bob"), () => one.setSelfProvisioning(false)]) {
        await fails(call(), { code: "not_supported", status: 404, retryable: false, message: /from version 0\.16 on/ });
      }
      assert.equal((await nc.counts()).status, 4, "found out each time, as the app may have been removed since");
      assert.isNull(await one.getSearchCapabilities());
    },
  })),
  {
    name: "an app that is not there is not an older one",
    settings: { contract: "newer", appInstalled: false },
    async run({ client, fails }) {
      const one = client();
      for (const call of [() => one.getProvisioning(), () => one.provisionUser("bob"), () => one.deprovisionUser("bob"), () => one.setSelfProvisioning(false), () => collect(one.getAllBackgroundSyncStatuses())]) {
        await fails(call(), { code: "app_not_available", status: 404 });
      }
      await fails(one.getSearchCapabilities(), { code: "app_not_available" });
    },
  },
  {
    name: "what may be indexed, for the account that asks",
    settings: newer,
    async run({ nc, client, fails, assert }) {
      const found = await client().getSearchCapabilities();
      assert.deepEqual(Object.keys(found), ["enabledDocTypes", "sources"]);
      assert.include(found.enabledDocTypes, "file");
      for (const source of found.sources) assert.deepEqual(Object.keys(source), ["app", "docTypes", "isEnabled"]);
      await fails(client({ accessToken: "no-token-of-anybody" }).getSearchCapabilities(), { code: "unauthorized" });
      await fails(client({ username: "admin", password: "wrong" }).getSearchCapabilities(), { code: "unauthorized" });
      assert.isAbove((await nc.counts()).capabilities, 0);
    },
  },
  {
    name: "app passwords of every form that a newer Astrolabe takes",
    settings: newer,
    async run({ nc, client, fails }) {
      const alice = client({ username: "alice", password: nc.accounts.alice.password });
      // Of the right form, and not hers.
      await fails(alice.storeAppPassword("x".repeat(72)), { code: "app_password_rejected", status: 401 });
      await nc.reset({ contract: "today" });
      await fails(alice.storeAppPassword("x".repeat(72)), { code: "app_password_rejected", status: 400, message: /before version 0\.16 it takes the form xxxxx-xxxxx-xxxxx-xxxxx-xxxxx only/ });
    },
  },
];
