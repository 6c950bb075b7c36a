// What the Worker of examples/worker answers, and to whom.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { applySchema, exampleMain, jose, startAccess, startExample } from "./example.mjs";

const DASHBOARD = "https://dashboard.example.org";
const ORIGINS = `${DASHBOARD} https://other.example.org`;
const EXTRA_USERS = 600;

let standIn;
let admin; // an administrator's own login
before(async () => {
  standIn = await startStandIn();
  const { id, appPassword } = standIn.accounts.admin;
  admin = { Authorization: basic(id, appPassword) };
});
after(() => standIn?.close());
beforeEach(() => standIn.control.reset());

const basic = (id, password) => `Basic ${Buffer.from(`${id}:${password}`).toString("base64")}`;

async function ask(worker, path, headers = {}, method = "GET", body = undefined) {
  const response = await worker.dispatchFetch(`http://worker${path}`, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  const isJson = text && response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

describe("with the caller's own login", () => {
  let worker;
  before(async () => (worker = await startExample({ NEXTCLOUD_HOST: standIn.url, ALLOWED_ORIGINS: ORIGINS })));
  after(() => worker?.dispose());

  test("the status of a user", async () => {
    const { status, body, headers } = await ask(worker, "/status/alice", admin);
    const provisionedAt = new Date(standIn.accounts.alice.provisionedAt * 1000).toISOString();
    assert.deepEqual(body, { hasAccess: true, credentialType: "app_password", provisionedAt });
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal((await ask(worker, "/status/with%20space", admin)).body.hasAccess, true);
    assert.equal((await ask(worker, "/status/%ff", admin)).status, 400);
  });

  test("the statuses of some users", async () => {
    standIn.control.faults([{ on: "credentials", user: "carol", times: null, respond: { status: 500, headers: {}, body: "" } }]);
    const { body } = await ask(worker, "/status?user=alice&user=bob&user=carol", admin);
    const rows = Object.fromEntries(body.map((row) => [row.userId, row]));
    assert.equal(rows.alice.status.hasAccess, true);
    assert.equal(rows.bob.status.hasAccess, false);
    assert.equal(rows.carol.error.code, "server_error");
    assert.equal((await ask(worker, "/status", admin)).status, 400);
  });

  test("an app password as bearer token", async () => {
    const bearer = { Authorization: `Bearer ${standIn.accounts.admin.appPassword}` };
    assert.equal((await ask(worker, "/status/alice", bearer)).body.hasAccess, true);
  });

  test("all users, a line each", async () => {
    standIn.control.reset({ extraUsers: EXTRA_USERS });
    const { status, body, headers } = await ask(worker, "/statuses", admin);
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "application/x-ndjson");
    const rows = body.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(new Set(rows.map(({ userId }) => userId)).size, rows.length);
    assert.equal(rows.filter(({ userId, status }) => userId.startsWith("user0") && status.hasAccess).length, EXTRA_USERS / 3);
    assert.equal(standIn.control.log().counts.credentials, rows.length);
  });

  test("all users, by the server's own list where it has one", async () => {
    standIn.control.reset({ contract: "newer", extraUsers: 200 });
    const { body } = await ask(worker, "/statuses", admin);
    const rows = body.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(rows.length, 217);
    const alice = rows.find(({ userId }) => userId === "alice");
    assert.deepEqual(Object.keys(alice), ["userId", "displayName", "status"]);
    assert.equal(alice.status.hasAccess, true);
    assert.deepEqual([standIn.control.log().counts["admin-users"], standIn.control.log().counts.credentials], [1, 0]);
  });

  test("a failure on the way is the last line", async () => {
    standIn.control.faults([{ on: "credentials", skip: 5, times: null, respond: { status: 401, headers: {}, body: "{}" } }]);
    const { status, body } = await ask(worker, "/statuses", admin);
    assert.equal(status, 200);
    const rows = body.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(rows.length, 6);
    assert.equal(rows.at(-1).userId, undefined);
    assert.equal(rows.at(-1).error.code, "unauthorized");
  });

  test("who leaves ends it", { timeout: 20_000 }, async () => {
    standIn.control.reset({ extraUsers: 5_000 });
    const controller = new AbortController();
    const response = await fetch(new URL("/statuses", await worker.ready), { headers: admin, signal: controller.signal });
    await response.body.getReader().read();
    controller.abort();
    await pause(300);
    const { credentials } = standIn.control.log().counts;
    await pause(300);
    assert.equal(standIn.control.log().counts.credentials, credentials);
    assert.ok(credentials < 5_000, `${credentials} asked`);
  });

  test("what nobody reads is not asked for", async () => {
    standIn.control.reset({ extraUsers: EXTRA_USERS });
    const slowReader = await startExample({ NEXTCLOUD_HOST: standIn.url }, {
      source: `
        import example from ${JSON.stringify(exampleMain)};
        export default {
          async fetch(...given) {
            const reader = (await example.fetch(...given)).body.getReader();
            const { value } = await reader.read();
            await scheduler.wait(500);
            return new Response(value);
          },
        };`,
    });
    try {
      const { body } = await ask(slowReader, "/statuses", admin);
      assert.equal(JSON.parse(body).error, undefined);
      const { credentials } = standIn.control.log().counts;
      assert.ok(credentials < 30, `${credentials} asked`);
    } finally {
      await slowReader.dispose();
    }
  });

  test("Nextcloud decides who is let in", async () => {
    for (const headers of [{}, { Authorization: "Basic" }, { Authorization: "Basic !!" }, { Authorization: "Digest abc" }]) {
      const { status, body, headers: answered } = await ask(worker, "/status/alice", headers);
      assert.equal(status, 401);
      assert.equal(body.code, "unauthorized");
      assert.match(answered.get("www-authenticate"), /^Basic /);
    }
    assert.equal(standIn.control.log().counts.credentials, 0);
    const wrong = await ask(worker, "/statuses", { Authorization: basic("admin", "wrong") });
    assert.equal(wrong.status, 401);
    assert.ok(!JSON.stringify(wrong.body).includes("wrong-password"));
    const noAdmin = standIn.accounts.bob;
    const refused = await ask(worker, "/status/alice", { Authorization: basic(noAdmin.id, noAdmin.appPassword) });
    assert.deepEqual([refused.status, refused.body.code], [403, "forbidden"]);
  });

  test("failures of Nextcloud are problems with a status", async () => {
    const respond = (status, headers = {}) => standIn.control.faults([{ on: "credentials", times: null, respond: { status, headers, body: "{}" } }]);
    standIn.control.faults([{ on: "credentials", times: null, recorded: "150-maint-cred-8088" }]);
    const maintenance = await ask(worker, "/status/alice", admin);
    assert.deepEqual([maintenance.status, maintenance.body.code, maintenance.body.retryAfterMs], [503, "maintenance", 120_000]);
    assert.equal(maintenance.headers.get("retry-after"), "120");
    respond(429, { "Retry-After": "60" });
    assert.equal((await ask(worker, "/status/alice", admin)).status, 429);
    respond(500);
    assert.equal((await ask(worker, "/status/alice", admin)).status, 502);
  });

  test("what there is not", async () => {
    assert.equal((await ask(worker, "/", admin)).status, 404);
    assert.equal((await ask(worker, "/scans/latest", admin)).status, 404);
    const post = await ask(worker, "/status/alice", admin, "POST");
    assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, OPTIONS"]);
  });

  describe("the relay", () => {
    const fromDashboard = { Origin: DASHBOARD };
    const USERS = "/ocs/v2.php/cloud/users";
    const BACKGROUND_SYNC = "/apps/astrolabe/api/v1/background-sync";
    // fetch would resolve the path before it is sent.
    async function askUnresolved(path) {
      const { hostname, port } = await worker.ready;
      const [response] = await once(httpRequest({ hostname, port, path, headers: { ...admin, ...fromDashboard } }).end(), "response");
      response.resume();
      return { status: response.statusCode, headers: response.headers };
    }
    const asked = () => standIn.control.log().requests.map(({ path }) => path);

    for (const path of [
      "/status.php",
      `${BACKGROUND_SYNC}/credentials/alice`,
      `/index.php${BACKGROUND_SYNC}/credentials/user%40example.com`,
      `${BACKGROUND_SYNC}/status`,
      `${USERS}?limit=2&offset=1&format=json`,
      `${USERS}/with%20space?format=json`,
      "/.well-known/openid-configuration",
    ]) {
      test(`relays GET ${path}`, async () => {
        const headers = { ...admin, "OCS-APIRequest": "true", Accept: "application/json" };
        const direct = await fetch(standIn.url + path, { headers });
        const relayed = await ask(worker, `/relay${path}`, { ...headers, ...fromDashboard });
        assert.deepEqual([relayed.status, relayed.body], [200, await direct.json()]);
        assert.equal(relayed.headers.get("access-control-allow-origin"), DASHBOARD);
        assert.equal(relayed.headers.get("vary"), "Origin");
        assert.match(relayed.headers.get("access-control-expose-headers"), /Retry-After/);
      });
    }

    describe("what administrators change", () => {
      const ADMIN_USERS = `${BACKGROUND_SYNC}/admin/users`;
      const SWITCH = `${BACKGROUND_SYNC}/admin/self-provision`;
      const own = { ...fromDashboard, "OCS-APIRequest": "true", Accept: "application/json" };
      const json = { "Content-Type": "application/json" };
      beforeEach(() => standIn.control.reset({ contract: "newer" }));

      test("goes on with the caller's own login", async () => {
        const headers = { ...own, ...admin };
        assert.equal((await ask(worker, `/relay${ADMIN_USERS}`, headers)).body.users.length, 17);
        assert.equal((await ask(worker, `/relay${ADMIN_USERS}/bob`, headers, "POST")).body.user_id, "bob");
        assert.equal((await ask(worker, `/status/bob`, admin)).body.hasAccess, true);
        assert.equal((await ask(worker, `/relay/index.php${ADMIN_USERS}/bob`, headers, "DELETE")).body.success, true);
        assert.equal((await ask(worker, `/status/bob`, admin)).body.hasAccess, false);
        assert.equal((await ask(worker, `/relay${SWITCH}`, { ...headers, ...json }, "POST", '{"enabled":false}')).body.self_provision_allowed, false);
        assert.equal((await ask(worker, "/relay/ocs/v2.php/cloud/capabilities", headers)).status, 200);
        const [, switched] = standIn.control.log().requests.filter(({ route }) => ["provision", "self-provision"].includes(route));
        assert.deepEqual([switched.body, switched.headers["content-type"]], ['{"enabled":false}', "application/json"]);
      });

      test("serves astrolabe-client", async () => {
        const { AstrolabeClient } = await consumer.import();
        const nextcloudHost = new URL("/relay", await worker.ready);
        const client = new AstrolabeClient({ nextcloudHost, username: "admin", password: standIn.accounts.admin.appPassword, fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...fromDashboard } }) });
        assert.equal((await client.getProvisioning()).isComplete, true);
        assert.equal((await client.provisionUser("user@example.com")).partialSuccess, true);
        await client.deprovisionUser("user@example.com");
        await client.setSelfProvisioning(false);
        assert.equal((await client.getOwnBackgroundSyncStatus()).selfProvisioningAllowed, false);
        await assert.rejects(client.provisionUser("nobody"), { code: "unknown_user" });
        standIn.control.reset({ contract: "today" });
        await assert.rejects(client.provisionUser("bob"), { code: "not_supported" });
      });

      const changes = [["POST", `${ADMIN_USERS}/bob`], ["DELETE", `${ADMIN_USERS}/bob`], ["POST", SWITCH, '{"enabled":false}'], ["DELETE", "/ocs/v2.php/core/apppassword"]];
      const changed = () => standIn.control.log().requests.filter(({ method }) => method !== "GET");

      test("is nothing without a login of one's own", async () => {
        for (const [method, path, body] of changes) {
          const { status, body: problem } = await ask(worker, `/relay${path}`, { ...own, ...(body && json) }, method, body);
          assert.deepEqual([status, problem.code], [401, "unauthorized"]);
        }
        assert.deepEqual(changed(), []);
      });

      test("is nothing for any other origin", async () => {
        for (const [method, path, body] of changes) {
          for (const origin of ["https://evil.example", "null", undefined]) {
            const headers = { ...admin, ...(body && json), ...(origin && { Origin: origin }) };
            assert.equal((await ask(worker, `/relay${path}`, headers, method, body)).status, 403, `${method} ${path} ${origin}`);
          }
        }
        assert.deepEqual(changed(), []);
      });

      test("is of the forms that it has, and no other", async () => {
        const headers = { ...own, ...admin };
        for (const body of ["", "{}", "[]", "null", '{"enabled":"false"}', "enabled=false", `{"enabled":${" ".repeat(5_000)}false}`]) {
          assert.ok([400, 413].includes((await ask(worker, `/relay${SWITCH}`, { ...headers, ...json }, "POST", body)).status), body);
        }
        for (const id of ["..%2f..", "a%2fb", "a%5cb", "%00", "..;a"]) assert.ok([400, 404].includes((await ask(worker, `/relay${ADMIN_USERS}/${id}`, headers, "POST")).status), id);
        for (const [method, path] of [["PUT", `${ADMIN_USERS}/bob`], ["GET", `${ADMIN_USERS}/bob`], ["POST", ADMIN_USERS], ["DELETE", ADMIN_USERS], ["DELETE", SWITCH], ["GET", SWITCH]]) {
          const { status, headers: answered } = await ask(worker, `/relay${path}`, headers, method);
          assert.equal(status, 405, `${method} ${path}`);
          assert.ok(!answered.get("allow").includes(`${method},`));
        }
        assert.deepEqual(changed(), []);
        // Nothing of a body that it does not take goes on.
        await ask(worker, `/relay${ADMIN_USERS}/bob`, { ...headers, ...json }, "POST", '{"userId":"alice"}');
        assert.deepEqual(changed().map(({ path, body }) => [path, body]), [[`${ADMIN_USERS}/bob`, null]]);
      });

      test("is named in a preflight", async () => {
        const { headers } = await ask(worker, `/relay${ADMIN_USERS}/bob`, { ...fromDashboard, "Access-Control-Request-Method": "DELETE" }, "OPTIONS");
        assert.equal(headers.get("access-control-allow-methods"), "POST, DELETE");
      });
    });

    test("passes on the login and what it must, and no cookie in either direction", async () => {
      const answered = { "Set-Cookie": "session=1", "X-Secret": "1", "Retry-After": "7", "X-Nextcloud-Maintenance-Mode": "0" };
      standIn.control.faults([{ on: "status", headers: answered }]);
      const passedOn = { ...admin, Accept: "application/json", "OCS-APIRequest": "true" };
      const { headers } = await ask(worker, `/relay${BACKGROUND_SYNC}/status`, { ...passedOn, ...fromDashboard, Cookie: "session=2", "X-Other": "1" });
      assert.deepEqual([headers.get("retry-after"), headers.get("x-nextcloud-maintenance-mode")], ["7", "0"]);
      for (const name of ["set-cookie", "x-secret", "access-control-allow-credentials"]) assert.equal(headers.get(name), null, name);
      const [request] = standIn.control.log().requests;
      for (const [name, value] of Object.entries(passedOn)) assert.equal(request.headers[name.toLowerCase()], value);
      for (const name of ["cookie", "origin", "x-other"]) assert.equal(request.headers[name], undefined, name);
    });

    test("serves astrolabe-client", async () => {
      const { AstrolabeClient } = await consumer.import();
      const client = new AstrolabeClient({
        nextcloudHost: new URL("/relay", await worker.ready),
        username: "admin",
        password: standIn.accounts.admin.appPassword,
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...fromDashboard } }),
      });
      const rows = [];
      for await (const row of client.getBackgroundSyncStatuses(client.listUsers())) rows.push(row);
      assert.equal(rows.find(({ userId }) => userId === "müller").status.hasAccess, false);
      assert.equal(rows.find(({ userId }) => userId === "100%").status.hasAccess, true);
      assert.equal((await client.getOwnBackgroundSyncStatus()).hasAccess, false);
      assert.equal(await client.userExists("alice"), true);
    });

    test("passes on a login on Nextcloud's own page, and its end", async () => {
      const { poll, login } = (await ask(worker, "/relay/index.php/login/v2", fromDashboard, "POST")).body;
      const form = { ...fromDashboard, "Content-Type": "application/x-www-form-urlencoded" };
      const asked = () => ask(worker, "/relay/index.php/login/v2/poll", form, "POST", `token=${poll.token}`);
      assert.equal((await asked()).status, 404);
      await fetch(login, { method: "POST", body: new URLSearchParams({ user: "admin", password: standIn.accounts.admin.password }) });
      const { loginName, appPassword } = (await asked()).body;
      const own = { Authorization: basic(loginName, appPassword), "OCS-APIRequest": "true", ...fromDashboard };
      assert.equal((await ask(worker, `/relay${BACKGROUND_SYNC}/credentials/alice`, own)).status, 200);
      assert.equal((await ask(worker, "/relay/ocs/v2.php/core/apppassword", own, "DELETE")).status, 200);
      assert.equal((await ask(worker, `/relay${BACKGROUND_SYNC}/credentials/alice`, own)).status, 401);
      const [begun] = standIn.control.log().requests;
      assert.equal(begun.headers["user-agent"], "Astrolabe dashboard");
    });

    test("asks about users who are called as Nextcloud's lists are", async () => {
      const headers = { ...admin, "OCS-APIRequest": "true", Accept: "application/json", ...fromDashboard };
      for (const id of ["recent", "details", "disabled"]) assert.equal((await ask(worker, `/relay${BACKGROUND_SYNC}/credentials/${id}`, headers)).body.user_id, id);
    });

    test("takes a small form and nothing else, and gives no page", async () => {
      const post = (body, type = "application/x-www-form-urlencoded") => ask(worker, "/relay/login/v2/poll", { ...fromDashboard, "Content-Type": type }, "POST", body);
      assert.equal((await post(`token=${"x".repeat(5_000)}`)).status, 413);
      assert.equal((await post("{}", "application/json")).status, 415);
      assert.deepEqual(asked(), []);
      const { headers } = await post("token=x");
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("content-security-policy"), /^sandbox/);
    });

    test("serves the Worker's own pages", async () => {
      assert.equal((await ask(worker, "/relay/status.php", { "Sec-Fetch-Site": "same-origin" })).status, 200);
      assert.equal((await ask(worker, "/relay/login/v2", { Origin: "http://worker", "Sec-Fetch-Site": "same-origin" }, "POST")).status, 200);
      for (const site of ["same-site", "cross-site", "none"]) assert.equal((await ask(worker, "/relay/status.php", { "Sec-Fetch-Site": site })).status, 403, site);
    });

    test("answers a preflight", async () => {
      const preflight = { ...fromDashboard, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization" };
      const { status, headers } = await ask(worker, `/relay${USERS}`, preflight, "OPTIONS");
      assert.equal(status, 204);
      assert.equal(headers.get("access-control-allow-origin"), DASHBOARD);
      assert.equal(headers.get("access-control-allow-methods"), "GET");
      assert.match(headers.get("access-control-allow-headers"), /Authorization.*OCS-APIRequest/);
      for (const [method, path] of [["POST", "/login/v2"], ["DELETE", "/ocs/v2.php/core/apppassword"]]) {
        const { headers } = await ask(worker, `/relay${path}`, { ...preflight, "Access-Control-Request-Method": method }, "OPTIONS");
        assert.equal(headers.get("access-control-allow-methods"), method);
      }
      assert.equal((await ask(worker, "/relay/settings", preflight, "OPTIONS")).status, 404);
      assert.deepEqual(asked(), []);
    });

    test("refuses every other origin", async () => {
      const near = [`${DASHBOARD}.evil.example`, `${DASHBOARD}:8443`, DASHBOARD.replace("https", "http"), ORIGINS, `${DASHBOARD}/`];
      for (const origin of [undefined, "null", "*", "https://evil.example", ...near]) {
        for (const method of ["GET", "OPTIONS"]) {
          const { status, headers } = await ask(worker, "/relay/status.php", { ...admin, ...(origin && { Origin: origin }) }, method);
          assert.equal(status, 403, `${method} from ${origin}`);
          assert.deepEqual([headers.get("access-control-allow-origin"), headers.get("vary")], [null, "Origin"]);
        }
      }
      assert.equal((await ask(worker, "/status/alice", { ...admin, Origin: "https://evil.example" })).status, 403);
      assert.deepEqual(asked(), []);
    });

    test("refuses every other method", async () => {
      for (const method of ["POST", "PUT", "DELETE", "PATCH", "HEAD"]) {
        assert.equal((await ask(worker, `/relay${BACKGROUND_SYNC}/credentials/alice`, { ...admin, ...fromDashboard }, method)).status, 405, method);
      }
      for (const method of ["GET", "PUT", "DELETE"]) assert.equal((await ask(worker, "/relay/login/v2", { ...admin, ...fromDashboard }, method)).status, 405, method);
      assert.equal((await ask(worker, "/relay/ocs/v2.php/core/apppassword", { ...admin, ...fromDashboard }, "POST")).status, 405);
      assert.deepEqual(asked(), []);
    });

    for (const path of [
      "/index.php/settings/users",
      "/remote.php/dav/files/admin",
      `${USERS}/alice/groups`,
      `${USERS}/`,
      `${USERS}/../apps`,
      `${USERS}/%2e%2e/apps`,
      `${USERS}/.%2E`,
      `${USERS}/..%2fapps`,
      `${USERS}/..%5capps`,
      `${USERS}/..%00`,
      `${USERS}/%ff`,
      `/${USERS}`,
      `/${"/evil.example"}/status.php`,
      "@evil.example/status.php",
      "\\evil.example/status.php",
      "/status.php/",
      "/status.php%2f..",
      "/status.php;x",
      "/index.php/index.php/status.php",
      "/STATUS.PHP",
      `${BACKGROUND_SYNC}/credentials/`,
      `${BACKGROUND_SYNC}/credentials/a%2Fb`,
      `${BACKGROUND_SYNC}/credentials/a%252Fb`,
      `${BACKGROUND_SYNC}/credentials/%252e%252e%252fapps`,
      `${BACKGROUND_SYNC}/credentials/..;`,
      `${USERS}/details`,
      `${USERS}/disabled`,
      `${USERS}/recent`,
      "/login",
      "/login/v2/flow/x",
      "/login/v2/grant",
      "/ocs/v2.php/core/getapppassword",
    ]) {
      test(`refuses ${path}`, async () => {
        const { status, headers } = await askUnresolved(`/relay${path}`);
        assert.ok([400, 404].includes(status), String(status));
        assert.equal(headers["access-control-allow-origin"], DASHBOARD);
        // A 404 there would say that this user has given no access.
        if (path.startsWith(`${BACKGROUND_SYNC}/credentials/`) && path.length > `${BACKGROUND_SYNC}/credentials/`.length) assert.equal(status, 400);
        assert.deepEqual(asked(), []);
      });
    }

    test("follows no redirect, and does not say where it leads", async () => {
      standIn.control.reset({ discovery: "redirect" });
      const { status, headers } = await ask(worker, "/relay/.well-known/openid-configuration", fromDashboard);
      assert.ok(status >= 300 && status < 400, status);
      assert.equal(headers.get("location"), null);
      assert.equal(asked().length, 1);
    });
  });
});

/** With these headers and no others: fetch would add some of its own. */
async function askWithJust(worker, path, headers) {
  const { hostname, port, origin } = await worker.ready;
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === OWN_ORIGIN ? origin : value]));
  const [response] = await once(httpRequest({ hostname, port, path, headers: own }).end(), "response");
  return { status: response.statusCode, text: (await response.toArray()).join("") };
}
const OWN_ORIGIN = "the Worker's own";

describe("with a service login", () => {
  let access;
  let settings;
  let worker;
  let checker; // a Worker whose settings come with each request
  const complete = { NEXTCLOUD_HOST: "https://cloud.example.com", NEXTCLOUD_OIDC_CLIENT_ID: "id", NEXTCLOUD_OIDC_CLIENT_SECRET: "secret", ACCESS_TEAM_DOMAIN: "team.cloudflareaccess.com", ACCESS_AUD: "aud" };
  /** Its code and what it says until the first comma; undefined where these settings are no reason for it. */
  async function refusalOf(settings) {
    const response = await checker.dispatchFetch("http://worker/status/alice", { method: "POST", body: JSON.stringify(settings) });
    const { code, message } = await response.json();
    if (code !== "not_set_up") return undefined;
    assert.equal(response.status, 500);
    return [code, /because (\w+ is not (?:an https address|a host name|a list of origins|a whole number))/.exec(message)?.[1]];
  }
  before(async () => {
    access = await startAccess();
    const { clientId, clientSecret } = standIn.clients.service;
    const login = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret, NEXTCLOUD_OIDC_ISSUER: standIn.issuer };
    settings = { NEXTCLOUD_HOST: standIn.url, ALLOWED_ORIGINS: ORIGINS, ...login, ...access.settings };
    worker = await startExample(settings);
    checker = await startExample({}, {
      source: `
        import example from ${JSON.stringify(exampleMain)};
        export default { fetch: async (request) => example.fetch(new Request(request.url), await request.json()) };`,
    });
  });
  after(async () => {
    await checker?.dispose();
    await worker?.dispose();
    access?.close();
  });

  test("lets in who has a token of Cloudflare Access, and logs in once", async () => {
    for (const path of ["/status/alice", "/status/alice", "/status?user=alice"]) {
      const { status, body } = await ask(worker, path, await access.header());
      assert.equal(status, 200, JSON.stringify(body));
    }
    const { discovery, token: tokens } = standIn.control.log().counts;
    assert.deepEqual([discovery, tokens], [1, 1]);
    const kv = await worker.getKVNamespace("TOKENS");
    assert.equal((await kv.list()).keys.length, 1);
  });

  test("lets nobody else in", async () => {
    const refused = {
      "no token": {},
      "a Nextcloud login": admin,
      rubbish: { "Cf-Access-Jwt-Assertion": "rubbish" },
      "another audience": await access.header({ audience: "another" }),
      "another issuer": await access.header({ issuer: "https://other.cloudflareaccess.com" }),
      expired: await access.header({ expires: new Date(Date.now() - 60_000) }),
      "never expires": await access.header({ expires: null }),
      "another key": await access.header({ key: (await jose.generateKeyPair("RS256")).privateKey }),
      "a shared secret": await access.header({ alg: "HS256", key: new TextEncoder().encode(access.settings.ACCESS_AUD) }),
      "no signature": await access.header({ alg: "none" }),
    };
    for (const [what, headers] of Object.entries(refused)) {
      for (const path of ["/status/alice", "/status?user=alice", "/statuses", "/scans/latest", "/relay/status.php"]) {
        const { status, body } = await ask(worker, path, { ...headers, Origin: DASHBOARD });
        assert.equal(status, 403, `${what}: ${path}`);
        assert.match(body.code, /^access_(required|denied)$/);
      }
    }
    assert.deepEqual(standIn.control.log().requests, []);
  });

  describe("who may ask, by what the browser says of it", () => {
    const JSON_ROUTES = ["/status/alice", "/status?user=alice", "/statuses", "/scans/latest"];
    const RELAYED = ["/relay/status.php", "/relay/.well-known/openid-configuration"];
    const by = (site, mode, dest) => ({ "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest });
    const typed = { ...by("none", "navigate", "document"), "Sec-Fetch-User": "?1" };
    const cookie = { Cookie: "CF_Authorization=token" };
    async function answered(paths, headers) {
      const login = await access.header();
      const statuses = await Promise.all(paths.map(async (path) => (await askWithJust(worker, path, { ...login, ...headers })).status));
      return [...new Set(statuses)];
    }

    before(async () => {
      // So that there is a scan to show.
      await (await applySchema(worker)).prepare("INSERT INTO scans (scan) VALUES (1)").run();
    });

    for (const [what, headers] of Object.entries({
      "an image of another site": by("cross-site", "no-cors", "image"),
      "a script of another site": by("cross-site", "no-cors", "script"),
      "a link of another site that is fetched in advance": { ...by("cross-site", "no-cors", "empty"), "Sec-Purpose": "prefetch" },
      "a frame of another site": by("cross-site", "navigate", "iframe"),
      "a link of another site": { ...by("cross-site", "navigate", "document"), "Sec-Fetch-User": "?1" },
      "another host of this site": by("same-site", "no-cors", "image"),
      "a link of another host of this site": by("same-site", "navigate", "document"),
      "an extension of the browser": by("none", "cors", "empty"),
      "what a person opened, but not as a page": by("none", "navigate", "iframe"),
      "a browser that says nothing, with a cookie": cookie,
      "another site, which its page's own origin cannot be": { Origin: OWN_ORIGIN, ...by("cross-site", "cors", "empty") },
      "a header that no browser sends": by("same-origin, cross-site", "cors", "empty"),
    })) {
      test(`refused on every route: ${what}`, async () => {
        assert.deepEqual(await answered([...JSON_ROUTES, ...RELAYED], headers), [403]);
        const { text } = await askWithJust(worker, "/statuses", { ...await access.header(), ...headers });
        assert.equal(JSON.parse(text).code, "origin_not_allowed");
        assert.deepEqual(standIn.control.log().requests, []);
      });
    }

    for (const [what, headers] of Object.entries({
      "the Worker's own pages": by("same-origin", "cors", "empty"),
      "a link on the Worker's own pages": { ...by("same-origin", "navigate", "document"), ...cookie },
      "the Worker's own pages in an old browser, where it sends the origin": { Origin: OWN_ORIGIN, ...cookie },
      "a page of ALLOWED_ORIGINS": { Origin: DASHBOARD, ...by("cross-site", "cors", "empty") },
    })) {
      test(`let in on every route: ${what}`, async () => assert.deepEqual(await answered([...JSON_ROUTES, ...RELAYED], headers), [200]));
    }

    test("let in on the routes that give JSON, and not on the relay: a program, and a person who types the address", async () => {
      for (const headers of [{}, { ...typed, ...cookie }]) {
        assert.deepEqual(await answered(JSON_ROUTES, headers), [200], JSON.stringify(headers));
        assert.deepEqual(await answered(RELAYED, headers), [403]);
      }
    });
  });

  test("a refusal of Nextcloud is not the caller's", async () => {
    standIn.control.faults([{ on: "credentials", times: null, recorded: "333-xuserid" }]);
    const { status, body } = await ask(worker, "/status/alice", await access.header());
    assert.deepEqual([status, body.code], [502, "forbidden"]);
  });

  const alone = ["ACCESS_AUD", "ACCESS_TEAM_DOMAIN", "NEXTCLOUD_OIDC_CLIENT_SECRET", "NEXTCLOUD_OIDC_CLIENT_ID", "NEXTCLOUD_HOST"].map((name) => [name]);
  for (const missing of [...alone, ["ACCESS_TEAM_DOMAIN", "ACCESS_AUD"]]) {
    test(`serves nothing without ${missing.join(" and ")}`, async () => {
      const unsafe = await startExample({ ...settings, ...Object.fromEntries(missing.map((name) => [name, ""])) });
      try {
        for (const path of ["/status/alice", "/statuses", "/relay/status.php", "/scans/latest", "/"]) {
          const { status, body } = await ask(unsafe, path, { ...await access.header(), ...admin, Origin: DASHBOARD });
          assert.deepEqual([status, body.code], [500, "not_set_up"]);
          for (const name of missing) assert.ok(body.message.includes(name));
          assert.ok(!body.message.includes(settings.NEXTCLOUD_OIDC_CLIENT_SECRET));
        }
        assert.deepEqual(standIn.control.log().requests, []);
      } finally {
        await unsafe.dispose();
      }
    });
  }

  const SAFE = "an https address";
  const ADDRESSES = [
    "http://cloud.example.com",
    "http://localhost:80@cloud.example.com",
    "http://127.0.0.1:80@cloud.example.com/",
    "http://localhost.example.com",
    "http://x.localhost",
    "http://127.0.0.1.example.com",
    "http://128.0.0.1",
    "http://[::2]",
    "https://user@cloud.example.com",
    "https://user:password@cloud.example.com",
    "https://cloud.example.com/?x",
    "https://cloud.example.com/?",
    "https://cloud.example.com/#x",
    "https://cloud.example.com/#",
    "https:cloud.example.com",
    "https://cloud.example.com\\@x",
    " https://cloud.example.com",
    "https://cloud.example.com\n",
    "ftp://cloud.example.com",
    "cloud.example.com",
  ];
  const WRONG = {
    NEXTCLOUD_HOST: [SAFE, ADDRESSES],
    NEXTCLOUD_OIDC_ISSUER: [SAFE, ADDRESSES],
    ACCESS_CERTS_URL: [SAFE, ADDRESSES],
    ACCESS_TEAM_DOMAIN: ["a host name", ["https://team.cloudflareaccess.com", "team.cloudflareaccess.com/x", "x.example/.cloudflareaccess.com", "x@team.cloudflareaccess.com", "team.cloudflareaccess.com:8443", "team.cloudflareaccess.com?", "Team.cloudflareaccess.com"]],
    ALLOWED_ORIGINS: ["a list of origins", ["*", "null", `${DASHBOARD}/`, `${DASHBOARD} null`, `${DASHBOARD}/x`, "http://dashboard.example.org", "https://a@dashboard.example.org", "https://*.example.org", "dashboard.example.org", "https://dashboard.example.org:443"]],
    SCAN_USER_LIMIT: ["a whole number", ["0", "-1", "1.5", "1e5", "500001", "many", " 7", "0x10", "9999999"]],
  };
  for (const [name, [says, values]] of Object.entries(WRONG)) {
    test(`serves nothing with a ${name} that is none`, async () => {
      for (const value of values) assert.deepEqual(await refusalOf({ ...complete, [name]: value }), ["not_set_up", `${name} is not ${says}`], value);
      assert.deepEqual(await refusalOf(complete), undefined);
    });
  }

  test("takes each address that is safe", async () => {
    for (const value of ["https://cloud.example.com", "https://cloud.example.com/sub/index.php/", "HTTPS://Cloud.example.com:443", "https://müller.example", "http://localhost", "http://localhost:8080/x", "http://127.1.2.3", "http://[::1]:8080"]) {
      for (const name of ["NEXTCLOUD_HOST", "NEXTCLOUD_OIDC_ISSUER", "ACCESS_CERTS_URL"]) assert.equal(await refusalOf({ ...complete, [name]: value }), undefined, value);
    }
    for (const value of ["", DASHBOARD, ORIGINS, `${DASHBOARD},http://localhost:5173`, "https://x.example:8443"]) assert.equal(await refusalOf({ ...complete, ALLOWED_ORIGINS: value }), undefined, value);
    for (const value of ["", "1", "500000"]) assert.equal(await refusalOf({ ...complete, SCAN_USER_LIMIT: value }), undefined, value);
  });

  test("says so when the keys cannot be read", async () => {
    const cutOff = await startExample({ ...settings, ACCESS_CERTS_URL: `${standIn.url}/no-certs` });
    try {
      const { status, body } = await ask(cutOff, "/status/alice", await access.header());
      assert.deepEqual([status, body.code], [503, "access_unavailable"]);
    } finally {
      await cutOff.dispose();
    }
  });
});
