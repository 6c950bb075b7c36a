// What it takes: arguments, environment, configuration file; and what --help says of all that.
import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { consumer } from "../consumer.mjs";
import { ndjson, startCommands } from "./command.mjs";

let commands;
let folder;
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
  const words = [...options, ...variables, "diagnose", "status USER", "status -", "status --all", "users", "help [COMMAND]", "table", "ndjson", "json", "csv", "-h", "-q"];
  for (const word of words) assert.ok(stdout.includes(word), word);
  for (const exitCode of [0, 1, 2, 3, 4, 5, 130, 141, 143]) assert.match(stdout, new RegExp(`^  ${exitCode} +\\w`, "m"));
  for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  for (const args of [["-h"], ["help"], ["help", "help"]]) assert.equal((await commands.run(args)).stdout, stdout);
});

test("help on one command", async () => {
  for (const [command, facts] of Object.entries({
    diagnose: ["name", "passed", "seen", "toDo", "url_rewriting"],
    status: ["userId", "hasAccess", "credentialType", "provisionedAt", "error", "--all", "--search"],
    users: ["userId", "--search"],
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
    [["statuses"], /no such command; there are diagnose, status, users/],
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
  await isWrong(["users"], /clientSecret is missing/, { login: { NEXTCLOUD_OIDC_CLIENT_ID: "x" } });
  await isWrong(["users"], /password is missing/, { login: { NEXTCLOUD_USERNAME: "x" } });
  await isWrong(["users"], /more than one way in/, { env: { NEXTCLOUD_ACCESS_TOKEN: "hunter2" } });
  await isWrong(["users"], /nextcloudHost/, { env: { NEXTCLOUD_HOST: "cloud.example.com" } });
  await isWrong(["users"], /nextcloudHost/, { env: { NEXTCLOUD_HOST: "https://admin:hunter2@cloud.example.com" } });
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

/** Writes a file, and gives its path. */
async function file(name, contents, mode = 0o600) {
  const path = join(folder, name);
  await rm(path, { force: true });
  await writeFile(path, typeof contents === "string" ? contents : JSON.stringify(contents));
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

test("a file with a secret that others may read is refused, one without is not", { skip: process.platform === "win32" }, async () => {
  const { url, clients } = commands.nc;
  const { clientId, clientSecret } = clients.service;
  const login = {};
  for (const [mode, secret] of [[0o640, { clientId, clientSecret }], [0o604, { accessToken: "hunter2" }], [0o620, { username: "admin", password: "hunter2" }]]) {
    const path = await file("open.json", { nextcloudHost: url, ...secret }, mode);
    await isWrong(["users", "--config", path], new RegExp(`chmod 600 ${path}`), { env: nothing, login });
  }
  const path = await file("open.json", { nextcloudHost: url, clientId }, 0o644);
  const { code } = await commands.run(["users", "--config", path], { env: nothing, login: { NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret } });
  assert.equal(code, 0);
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
