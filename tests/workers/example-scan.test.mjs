// The scan of examples/worker: 2,000 users through a Queue into D1, with whatever can go wrong on the way.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Accounts } from "../nextcloud/accounts.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { applySchema, exampleMain, startAccess, startExample } from "./example.mjs";

const EXTRA_USERS = 2_000;
const SCAN = Date.parse("2026-11-23T02:17:00Z");
const QUICKLY = { consumerOptions: { maxBatchTimeout: 0, retryDelay: 0, maxRetries: 5 } };

/** A Worker around the example, in which the runs of the consumer that `deaths` names by their page end early, once each. */
const mortal = (deaths) => `
  import example from ${JSON.stringify(exampleMain)};
  const die = () => { throw new Error("this run dies"); };
  const ways = {
    atOnce: die,
    unsaved: (batch, env) => example.queue(batch, { ...env, DB: { prepare: (sql) => env.DB.prepare(sql), batch: die } }),
    unacknowledged: (batch, env) => example.queue(batch, env).then(die),
    halfSent(batch, env) {
      const sendBatch = (messages) => env.SCANS.sendBatch(messages.slice(0, 5)).then(die);
      return example.queue(batch, { ...env, SCANS: { sendBatch } });
    },
  };
  const deaths = ${JSON.stringify(deaths)};
  export default {
    ...example,
    fetch: (request, env) => (request.url.endsWith("/deaths") ? Response.json(deaths) : example.fetch(request, env)),
    queue(batch, env) {
      const { page = "list" } = batch.messages[0].body;
      const way = ways[deaths[page]] ?? example.queue;
      delete deaths[page];
      return way(batch, env);
    },
  };
`;

let standIn;
let access;
let bindings;
before(async () => {
  standIn = await startStandIn();
  access = await startAccess();
  const { clientId, clientSecret } = standIn.clients.service;
  bindings = { NEXTCLOUD_HOST: standIn.url, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, ISSUER: standIn.issuer, ...access.settings };
});
after(async () => {
  access?.close();
  await standIn?.close();
});

/** Calls `use` with a Worker and what a test needs of it. */
async function withScanner(source, use) {
  const worker = await startExample(bindings, { ...QUICKLY, source });
  try {
    const db = await applySchema(worker);
    const latest = async () => (await worker.dispatchFetch("http://worker/scans/latest", { headers: await access.header() })).json();
    await use({
      db,
      latest,
      deaths: async () => (await worker.dispatchFetch("http://worker/deaths")).json(),
      queue: await worker.getQueueProducer("SCANS"),
      start: async (scan) => (await worker.getWorker()).scheduled({ scheduledTime: new Date(scan), cron: "17 2 * * *" }),
      async finished(scan) {
        for (;;) {
          const seen = await latest();
          if (seen.scan === scan && seen.pages > 0 && seen.donePages === seen.pages) return seen;
          await pause(200);
        }
      },
    });
  } finally {
    await worker.dispose();
  }
}

const fail = (user, times, status = 500) => ({ on: "credentials", user, times, respond: { status, headers: {}, body: "" } });

test("every user is in D1 once, with the right status, whatever fails", { timeout: 120_000 }, async () => {
  standIn.control.reset({
    extraUsers: EXTRA_USERS,
    faults: [
      { on: "users", times: 3, respond: { status: 503, headers: {}, body: "" } },
      fail("user00004", 1),
      fail("user01000", 3),
      fail("müller", 2),
      fail("user00666", null), // for good
      { on: "credentials", user: "user01500", times: 4, cut: true },
      { on: "credentials", user: "user00900", times: 1, respond: { status: 429, headers: { "Retry-After": "1" }, body: "" } },
      { on: "credentials", skip: 300, times: 20, respond: { status: 503, headers: {}, body: "" } },
    ],
  });
  const accounts = new Accounts({ extraUsers: EXTRA_USERS });
  const expected = new Map(accounts.list().map((id) => [id, accounts.get(id).provisionedAt]));

  const source = mortal({ 2: "atOnce", 5: "unsaved", 8: "unacknowledged" });
  await withScanner(source, async ({ db, latest, deaths, queue, start, finished }) => {
    await Promise.all([start(SCAN), start(SCAN)]);
    while ((await db.prepare("SELECT count(*) AS pages FROM pages").first("pages")) === 0) await pause(50);
    for (const page of [0, 3, 3, 7, 20]) await queue.send({ scan: SCAN, page });
    const summary = await finished(SCAN);
    assert.deepEqual(await deaths(), {});

    const { results } = await db.prepare("SELECT * FROM statuses").all();
    assert.equal(results.length, expected.size);
    const wrong = results.filter(({ scan, user_id, has_access, credential_type, provisioned_at, error_code }) => {
      if (user_id === "user00666") return error_code !== "server_error" || has_access !== null;
      const provisionedAt = expected.get(user_id);
      return (
        scan !== SCAN ||
        error_code !== null ||
        has_access !== (provisionedAt ? 1 : 0) ||
        credential_type !== (provisionedAt ? "app_password" : null) ||
        provisioned_at !== (provisionedAt ? new Date(provisionedAt * 1000).toISOString() : null)
      );
    });
    assert.deepEqual(wrong, []);

    const withAccess = [...expected].filter(([id, provisionedAt]) => provisionedAt !== null && id !== "user00666").length;
    assert.deepEqual(summary, {
      scan: SCAN,
      startedAt: new Date(SCAN).toISOString(),
      errorCode: null,
      pages: Math.ceil(expected.size / 100),
      donePages: Math.ceil(expected.size / 100),
      users: expected.size,
      withAccess,
      failed: 1,
    });

    // The same scan again: nothing is asked, nothing is counted.
    const { credentials, users } = standIn.control.log().counts;
    await start(SCAN);
    for (let page = 0; page < summary.pages; page++) await queue.send({ scan: SCAN, page });
    await pause(1_500);
    assert.deepEqual(await latest(), summary);
    assert.equal((await db.prepare("SELECT count(*) AS rows FROM statuses").first("rows")), expected.size);
    assert.equal(standIn.control.log().counts.credentials, credentials);
    assert.equal(standIn.control.log().counts.users, users);

    // Another scan asks them all once more.
    standIn.control.faults([]);
    const next = SCAN + 86_400_000;
    await start(next);
    const { users: again, failed } = await finished(next);
    assert.deepEqual([again, failed], [expected.size, 0]);
  });
});

test("a scan that is cut off goes on where it stopped", { timeout: 60_000 }, async () => {
  standIn.control.reset({ extraUsers: 600 });
  await withScanner(mortal({ list: "halfSent" }), async ({ deaths, start, finished }) => {
    await start(SCAN);
    const { users, failed } = await finished(SCAN);
    assert.deepEqual(await deaths(), {});
    assert.deepEqual([users, failed], [new Accounts({ extraUsers: 600 }).list().length, 0]);
    const { counts, requests } = standIn.control.log();
    assert.equal(counts.credentials, users);
    const listed = requests.filter(({ route }) => route === "users").map(({ path }) => path);
    assert.equal(new Set(listed).size, listed.length);
  });
});

test("a page whose runs all end early is given up, and says why", { timeout: 60_000 }, async () => {
  standIn.control.reset();
  const size = new Accounts().list().length;
  const dead = `
    import example from ${JSON.stringify(exampleMain)};
    export default {
      ...example,
      queue(batch, env) {
        if (batch.queue === "astrolabe-scan" && batch.messages[0].body.page !== undefined) throw new Error("this run dies");
        return example.queue(batch, env);
      },
    };`;
  await withScanner(dead, async ({ db, start, finished }) => {
    await start(SCAN);
    const { users, withAccess, failed } = await finished(SCAN);
    assert.deepEqual([users, withAccess, failed], [size, 0, size]);
    const { results } = await db.prepare("SELECT DISTINCT error_code FROM statuses").all();
    assert.deepEqual(results, [{ error_code: "consumer_failed" }]);
  });
});

/** A Worker around the example, whose runs that list the users all end early. */
const deadListing = (way) => `
  import example from ${JSON.stringify(exampleMain)};
  const die = () => { throw new Error("this run dies"); };
  const ways = {
    atOnce: die,
    planned: (batch, env) => example.queue(batch, { ...env, SCANS: { sendBatch: die } }),
  };
  export default {
    ...example,
    queue: (batch, env) => (batch.queue === "astrolabe-scan" && batch.messages[0].body.page === undefined ? ways.${way} : example.queue)(batch, env),
  };`;

test("a scan whose pages are planned and can never be sent is given up", { timeout: 60_000 }, async () => {
  standIn.control.reset({ extraUsers: 200 });
  await withScanner(deadListing("planned"), async ({ start, finished }) => {
    await start(SCAN);
    const { users, failed, errorCode } = await finished(SCAN);
    assert.deepEqual([users, failed, errorCode], [failed, new Accounts({ extraUsers: 200 }).list().length, null]);
  });
});

test("a scan whose listing always dies leaves a trace", { timeout: 60_000 }, async () => {
  standIn.control.reset();
  await withScanner(deadListing("atOnce"), async ({ latest, start }) => {
    await start(SCAN);
    let seen;
    do {
      await pause(200);
      seen = await latest();
    } while (seen.scan !== SCAN);
    assert.deepEqual([seen.errorCode, seen.pages, seen.users], ["consumer_failed", 0, 0]);
  });
});

test("what concerns all users is the error of each that was not asked", { timeout: 60_000 }, async () => {
  standIn.control.reset({ faults: [{ on: "credentials", skip: 4, times: null, recorded: "333-xuserid" }] });
  await withScanner(undefined, async ({ db, start, finished }) => {
    await start(SCAN);
    const { users, failed } = await finished(SCAN);
    assert.equal(users, new Accounts().list().length);
    assert.ok(failed >= users - 4 && failed < users, `${failed} of ${users}`);
    const { results } = await db.prepare("SELECT DISTINCT error_code FROM statuses WHERE error_code IS NOT NULL").all();
    assert.deepEqual(results, [{ error_code: "forbidden" }]);
  });
});

test("a scan whose users cannot be listed says so", { timeout: 60_000 }, async () => {
  standIn.control.reset({ faults: [{ on: "users", times: null, respond: { status: 403, headers: {}, body: "{}" } }] });
  await withScanner(undefined, async ({ latest, start }) => {
    assert.equal((await latest()).code, "not_found");
    await start(SCAN);
    await pause(1_000);
    const { errorCode, pages, users } = await latest();
    assert.deepEqual([errorCode, pages, users], ["forbidden", 0, 0]);
  });
});
