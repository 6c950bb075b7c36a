// A user's app password and background-sync status, in both contracts that Astrolabe has had.

const ALICE = { hasAccess: true, credentialType: "app_password", provisionedAt: new Date(1795418617_000) };
const NOBODY = { hasAccess: false, credentialType: null, provisionedAt: null };

export const credentials = [
  {
    name: "today's Astrolabe: the status says whether, how and since when",
    async run({ nc, client, assert }) {
      const one = client();
      const status = await one.getBackgroundSyncStatus("alice");
      assert.deepEqual(status, ALICE);
      assert.instanceOf(status.provisionedAt, Date);
      assert.deepEqual(Object.keys(status), ["hasAccess", "credentialType", "provisionedAt"]);
      assert.deepEqual(await one.getBackgroundSyncStatus("bob"), NOBODY);
      assert.deepEqual(await one.getBackgroundSyncStatus("does-not-exist"), NOBODY);
      const [request] = await nc.requests("credentials");
      assert.equal(request.headers["ocs-apirequest"], "true");
      assert.equal(request.headers.accept, "application/json");
      assert.match(request.headers.authorization, /^Bearer /);
      assert.notProperty(request.headers, "cookie");
    },
  },
  {
    name: "what the server cannot decrypt any more gives no access, and is there all the same",
    settings: { decryptable: false },
    async run({ nc, contract, client, assert }) {
      assert.deepEqual(await client().getBackgroundSyncStatus("alice"), { ...ALICE, hasAccess: false });
      assert.deepEqual(await client({ username: "alice", password: nc.accounts.alice.password }).getOwnBackgroundSyncStatus(), { ...ALICE, hasAccess: false, selfProvisioningAllowed: contract === "newer" ? true : null });
      assert.deepEqual(await client().getBackgroundSyncStatus("bob"), NOBODY);
    },
  },
  ...["apache-fpm", "apache-mod-php"].map((rewriting) => ({
    name: `Apache with the .htaccess as it is shipped (${rewriting}): the status is right, or an error that says what to add`,
    settings: { rewriting },
    async run({ nc, client, fails, assert }) {
      const accessToken = nc.accounts.admin.appPassword;
      for (const id of ["alice", "bob", "does-not-exist"]) {
        const status = client({ accessToken }).getBackgroundSyncStatus(id);
        if (rewriting === "apache-fpm") await fails(status, { code: "unexpected_response", status: 404, message: /add \/index\.php/ });
        else assert.equal((await status).hasAccess, id === "alice");
        assert.equal((await client({ accessToken, nextcloudHost: `${nc.url}/index.php` }).getBackgroundSyncStatus(id)).hasAccess, id === "alice");
      }
    },
  })),
  {
    name: "today's Astrolabe gives app passwords to nobody",
    async run({ client, assert }) {
      assert.isNull(await client().getUserAppPassword("alice"));
      assert.isNull(await client().getUserAppPassword("bob"));
    },
  },
  {
    name: "an older server that repeats the app password in another field gets it into no log and no error",
    async run({ nc, client, fails, assert }) {
      const password = "aB3dE-fG5hI-jK7lM-nO9pQ-rS1tU";
      const right = { success: true, user_id: "alice", app_password: password, credential_type: "app_password" };
      for (const wrong of [{ credential_type: password }, { sync_type: password }, { credential_type: `x${password}` }, { credential_type: password.slice(0, 15) }, { user_id: password }]) {
        const lines = [];
        const log = (line) => void lines.push(line);
        await nc.faults([{ on: "credentials", respond: { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...right, ...wrong }) } }]);
        const error = await fails(client({ logger: { debug: log, info: log } }).getUserAppPassword("alice"), {});
        assert.isNotEmpty(lines);
        assert.notInclude(lines.join() + error.message + JSON.stringify(error), password.slice(0, 15), JSON.stringify(wrong));
      }
    },
  },
  {
    name: "the older Astrolabe: app password and status",
    settings: { contract: "seed" },
    async run({ nc, client, assert }) {
      const one = client();
      assert.equal(await one.getUserAppPassword("alice"), nc.accounts.alice.appPassword);
      assert.isNull(await one.getUserAppPassword("bob"));
      assert.deepEqual(await one.getBackgroundSyncStatus("alice"), { ...ALICE, provisionedAt: null });
      assert.deepEqual(await one.getBackgroundSyncStatus("bob"), NOBODY);
    },
  },
  ...[
    ["an answer without app_password", { status: 200, body: '{"credential_type":null}' }],
    ["an answer with app_password null", { status: 200, body: '{"app_password":null}' }],
    ["a 404 that is no page", { status: 404, body: '{"error":"not found"}' }],
  ].map(([what, answer]) => ({
    name: `${what} is null, no access`,
    async run({ nc, client, assert }) {
      const respond = { headers: { "Content-Type": "application/json" }, ...answer };
      await nc.faults([{ on: "credentials", times: null, respond }]);
      assert.isNull(await client().getUserAppPassword("alice"));
      assert.deepEqual(await client().getBackgroundSyncStatus("alice"), NOBODY);
    },
  })),
  {
    name: "a missing app is an error, not a user without access",
    settings: { appInstalled: false },
    async run({ client, fails }) {
      await fails(client().getUserAppPassword("alice"), { code: "app_not_available", status: 404, message: /not installed/ });
      await fails(client().getBackgroundSyncStatus("alice"), { code: "app_not_available", status: 404 });
    },
  },
  {
    name: "ids that a user directory may bring pass unharmed",
    async run({ nc, client, assert }) {
      const one = client();
      const ids = ["with space", "user@example.com", "o'brien", "müller", "x+y", "100%", "007", "a?b", "a#b", "a&b=c", "a;b", "😀", "x".repeat(64)];
      for (const id of ids) await one.getBackgroundSyncStatus(id);
      const asked = (await nc.requests("credentials")).map(({ path }) => decodeURIComponent(path.split("/").pop()));
      assert.deepEqual(asked, ids);
    },
  },
  {
    name: "what cannot be a user id is refused before anything is sent",
    async run({ nc, client, fails, assert }) {
      const one = client();
      const ids = ["", ".", "..", "a/b", "a\\b", "a\nb", "a\u0000b", "\u007f", "\ud800", "a\udc00b", "x".repeat(65), "ü".repeat(33), undefined, null, 7, {}, [], Symbol("id")];
      for (const id of ids) {
        await fails(one.getBackgroundSyncStatus(id), { code: "invalid_argument", message: /userId/ });
        await fails(one.getUserAppPassword(id), { code: "invalid_argument", message: /userId/ });
      }
      assert.deepEqual((await nc.log()).requests, []);
      const lines = [];
      await fails(client({ logger: { debug: (line) => lines.push(line) } }).getUserAppPassword("a\nforged"), { code: "invalid_argument" });
      assert.deepEqual(lines, [], "nor logged");
    },
  },
  {
    name: "what is wrong with a user id is said as what it is",
    async run({ client, fails }) {
      const problems = [["", /^userId is empty/], ["..", /^userId is a dot segment/], ["a/b", /^userId contains a slash/], ["DOMAIN\\alice", /^userId contains a backslash/], ["a\nb", /^userId contains a control character/], ["x".repeat(65), /^userId is longer than 64 bytes/]];
      for (const [id, message] of problems) {
        for (const call of [client().getBackgroundSyncStatus(id), client().getUserAppPassword(id), client().userExists(id)]) await fails(call, { code: "invalid_argument", message });
      }
    },
  },
  {
    name: "an answer about another user is an error",
    async run({ nc, client, fails }) {
      await nc.faults([{ on: "credentials", mergeJson: { user_id: "mallory" } }]);
      await fails(client().getBackgroundSyncStatus("alice"), { code: "user_mismatch" });
    },
  },
];
