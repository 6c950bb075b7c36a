// The user directory, for administrators.

const all = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};

export const users = [
  {
    name: "an abort takes effect in the middle of a page, and leaving the loop ends a page under way",
    async run({ nc, client, assert }) {
      const reason = { mine: true };
      const controller = new AbortController();
      const read = [];
      const reading = async () => {
        for await (const id of client().listUsers({ signal: controller.signal })) {
          read.push(id);
          if (read.length === 2) controller.abort(reason);
        }
      };
      assert.strictEqual(await reading().catch((error) => error), reason);
      assert.equal(read.length, 2);

      await nc.faults([{ on: "users", hang: true, times: null }]);
      const list = client().listUsers();
      const waiting = list.next();
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.deepEqual(await list.return(), { value: undefined, done: true });
      assert.deepEqual(await waiting, { value: undefined, done: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.isTrue((await nc.requests("users")).at(-1).aborted);
    },
  },
  {
    name: "all users, page by page, with all digits of their ids",
    async run({ nc, client, assert }) {
      const one = client();
      const ids = await all(one.listUsers());
      assert.includeMembers(ids, ["0", "007", "123", "9007199254740993", "admin", "alice", "müller", "100%"]);
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(await all(one.listUsers({ pageSize: 2 })), ids);
      const limits = (await nc.requests("users")).map(({ path }) => new URL(path, nc.url).searchParams.get("limit"));
      assert.equal(limits[0], "500");
      assert.equal(limits.at(-1), "2");
    },
  },
  {
    name: "a page is asked for when it is needed, and none after the loop is left",
    settings: { extraUsers: 1_000 },
    async run({ nc, client, assert }) {
      const list = client().listUsers({ pageSize: 100 });
      assert.equal((await nc.counts()).users, 0);
      let read = 0;
      for await (const id of list) {
        assert.isString(id);
        if (++read === 150) break;
      }
      assert.equal((await nc.counts()).users, 2);
      assert.deepEqual(await list.next(), { value: undefined, done: true });
      assert.equal((await all(client().listUsers())).filter((id) => id.startsWith("user0")).length, 1_000);
    },
  },
  {
    name: "a search",
    async run({ nc, client, assert }) {
      assert.deepEqual(await all(client().listUsers({ search: "alice" })), ["alice"]);
      await all(client().listUsers({ search: "a&b=c d" }));
      assert.equal(new URL((await nc.requests("users")).at(-1).path, nc.url).searchParams.get("search"), "a&b=c d");
    },
  },
  {
    name: "a list of users that fails, is aborted, or never ends",
    async run({ nc, client, fails, assert }) {
      await fails(all(client({ clientId: nc.clients.plain.clientId, clientSecret: nc.clients.plain.clientSecret }).listUsers()), { code: "forbidden", status: 403 });
      const reason = { mine: true };
      const aborted = await all(client().listUsers({ signal: AbortSignal.abort(reason) })).catch((error) => error);
      assert.strictEqual(aborted, reason);
      await nc.faults([{ on: "users", times: null, respond: { status: 200, headers: { "Content-Type": "application/json" }, body: '{"ocs":{"data":{"users":["alice"]}}}' } }]);
      await fails(all(client().listUsers()), { code: "unexpected_response", message: /offset/ });
      await nc.faults([{ on: "users", respond: { status: 200, headers: { "Content-Type": "application/json" }, body: '{"ocs":{"data":{"users":[{}]}}}' } }]);
      await fails(all(client().listUsers()), { code: "unexpected_response" });
      for (const options of [7, null, { pageSize: 0 }, { pageSize: 1_001 }, { search: 7 }, { signal: 7 }, { timeoutMs: -1 }]) {
        await fails((async () => client().listUsers(options))(), { code: "invalid_argument" });
      }
    },
  },
  {
    name: "whether a user exists",
    async run({ nc, client, fails, assert }) {
      const one = client();
      assert.isTrue(await one.userExists("alice"));
      assert.isTrue(await one.userExists("9007199254740993"));
      assert.isTrue(await one.userExists("user@example.com"));
      assert.isFalse(await one.userExists("nobody"));
      await fails(one.userExists(".."), { code: "invalid_argument" });
      const { clientId, clientSecret } = nc.clients.plain;
      await fails(client({ clientId, clientSecret }).userExists("alice"), { code: "forbidden" });
      await nc.faults([{ on: "user", respond: { status: 404, headers: { "Content-Type": "text/html" }, body: "" } }]);
      await fails(one.userExists("alice"), { code: "request_rejected", status: 404, message: /no OCS API/ });
    },
  },
];
