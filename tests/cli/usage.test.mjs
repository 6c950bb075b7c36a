// What it takes: arguments, environment, configuration file; and what --help says of all that.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { consumer } from "../consumer.mjs";
import { ndjson, startCommands, until } from "./command.mjs";

let commands;
let folder;

/** The right to give files away and to be somebody else. */
const isRoot = process.getuid?.() === 0;
/** Who is neither root nor owns anything here. */
const nobody = 65534;
before(async () => {
  commands = await startCommands();
  folder = await mkdtemp(join(tmpdir(), "astrolabe-cli-"));
});
beforeEach(() => commands.nc.control.reset());
after(async () => {
  await commands?.close();
  await rm(folder, { recursive: true });
});

const nothing = { NEXTCLOUD_HOST: "" };

/** Wrong usage or configuration: says so in a line, and asks the server nothing. */
async function isWrong(args, expected, options) {
  const { code, stdout, stderr } = await commands.run(args, options);
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, `${args}: ${stderr}`);
  assert.match(stderr, /^astrolabe-client: [^\n]+ \[(usage|configuration|invalid_argument)\]\n$/);
  assert.match(stderr, expected);
  assert.deepEqual(commands.nc.control.log().requests, []);
}

test("--version", async () => {
  const { version } = JSON.parse(await readFile(join(consumer.package, "package.json"), "utf8"));
  assert.deepEqual(await commands.run(["--version"], { env: nothing, login: {} }), { code: 0, signal: null, stdout: `${version}\n`, stderr: "" });
});

test("--help names every command, option, variable, format and exit code, in lines that fit", async () => {
  const { code, stdout, stderr } = await commands.run(["--help"], { env: nothing, login: {} });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const source = (name) => readFile(join(consumer.package, "pkg/cli", name), "utf8");
  const options = [...(await source("arguments.js")).matchAll(/^ {2}"?([a-z-]+)"?: \{ type: /gm)].map(([, name]) => `--${name}`);
  const variables = [...new Set(((await source("configuration.js")) + (await source("arguments.js"))).match(/\b(NEXTCLOUD|ASTROLABE)_[A-Z_]+\b/g))];
  assert.ok(options.length >= 10 && variables.length >= 10);
  const words = [...options, ...variables, "login [ADDRESS]", "logout", "diagnose", "status USER", "status -", "status --all", "users", "provision USER", "deprovision USER", "self-provisioning on|off", "capabilities", "help [COMMAND]", "table", "ndjson", "json", "csv", "-h", "-q"];
  for (const word of words) assert.ok(stdout.includes(word), word);
  for (const exitCode of [0, 1, 2, 3, 4, 5, 130, 141, 143]) assert.match(stdout, new RegExp(`^  ${exitCode} +\\w`, "m"));
  for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  for (const args of [["-h"], ["help"], ["help", "help"]]) assert.equal((await commands.run(args)).stdout, stdout);
});

test("every option of --help does what it says, long and short", async () => {
  const config = await file("tried.json", { nextcloudHost: commands.nc.url, accessToken: commands.nc.accounts.admin.appPassword });
  const failing = { faults: [{ on: "credentials", times: null, respond: { status: 500, body: "" } }] };
  const hanging = { faults: [{ on: "any", times: null, hang: true }] };
  const tries = {
    "--ids": { args: ["status", "--ids", await file("ids", "alice\n")], stdout: /alice/ },
    "--yes": { args: ["provision", "--yes", "bob"], settings: { contract: "newer" }, stdout: /"done"/ },
    "--print": { args: ["login", "--print"], code: 2, stderr: /needs a terminal/ },
    "--search": { args: ["users", "--search", "ali"], stdout: /^\{"userId":"alice"\}\n$/ },
    "--concurrency": { args: ["status", "--concurrency", "2", "alice"], stdout: /alice/ },
    "--timeout": { args: ["users", "--timeout", "0.2"], settings: hanging, code: 4, stderr: /\[timeout\]/ },
    "--format": { args: ["users", "--format", "json"], stdout: /^\[\n/ },
    "--config": { args: ["users", "--config", config], options: { env: nothing, login: {} }, stdout: /alice/ },
    "--insecure-http": { args: ["users", "--insecure-http"], stdout: /alice/ },
    "--quiet": { args: ["status", "--quiet", "alice", "bob"], settings: failing, code: 4, stderr: /^astrolabe-client: .*\[server_error\]\n$/ },
    "-q": { args: ["status", "-q", "alice", "bob"], settings: failing, code: 4, stderr: /^astrolabe-client: .*\[server_error\]\n$/ },
    "--help": { args: ["--help"], stdout: /^Usage:/ },
    "-h": { args: ["-h"], stdout: /^Usage:/ },
    "--version": { args: ["--version"], stdout: /^\d+\.\d+\.\d+/ },
    "--": { args: ["status", "--", "-dash"], stdout: /-dash/ },
  };
  const { stdout: help } = await commands.run(["--help"]);
  const [, options] = /^Options:\n([^]*?)\n\n/m.exec(help);
  const named = options.split("\n").flatMap((line) => /^ {2}(-[\w-]*(?:, -[\w-]+)*)/.exec(line)?.[1].split(", ") ?? []);
  assert.deepEqual(named.sort(), Object.keys(tries).sort());
  for (const [option, { args, options, settings, code = 0, stdout = /^/, stderr = /^$/ }] of Object.entries(tries)) {
    commands.nc.control.reset(settings);
    const result = await commands.run(args, options);
    assert.equal(result.code, code, `${option}: ${result.stderr}`);
    assert.match(result.stdout, stdout, option);
    assert.match(result.stderr, stderr, option);
  }
});

test("a setting is called as it was set: by its variable, or by its name in the file", async () => {
  const { url } = commands.nc;
  const secret = await file("secret", "hunter2");
  for (const [expected, options, args = []] of [
    [/NEXTCLOUD_OIDC_SCOPE holds a character/, { env: { NEXTCLOUD_OIDC_SCOPE: 'a"b' } }],
    [/NEXTCLOUD_OIDC_ISSUER /, { env: { NEXTCLOUD_OIDC_ISSUER: "login.example.com" } }],
    [/NEXTCLOUD_OIDC_SCOPE belongs to NEXTCLOUD_OIDC_CLIENT_ID and what proves it/, { env: { NEXTCLOUD_OIDC_SCOPE: "x" }, login: { NEXTCLOUD_ACCESS_TOKEN: "hunter2" } }],
    [/NEXTCLOUD_USERNAME is empty or contains a colon/, { login: { NEXTCLOUD_USERNAME: "a:b", NEXTCLOUD_PASSWORD_FILE: secret } }],
    [/or NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD_FILE/, { env: { NEXTCLOUD_ACCESS_TOKEN: "hunter2" }, login: { NEXTCLOUD_USERNAME: "a", NEXTCLOUD_PASSWORD_FILE: secret } }],
    [/clientSecret is missing/, { env: nothing, login: {} }, ["--config", await file("one.json", { nextcloudHost: url, clientId: "x" })]],
    [/accessToken is empty/, { env: nothing, login: {} }, ["--config", await file("two.json", { nextcloudHost: url, accessToken: "" })]],
  ]) await isWrong(["users", ...args], expected, options);

  commands.nc.control.reset({ appInstalled: false });
  const { stderr } = await commands.run(["status", "alice"]);
  assert.match(stderr, /NEXTCLOUD_HOST is not its address/);
  commands.nc.control.reset();
  const wrong = await commands.run(["status", "alice"], { login: { NEXTCLOUD_USERNAME: "admin", NEXTCLOUD_PASSWORD: "hunter2" } });
  assert.match(wrong.stderr, /check NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD;/);
  const insecure = await commands.run(["users"], { env: { NEXTCLOUD_HOST: "http://192.0.2.1" } });
  assert.match(insecure.stderr, /--insecure-http/);
  commands.nc.control.faults([{ on: "any", times: null, hang: true }]);
  assert.match((await commands.run(["users", "--timeout", "0.2"])).stderr, /--timeout sets the limit/);
  // What others wrote stays: the id of a user in an address, and what a server said.
  commands.nc.control.reset({ faults: [{ on: "credentials", times: null, respond: { status: 422, body: { message: "clientId and accessToken" } } }] });
  assert.match((await commands.run(["status", "accessToken"])).stderr, /credentials\/accessToken: .*'clientId and accessToken'/);
});

test("help on one command", async () => {
  for (const [command, facts] of Object.entries({
    login: ["--print", "--config", "~/.config/astrolabe-client", "nextcloudHost", "username", "ssh"],
    logout: ["--config", "isDone"],
    diagnose: ["name", "passed", "seen", "toDo", "url_rewriting"],
    status: ["userId", "hasAccess", "credentialType", "provisionedAt", "error", "--all", "--search"],
    users: ["userId", "--search"],
    provision: ["outcome", "not_attempted", "partialSuccess", "--yes", "--ids"],
    deprovision: ["outcome", "not_attempted", "--yes", "--ids"],
    "self-provisioning": ["on|off", "selfProvisioningAllowed", "--yes"],
    capabilities: ["app", "isEnabled", "docTypes", "enabledDocTypes"],
  })) {
    const { code, stdout } = await commands.run(["help", command], { env: nothing, login: {} });
    assert.equal(code, 0);
    for (const fact of [`Usage: astrolabe-client ${command}`, "Examples:", ...facts]) assert.ok(stdout.includes(fact), fact);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
    assert.equal((await commands.run([command, "--help"])).stdout, stdout);
  }
});

test("wrong usage", async () => {
  for (const [args, expected] of [
    [[], /No command/],
    [["statuses"], /no such command; there are login, logout, diagnose, status, users, provision, deprovision, self-provisioning, capabilities, help\./],
    [["toString"], /no such command/],
    [["help", "me"], /no such command/],
    [["status"], /needs user ids, or --all, or -/],
    [["status", "--all", "alice"], /not both/],
    [["status", "-", "alice"], /reads all user ids from standard input/],
    [["status", "alice", "--search", "x"], /--search goes with/],
    [["users", "alice"], /takes no arguments/],
    [["users", "--all"], /'users' takes no --all/],
    [["users", "--concurrency", "3"], /'users' takes no --concurrency/],
    [["diagnose", "--search", "x"], /takes no --search/],
    [["users", "--formt", "csv"], /no option --formt/],
    [["users", "--format", "xml"], /--format must be one of table, ndjson, json, csv/],
    [["users", "--format"], /--format needs a value/],
    [["users", "--format="], /--format needs a value/],
    [["users", "--format", "--quiet"], /--format needs a value/],
    [["users", "--quiet=yes"], /--quiet takes no value/],
    [["status", "alice", "--concurrency", "0"], /from 1 to 1000/],
    [["status", "alice", "--concurrency", "1e3"], /from 1 to 1000/],
    [["status", "alice", "--concurrency", "1001"], /from 1 to 1000/],
    [["users", "--timeout", "0"], /number of seconds/],
    [["users", "--timeout", "10s"], /number of seconds/],
    [["users", "--timeout", "99999999"], /number of seconds/],
  ]) await isWrong(args, expected);
});

test("a login among the arguments is refused, and not repeated", async () => {
  for (const args of [
    ["status", "alice", "--password=hunter2"],
    ["--password", "hunter2", "status", "alice"],
    ["status", "--client-secret", "hunter2", "alice"],
    ["users", "--token=hunter2"],
    ["users", "--client-assertion=hunter2"],
    ["users", "--private-key", "hunter2"],
    ["users", "--accessToken=hunter2"],
    ["users", "-phunter2"],
    ["users", "-u", "admin:hunter2"],
    ["users", "--host=https://admin:hunter2@cloud.example.com"],
    ["status", "alice", "NEXTCLOUD_PASSWORD=hunter2"],
  ]) await isWrong(args, /not given as arguments.*NEXTCLOUD_HOST.*--config/);
  await isWrong(["https://admin:hunter2@cloud.example.com"], /no such command/);
  await isWrong(["users", "--format", "hunter2"], /must be one of/);
  await isWrong(["users", "hunter2"], /takes no arguments/);
});

test("no server, no login, half of one, or two", async () => {
  await isWrong(["users"], /NEXTCLOUD_HOST.*--config/, { env: nothing });
  await isWrong(["users"], /NEXTCLOUD_OIDC_CLIENT_ID.*NEXTCLOUD_ACCESS_TOKEN.*NEXTCLOUD_USERNAME.*--config/, { login: {} });
  await isWrong(["users"], /NEXTCLOUD_OIDC_CLIENT_SECRET is missing/, { login: { NEXTCLOUD_OIDC_CLIENT_ID: "x" } });
  await isWrong(["users"], /NEXTCLOUD_PASSWORD is missing/, { login: { NEXTCLOUD_USERNAME: "x" } });
  await isWrong(["users"], /more than one way in.*NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET, or NEXTCLOUD_ACCESS_TOKEN, or NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD/, { env: { NEXTCLOUD_ACCESS_TOKEN: "hunter2" } });
  await isWrong(["users"], /NEXTCLOUD_HOST is no absolute/, { env: { NEXTCLOUD_HOST: "cloud.example.com" } });
  await isWrong(["users"], /NEXTCLOUD_HOST is no absolute/, { env: { NEXTCLOUD_HOST: "https://admin:hunter2@cloud.example.com" } });
});

test("each way in, from the environment; empty variables count as none", async () => {
  const { accounts, clients, issuer, url } = commands.nc;
  const { clientId, clientSecret } = clients.service;
  const service = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret };
  for (const login of [
    service,
    { ...service, NEXTCLOUD_OIDC_ISSUER: issuer, NEXTCLOUD_ACCESS_TOKEN: "", NEXTCLOUD_PASSWORD: "" },
    { ...service, NEXTCLOUD_OIDC_DISCOVERY_URL: `${url}/idp/.well-known/openid-configuration`, NEXTCLOUD_OIDC_SCOPE: "openid profile" },
    { NEXTCLOUD_ACCESS_TOKEN: accounts.admin.appPassword },
    { NEXTCLOUD_USERNAME: "admin", NEXTCLOUD_PASSWORD: accounts.admin.password },
  ]) {
    const { code, stdout, stderr } = await commands.run(["status", "alice"], { login });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.equal(ndjson(stdout)[0].hasAccess, true);
  }
  const scopes = commands.nc.control.log().requests.flatMap(({ route, body }) => (route === "token" ? [new URLSearchParams(body).get("scope")] : []));
  assert.deepEqual(scopes, ["openid", "openid", "openid profile"]);
});

test("a key pair in place of the secret: as PEM text or as a JWK, from the environment and from files", async () => {
  const { url, clients, issuer } = commands.nc;
  const { clientId, clientPrivateKey: jwk } = clients.es256;
  const pem = createPrivateKey({ key: jwk, format: "jwk" }).export({ format: "pem", type: "pkcs8" });
  const service = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_ISSUER: issuer };
  const inFile = { nextcloudHost: url, clientId, issuer };
  const bare = { env: nothing, login: {} };
  const kid = { NEXTCLOUD_OIDC_KEY_ID: jwk.kid };
  const pretty = JSON.stringify(jwk, null, "\t");
  for (const [options, args = []] of [
    [{ login: { ...service, ...kid, NEXTCLOUD_OIDC_PRIVATE_KEY: pem } }],
    [{ login: { ...service, ...kid, NEXTCLOUD_OIDC_PRIVATE_KEY: pem.replaceAll("\n", "\r\n") } }],
    [{ login: { ...service, ...kid, NEXTCLOUD_OIDC_PRIVATE_KEY_FILE: await file("key.pem", pem) } }],
    [{ login: { ...service, NEXTCLOUD_OIDC_PRIVATE_KEY: JSON.stringify(jwk) } }],
    [{ login: { ...service, NEXTCLOUD_OIDC_PRIVATE_KEY_FILE: await file("key.json", `${pretty}\n`) } }],
    [bare, ["--config", await file("jwk.json", { ...inFile, clientPrivateKey: jwk })]],
    [bare, ["--config", await file("pem.json", { ...inFile, clientPrivateKey: pem, clientKeyId: jwk.kid })]],
  ]) {
    commands.nc.control.reset();
    const { code, stdout, stderr } = await commands.run(["users", ...args], options);
    assert.equal(code, 0, stderr);
    assert.ok(!(stdout + stderr).includes(jwk.d));
    const token = new URLSearchParams(commands.nc.control.log().requests.find(({ route }) => route === "token").body);
    const [header] = token.get("client_assertion").split(".");
    assert.equal(JSON.parse(Buffer.from(header, "base64url")).kid, jwk.kid);
  }
  commands.nc.control.reset();
  for (const [login, expected] of [
    [{ ...service, NEXTCLOUD_OIDC_PRIVATE_KEY: `"${pem}"` }, /NEXTCLOUD_OIDC_PRIVATE_KEY stands in quotation marks/],
    [{ ...service, NEXTCLOUD_OIDC_PRIVATE_KEY: " \n" }, /NEXTCLOUD_OIDC_PRIVATE_KEY is blank/],
    [{ ...service, NEXTCLOUD_OIDC_PRIVATE_KEY: "hunter2" }, /NEXTCLOUD_OIDC_PRIVATE_KEY is no PEM text/],
    [{ ...service, NEXTCLOUD_OIDC_PRIVATE_KEY: pem, NEXTCLOUD_OIDC_KEY_ID: "a\n" }, /NEXTCLOUD_OIDC_KEY_ID ends with a line break/],
    [{ NEXTCLOUD_OIDC_PRIVATE_KEY: pem }, /NEXTCLOUD_OIDC_CLIENT_ID is missing/],
    [{ ...service, NEXTCLOUD_OIDC_CLIENT_SECRET: "hunter2", NEXTCLOUD_OIDC_PRIVATE_KEY: pem }, /more than one proof of who the client is/],
  ]) await isWrong(["users"], expected, { login });
  if (process.platform !== "win32") await isWrong(["users", "--config", await file("open.json", { ...inFile, clientPrivateKey: jwk }, 0o644)], /chmod 600/);
});

test("an assertion of somebody else's; its file is read for each token request", async () => {
  const { clients, issuer, url } = commands.nc;
  const { clientId, clientPrivateKey: jwk } = clients.es256;
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  let made = 0;
  const assertion = () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: issuer, iat: now, exp: now + 60, jti: `assertion-${(made += 1)}` };
    const signed = [{ alg: "ES256", kid: jwk.kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${signed}.${sign("sha256", signed, { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  const sent = () => commands.nc.control.log().requests.flatMap(({ route, body }) => (route === "token" ? [new URLSearchParams(body).get("client_assertion")] : []));
  const service = { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_ISSUER: issuer };

  const one = assertion();
  assert.equal((await commands.run(["users"], { login: { ...service, NEXTCLOUD_OIDC_CLIENT_ASSERTION: one } })).code, 0);
  const another = assertion();
  const path = await file("with-assertion.json", { nextcloudHost: url, clientId, issuer, clientAssertion: another });
  assert.equal((await commands.run(["users", "--config", path], { env: nothing, login: {} })).code, 0);
  assert.deepEqual(sent(), [one, another]);

  /** The first token request fails, and before the second the file is another. */
  const exchanged = async (first, second) => {
    commands.nc.control.reset({ faults: [{ on: "token", times: 1, respond: { status: 503, headers: { "Retry-After": "2" }, body: "" } }] });
    const mounted = await file("assertion", `${first}\n`, 0o444);
    const { ended } = commands.start(["users"], { login: { ...service, NEXTCLOUD_OIDC_CLIENT_ASSERTION_FILE: mounted } });
    await until(() => sent().length === 1);
    await file("assertion", second, 0o444);
    return ended;
  };
  const [former, latter] = [assertion(), assertion()];
  const { code, stdout, stderr } = await exchanged(former, `${latter}\n`);
  assert.equal(code, 0, stderr);
  assert.deepEqual(sent(), [former, latter]);
  assert.ok(![former, latter].some((secret) => (stdout + stderr).includes(secret)));

  const gone = await exchanged(assertion(), "");
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /^astrolabe-client: .*assertion, which NEXTCLOUD_OIDC_CLIENT_ASSERTION_FILE names, is empty\. \[client_assertion_failed\]\n$/);
  commands.nc.control.reset();
  await isWrong(["users"], /What NEXTCLOUD_OIDC_CLIENT_ASSERTION_FILE names stands in quotation marks/, { login: { ...service, NEXTCLOUD_OIDC_CLIENT_ASSERTION_FILE: await file("assertion", '"hunter2"') } });
});

test("a scope can be empty, and is none where it has no meaning", async () => {
  const scope = async (env, login) => {
    commands.nc.control.reset();
    assert.equal((await commands.run(["users"], { env, login })).code, 0);
    return commands.nc.control.log().requests.find(({ route }) => route === "token")?.body;
  };
  assert.equal(new URLSearchParams(await scope({})).get("scope"), "openid");
  assert.ok(!new URLSearchParams(await scope({ NEXTCLOUD_OIDC_SCOPE: "" })).get("scope"));
  const empty = await file("scope", "\n");
  assert.ok(!new URLSearchParams(await scope({ NEXTCLOUD_OIDC_SCOPE_FILE: empty })).get("scope"));
  assert.equal(await scope({ NEXTCLOUD_OIDC_SCOPE: "" }, { NEXTCLOUD_ACCESS_TOKEN: commands.nc.accounts.admin.appPassword }), undefined);
});

test("the environment can say what the options can: client authentication, token parameters, headers, numbers", async () => {
  const { basic } = commands.nc.clients;
  const login = { NEXTCLOUD_OIDC_CLIENT_ID: basic.clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: basic.clientSecret };
  const requests = async (env, options) => {
    commands.nc.control.reset(options?.settings);
    const result = await commands.run(["users"], { env, login, ...options });
    return { ...result, requests: commands.nc.control.log().requests };
  };
  const tokenOf = ({ requests }) => requests.find(({ route }) => route === "token");

  const byBasic = await requests({ NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION: "basic" });
  assert.equal(byBasic.code, 0);
  assert.match(tokenOf(byBasic).headers.authorization, /^Basic /);
  const byPost = await requests({ NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION: "post" });
  assert.equal(tokenOf(byPost).headers.authorization, undefined);
  assert.equal(new URLSearchParams(tokenOf(byPost).body).get("client_secret"), basic.clientSecret);
  const wrong = await requests({}, { login: { ...login, NEXTCLOUD_OIDC_CLIENT_SECRET: "hunter2" } });
  assert.match(wrong.stderr, /check NEXTCLOUD_OIDC_CLIENT_ID, NEXTCLOUD_OIDC_CLIENT_SECRET and NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION \[token_request_failed\]/);

  const parameters = await requests({ NEXTCLOUD_OIDC_TOKEN_PARAMETERS_FILE: await file("parameters", "audience=https%3A%2F%2Fa.example&purpose=a+b\n") });
  assert.equal(parameters.code, 0);
  const sent = new URLSearchParams(tokenOf(parameters).body);
  assert.deepEqual([sent.get("audience"), sent.get("purpose")], ["https://a.example", "a b"]);

  const retries = await requests({ NEXTCLOUD_MAX_RETRIES: "0" }, { settings: { faults: [{ on: "users", times: null, respond: { status: 503, body: "" } }] } });
  assert.equal(retries.requests.filter(({ route }) => route === "users").length, 1);
  const bytes = await requests({ NEXTCLOUD_MAX_RESPONSE_BYTES: "100" });
  assert.match(bytes.stderr, /NEXTCLOUD_MAX_RESPONSE_BYTES is too low.*\[response_too_large\]/);
  assert.equal((await requests({ NEXTCLOUD_OIDC_EARLY_REFRESH_SECONDS: "5" })).code, 0);

  commands.nc.control.reset();
  for (const name of ["NEXTCLOUD_MAX_RETRIES", "NEXTCLOUD_MAX_RESPONSE_BYTES", "NEXTCLOUD_OIDC_EARLY_REFRESH_SECONDS"]) {
    await isWrong(["users"], new RegExp(`${name} must be a whole number`), { env: { [name]: "hunter2" } });
  }
  await isWrong(["users"], /NEXTCLOUD_MAX_RETRIES must be/, { env: { NEXTCLOUD_MAX_RETRIES: "101" } });
  await isWrong(["users"], /NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION must be "post" or "basic"/, { env: { NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION: "hunter2" } });
  await isWrong(["users"], /NEXTCLOUD_OIDC_TOKEN_PARAMETERS must not contain scope/, { env: { NEXTCLOUD_OIDC_TOKEN_PARAMETERS: "scope=hunter2" } });
});

test("headers for a proxy before the Nextcloud: to that server alone, and in no output", async () => {
  const { url } = commands.nc;
  const headers = JSON.stringify({ "CF-Access-Client-Id": "a.access", "CF-Access-Client-Secret": "hunter2-of-the-proxy" });
  const discovery = `${url.replace("127.0.0.1", "localhost")}/idp/.well-known/openid-configuration`;
  for (const env of [
    { NEXTCLOUD_HEADERS: headers },
    { NEXTCLOUD_HEADERS_FILE: await file("headers", `${headers}\n`) },
    { ASTROLABE_CONFIG: await file("with-headers.json", { headers: JSON.parse(headers) }) },
  ]) {
    commands.nc.control.reset();
    assert.equal((await commands.run(["status", "alice"], { env: { NEXTCLOUD_OIDC_DISCOVERY_URL: discovery, ...env } })).code, 0);
    const { requests } = commands.nc.control.log();
    const isThere = ({ headers }) => headers["cf-access-client-id"] === "a.access" && headers["cf-access-client-secret"] === "hunter2-of-the-proxy";
    const [elsewhere, there] = [requests.filter(({ headers }) => headers.host.startsWith("localhost")), requests.filter(({ route }) => route === "credentials")];
    assert.ok(elsewhere.length > 0 && elsewhere.every(({ headers }) => !Object.keys(headers).some((name) => name.startsWith("cf-"))));
    assert.ok(there.length === 1 && there.every(isThere));
  }
  // The command looks for "hunter2" in all that is written.
  commands.nc.control.reset({ faults: [{ on: "credentials", times: null, respond: { status: 422, body: { message: "no hunter2-of-the-proxy here" } } }] });
  const { stdout } = await commands.run(["status", "alice"], { env: { NEXTCLOUD_HEADERS: headers } });
  assert.match(ndjson(stdout)[0].error.message, /no \[redacted\] here/);

  // In what forms it is hidden, where the server repeats it.
  const secret = "Q/7+hunter2=&<Kx\"9zXb?Ä";
  const [base64, hex, percent] = [btoa(`id:${unescape(encodeURIComponent(secret))}`), Buffer.from(secret).toString("hex"), encodeURIComponent(secret)];
  const lowercase = percent.replace(/%../g, (code) => code.toLowerCase());
  const json = JSON.stringify(secret).replaceAll("/", "\\/");
  const entities = secret.replace(/[&<"?]/g, (character) => `&#${character.charCodeAt(0)};`);
  for (const form of [secret, base64, base64.replaceAll("+", "-").replaceAll("/", "_"), hex, hex.toUpperCase(), percent, lowercase, encodeURIComponent(percent), encodeURIComponent(encodeURIComponent(percent)), json, entities, secret.slice(0, 14)]) {
    commands.nc.control.reset({ faults: [{ on: "credentials", times: null, respond: { status: 422, body: { message: `bad token ${form}` } } }] });
    const { stdout, stderr } = await commands.run(["status", "alice"], { env: { NEXTCLOUD_HEADERS: JSON.stringify({ "X-Secret": ` ${secret} ` }) } });
    assert.match(stdout + stderr, /redacted/);
    for (const shown of [form, form.slice(-10), ...(form.length > 30 ? [form.slice(8, 24)] : [])]) assert.ok(!(stdout + stderr).includes(shown), `${form}: ${stdout}${stderr}`);
  }
  // What stands in a text by chance, and what a name is a part of, stays.
  commands.nc.control.reset({ faults: [{ on: "credentials", times: null, respond: { status: 422, body: { message: "none of the best tenants.example" } } }] });
  const chance = await commands.run(["status", "alice"], { env: { NEXTCLOUD_HEADERS: JSON.stringify({ "X-A": "", "X-B": "e", "X-C": " none ", "X-D": "my-best-tenants.example", "X-E": "" }) } });
  assert.match(ndjson(chance.stdout)[0].error.message, /^GET http:\/\/.*credentials\/alice: .*'none of the best tenants\.example'/);
  // Also in what the server says of a change that was made.
  commands.nc.control.reset({ contract: "newer", faults: [{ on: "provision", times: null, respond: { status: 200, body: { success: true, user_id: "alice", message: "by hunter2-of-the-proxy" } } }] });
  const done = await commands.run(["provision", "alice", "--yes"], { env: { NEXTCLOUD_HEADERS: headers } });
  assert.equal(ndjson(done.stdout)[0].message, "by [redacted]", done.stderr);

  commands.nc.control.reset();
  for (const [value, expected] of [
    ["hunter2", /NEXTCLOUD_HEADERS must be a JSON object/],
    ['["hunter2"]', /must be a JSON object/],
    ['{"X-A": 1}', /must be a JSON object/],
    ['{"X A": "hunter2"}', /no header can have/],
    ['{"X-A": "hunter2\\nhunter2"}', /no header can have/],
    ['{"Authorization": "hunter2"}', /must not contain Authorization/],
    ['{"cookie": "hunter2"}', /must not contain cookie/],
  ]) await isWrong(["users"], expected, { env: { NEXTCLOUD_HEADERS: value } });
  await isWrong(["users", "--config", await file("bad-headers.json", { headers: "hunter2" })], /headers in .*bad-headers\.json must be a JSON object/);
  if (process.platform !== "win32") await isWrong(["users", "--config", await file("open-headers.json", { headers: JSON.parse(headers) }, 0o644)], /chmod 600/);
});

test("what a file or a shell has left about a value: which value, and what", async () => {
  const secret = (NEXTCLOUD_ACCESS_TOKEN) => ({ login: { NEXTCLOUD_ACCESS_TOKEN } });
  for (const [expected, options] of [
    [/NEXTCLOUD_HOST stands in quotation marks:/, { env: { NEXTCLOUD_HOST: `"${commands.nc.url}"` } }],
    [/NEXTCLOUD_HOST ends with a line break \(CR\):/, { env: { NEXTCLOUD_HOST: `${commands.nc.url}\r` } }],
    [/NEXTCLOUD_HOST stands in quotation marks and ends with a line break \(CR\):/, { env: { NEXTCLOUD_HOST: `'${commands.nc.url}'\r` } }],
    [/NEXTCLOUD_HOST ends with a blank:/, { env: { NEXTCLOUD_HOST: `${commands.nc.url} ` } }],
    [/NEXTCLOUD_HOST begins with a blank:/, { env: { NEXTCLOUD_HOST: ` ${commands.nc.url}` } }],
    [/NEXTCLOUD_OIDC_SCOPE stands in quotation marks:/, { env: { NEXTCLOUD_OIDC_SCOPE: '""' } }],
    [/NEXTCLOUD_OIDC_ISSUER ends with a blank:/, { env: { NEXTCLOUD_OIDC_ISSUER: "https://login.example.com\u00a0" } }],
    [/ASTROLABE_CONFIG stands in quotation marks:/, { env: { ASTROLABE_CONFIG: "'/etc/astrolabe.json'" } }],
    [/NEXTCLOUD_PASSWORD_FILE ends with a line break \(CR\):/, { login: { NEXTCLOUD_USERNAME: "admin", NEXTCLOUD_PASSWORD_FILE: "/etc/password\r" } }],
    [/NEXTCLOUD_ACCESS_TOKEN ends with a line break:/, secret("hunter2\n")],
    [/NEXTCLOUD_ACCESS_TOKEN ends with a line break \(CR\):/, secret("hunter2\r\n")],
    [/NEXTCLOUD_ACCESS_TOKEN stands in quotation marks:/, secret("“hunter2”")],
    [/NEXTCLOUD_ACCESS_TOKEN has a line break in it:/, secret("hunter2\nhunter2")],
    [/NEXTCLOUD_ACCESS_TOKEN is blank:/, secret(" ")],
  ]) await isWrong(["users"], expected, options);

  const inFile = { nextcloudHost: commands.nc.url, clientId: "x", clientSecret: "hunter2" };
  for (const [expected, options] of [
    [/nextcloudHost in .*left\.json ends with a line break \(CR\):/, { ...inFile, nextcloudHost: `${commands.nc.url}\r` }],
    [/clientSecret in .*left\.json stands in quotation marks:/, { ...inFile, clientSecret: "'hunter2'" }],
    [/audience in .*left\.json ends with a blank:/, { ...inFile, tokenParameters: { audience: "hunter2 " } }],
  ]) await isWrong(["users", "--config", await file("left.json", options)], expected, { env: nothing, login: {} });
});

test("a variable with _FILE after its name: the value is in the file", async () => {
  const { accounts, clients, url } = commands.nc;
  const { clientId, clientSecret } = clients.service;
  for (const [end, login] of [
    ["", { NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret }],
    ["\n", { NEXTCLOUD_USERNAME: "admin", NEXTCLOUD_PASSWORD: accounts.admin.password }],
    ["\n", { NEXTCLOUD_ACCESS_TOKEN: accounts.admin.appPassword }],
  ]) {
    const env = {};
    for (const [name, value] of Object.entries({ NEXTCLOUD_HOST: url, ...login })) Object.assign(env, { [name]: "", [`${name}_FILE`]: await file(name, value + end, 0o444) });
    const { code, stderr } = await commands.run(["users"], { env, login: {} });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  }

  commands.nc.control.reset();
  const byFile = async (contents, mode) => ({ login: { NEXTCLOUD_ACCESS_TOKEN_FILE: await file("token", contents, mode) } });
  await isWrong(["users"], /What NEXTCLOUD_ACCESS_TOKEN_FILE names ends with a line break \(CR\):/, await byFile("hunter2\r\n"));
  await isWrong(["users"], /What NEXTCLOUD_ACCESS_TOKEN_FILE names stands in quotation marks:/, await byFile('"hunter2"\n'));
  await isWrong(["users"], /NEXTCLOUD_ACCESS_TOKEN_FILE names, is empty/, await byFile("\n"));
  await isWrong(["users"], /token is not UTF-8/, await byFile(Buffer.from("\ufeffhunter2", "utf16le")));
  await isWrong(["users"], /none cannot be read \(ENOENT\)/, { login: { NEXTCLOUD_ACCESS_TOKEN_FILE: join(folder, "none") } });
  const { login } = await byFile("hunter2");
  await isWrong(["users"], /NEXTCLOUD_ACCESS_TOKEN and NEXTCLOUD_ACCESS_TOKEN_FILE are both set/, { login: { ...login, NEXTCLOUD_ACCESS_TOKEN: "hunter2" } });
  if (process.platform !== "win32") for (const mode of [0o620, 0o602]) await isWrong(["users"], /can be written by others.*chmod go-w/, await byFile("hunter2", mode));
});

/** Writes a file, and gives its path. */
async function file(name, contents, mode = 0o600) {
  const path = join(folder, name);
  await rm(path, { force: true });
  await writeFile(path, typeof contents === "string" || Buffer.isBuffer(contents) ? contents : JSON.stringify(contents));
  await chmod(path, mode);
  return path;
}

test("a file has the constructor's own options; a variable goes before it", async () => {
  const { url, clients } = commands.nc;
  const path = await file("good.json", { nextcloudHost: url, clientId: clients.basic.clientId, clientSecret: clients.basic.clientSecret, clientAuthentication: "basic", timeoutMs: 5_000 });
  const bare = { env: nothing, login: {} };
  assert.equal((await commands.run(["users", "--config", path], bare)).code, 0);
  assert.equal((await commands.run(["users"], { env: { ...nothing, ASTROLABE_CONFIG: path }, login: {} })).code, 0);
  const withMark = await file("mark.json", `\ufeff${await readFile(path, "utf8")}`);
  assert.equal((await commands.run(["users", "--config", withMark], bare)).code, 0);

  const half = await file("half.json", { nextcloudHost: "https://wrong.invalid", clientId: clients.service.clientId });
  const { clientSecret } = clients.service;
  assert.equal((await commands.run(["users", "--config", half], { login: { NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret } })).code, 0);

  commands.nc.control.reset({ faults: [{ on: "credentials", hang: true, times: null }] });
  const begun = Date.now();
  assert.equal((await commands.run(["status", "alice", "--config", path, "--timeout", "0.5"], bare)).code, 4);
  assert.ok(Date.now() - begun < 4_000, "--timeout goes before timeoutMs");
});

test("a file with a secret that all may read is refused, one without is not, nor one for its group", { skip: process.platform === "win32" }, async () => {
  const { url, clients } = commands.nc;
  const { clientId, clientSecret } = clients.service;
  const login = {};
  for (const [mode, secret] of [[0o644, { clientId, clientSecret }], [0o604, { accessToken: "hunter2" }], [0o444, { username: "admin", password: "hunter2" }]]) {
    const path = await file("open.json", { nextcloudHost: url, ...secret }, mode);
    await isWrong(["users", "--config", path], new RegExp(`chmod 600 ${path}`), { env: nothing, login });
  }
  const path = await file("open.json", { nextcloudHost: url, clientId }, 0o644);
  const { code } = await commands.run(["users", "--config", path], { env: nothing, login: { NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret } });
  assert.equal(code, 0);
  for (const mode of [0o600, 0o400, 0o640, 0o440]) {
    const ofGroup = await file("open.json", { nextcloudHost: url, clientId, clientSecret }, mode);
    assert.equal((await commands.run(["users", "--config", ofGroup], { env: nothing, login })).code, 0);
  }
});

test("a file that others can write is refused, whatever is in it", { skip: process.platform === "win32" }, async () => {
  const { login } = commands;
  for (const mode of [0o620, 0o602, 0o666, 0o777]) {
    const path = await file("open.json", { nextcloudHost: commands.nc.url }, mode);
    await isWrong(["users", "--config", path], new RegExp(`can be written by others.*chmod go-w ${path}`), { env: nothing, login });
  }
});

test("a file is the caller's or root's; a secret by _FILE may be anybody's, as Kubernetes mounts it", { skip: !isRoot && "only root can give files away" }, async () => {
  const { login } = commands;
  const path = await file("anothers.json", { nextcloudHost: commands.nc.url });
  await chown(path, nobody, nobody);
  await isWrong(["users", "--config", path], /anothers\.json belongs to another user/, { env: nothing, login });
  const token = await file("token", commands.nc.accounts.admin.appPassword, 0o440);
  await chown(token, nobody, nobody);
  assert.equal((await commands.run(["users"], { login: { NEXTCLOUD_ACCESS_TOKEN_FILE: token } })).code, 0);

  // As somebody who has nothing but the group: 0440, root's.
  const asNobody = { uid: nobody, gid: nobody };
  if ((await commands.run(["--version"], asNobody).catch(() => ({ code: 1 }))).code !== 0) return; // the package is where only root may go
  await chmod(folder, 0o755);
  await chown(token, 0, nobody);
  assert.equal((await commands.run(["users"], { ...asNobody, login: { NEXTCLOUD_ACCESS_TOKEN_FILE: token } })).code, 0);
  const mounted = await file("mounted.json", { nextcloudHost: commands.nc.url, accessToken: commands.nc.accounts.admin.appPassword }, 0o440);
  await chown(mounted, 0, nobody);
  assert.equal((await commands.run(["users", "--config", mounted], { ...asNobody, env: nothing, login: {} })).code, 0);
  await chown(mounted, 1, nobody);
  commands.nc.control.reset();
  await isWrong(["users", "--config", mounted], /belongs to another user/, { ...asNobody, env: nothing, login: {} });
});

test("a pipe or a device is no file, and holds nothing up", { skip: process.platform === "win32" }, async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", ["-m", "600", pipe]);
  for (const path of [pipe, ...["/dev/null", "/dev/zero", "/dev/tty"].filter(existsSync)]) {
    await isWrong(["users", "--config", path], /is no file, but a pipe, a device|cannot be read \(ENXIO\)/);
    await isWrong(["users"], /is no file, but a pipe, a device|cannot be read \(ENXIO\)/, { login: { NEXTCLOUD_ACCESS_TOKEN_FILE: path } });
  }
  await isWrong(["users"], /cannot be read \(EISDIR\)/, { login: { NEXTCLOUD_ACCESS_TOKEN_FILE: folder } });
});

test("a file that is wrong: what is wrong with it, and nothing of what it holds", async () => {
  for (const [contents, expected] of [
    ['{"accessToken": hunter2}', /must hold one JSON object/],
    ['{"accessToken": "hunter2"', /must hold one JSON object/],
    ['["hunter2"]', /must hold one JSON object/],
    ["", /must hold one JSON object/],
    [{ nextcloudHost: "http://127.0.0.1:1", acessToken: "hunter2", accessToken: "hunter2" }, /no option 'acessToken'/],
    [{ nextcloudHost: "http://127.0.0.1:1", accessToken: ["hunter2"] }, /accessToken must be a string/],
    [{ nextcloudHost: "http://127.0.0.1:1", accessToken: "hunter2", fetch: "x" }, /fetch must be a function/],
    [{ nextcloudHost: "http://127.0.0.1:1", accessToken: "hunter2\n" }, /./],
  ]) await isWrong(["users", "--config", await file("wrong.json", contents)], expected, { env: nothing, login: {} });
  await isWrong(["users", "--config", join(folder, "none.json")], /none\.json cannot be read \(ENOENT\)/);
  await isWrong(["users", "--config", folder], /cannot be read \(EISDIR\)/);
});

test("--insecure-http lets the login go over plain http to another machine", { skip: process.platform !== "linux" }, async () => {
  // To Linux an address of this machine; to the client none that it knows as one.
  const options = { env: { NEXTCLOUD_HOST: commands.nc.url.replace("127.0.0.1", "0.0.0.0") }, login: { NEXTCLOUD_ACCESS_TOKEN: commands.nc.accounts.admin.appPassword } };
  const { code, stderr } = await commands.run(["users"], options);
  assert.equal(code, 2);
  assert.match(stderr, /\[insecure_endpoint\]/);
  assert.equal((await commands.run(["users", "--insecure-http"], options)).code, 0);
});
