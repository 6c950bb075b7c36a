// The scan of examples/worker: 2,000 users through a Queue into D1, with whatever can go wrong on the way.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
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
  bindings = { NEXTCLOUD_HOST: standIn.url, NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret, NEXTCLOUD_OIDC_ISSUER: standIn.issuer, ...access.settings };
});
after(async () => {
  access?.close();
  await standIn?.close();
});

/** Calls `use` with a Worker and what a test needs of it. */
async function withScanner(source, use, settings = {}) {
  const worker = await startExample({ ...bindings, ...settings }, { ...QUICKLY, source });
  try {
    const db = await applySchema(worker);
    const latest = async () => (await worker.dispatchFetch("http://worker/scans/latest", { headers: await access.header() })).json();
    await use({
      worker,
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

const newerScan = (extraUsers, settings, check) =>
  withScanner(`export { default } from ${JSON.stringify(exampleMain)};`, async ({ db, latest, start }) => {
    standIn.control.reset({ contract: "newer", extraUsers });
    const accounts = new Accounts({ extraUsers });
    const ids = accounts.list();
    const limit = Number(settings.SCAN_USER_LIMIT ?? Infinity);
    await start(SCAN);
    let summary;
    do {
      await pause(100);
      summary = await latest();
    } while (summary.pages === null || summary.donePages < summary.pages);
    const { results } = await db.prepare("SELECT user_id AS id, has_access AS hasAccess, error_code FROM statuses").all();
    assert.equal(results.length, Math.min(limit, ids.length));
    for (const { id, hasAccess, error_code } of results) assert.deepEqual([hasAccess, error_code], [accounts.get(id).provisionedAt ? 1 : 0, null], id);
    check(summary, standIn.control.log().counts);
  }, settings);

test("where Astrolabe lists all users with their access, a scan is one request", { timeout: 60_000 }, () =>
  newerScan(300, {}, ({ pages, errorCode }, counts) => {
    assert.deepEqual([pages, errorCode], [0, null]);
    assert.deepEqual([counts["admin-users"], counts.users, counts.credentials], [1, 0, 0]);
  }));

test("where it lists not all, the others are asked about, and those alone", { timeout: 60_000 }, () =>
  newerScan(700, {}, ({ pages, errorCode }, counts) => {
    assert.deepEqual([pages, errorCode], [3, null]);
    assert.deepEqual([counts["admin-users"], counts.credentials], [1, 217]);
  }));

test("where it lists more than a scan may, the scan says so", { timeout: 60_000 }, () =>
  newerScan(300, { SCAN_USER_LIMIT: "200" }, ({ errorCode }, counts) => {
    assert.equal(errorCode, "too_many_users");
    assert.equal(counts.credentials, 0);
  }));

test("where its list fails, users are listed and asked about", { timeout: 60_000 }, async () => {
  const check = (fault) => withScanner(`export { default } from ${JSON.stringify(exampleMain)};`, async ({ start, finished }) => {
    standIn.control.reset({ contract: "newer", faults: [{ on: "admin-users", times: null, ...fault }] });
    await start(SCAN);
    assert.deepEqual([(await finished(SCAN)).users, (await finished(SCAN)).failed], [new Accounts().list().length, 0]);
  });
  await check({ respond: { status: 500, headers: {}, body: "" } });
  await check({ respond: { status: 200, headers: { "Content-Type": "application/json" }, body: "{}" } });
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

/** As many as are planned and sent before the list goes on. */
const USERS_AT_A_TIME = 2_500;

test("what was planned before the list broke off is asked, and the scan says why that is not all", { timeout: 120_000 }, async () => {
  const faults = [{ on: "users", skip: USERS_AT_A_TIME / 500, times: null, respond: { status: 403, headers: {}, body: "{}" } }];
  standIn.control.reset({ extraUsers: USERS_AT_A_TIME + 500, faults });
  await withScanner(undefined, async ({ start, finished }) => {
    await start(SCAN);
    const { errorCode, pages, users, failed } = await finished(SCAN);
    assert.deepEqual([errorCode, pages, users, failed], ["forbidden", USERS_AT_A_TIME / 100, USERS_AT_A_TIME, 0]);
  });
});

test("a list that is begun anew, and has moved since, misses nobody and counts nobody twice", { timeout: 120_000 }, async () => {
  const extraUsers = USERS_AT_A_TIME + 200;
  const real = new Accounts({ extraUsers }).list();
  // Somebody stood before all others, whom the second run does not find: so the last of this page was on none of the first run's.
  const moved = { ocs: { meta: { status: "ok", statuscode: 200, message: "OK" }, data: { users: ["aaa-gone", ...real.slice(0, 499)] } } };
  standIn.control.reset({ extraUsers, faults: [{ on: "users", respond: { status: 200, body: moved } }] });
  await withScanner(mortal({ list: "halfSent" }), async ({ db, deaths, start, finished }) => {
    await start(SCAN);
    const { errorCode, users, failed } = await finished(SCAN);
    assert.deepEqual(await deaths(), {});
    assert.deepEqual([errorCode, users, failed], [null, real.length + 1, 0]);
    const { results } = await db.prepare("SELECT user_id FROM statuses").all();
    assert.deepEqual(new Set(results.map(({ user_id }) => user_id)), new Set(["aaa-gone", ...real]));
  });
});

test("a list without end is cut at the limit, and the scan says so", { timeout: 120_000 }, async () => {
  standIn.control.reset();
  let listings = 0;
  const endless = createServer(async ({ url, headers }, response) => {
    const { pathname, searchParams } = new URL(url, standIn.url);
    if (pathname.endsWith("/cloud/users")) {
      listings += 1;
      const users = Array.from({ length: Number(searchParams.get("limit")) }, (_, index) => `user${Number(searchParams.get("offset")) + index}`);
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ ocs: { meta: { status: "ok", statuscode: 200 }, data: { users } } }));
      return;
    }
    const { authorization, accept, "ocs-apirequest": ocs } = headers;
    const answer = await fetch(standIn.url + url, { headers: { authorization, accept, "ocs-apirequest": ocs } });
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("content-type") }).end(await answer.text());
  });
  await once(endless.listen(0, "127.0.0.1"), "listening");
  const limit = USERS_AT_A_TIME + 150;
  try {
    await withScanner(
      undefined,
      async ({ start, finished }) => {
        await start(SCAN);
        const { errorCode, pages, users, failed } = await finished(SCAN);
        assert.deepEqual([errorCode, pages, users, failed], ["too_many_users", Math.ceil(limit / 100), limit, 0]);
        assert.equal(listings, Math.ceil(limit / 500));
      },
      { NEXTCLOUD_HOST: `http://127.0.0.1:${endless.address().port}`, SCAN_USER_LIMIT: String(limit) },
    );
  } finally {
    endless.close();
    endless.closeAllConnections();
  }
});

test("as many users as the limit are not too many", { timeout: 60_000 }, async () => {
  standIn.control.reset();
  const size = new Accounts().list().length;
  await withScanner(
    undefined,
    async ({ start, finished }) => {
      await start(SCAN);
      const { errorCode, users } = await finished(SCAN);
      assert.deepEqual([errorCode, users], [null, size]);
    },
    { SCAN_USER_LIMIT: String(size) },
  );
});

test("a list of 20,000 users fits into the subrequests of one run, on the Free plan, too", { timeout: 60_000 }, async () => {
  standIn.control.reset({ extraUsers: 20_000 });
  const counting = `
    import example from ${JSON.stringify(exampleMain)};
    const counts = { fetch: 0, statements: 0, sendBatch: 0 };
    const { fetch } = globalThis;
    globalThis.fetch = (...given) => (counts.fetch++, fetch(...given));
    let isOver = false;
    export default {
      ...example,
      fetch: (request, env) => (request.url.endsWith("/counts") ? Response.json({ isOver, ...counts }) : example.fetch(request, env)),
      async queue(batch, env) {
        if (batch.messages[0].body.page !== undefined) return;
        const DB = { prepare: (sql) => (counts.statements++, env.DB.prepare(sql)), batch: (statements) => env.DB.batch(statements) };
        const SCANS = { sendBatch: (messages) => (counts.sendBatch++, env.SCANS.sendBatch(messages)) };
        await example.queue(batch, { ...env, DB, SCANS });
        isOver = true;
      },
    };`;
  await withScanner(counting, async ({ worker, latest, start }) => {
    await start(SCAN);
    let counts;
    do {
      await pause(200);
      counts = await (await worker.dispatchFetch("http://worker/counts")).json();
    } while (!counts.isOver);
    assert.deepEqual((({ errorCode, pages }) => [errorCode, pages])(await latest()), [null, Math.ceil(new Accounts({ extraUsers: 20_000 }).list().length / 100)]);
    assert.ok(counts.fetch > 40 && counts.fetch <= 50, JSON.stringify(counts));
    assert.ok(counts.statements > 0 && counts.statements <= 50, JSON.stringify(counts));
    assert.ok(counts.sendBatch > 0, JSON.stringify(counts));
  });
});
