// Is the stand-in what it says? Every recorded exchange is asked again and compared; then what no recording shows.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { phpJson } from "./recordings.mjs";
import { ROUTES } from "./request-log.mjs";
import { startStandIn } from "./stand-in.mjs";

const exchanges = JSON.parse(readFileSync(new URL("./recordings/exchanges.json", import.meta.url), "utf8"));
const recordedAt = (name) => exchanges.find((exchange) => exchange.case === name);
const BACKGROUND_SYNC = "/apps/astrolabe/api/v1/background-sync";
const ALICE = `${BACKGROUND_SYNC}/credentials/alice`;

const folder = await mkdtemp(join(tmpdir(), "stand-in-"));
const nc = await startStandIn({ static: { "/page/": folder } });
const agent = new Agent({ keepAlive: true });
after(async () => {
  agent.destroy();
  await nc.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => nc.control.reset());

// node:http and not fetch: paths and headers go out as they are written.
function ask(path, { method = "GET", headers = {}, body, url = nc.url } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, path, method, headers, agent }, async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString();
        const { statusCode: status, statusMessage, headers } = response;
        resolve({ status, statusMessage, headers, body: text });
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject).end(body);
  });
}

const basic = (id, password = nc.accounts[id].password) => `Basic ${Buffer.from(`${id}:${password}`).toString("base64")}`;
const api = (authorization, more) => ({ authorization, "ocs-apirequest": "true", accept: "application/json", ...more });
const admin = (more) => api(`Bearer ${nc.accounts.admin.appPassword}`, more);
const requestAlice = (headers = admin()) => ask(ALICE, { headers });

// What a form may hold: RFC 6749's encoding of a client's id and secret in Basic is the same.
const formEncoded = (text) => new URLSearchParams({ "": text }).toString().slice(1);

async function requestToken(client, { parameters = {}, path = "/idp/token" } = {}) {
  const { clientId, clientSecret, clientAuthentication } = client;
  const form = new URLSearchParams({ grant_type: "client_credentials", scope: "openid", ...parameters });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  if (clientAuthentication === "basic") {
    headers.authorization = `Basic ${Buffer.from([clientId, clientSecret].map(formEncoded).join(":")).toString("base64")}`;
  } else {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  }
  const answer = await ask(path, { method: "POST", headers, body: form.toString() });
  return { ...answer, json: JSON.parse(answer.body) };
}
const tokenOf = async (client) => (await requestToken(client)).json.access_token;

describe("the recorded exchanges", () => {
  const wrongPasswords = (count) => async () => {
    for (let i = 0; i < count; i += 1) await requestAlice(api(basic("admin", "wrong")));
  };
  const revoked = async () => {
    await ask(`${BACKGROUND_SYNC}/credentials/revoke`, { method: "POST", headers: api(basic("alice")) });
  };
  const readdressed = (body, exchange) => {
    const host = exchange.request.headers.find(([name]) => name === "Host")[1];
    const escaped = (url) => url.replaceAll("/", "\\/");
    return body.replaceAll(escaped(`http://${host}`), escaped(nc.url));
  };
  // Alice's time, which differs from one recorded server to another.
  const provisionedWhenRecordedFirst = (body) => body.replace(/1795419136|1795666209/, "1795418617");
  const provisionedBob = () => ask(`${BACKGROUND_SYNC}/admin/users/bob`, { method: "POST", headers: admin() });
  // The account whose id is that of a route.
  const provisionedRevoke = async () => {
    const body = JSON.stringify({ appPassword: nc.accounts.revoke.appPassword });
    await ask(`/index.php${BACKGROUND_SYNC}/credentials`, { method: "POST", headers: api(basic("revoke"), { "content-type": "application/json" }), body });
  };
  const provisionedJustNow = (body, _, answered) => {
    const at = JSON.parse(answered).provisioned_at;
    assert.ok(Math.abs(at - Date.now() / 1000) < 5);
    return body.replace(/1795664036|1795667670/, at);
  };
  // The recorded list is cut, and of other users; what is said of each has the same names and types.
  const listOfOthers = (body, _, answered) => {
    const { users } = JSON.parse(answered);
    assert.equal(users.length, 500);
    const form = (user) => JSON.stringify(Object.entries(user).map(([name, value]) => [name, value === null ? "null" : typeof value]));
    const recorded = JSON.parse(body);
    assert.deepEqual(new Set(users.map(form)), new Set(recorded.users.map(form)));
    return phpJson({ ...recorded, users });
  };
  const withAppPasswords = (text, as) => text.replace(/<app password of (\w+)>/, (_, id) => nc.accounts[as ?? id].appPassword);
  const form = (appPassword) => `appPassword=${appPassword}`;
  const nextcloudOidc = { settings: { discovery: "nextcloud-oidc" }, adapt: readdressed };
  const maintenance = { settings: { maintenance: true } };
  const apacheFpm = { settings: { rewriting: "apache-fpm" }, adapt: provisionedWhenRecordedFirst };
  const apacheModPhp = { settings: { rewriting: "apache-mod-php" }, adapt: provisionedWhenRecordedFirst };
  const untrusted = { settings: { trustedHost: false } };
  const needsUpgrade = { settings: { needsUpgrade: true } };
  const newer = { settings: { contract: "newer" }, adapt: provisionedWhenRecordedFirst };
  const whileOff = { ...newer, settings: { contract: "newer", selfProvisioning: false } };
  const adminBearer = { bearer: () => nc.accounts.admin.appPassword };

  // How each is brought about where asking again is not enough; `adapt` names what rightly differs.
  const situations = {
    "11-cred-alice-admin-ocs": { prepare: revoked },
    "31-cred-alice-as-admin-apppw": { prepare: revoked, password: () => nc.accounts.admin.appPassword },
    "60-wrongpw-1": { password: () => "wrong" },
    "60-wrongpw-12": { prepare: wrongPasswords(11), password: () => "wrong" },
    "61-rightpw-while-throttled": { prepare: wrongPasswords(11) },
    "61d-bearer-while-throttled": { prepare: wrongPasswords(11) },
    "190-429-ocs-v2": { prepare: wrongPasswords(11) },
    "40-store-alice-ok": { body: () => JSON.stringify({ appPassword: nc.accounts.alice.appPassword }) },
    "23-store-alice-badformat": { body: () => JSON.stringify({ appPassword: "no" }) },
    "24-store-alice-72char": { body: () => form("x".repeat(72)) },
    "41-store-alice-wellformed-wrong": { body: () => form("aaaaa-bbbbb-ccccc-ddddd-eeeee") },
    "26-store-missing-param": { body: () => "" },
    "221-store-with-mcp": { settings: { mcp: "ok" }, body: () => form(nc.accounts.alice.appPassword) },
    "222-store-mcp-down": { settings: { mcp: "down" }, body: () => form(nc.accounts.alice.appPassword) },
    "100-bearer-apppw-ocs": adminBearer,
    "101-bearer-apppw-noocs": adminBearer,
    "104-bearer-lowercase": adminBearer,
    "102-bearer-apppw-alice-ocs": { bearer: () => nc.accounts.alice.appPassword },
    "80-wk-nooidc-8088": { settings: { discovery: "none" } },
    "81-wk-oidc-8088": nextcloudOidc,
    "131-origin-wk": nextcloudOidc,
    "81-wk-oidc-8090": { settings: { discovery: "redirect" } },
    "195c-norewrite-wk": { settings: { rewriting: false } },
    "195-norewrite-pretty": { settings: { rewriting: false } },
    "195d-norewrite-index-wk": { settings: { rewriting: false, discovery: "nextcloud-oidc" }, adapt: readdressed },
    "90-token-cc-form": nextcloudOidc,
    "91-token-cc-basic": nextcloudOidc,
    "92-token-cc-badclient": nextcloudOidc,
    "113-cred-oidc-access-jwt": { settings: { bearerValidation: false }, bearer: () => tokenOf(nc.clients.service) },
    "184-expired-jwt": {
      bearer: async () => {
        const token = await tokenOf(nc.clients.service);
        nc.control.revokeTokens();
        return token;
      },
    },
    "182-3rdparty-cc-mcp-svc-ocs": { bearer: () => tokenOf(nc.clients.plain) },
    "182-3rdparty-cc-mcp-admin-ocs": { bearer: () => tokenOf(nc.clients.service), adapt: provisionedWhenRecordedFirst },
    "183-3rdparty-svc-promoted-ocs": { bearer: () => tokenOf(nc.clients.basic), adapt: provisionedWhenRecordedFirst },
    "197-subdir-indexphp": { adapt: provisionedWhenRecordedFirst },
    // The users of the directory come after those of the database, which were all there was.
    "214-users-page3": { adapt: (body) => body.replace('"with space"]', '"with space","100%"]') },
    "150-maint-cred-8088": maintenance,
    "150-maint-ocs-8088": maintenance,
    "150-maint-status-8088": maintenance,
    "150-maint-wk-8088": maintenance,
    "160-appdisabled-8088": { settings: { appInstalled: false } },
    "161-app-group-restricted": { settings: { appInstalled: false } },
    // The page of another version; they differ in a random token.
    "162-untrusted-host": { ...untrusted, adapt: () => recordedAt("330b-untrusted-credentials").response.body },
    "163b-disabled-user-login": { as: "dora" },
    "164-2fa-enforced-loginpw": { settings: { twoFactor: true } },
    "195b-norewrite-indexphp": { settings: { rewriting: false, passesAuthorization: false } },
    "300-apache-fpm-shipped-alice": apacheFpm,
    "300b-apache-fpm-shipped-without": apacheFpm,
    "300c-apache-fpm-shipped-own": apacheFpm,
    "300d-apache-fpm-shipped-indexphp": apacheFpm,
    "300e-apache-fpm-shipped-store": apacheFpm,
    "300f-apache-fpm-shipped-revoke": { ...apacheFpm, prepare: provisionedRevoke, adapt: provisionedJustNow },
    "301-apache-modphp-shipped-alice": apacheModPhp,
    "301b-apache-modphp-shipped-revoke": { ...apacheModPhp, prepare: provisionedRevoke, adapt: provisionedJustNow },
    "301c-apache-modphp-shipped-revoke-alice": apacheModPhp,
    "301d-apache-modphp-shipped-store": apacheModPhp,
    "302-nginx-credentials": { adapt: provisionedWhenRecordedFirst },
    "304-revoke-user-named": { prepare: provisionedRevoke, adapt: provisionedJustNow },
    "310-new-own-status": newer,
    "311-new-admin-users": { settings: { contract: "newer", extraUsers: 500 }, adapt: listOfOthers },
    "311b-new-admin-users-nonadmin": newer,
    "312-new-provision": newer,
    "312b-new-provision-again": { ...newer, prepare: provisionedBob },
    "312c-new-provision-unknown": newer,
    "312d-new-provision-nonadmin": newer,
    "312e-new-status-of-bob": { ...newer, prepare: provisionedBob, adapt: provisionedJustNow },
    "313-new-deprovision": { ...newer, prepare: provisionedBob },
    "313b-new-deprovision-again": newer,
    "313c-new-deprovision-unknown": newer,
    "314-new-self-provision-off": newer,
    "314b-new-store-while-off": whileOff,
    "314c-new-own-status-while-off": whileOff,
    "314d-new-self-provision-missing": newer,
    "314e-new-self-provision-on": whileOff,
    "315-new-store-72": newer,
    "315b-new-store-short": newer,
    "315c-new-store-wrong": newer,
    "316-new-revoke": newer,
    "316b-new-store-again": newer,
    "330-untrusted-status": untrusted,
    "330b-untrusted-credentials": untrusted,
    "330c-untrusted-discovery": untrusted,
    "330d-untrusted-ocs": untrusted,
    "331-disabled-bearer": { as: "dora" },
    "332-needs-upgrade-status": needsUpgrade,
    "332b-needs-upgrade-credentials": needsUpgrade,
    "332c-needs-upgrade-ocs": needsUpgrade,
    "332d-needs-upgrade-discovery": needsUpgrade,
  };
  const notModelled = {
    "122-users-v1": "OCS version 1",
    "125b-user-nobody-v1": "OCS version 1",
    "190b-429-ocs-v1": "OCS version 1",
    "123-users-details": "users/details",
    "212-users-search0": "users/details",
    "81-wk-oidc-index-8090": "an app that loses the port",
  };

  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (exchange.case in notModelled) continue;
    test(exchange.case, async () => {
      const situation = situations[exchange.case] ?? {};
      nc.control.reset(situation.settings);
      await situation.prepare?.();
      const bearer = await situation.bearer?.();
      const headers = {};
      for (const [name, value] of request.headers) {
        if (["Host", "Content-Length"].includes(name)) continue;
        const [, id] = /^Basic base64\(([^:]*):<password>\)$/.exec(value) ?? [];
        const as = situation.as ?? id;
        if (id) headers[name] = basic(as, situation.password?.() ?? nc.accounts[as]?.password ?? "");
        else headers[name] = withAppPasswords(bearer ? value.replace("<token>", bearer) : value, situation.as);
      }
      const sent = situation.body?.() ?? (request.body && withAppPasswords(request.body));
      const answer = await ask(request.path, { method: request.method, headers, body: sent });

      const [, status, statusMessage] = /^HTTP\/1\.1 (\d+) (.*)$/.exec(response.status);
      assert.equal(`${answer.status} ${answer.statusMessage}`, `${status} ${statusMessage}`);
      const recorded = Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value]));
      for (const name of ["content-type", "cache-control", "retry-after", "access-control-allow-origin", "www-authenticate", "x-nextcloud-maintenance-mode"]) {
        assert.equal(answer.headers[name], recorded[name], name);
      }
      const body = response.body ?? "";
      assert.equal(answer.body, situation.adapt?.(body, exchange, answer.body) ?? body);
      assert.ok(answer.headers.date);
      for (const name of cookieNames(response.headers)) {
        assert.ok(answer.headers["set-cookie"].some((cookie) => cookie.startsWith(`${name}=`)), name);
      }
    });
  }

  // Those that come with another login than by password or session are left out.
  function cookieNames(headers) {
    const names = headers.filter(([name]) => name === "Set-Cookie").map(([, cookie]) => cookie.split("=")[0].replace("oc7j78nf8ojq", "ocbemtcj5jgt"));
    return names.filter((name) => name !== "cookie_test" && !/^nc_(username|token|session_id)$/.test(name));
  }

  test("each of them can be had as a fault, those that are not modelled too", async () => {
    for (const { case: name, request, response } of exchanges) {
      nc.control.faults([{ on: "credentials", recorded: name }]);
      const answer = await requestAlice();
      assert.equal(answer.status, Number(response.status.split(" ")[1]), name);
      const host = request.headers.find(([header]) => header === "Host")[1];
      const body = (response.body ?? "").replaceAll(`http:\\/\\/${host}`, nc.url.replaceAll("/", "\\/"));
      assert.equal(answer.body, body, name);
    }
  });
});

describe("logging in", () => {
  test("a session cookie that comes back overrides Authorization", async () => {
    const { headers } = await requestAlice();
    const cookie = headers["set-cookie"].map((one) => one.split(";")[0]).join("; ");
    for (const authorization of [basic("admin", "wrong"), basic("bob"), "Bearer nonsense", ""]) {
      const answer = await requestAlice(api(authorization, { cookie }));
      assert.equal(answer.status, 200, authorization);
      assert.equal(answer.headers["x-user-id"], "admin");
    }
    nc.control.reset();
    assert.equal((await requestAlice(api("", { cookie }))).status, 401);
  });

  test("the cookie of an answer to nobody logs nobody in", async () => {
    const { headers } = await requestAlice(api(""));
    const cookie = headers["set-cookie"].map((one) => one.split(";")[0]).join("; ");
    assert.equal((await requestAlice(api("", { cookie }))).status, 401);
  });

  test("cookies of a sub-folder installation have its path", async () => {
    const { headers } = await ask(`/nextcloud${ALICE}`, { headers: admin() });
    assert.ok(headers["set-cookie"].every((cookie) => /path=\/nextcloud;/i.test(cookie)));
  });

  test("eleven wrong passwords are answered, the twelfth login is not, and a bearer passes", async () => {
    const statuses = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await requestAlice(api(basic("admin", "wrong")))).status);
    assert.deepEqual(statuses, [...Array(11).fill(401), 429]);
    assert.equal((await requestAlice()).status, 200);
  });

  test("a user name or password 0 is none, and no wrong password: an app password goes in as a bearer", async () => {
    for (const [id, password] of [["0", nc.accounts["0"].password], ["0", "wrong"], ["admin", "0"], ["admin", ""], ["", "x"]]) {
      for (let i = 0; i < 12; i += 1) {
        const { status, body } = await requestAlice(api(basic(id, password)));
        assert.deepEqual([status, body], [401, '{"message":"Current user is not logged in"}']);
      }
    }
    const headers = api(`Bearer ${nc.accounts["0"].appPassword}`);
    assert.equal((await ask(`${BACKGROUND_SYNC}/status`, { headers })).headers["x-user-id"], "0");
  });

  test("with two-factor login an app password is taken, and a wrong password is counted as ever", async () => {
    nc.control.reset({ twoFactor: true });
    assert.equal((await requestAlice(api(basic("admin", nc.accounts.admin.appPassword)))).status, 200);
    assert.equal((await requestAlice(api(basic("admin", "wrong")))).body, '{"message":""}');
    assert.equal((await requestAlice(api(basic("admin")))).status, 401);
  });

  test("a disabled account is refused however it comes, and to OCS too", async () => {
    for (const authorization of [basic("dora"), basic("dora", nc.accounts.dora.appPassword), `Bearer ${nc.accounts.dora.appPassword}`]) {
      assert.match((await ask(`${BACKGROUND_SYNC}/status`, { headers: api(authorization) })).body, /Account disabled/);
      assert.equal((await ask("/ocs/v2.php/cloud/users/dora", { headers: api(authorization) })).status, 401);
    }
  });

  test("a password may hold any character", async () => {
    for (const id of ["müller", "100%", "with space"]) {
      assert.equal((await ask(`${BACKGROUND_SYNC}/status`, { headers: api(basic(id)) })).status, 200, id);
    }
  });
});

describe("the identity provider", () => {
  test("announces the grant and the ways to authenticate, at every address", async () => {
    for (const path of ["", "/index.php", "/nextcloud", "/nextcloud/index.php", "/idp"]) {
      const { status, headers, body } = await ask(`${path}/.well-known/openid-configuration`);
      assert.equal(status, 200, path);
      assert.equal(headers["access-control-allow-origin"], "*");
      const metadata = JSON.parse(body);
      assert.equal(metadata.issuer, nc.issuer);
      assert.equal(metadata.token_endpoint, `${nc.issuer}/token`);
      assert.ok(metadata.grant_types_supported.includes("client_credentials"));
      assert.deepEqual(metadata.token_endpoint_auth_methods_supported.toSorted(), ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"]);
    }
  });

  for (const [name, status] of [["service", 200], ["basic", 200], ["plain", 403]]) {
    test(`a token of the client "${name}" is answered with ${status}`, async () => {
      const { json } = await requestToken(nc.clients[name], { parameters: { scope: "openid astrolabe" } });
      assert.equal(json.token_type, "Bearer");
      assert.equal(json.expires_in, 3600);
      assert.equal(json.scope, "openid astrolabe");
      assert.equal((await requestAlice(api(`Bearer ${json.access_token}`))).status, status);
    });
  }

  test("the id and secret of the Basic client have to be encoded", async () => {
    const { clientId, clientSecret } = nc.clients.basic;
    const answer = await ask("/idp/token", {
      method: "POST",
      headers: { authorization: basic(clientId, clientSecret), "content-type": "application/x-www-form-urlencoded" },
      body: "grant_type=client_credentials",
    });
    assert.equal(answer.status, 400);
  });

  test("a wrong secret is invalid_client; audience and resource do no harm and are recorded", async () => {
    const { status, json } = await requestToken({ ...nc.clients.service, clientSecret: "wrong" });
    assert.equal(status, 401);
    assert.equal(json.error, "invalid_client");
    const parameters = { audience: "nextcloud", resource: "https://cloud.example.com" };
    assert.equal((await requestToken(nc.clients.service, { parameters })).status, 200);
    const { body } = nc.control.log().requests.at(-1);
    assert.equal(new URLSearchParams(body).get("resource"), parameters.resource);
    assert.equal(new URLSearchParams(body).get("audience"), parameters.audience);
  });

  test("a token ends with its life, or when it is revoked", async () => {
    nc.control.reset({ tokenLifetimeSeconds: 1 });
    const { json } = await requestToken(nc.clients.service);
    assert.equal(json.expires_in, 1);
    const headers = api(`Bearer ${json.access_token}`);
    assert.equal((await requestAlice(headers)).status, 200);
    await sleep(1050);
    assert.equal((await requestAlice(headers)).status, 401);
    const other = api(`Bearer ${await tokenOf(nc.clients.service)}`);
    assert.deepEqual(nc.control.revokeTokens(), { revoked: 2 });
    assert.equal((await requestAlice(other)).status, 401);
    assert.equal((await requestAlice(api(`Bearer ${await tokenOf(nc.clients.service)}`))).status, 200);
  });
});

describe("the routes of Nextcloud", () => {
  test("answer in every form of the address", async () => {
    for (const place of ["", "/index.php", "/nextcloud", "/nextcloud/index.php"]) {
      assert.equal((await ask(place + ALICE, { headers: admin() })).status, 200, place);
      // Files of their own, which index.php does not know.
      const ofFiles = place.endsWith("/index.php") ? 404 : 200;
      assert.equal((await ask(`${place}/status.php`)).status, ofFiles, place);
      assert.equal((await ask(`${place}/ocs/v2.php/cloud/users`, { headers: admin() })).status, ofFiles, place);
      const nowhere = await ask(`${place}/apps/astrolabe/nowhere`, { headers: admin() });
      assert.equal(nowhere.status, 404);
      assert.equal(nowhere.headers["content-type"], "text/html; charset=UTF-8");
      assert.equal(nowhere.body, "");
    }
  });

  test("without rewriting only the long forms and the files answer", async () => {
    nc.control.reset({ rewriting: false });
    const statuses = {};
    for (const path of [ALICE, `/index.php${ALICE}`, "/nextcloud/.well-known/openid-configuration", "/status.php", "/ocs/v2.php/cloud/users"]) {
      statuses[path] = (await ask(path, { headers: admin() })).status;
    }
    assert.deepEqual(Object.values(statuses), [404, 200, 404, 200, 200]);
  });

  test("Apache's error document answers what is not rewritten, with 404 where php-fpm says no other status; the log has what was asked", async () => {
    for (const [rewriting, status] of [["apache-fpm", 404], ["apache-mod-php", 200]]) {
      nc.control.reset({ rewriting });
      const revoke = (headers) => ask(`${BACKGROUND_SYNC}/credentials/revoke`, { method: "POST", headers });
      assert.equal((await ask("/nextcloud/.well-known/openid-configuration")).status, status);
      assert.equal((await revoke(admin())).status, status);
      assert.equal((await revoke(api(basic("alice")))).status, 403);
      assert.equal((await revoke(api(""))).status, 401);
      const indexPhp = await ask(`/index.php${BACKGROUND_SYNC}/credentials/revoke`, { method: "POST", headers: api(basic("alice")) });
      assert.equal(JSON.parse(indexPhp.body).message, "Credentials deleted successfully");
      assert.equal((await ask("/status.php")).status, 200);
      const { counts } = nc.control.log();
      assert.deepEqual([counts.discovery, counts.revoke, counts.credentials], [1, 4, 0]);
    }
  });

  test("discovery by redirect leads to the metadata", async () => {
    nc.control.reset({ discovery: "redirect" });
    const { headers } = await ask("/nextcloud/.well-known/openid-configuration");
    assert.equal(headers.location, `${nc.url}/nextcloud/index.php/.well-known/openid-configuration`);
    assert.equal(JSON.parse((await ask(new URL(headers.location).pathname)).body).issuer, nc.issuer);
  });

  test("a caller who takes HTML gets pages", async () => {
    const html = { accept: "text/html" };
    const redirect = await ask(`/nextcloud/index.php${ALICE}`, { headers: html });
    assert.equal(redirect.status, 303);
    assert.equal(redirect.headers.location, `/nextcloud/index.php/login?redirect_url=/nextcloud/index.php${ALICE}`);
    const refusals = [
      [403, api(basic("alice"), html)],
      [412, { authorization: basic("admin"), ...html }],
      [401, api(basic("admin", "wrong"), html)],
    ];
    for (const [status, headers] of refusals) {
      const answer = await requestAlice(headers);
      assert.equal(answer.status, status);
      assert.match(answer.body, /^<!DOCTYPE html>/);
    }
  });

  test("an id that is not UTF-8, or one byte too long, is a 500 in HTML", async () => {
    for (const id of ["%FF", "x".repeat(65), "%C3%BC".repeat(33)]) {
      const { status, headers } = await ask(`${BACKGROUND_SYNC}/credentials/${id}`, { headers: admin() });
      assert.equal(status, 500, id);
      assert.equal(headers["content-type"], "text/html; charset=UTF-8");
    }
    assert.equal((await ask(`${BACKGROUND_SYNC}/credentials/${"x".repeat(64)}`, { headers: admin() })).status, 200);
  });

  test("all accounts: the state told is the state answered", async () => {
    for (const { id, provisionedAt } of Object.values(nc.accounts)) {
      const { body } = await ask(`${BACKGROUND_SYNC}/credentials/${encodeURIComponent(id)}`, { headers: admin() });
      const { user_id, has_background_access, provisioned_at } = JSON.parse(body);
      assert.deepEqual([user_id, has_background_access, provisioned_at], [id, provisionedAt !== null, provisionedAt]);
    }
  });

  test("storing and revoking change what is answered", async () => {
    const headers = api(basic("bob"), { "content-type": "application/json" });
    const status = async () => JSON.parse((await ask(`${BACKGROUND_SYNC}/status`, { headers })).body);
    const body = JSON.stringify({ appPassword: nc.accounts.bob.appPassword });
    assert.equal((await ask(`${BACKGROUND_SYNC}/credentials`, { method: "POST", headers, body })).status, 200);
    const stored = await status();
    assert.equal(stored.has_background_access, true);
    assert.ok(Math.abs(stored.provisioned_at - Date.now() / 1000) < 5);
    assert.equal((await ask(`${BACKGROUND_SYNC}/credentials/revoke`, { method: "POST", headers })).status, 200);
    assert.equal((await status()).has_background_access, false);
  });

  test("what cannot be decrypted gives no access, and is there", async () => {
    nc.control.reset({ decryptable: false });
    const { has_background_access, sync_type, provisioned_at } = JSON.parse((await requestAlice()).body);
    assert.deepEqual([has_background_access, sync_type, provisioned_at], [false, "app_password", 1795418617]);
    const bob = await ask(`${BACKGROUND_SYNC}/credentials/bob`, { headers: admin() });
    assert.equal(bob.body, recordedAt("45-cred-bob").response.body);
  });

  test("the newer Astrolabe: what administrators change is answered then, and only there", async () => {
    const own = api(basic("bob"), { "content-type": "application/json" });
    const change = (method, path, body) => ask(`${BACKGROUND_SYNC}/admin/${path}`, { method, headers: admin({ "content-type": "application/json" }), body });
    const bob = async () => JSON.parse((await ask(`${BACKGROUND_SYNC}/status`, { headers: own })).body);
    for (const contract of ["today", "seed"]) {
      nc.control.reset({ contract });
      for (const [method, path] of [["GET", "users"], ["POST", "users/bob"], ["DELETE", "users/bob"], ["PUT", "users"], ["POST", "self-provision"]]) {
        const answer = await change(method, path, method === "POST" ? "{}" : undefined);
        assert.deepEqual([answer.status, answer.headers["content-type"], answer.body], [404, "text/html; charset=UTF-8", ""], `${method} ${path}`);
      }
      assert.equal("self_provision_allowed" in (await bob()), false);
    }
    nc.control.reset({ contract: "newer" });
    assert.equal((await change("PUT", "users")).status, 405);
    assert.equal((await change("POST", "users/bob")).status, 200);
    assert.equal((await bob()).has_background_access, true);
    assert.equal((await change("DELETE", "users/bob")).status, 200);
    assert.deepEqual(await bob(), { success: true, has_background_access: false, sync_type: null, provisioned_at: null, self_provision_allowed: true });
    assert.equal((await change("POST", "self-provision", '{"enabled":false}')).status, 200);
    assert.equal((await bob()).self_provision_allowed, false);
    const body = JSON.stringify({ appPassword: nc.accounts.bob.appPassword });
    assert.equal((await ask(`${BACKGROUND_SYNC}/credentials`, { method: "POST", headers: own, body })).status, 403);
    const { users, self_provision_allowed } = JSON.parse((await change("GET", "users")).body);
    assert.equal(self_provision_allowed, false);
    for (const { uid, has_background_access, provisioned_at } of users) {
      const { provisionedAt } = nc.accounts[uid];
      assert.deepEqual([has_background_access, provisioned_at], [provisionedAt !== null, provisionedAt], uid);
    }
  });

  test("the seed's contract", async () => {
    nc.control.reset({ contract: "seed" });
    const alice = JSON.parse((await requestAlice()).body);
    assert.deepEqual(alice, { app_password: nc.accounts.alice.appPassword, credential_type: "app_password" });
    const bob = await ask(`${BACKGROUND_SYNC}/credentials/bob`, { headers: admin() });
    assert.equal(bob.status, 404);
    assert.match(bob.headers["content-type"], /^application\/json/);
    const { success, error } = JSON.parse(bob.body);
    assert.deepEqual([success, typeof error], [false, "string"]);
  });

  test("the user list: pages, search, more users, and who may not see it", async () => {
    const users = async (query) => (await ask(`/ocs/v2.php/cloud/users?${query}`, { headers: admin() })).body;
    assert.match(await users("limit=2&offset=3"), /"users":\[9007199254740993,"admin"\]/);
    assert.match(await users("search=o'B"), /"users":\["o'brien"\]/);
    assert.match(await users("search=nobody"), /"users":\[\]/);
    assert.match(await users("offset=14"), /"users":\["100%","m\\u00fcller","x\+y"\]/);
    nc.control.reset({ extraUsers: 5000 });
    assert.equal(JSON.parse(await users("")).ocs.data.users.length, 5017);
    const third = await ask(`${BACKGROUND_SYNC}/credentials/user00003`, { headers: admin() });
    assert.equal(JSON.parse(third.body).has_background_access, true);
    const refused = await ask("/ocs/v2.php/cloud/users", { headers: api(basic("alice")) });
    assert.equal(refused.status, 403);
    assert.equal(JSON.parse(refused.body).ocs.meta.statuscode, 403);
    const wrong = await ask("/ocs/v2.php/cloud/users", { headers: api(basic("alice", "wrong")) });
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers["www-authenticate"], /^Basic /);
  });

  test("one user: the answer is that user's", async () => {
    const data = async (id) => JSON.parse((await ask(`/ocs/v2.php/cloud/users/${id}`, { headers: admin() })).body).ocs.data;
    assert.deepEqual((({ id, enabled }) => [id, enabled])(await data("dora")), ["dora", false]);
    assert.equal((await data("9007199254740993")).id, "9007199254740993");
    const own = await ask("/ocs/v2.php/cloud/users/alice", { headers: api(basic("alice")) });
    const other = await ask("/ocs/v2.php/cloud/users/bob", { headers: api(basic("alice")) });
    assert.deepEqual([own.status, other.status], [200, 404]);
  });

  test("Login Flow v2 gives an app password once somebody has agreed, and it can be deleted", async () => {
    for (const place of ["/index.php", "/nextcloud", "/nextcloud/index.php"]) {
      const { poll, login } = JSON.parse((await ask(`${place}/login/v2`, { method: "POST" })).body);
      assert.ok(login.startsWith(`${nc.url}${place}/login/v2/flow/`), login);
      const form = { "content-type": "application/x-www-form-urlencoded" };
      const asked = () => ask(new URL(poll.endpoint).pathname, { method: "POST", headers: form, body: `token=${poll.token}` });
      const agree = (user, password) => ask(new URL(login).pathname, { method: "POST", headers: form, body: new URLSearchParams({ user, password }).toString() });
      assert.equal((await asked()).status, 404);
      assert.equal((await ask(new URL(login).pathname)).status, 200);
      assert.equal((await agree("admin", "wrong")).status, 401);
      assert.equal((await agree("dora", nc.accounts.dora.password)).status, 401, "disabled");
      assert.equal((await asked()).status, 404);
      assert.equal((await agree("admin", nc.accounts.admin.password)).status, 200);
      const { server, loginName, appPassword } = JSON.parse((await asked()).body);
      assert.deepEqual([server, loginName], [nc.url + place.replace("/index.php", ""), "admin"]);
      assert.equal((await asked()).status, 404, "only once");
      assert.equal((await ask(new URL(login).pathname)).status, 403, "nor can it be agreed to again");
      const headers = api(basic("admin", appPassword));
      assert.equal((await ask(ALICE, { headers })).status, 200);
      assert.equal((await ask("/ocs/v2.php/core/apppassword", { method: "DELETE", headers })).status, 200);
      assert.equal((await ask(ALICE, { headers })).status, 401);
    }
    assert.equal((await ask("/ocs/v2.php/core/apppassword", { method: "DELETE", headers: api(basic("admin")) })).status, 403, "a login password is none");
    assert.equal((await ask("/ocs/v2.php/core/apppassword", { method: "DELETE" })).status, 401);
  });

  test("a population has names and a history", async () => {
    nc.control.reset({ population: 2000 });
    const ids = JSON.parse((await ask("/ocs/v2.php/cloud/users", { headers: admin() })).body).ocs.data.users;
    assert.equal(new Set(ids).size, 2017);
    const asked = await Promise.all(ids.map(async (id) => JSON.parse((await ask(`${BACKGROUND_SYNC}/credentials/${encodeURIComponent(id)}`, { headers: admin() })).body)));
    assert.deepEqual(new Set(asked.map((one) => one.sync_type)), new Set(["app_password", "oauth", null]));
    const years = new Set(asked.filter((one) => one.provisioned_at).map((one) => new Date(one.provisioned_at * 1000).getUTCFullYear()));
    assert.deepEqual(years, new Set([2024, 2025, 2026]));
    nc.control.reset({ population: 2000, contract: "newer" });
    const { users } = JSON.parse((await ask(`${BACKGROUND_SYNC}/admin/users`, { headers: api(basic("admin")) })).body);
    assert.deepEqual(users.filter(({ uid }) => ["alice", "amélie.o'connor2"].includes(uid)).map(({ display_name }) => display_name), ["D alice", "Amélie O'Connor"]);
    const types = await Promise.all(ids.slice(0, 500).map(async (id) => JSON.parse((await ask(`${BACKGROUND_SYNC}/credentials/${encodeURIComponent(id)}`, { headers: admin() })).body).sync_type));
    assert.deepEqual(new Set(types), new Set(["app_password", null]), "the newer Astrolabe has no other");
  });

  test("what a demonstration says of itself; else nothing", async () => {
    assert.equal((await ask("/stand-in/demonstration")).body, "null");
    const other = await startStandIn({ demonstration: { users: 3 } });
    assert.deepEqual(JSON.parse((await ask("/stand-in/demonstration", { url: other.url })).body), { users: 3 });
    await other.close();
  });

  test("status.php tells the version that was set, and the clock may be off", async () => {
    nc.control.reset({ versionstring: "31.0.9", clockSkewSeconds: -600 });
    const { body, headers } = await ask("/status.php");
    assert.equal(JSON.parse(body).versionstring, "31.0.9");
    assert.equal(JSON.parse(body).version, "31.0.9.2");
    assert.ok(Math.abs(Date.parse(headers.date) - (Date.now() - 600_000)) < 5000);
    const token = await requestToken(nc.clients.service);
    assert.ok(Math.abs(Date.parse(token.headers.date) - (Date.now() - 600_000)) < 5000);
  });
});

describe("faults", () => {
  test("skip, times, user, and one after the other", async () => {
    nc.control.faults([
      { on: "credentials", user: "bob", times: null, respond: { status: 500 } },
      { on: "credentials", skip: 1, times: 2, respond: { status: 503, headers: { "Retry-After": "7" }, body: "busy" } },
      { on: "any", respond: { status: 502 } },
    ]);
    const statuses = [];
    for (let i = 0; i < 5; i += 1) statuses.push((await requestAlice()).status);
    // The first is let through by the second fault, and met by the third.
    assert.deepEqual(statuses, [502, 503, 503, 200, 200]);
    const bob = () => ask(`${BACKGROUND_SYNC}/credentials/bob`, { headers: admin() });
    assert.deepEqual([(await bob()).status, (await bob()).status], [500, 500]);
    nc.control.faults([]);
    assert.equal((await bob()).status, 200);
  });

  test("an answer of one's own, with the stand-in's address in it", async () => {
    nc.control.faults([{ on: "token", respond: { status: 307, headers: { Location: "{url}/elsewhere" }, body: { to: "{url}" } } }]);
    const { status, headers, body } = await requestToken(nc.clients.service);
    assert.equal(status, 307);
    assert.equal(headers.location, `${nc.url}/elsewhere`);
    assert.deepEqual(JSON.parse(body), { to: nc.url });
  });

  test("the real answer with other keys", async () => {
    nc.control.faults([
      { on: "token", mergeJson: { token_type: "DPoP", expires_in: null, $delete: ["scope"] } },
      { on: "discovery", times: 2, mergeJson: { issuer: "{url}/other", $delete: ["token_endpoint"] } },
      { on: "credentials", mergeJson: { user_id: "mallory" } },
    ]);
    const { json } = await requestToken(nc.clients.service);
    assert.deepEqual({ ...json, access_token: "" }, { access_token: "", expires_in: null, token_type: "DPoP" });
    for (const path of ["", "/idp"]) {
      const metadata = JSON.parse((await ask(`${path}/.well-known/openid-configuration`)).body);
      assert.equal(metadata.issuer, `${nc.url}/other`);
      assert.equal("token_endpoint" in metadata, false);
    }
    assert.equal(JSON.parse((await requestAlice()).body).user_id, "mallory");
  });

  test("no answer, no connection, half an answer", async () => {
    nc.control.faults([
      { on: "credentials", hang: true },
      { on: "credentials", cut: true },
      { on: "credentials", cutBody: true },
    ]);
    const options = { headers: admin() };
    await assert.rejects(fetch(nc.url + ALICE, { ...options, signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
    await assert.rejects(fetch(nc.url + ALICE, options));
    const half = await fetch(nc.url + ALICE, options);
    assert.equal(half.status, 200);
    await assert.rejects(half.text());
    await sleep(20);
    assert.deepEqual(nc.control.log().requests.map(({ aborted }) => aborted), [true, false, false]);
    assert.equal((await requestAlice()).status, 200);
  });

  test("a slow answer, a dripping one, one with more headers", async () => {
    nc.control.faults([
      { on: "token", delayMs: 60 },
      { on: "credentials", dripMs: 1 },
      { on: "credentials", headers: { "X-More": "yes" } },
    ]);
    const began = performance.now();
    assert.equal((await requestToken(nc.clients.service)).status, 200);
    assert.ok(performance.now() - began >= 59);
    const { response } = recordedAt("43-cred-alice-as-admin");
    assert.equal((await requestAlice()).body, response.body);
    const more = await requestAlice();
    assert.equal(more.headers["x-more"], "yes");
    assert.equal(more.body, response.body);
  });
});

describe("the log", () => {
  test("counts, and how many ran at once", async () => {
    nc.control.faults([{ on: "credentials", times: null, delayMs: 40 }]);
    await Promise.all(Array.from({ length: 5 }, () => requestAlice()));
    await requestToken(nc.clients.service);
    await ask("/ocs/v2.php/cloud/users", { headers: admin() });
    await ask("/nowhere");
    await ask("/page/nothing.js");
    await ask("/stand-in/log");
    const { counts, maxConcurrent } = nc.control.log();
    const zero = Object.fromEntries(ROUTES.map((route) => [route, 0]));
    assert.deepEqual(counts, { ...zero, credentials: 5, token: 1, users: 1, other: 1 });
    assert.deepEqual(maxConcurrent, { ...zero, credentials: 5, token: 1, users: 1, other: 1 });
  });

  test("keeps the last 2,000 requests, and every count", async () => {
    for (let i = 0; i < 21; i += 1) await Promise.all(Array.from({ length: 100 }, (_, k) => ask(`/status.php?${i * 100 + k}`)));
    const { counts, requests } = nc.control.log();
    assert.equal(counts["status.php"], 2100);
    assert.equal(requests.length, 2000);
    assert.equal(requests.every(({ route }) => route === "status.php"), true);
  });

  test("a request: what was sent, and whether the client gave up", async () => {
    nc.control.faults([{ on: "store", respond: { status: 503 } }, { on: "status", delayMs: 200 }]);
    const body = JSON.stringify({ appPassword: "ü" });
    await ask(`${BACKGROUND_SYNC}/credentials?x=1`, { method: "POST", headers: admin({ "content-type": "application/json" }), body });
    const given = fetch(`${nc.url}${BACKGROUND_SYNC}/status`, { headers: admin(), signal: AbortSignal.timeout(30) });
    await assert.rejects(given);
    await sleep(20);
    const [store, status] = nc.control.log().requests;
    assert.deepEqual([store.route, store.method, store.path, store.body], ["store", "POST", `${BACKGROUND_SYNC}/credentials?x=1`, body]);
    assert.equal(store.headers["ocs-apirequest"], "true");
    assert.deepEqual([store.aborted, status.aborted, status.body], [false, true, null]);
  });
});

describe("control over HTTP", () => {
  const post = (path, value) =>
    ask(`/stand-in/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value) });

  test("does what it does in process, from any origin", async () => {
    const preflight = await ask("/stand-in/reset", { method: "OPTIONS", headers: { origin: "http://elsewhere.example" } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers["access-control-allow-headers"], "content-type");
    const reset = await post("reset", { maintenance: true, faults: [{ on: "status.php", respond: { status: 500 } }] });
    assert.equal(reset.headers["access-control-allow-origin"], "*");
    assert.equal(JSON.parse(reset.body).maintenance, true);
    assert.equal((await ask("/status.php")).status, 500);
    assert.equal((await requestAlice()).status, 503);
    assert.equal((await post("faults", [])).status, 200);
    assert.equal((await post("revoke-tokens")).body, '{"revoked":0}');
    const log = JSON.parse((await ask("/stand-in/log")).body);
    assert.deepEqual([log.counts.credentials, log.counts["status.php"], log.requests.length], [1, 1, 2]);
    assert.equal((await ask("/stand-in/reset", { method: "POST" })).status, 200);
    assert.equal((await requestAlice()).status, 200);
    assert.equal((await ask("/stand-in/nothing")).status, 404);
  });

  test("says what it does not know", async () => {
    const wrong = [
      ["reset", { maintenence: true }, /maintenence/],
      ["reset", { discovery: "maybe" }, /discovery.*"direct"/],
      ["reset", { rewriting: "true" }, /rewriting.*true, false, "apache-fpm"/],
      ["reset", { tokenLifetimeSeconds: 0 }, /tokenLifetimeSeconds/],
      ["faults", [{ on: "nowhere", cut: true }], /nowhere/],
      ["faults", [{ on: "any", explode: true }], /explode/],
      ["faults", [{ on: "any" }], /one of/],
      ["faults", [{ on: "any", recorded: "no such case" }], /no such case/],
      ["faults", { on: "any" }, /list/],
    ];
    for (const [path, value, message] of wrong) {
      const { status, body } = await post(path, value);
      assert.equal(status, 400);
      assert.match(JSON.parse(body).error, message);
    }
  });
});

describe("static files", () => {
  before(async () => {
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    await writeFile(join(folder, "client.mjs"), "export {};");
    await writeFile(join(folder, "client_bg.wasm"), "\0asm");
  });

  test("have the right types, and do not lead out of their folder", async () => {
    const types = {};
    for (const name of ["", "client.mjs", "client_bg.wasm?v=1"]) types[name] = (await ask(`/page/${name}`)).headers["content-type"];
    assert.deepEqual(Object.values(types), ["text/html; charset=utf-8", "text/javascript; charset=utf-8", "application/wasm"]);
    for (const name of ["../package.json", "..%2f..%2fetc%2fpasswd", "%2e%2e/x", "nothing", "%zz", "%00"]) {
      assert.equal((await ask(`/page/${name}`)).status, 404, name);
    }
  });
});

describe("starting and stopping", () => {
  test("close() ends at once, with connections open and a request without an answer", async () => {
    const other = await startStandIn();
    other.control.faults([{ on: "any", hang: true }]);
    const hanging = fetch(`${other.url}/status.php`).catch(() => "closed");
    await fetch(`${other.url}/stand-in/log`);
    const began = performance.now();
    await other.close();
    assert.equal(await hanging, "closed");
    assert.ok(performance.now() - began < 500);
  });

  test("from the command line", async () => {
    const server = spawn(process.execPath, [new URL("./server.mjs", import.meta.url).pathname]);
    let printed = "";
    server.stdout.on("data", (chunk) => (printed += chunk));
    let complaints = "";
    server.stderr.on("data", (chunk) => (complaints += chunk));
    while (!printed.includes("\n")) await once(server.stdout, "data");
    const { url, issuer, clients } = JSON.parse(printed);
    assert.equal(issuer, `${url}/idp`);
    // The keys are made when it starts.
    const named = (clients) => Object.values(clients).map(({ clientPrivateKey, ...client }) => ({ ...client, kid: clientPrivateKey?.kid }));
    assert.deepEqual(named(clients), named(nc.clients));
    assert.equal((await ask("/status.php", { url })).status, 200);
    server.kill();
    const [code] = await once(server, "exit");
    assert.equal(code, 0);
    assert.equal(complaints, "");
  });
});
