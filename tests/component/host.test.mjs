// What a host sees of the component that the other faces do not have: its record of an error, what is asked of a token store and
// a logger, what happens between two calls.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { drop, hosted, load, standalone } from "./component.mjs";
import { startStandIn } from "./stand-in.mjs";
import { wasmTools } from "./tools.mjs";

let standIn;
let make;
let makeHosted;
before(async () => {
  standIn = await startStandIn();
  [make, makeHosted] = await Promise.all([load(standalone), load(hosted)]);
});
after(() => standIn?.close());

const settings = (login, more = {}) => ({ nextcloudHost: standIn.url, login, allowInsecureHttp: false, usesTokenStore: false, ...more });

function service({ clientId, clientSecret } = standIn.clients.service) {
  const clientAuthentication = { tag: "client-secret", val: { secret: clientSecret } };
  return { tag: "client-credentials", val: { clientId, clientAuthentication, provider: { tag: "nextcloud" }, tokenParameters: [] } };
}
const admin = () => ({ tag: "access-token", val: standIn.accounts.admin.appPassword });

function failure(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  assert.fail("it should have failed");
}

/** The imports of the second world: a place and a protocol. */
function hostOf({ values = new Map(), get = (name) => values.get(name), put = (name, value) => void values.set(name, value) } = {}) {
  const lines = [];
  const imports = { "astrolabe:client/logger": { log: (level, line) => lines.push([level, line]) }, "astrolabe:client/token-store": { get, put } };
  return { values, lines, imports };
}

for (const [component, more] of [[standalone, []], [hosted, ["astrolabe:client/logger@0.1.0", "astrolabe:client/token-store@0.1.0"]]]) {
  test(`it imports the network, the clocks and chance, and nothing else: ${more.length} of the host's own`, () => {
    const wit = execFileSync(wasmTools, ["component", "wit", component], { encoding: "utf8" });
    const imports = [...wit.matchAll(/^ {2}import (.*);$/gm)].map(([, name]) => name);
    const wasi = ["clocks/monotonic-clock", "clocks/wall-clock", "http/outgoing-handler", "http/types", "io/error", "io/poll", "io/streams", "random/random"];
    assert.deepEqual(imports.sort(), [...more, ...wasi.map((name) => `wasi:${name}@0.2.4`)].sort());
    assert.deepEqual([...wit.matchAll(/^ {2}export (.*);$/gm)].map(([, name]) => name), ["astrolabe:client/client@0.1.0"]);
  });
}

test("an error is a record with all that the JavaScript error has", async () => {
  const { Client } = await make();
  await standIn.reset({ faults: [{ on: "credentials", respond: { status: 429, headers: { "Retry-After": "7", "Content-Type": "application/json" }, body: '{"message":"slow down"}' } }] });
  const client = Client.create(settings(admin(), { maxRetries: 0 }));
  assert.deepEqual({ ...failure(() => client.getBackgroundSyncStatus("alice")), message: "" }, {
    code: "rate-limited",
    message: "",
    route: `GET ${standIn.url}/apps/astrolabe/api/v1/background-sync/credentials/alice`,
    status: 429,
    retryable: true,
    retryAfterMs: 7000n,
    oauthError: undefined,
    oauthErrorDescription: undefined,
    serverMessage: "slow down",
    cause: undefined,
  });
  const refused = failure(() => Client.create(settings(service({ ...standIn.clients.service, clientSecret: "wrong-secret" }))).getAccessToken());
  assert.deepEqual([refused.code, refused.status, refused.oauthError], ["token-request-failed", 401, "invalid_client"]);
  assert.doesNotMatch(JSON.stringify(refused), /wrong-secret/);
});

test("the host's reason is the cause, by its name", async () => {
  const { Client } = await make();
  const { code, cause, message } = failure(() => Client.create(settings(admin(), { nextcloudHost: "http://127.0.0.1:1", maxRetries: 0 })).userExists("alice"));
  assert.deepEqual([code, cause], ["network", "connection-refused"]);
  assert.match(message, /CONNECTION-REFUSED/);
});

test("what cannot be is refused in WIT's words, and nothing is sent", async () => {
  const { Client, TokenCache } = await make();
  await standIn.reset();
  const wrong = [
    [() => Client.create(settings(admin(), { nextcloudHost: "cloud.example.com" })), /^nextcloud-host is no absolute/],
    [() => Client.create(settings(admin(), { nextcloudHost: "https://müller.example" })), /^nextcloud-host has a host name that is not ASCII/],
    [() => Client.create(settings({ ...service(), val: { ...service().val, provider: { tag: "issuer", val: "https://müller.example" } } })), /^issuer has a host name/],
    [() => Client.create(settings({ tag: "basic", val: { username: "a".repeat(100_000), password: "x" } })), /^username is longer than 16 kB/],
    [() => Client.create(settings({ tag: "basic", val: { username: "a", password: "x".repeat(100_000) } })), /^password is longer than 16 kB/],
    [() => Client.create(settings(service({ clientId: "a", clientSecret: "x".repeat(100_000) }))), /^client-secret is longer than 16 kB/],
    [() => Client.create(settings(service({ clientId: "a".repeat(100_000), clientSecret: "x" }))), /^client-id is longer than 16 kB/],
    [() => Client.create(settings({ ...service(), val: { ...service().val, clientAuthentication: { tag: "client-assertion", val: "" } } })), /^client-assertion is empty/],
    [() => Client.create(settings(admin(), { timeoutMs: 0 })), /^timeout-ms must be a whole number from 1 to 2147483647/],
    [() => Client.create(settings(admin(), { maxRetries: 101 })), /^max-retries/],
    [() => Client.create(settings(admin(), { maxResponseBytes: 0 })), /^max-response-bytes/],
    [() => Client.create(settings(service(), { usesTokenStore: true })), /^uses-token-store is set, and this component has no token store/],
    [() => Client.create(settings(service(), { tokenStoreSecret: "x".repeat(32) })), /^token-store-secret is given without uses-token-store/],
    [() => Client.create(settings({ ...service(), val: { ...service().val, tokenParameters: [["scope", "x"]] } })), /^token-parameters must not contain scope/],
    [() => Client.create(settings(admin())).diagnose(2 ** 31), /^timeout-ms/],
    [() => Client.create(settings(admin())).listUsers(undefined, 1001), /^page-size/],
    [() => Client.create(settings(admin())).getBackgroundSyncStatuses(["alice"], 0), /^concurrency/],
    [() => TokenCache.fromJson("{"), /^the text is no JSON object/],
    [() => TokenCache.fromJson("[]"), /^the text is no JSON object/],
    [() => TokenCache.fromJson('{"earlyRefreshSeconds":60.5}'), /^earlyRefreshSeconds is no whole number/],
    [() => TokenCache.fromJson('{"expiresAtMs":9223372036854775807}'), /^expiresAtMs is no time/],
    [() => TokenCache.fromJson('{"accessToken":7}'), /^accessToken is no string/],
    [() => TokenCache.fromJson('{"earlyRefreshSeconds":-1}'), /^earlyRefreshSeconds/],
    [() => TokenCache.fromJson('{"accessToken":"a b"}'), /^accessToken is empty/],
  ];
  for (const [call, message] of wrong) {
    const error = failure(call);
    assert.equal(error.code, "invalid-argument", String(message));
    assert.match(error.message, message);
  }
  assert.equal((await standIn.requests("credentials")).length, 0);
});

test("a token cache serves another client, and one in another instance by its text", async () => {
  const [one, other] = await Promise.all([make(), make()]);
  await standIn.reset();
  const cache = new one.TokenCache();
  assert.equal(cache.isFresh(), false);
  assert.equal(one.Client.create(settings(service()), cache).getBackgroundSyncStatus("alice").hasAccess, true);
  one.Client.create(settings(service()), cache).getBackgroundSyncStatus("alice");
  assert.equal(cache.isFresh(), true);
  other.Client.create(settings(service()), other.TokenCache.fromJson(cache.toJson())).getBackgroundSyncStatus("alice");
  assert.equal((await standIn.requests("token")).length, 1);
  // Somebody who does not know the secret does not get it.
  const stranger = failure(() => one.Client.create(settings(service({ ...standIn.clients.service, clientSecret: "wrong" })), cache).getBackgroundSyncStatus("alice"));
  assert.equal(stranger.code, "token-request-failed");
});

test("the host's token store keeps the login for other instances, encrypted", async () => {
  await standIn.reset();
  const host = hostOf();
  const first = (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true }));
  const token = first.getAccessToken();
  assert.equal(host.values.size, 1);
  for (const [name, value] of host.values) {
    assert.match(name, /^astrolabe-client\/[0-9a-f]{64}$/);
    for (const secret of [token, standIn.clients.service.clientSecret]) assert.equal(value.includes(secret) || Buffer.from(value, "base64").includes(secret), false);
  }
  const second = (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true }));
  assert.equal(second.getAccessToken(), token);
  assert.equal((await standIn.requests("token")).length, 1);
  assert.ok(host.lines.some(([level, line]) => level === "debug" && line === "Using the access token of the token store"));
  assert.doesNotMatch(JSON.stringify(host.lines), new RegExp(`${token}|${standIn.clients.service.clientSecret}`));
});

test("the npm package reads what the component has put there, and the other way round", async () => {
  const { AstrolabeClient } = await import("../../pkg/index.js");
  const { clientId, clientSecret } = standIn.clients.service;
  const inNpm = (values) => {
    const tokenStore = { get: async (name) => values.get(name) ?? null, put: async (name, value) => void values.set(name, value) };
    return new AstrolabeClient({ nextcloudHost: standIn.url, clientId, clientSecret, tokenStore }).getAccessToken();
  };
  const inComponent = async (host) => (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true })).getAccessToken();
  await standIn.reset();
  const one = hostOf();
  assert.equal(await inNpm(one.values), await inComponent(one));
  const other = hostOf();
  assert.equal(await inComponent(other), await inNpm(other.values));
  assert.equal((await standIn.requests("token")).length, 2);
});

test("a token store that fails, or holds rubbish, costs a line of the log; what it says is shown only if it is a name", async () => {
  await standIn.reset();
  const cases = [
    [{ get: () => { throw "NoSpace"; } }, "The token store could not be read: NoSpace"],
    [{ get: () => { throw "no: s3cret place"; } }, "The token store could not be read: Error"],
    [{ get: () => "rubbish" }, "The token store could not be read: Unusable"],
    [{ get: () => "x".repeat(200_000) }, "The token store could not be read: Unusable"],
    [{ put: () => { throw "ReadOnly"; } }, "The token store could not be written: ReadOnly"],
  ];
  for (const [methods, line] of cases) {
    const host = hostOf(methods);
    const client = (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true }));
    assert.equal(client.getBackgroundSyncStatus("alice").hasAccess, true);
    assert.deepEqual(host.lines.filter(([level]) => level === "info").map(([, line]) => line).filter((line) => line.startsWith("The token store")), [line]);
  }
});

test("an entry of somebody else's is not believed", async () => {
  await standIn.reset();
  const host = hostOf();
  (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true })).getAccessToken();
  const [[name, entry]] = host.values;
  // One bit of what is sealed.
  const [iv, data] = entry.split(".").map((part) => Buffer.from(part, "base64"));
  data[0] ^= 1;
  const forged = hostOf({ values: new Map([[name, [iv, data].map((part) => part.toString("base64")).join(".")]]) });
  (await makeHosted(forged.imports)).Client.create(settings(service(), { usesTokenStore: true })).getAccessToken();
  assert.equal((await standIn.requests("token")).length, 2);
});

test("a host that takes its time between two rows makes none fail", async () => {
  const { Client } = await make();
  await standIn.reset({ faults: [{ on: "credentials", delayMs: 100, times: null }] });
  const rows = Client.create(settings(admin())).getBackgroundSyncStatuses(["alice", "bob", "carol", "dora"], 4, 1_000);
  const tags = [rows.next().status.tag];
  await pause(1_500);
  for (let row; (row = rows.next()) !== undefined; ) tags.push(row.status.tag);
  assert.deepEqual(tags, ["ok", "ok", "ok", "ok"]);
});

test("nor does a pause while the login, or a new one after a token was refused, is under way", async () => {
  const { Client } = await make();
  for (const before of [() => {}, (client) => client.getAccessToken()]) {
    await standIn.reset({ faults: [{ on: "token", delayMs: 100, times: null }] });
    const client = Client.create(settings(service()));
    before(client);
    await standIn.revokeTokens();
    // The first row needs no answer.
    const rows = client.getBackgroundSyncStatuses(["../x", "alice", "bob"], 4, 1_000);
    assert.equal(rows.next().status.tag, "err");
    await pause(1_500);
    assert.deepEqual([rows.next(), rows.next()].map(({ status }) => status.tag), ["ok", "ok"]);
  }
});

test("a token store that takes its time takes none of a call's", async () => {
  await standIn.reset();
  const slow = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  const host = hostOf({ get: slow, put: slow });
  const client = (await makeHosted(host.imports)).Client.create(settings(service(), { usesTokenStore: true, timeoutMs: 1_000 }));
  assert.equal(client.getBackgroundSyncStatus("alice").hasAccess, true);
});

test("what is no GET says its length", async () => {
  const { Client } = await make();
  await standIn.reset({ contract: "newer" });
  const client = Client.create(settings(admin()));
  client.deprovisionUser("alice");
  client.provisionUser("alice");
  const requests = [...(await standIn.requests("deprovision")), ...(await standIn.requests("provision"))];
  assert.deepEqual(requests.map(({ method, headers }) => [method, headers["content-length"], headers["transfer-encoding"]]), [["DELETE", "0", undefined], ["POST", "0", undefined]]);
});

test("rows that are dropped on the way leave the client as it was", async () => {
  const { Client } = await make();
  await standIn.reset({ faults: [{ on: "credentials", delayMs: 50, times: null }] });
  const client = Client.create(settings(admin()));
  const rows = client.getBackgroundSyncStatuses(Array.from({ length: 100 }, (_, at) => `user${at}`), 4);
  rows.next();
  drop(rows);
  assert.equal(client.getBackgroundSyncStatus("alice").hasAccess, true);
});

test("the total of all users is there where one answer has them", async () => {
  const { Client } = await make();
  await standIn.reset({ contract: "newer" });
  const rows = Client.create(settings(admin())).getAllBackgroundSyncStatuses();
  assert.equal(rows.total(), undefined);
  let count = 0;
  for (let row; (row = rows.next()) !== undefined; count++) assert.equal(typeof row.displayName, "string");
  assert.equal(rows.total(), count);
  assert.equal(rows.next(), undefined);
});
