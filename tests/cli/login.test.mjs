// 'login' and 'logout' on a real terminal, over the stand-in's Login Flow; and that the other commands take what was kept.
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { after, before, beforeEach, test } from "node:test";
import { consumer } from "../consumer.mjs";
import { freePort } from "../free-port.mjs";
import { ndjson, noTerminal as skip, screen, startCommands, until } from "./command.mjs";

let commands;
let config; // XDG_CONFIG_HOME
let kept; // where the login is kept
before(async () => {
  commands = await startCommands();
  config = join(commands.home, "config");
  kept = join(config, "astrolabe-client", "login.json");
});
beforeEach(async () => {
  commands.nc.control.reset();
  await rm(config, { recursive: true, force: true });
});
after(() => commands?.close());

const isPosix = process.platform !== "win32";
const none = {};
const counts = () => commands.nc.control.log().counts;
const requestsTo = (route) => commands.nc.control.log().requests.filter((request) => request.route === route);

/** What a person does who has no settings but their own: the server is an argument. */
const environment = (env) => ({ login: none, env: { NEXTCLOUD_HOST: "", XDG_CONFIG_HOME: config, ...env } });
/** With a clock that goes so many times as fast. */
const faster = (times) => ({ NODE_OPTIONS: `--import=${fileURLToPath(new URL("fast-clock.mjs", import.meta.url))}`, FAST_CLOCK: String(times) });

/** Begins a login on a terminal; gives the process and the page to agree on. */
async function begin(args = [], { env, columns, where, address = commands.nc.url } = {}) {
  const process = commands.startOnTerminal(["login", ...(address ? [address] : []), ...args], { columns, where, ...environment({ ...faster(20), ...env }) });
  const page = () => /^ {2}(https?:\S+)\r$/m.exec(process.written.stdout)?.[1];
  const hasEnded = process.ended.then(() => assert.fail(`it ended: ${process.written.stdout}`));
  await Promise.race([until(page), hasEnded]);
  hasEnded.catch(() => {});
  return { ...process, page: page() };
}

async function agree(page, user = "admin") {
  const { status } = await fetch(page, { method: "POST", body: new URLSearchParams({ user, password: commands.nc.accounts[user].password }) });
  assert.equal(status, 200);
}

async function endOf({ child, ended }) {
  const result = await ended;
  child.stdin.destroy();
  return { ...result, stdout: result.stdout.replaceAll("\r\n", "\n") };
}

async function logIn(args, { user, ...options } = {}) {
  const process = await begin(args, options);
  await agree(process.page, user);
  return endOf(process);
}

/** One that ends without anybody agreeing; also that nothing is left of it. */
async function loginThatFails(args, options = {}) {
  const result = await endOf(commands.startOnTerminal(["login", ...args], environment({ ...faster(20), ...options.env })));
  assert.deepEqual(await readdir(join(config, "astrolabe-client")).catch(() => []), []);
  return result;
}

const isAppPassword = async ({ username, password }) => {
  const headers = { Authorization: `Basic ${btoa(`${username}:${password}`)}`, "OCS-APIRequest": "true" };
  return (await fetch(`${commands.nc.url}/apps/astrolabe/api/v1/background-sync/status`, { headers })).status === 200;
};

test("login, status, logout: the login is kept for its owner alone, used by itself, and gone at the end", { skip }, async () => {
  const { code, stdout } = await logIn();
  assert.equal(code, 0, stdout);
  const login = JSON.parse(await readFile(kept, "utf8"));
  assert.deepEqual(Object.keys(login), ["nextcloudHost", "username", "password"]);
  assert.deepEqual({ ...login, password: "" }, { nextcloudHost: commands.nc.url, username: "admin", password: "" });
  assert.ok(stdout.endsWith(`Logged in to ${commands.nc.url} as admin. The login is kept in ${kept}\n`), stdout);
  assert.match(stdout, /\rWaiting until you have agreed there \((20:00|19:\d\d) left; Ctrl-C gives up\)\x1b\[K/);
  const pollToken = new URLSearchParams(requestsTo("login-flow-poll")[0].body).get("token");
  for (const secret of [login.password, pollToken]) assert.ok(!stdout.includes(secret), "a secret shows");
  assert.match(requestsTo("login-flow")[0].headers["user-agent"], /^astrolabe-client on [\x21-\x7e]+$/);
  if (isPosix) {
    assert.equal((await stat(kept)).mode & 0o777, 0o600);
    assert.equal((await stat(join(config, "astrolabe-client"))).mode & 0o777, 0o700);
  }
  assert.deepEqual(await readdir(join(config, "astrolabe-client")), ["login.json"]);

  const status = await commands.run(["status", "alice"], environment());
  assert.deepEqual({ ...status, stdout: "" }, { code: 0, signal: null, stdout: "", stderr: "" });
  assert.equal(ndjson(status.stdout)[0].hasAccess, true);
  assert.equal((await commands.run(["status", "alice"], environment({ NEXTCLOUD_HOST: `${commands.nc.url}/index.php/` }))).code, 0, "the same server, as somebody else writes it");

  const out = await commands.run(["logout", "--format", "json"], environment());
  assert.deepEqual({ code: out.code, stderr: out.stderr }, { code: 0, stderr: "" });
  assert.deepEqual(JSON.parse(out.stdout).map(({ step, isDone }) => [step, isDone]), [["app_password", true], ["file", true]]);
  assert.equal(await isAppPassword(login), false);
  await assert.rejects(stat(kept), { code: "ENOENT" });
  const after = await commands.run(["status", "alice"], environment());
  assert.equal(after.code, 2);
  assert.match(after.stderr, /astrolabe-client login/);
  const again = await commands.run(["logout"], environment());
  assert.equal(again.code, 2);
  assert.match(again.stderr, /no login to end/);
});

test("the server of NEXTCLOUD_HOST, an installation in a folder, an address copied out of a browser", { skip }, async () => {
  for (const [address, env] of [[null, { NEXTCLOUD_HOST: commands.nc.url }], [`${commands.nc.url}/nextcloud/`], [`${commands.nc.url}/nextcloud/index.php/apps/files/favorites`]]) {
    const { code, stdout } = await logIn([], { address, env });
    assert.equal(code, 0, stdout);
    assert.equal((await commands.run(["users", "-q"], environment())).code, 0);
  }
  // Each took the place of the one before it, whose app password is not left at the server.
  assert.equal(counts()["app-password"], 2);
  assert.ok(requestsTo("login-flow-poll").every(({ path }) => /^(\/nextcloud)?\/index\.php\/login\/v2\/poll$/.test(path)));
});

test("--config keeps it elsewhere, in a folder that is made; what is there and is no login stays", { skip }, async () => {
  const elsewhere = join(config, "a", "b", "it.json");
  assert.equal((await logIn(["--config", elsewhere])).code, 0);
  if (isPosix) {
    assert.equal((await stat(elsewhere)).mode & 0o777, 0o600);
    assert.equal((await stat(join(config, "a"))).mode & 0o777, 0o700);
  }
  assert.equal((await commands.run(["users", "--config", elsewhere], environment())).code, 0);
  assert.equal((await commands.run(["users"], environment({ ASTROLABE_CONFIG: elsewhere }))).code, 0);
  assert.equal((await commands.run(["users"], environment())).code, 2);
  assert.equal((await commands.run(["logout", "--config", elsewhere], environment())).code, 0);
  await assert.rejects(stat(elsewhere), { code: "ENOENT" });

  const other = join(config, "other.json");
  const settings = JSON.stringify({ nextcloudHost: commands.nc.url, clientId: "x", clientSecret: "hunter2" });
  await writeFile(other, settings, { mode: 0o600 });
  const before = counts()["login-flow"];
  for (const args of [["login", commands.nc.url], ["logout"]]) {
    const { code, stdout } = await endOf(commands.startOnTerminal([...args, "--config", other], environment()));
    assert.equal(code, 2);
    assert.match(stdout, /other\.json holds other settings/);
  }
  assert.equal(await readFile(other, "utf8"), settings);
  assert.equal(counts()["login-flow"], before);
});

test("--print: the login is printed, in each format, and kept nowhere", { skip }, async () => {
  const { code, stdout } = await logIn(["--print"], { user: "o'brien" });
  assert.equal(code, 0);
  const [, password] = /^export NEXTCLOUD_PASSWORD=(\S+)$/m.exec(stdout);
  assert.ok(stdout.endsWith(`export NEXTCLOUD_HOST=${commands.nc.url}\nexport NEXTCLOUD_USERNAME='o'\\''brien'\nexport NEXTCLOUD_PASSWORD=${password}\n`), stdout);
  assert.ok(await isAppPassword({ username: "o'brien", password }));

  const json = await logIn(["--print", "--format", "ndjson"]);
  const login = JSON.parse(screen(json.stdout).at(-2));
  assert.deepEqual({ ...login, password: "" }, { nextcloudHost: commands.nc.url, username: "admin", file: null, password: "" });
  assert.ok(await isAppPassword(login));
  await assert.rejects(stat(config), { code: "ENOENT" });
});

test("options and the environment go before what was kept; it is for its server alone", { skip }, async () => {
  await logIn([], { user: "alice" });
  const asAlice = await commands.run(["users"], environment());
  assert.equal(asAlice.code, 3, "alice is no administrator");
  const { accounts, url } = commands.nc;
  assert.equal((await commands.run(["users"], environment({ NEXTCLOUD_ACCESS_TOKEN: accounts.admin.appPassword, NEXTCLOUD_HOST: url }))).code, 0);
  const named = join(config, "named.json");
  await writeFile(named, JSON.stringify({ nextcloudHost: url, accessToken: accounts.admin.appPassword }), { mode: 0o600 });
  assert.equal((await commands.run(["users", "--config", named], environment())).code, 0);
  const half = await commands.run(["users"], environment({ NEXTCLOUD_USERNAME: "admin", NEXTCLOUD_HOST: url }));
  assert.match(half.stderr, /NEXTCLOUD_PASSWORD is missing/);

  commands.nc.control.reset();
  for (const host of ["https://elsewhere.invalid", `${url}/nextcloud`]) {
    const { code, stderr } = await commands.run(["status", "alice"], environment({ NEXTCLOUD_HOST: host }));
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`no login for this server: .* is for ${url}\\. `));
  }
  assert.deepEqual(commands.nc.control.log().requests, []);
});

test("what was kept falls under the rules for files", { skip: skip || !isPosix }, async () => {
  await logIn();
  for (const [mode, expected] of [[0o644, /all users of this machine may read it/], [0o620, /can be written by others/]]) {
    await chmod(kept, mode);
    for (const args of [["users"], ["logout"]]) {
      const { code, stderr } = await commands.run(args, environment());
      assert.equal(code, 2);
      assert.match(stderr, expected);
    }
  }
  await writeFile(kept, "{}", { mode: 0o600 });
  await chmod(kept, 0o600);
  assert.match((await commands.run(["users"], environment())).stderr, /login\.json is not as 'astrolabe-client login' writes it/);
});

test("without XDG_CONFIG_HOME, or with one that is relative: ~/.config", { skip: skip || !isPosix }, async () => {
  const usual = join(commands.home, ".config", "astrolabe-client", "login.json");
  for (const XDG_CONFIG_HOME of ["", "relative"]) {
    assert.equal((await logIn([], { env: { XDG_CONFIG_HOME } })).code, 0);
    assert.equal((await commands.run(["users"], environment({ XDG_CONFIG_HOME }))).code, 0);
    assert.equal((await stat(usual)).mode & 0o777, 0o600);
    assert.equal((await commands.run(["logout"], environment({ XDG_CONFIG_HOME }))).code, 0);
  }
});

test("where nothing can be kept, nobody is asked to agree", { skip }, async () => {
  await mkdir(config, { recursive: true });
  await writeFile(join(config, "astrolabe-client"), "");
  const { code, stdout } = await endOf(commands.startOnTerminal(["login", commands.nc.url], environment()));
  assert.equal(code, 2);
  assert.match(stdout, /login\.json cannot be written \((EEXIST|ENOTDIR)\)\. .*--config.*--print/);
  assert.equal(counts()["login-flow"], 0);
});

test("without a terminal: refused, and why", async () => {
  for (const args of [["login", commands.nc.url], ["login", commands.nc.url, "--print"]]) {
    const { code, stdout, stderr } = await commands.run(args, environment());
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /^astrolabe-client: 'login' needs a terminal.*ssh -t.*NEXTCLOUD_HOST.* \[no_terminal\]\n$/);
  }
  assert.deepEqual(commands.nc.control.log().requests, []);
});

test("no address, or one that is none", { skip }, async () => {
  for (const [args, expected] of [
    [[], /No server is named: .*\[configuration\]/],
    [["cloud.example.com"], /the address is no absolute http\(s\) URL.*\[invalid_argument\]/],
    [["https://admin:hunter2@cloud.example.com"], /the address is no absolute http\(s\) URL, or has a user name in it.*\[invalid_argument\]/],
    [["http://192.0.2.1"], /plain http.*--insecure-http.*\[insecure_endpoint\]/],
    [["https://a.example", "https://b.example"], /'login' takes one address/],
  ]) {
    const { code, stdout } = await loginThatFails(args);
    assert.equal(code, 2, stdout);
    assert.match(stdout, expected);
  }
});

test("no login there: which of the reasons it is", { skip }, async () => {
  const respond = (status, headers = {}, body = "") => ({ faults: [{ on: "login-flow", times: null, respond: { status, headers, body } }] });
  const flow = (login) => respond(200, {}, { poll: { token: "hunter2", endpoint: "{url}/login/v2/poll" }, login });
  for (const [settings, exitCode, expected] of [
    [respond(404, { "Content-Type": "text/html" }, "<html>"), 2, /no login of Nextcloud's at this address \(404\).*\[login_not_offered\]/],
    [respond(200, {}, "<html>"), 2, /\[login_not_offered\]/],
    [respond(200, {}, { poll: { token: 1 }, login: "https://a.example/" }), 2, /\[login_not_offered\]/],
    [respond(429), 4, /too many requests.*\[rate_limited\]/],
    [{ maintenance: true }, 4, /maintenance.*\[server_error\]/],
    [{ trustedHost: false }, 2, /trusted_domains.*\[request_rejected\]/],
    [respond(301, { Location: "https://cloud.example.com/index.php/login/v2?secret=hunter2" }), 2, /redirects to https:\/\/cloud\.example\.com: .*\[unexpected_redirect\]/],
    [{ faults: [{ on: "login-flow", times: null, cut: true }] }, 4, /\[network, /],
    [{ faults: [{ on: "login-flow", times: null, hang: true }] }, 4, /\[timeout/],
    ...["http://cloud.example.com/login", "https://admin:hunter2@cloud.example.com/login", "javascript:alert(1)", "file:///etc/passwd", "/login"].map((page) => [flow(page), 2, /\[insecure_endpoint\]/]),
  ]) {
    commands.nc.control.reset(settings);
    const { code, stdout } = await loginThatFails([commands.nc.url, "--timeout", "1"]);
    assert.deepEqual(code, exitCode, stdout);
    assert.match(stdout, expected);
    assert.doesNotMatch(stdout, /Open this address/);
    assert.equal(counts()["login-flow-poll"], 0);
  }
  const gone = await loginThatFails([`http://127.0.0.1:${await freePort()}`]);
  assert.equal(gone.code, 4);
  assert.match(gone.stdout, /\[network, ECONNREFUSED\]/);
});

test("the server names another address: the page is told as that, and the token does not go there", { skip }, async () => {
  const asked = [];
  const other = createServer((request, response) => (asked.push(request.url), response.end("{}"))).listen(0, "127.0.0.1");
  await once(other, "listening");
  try {
    const there = `http://127.0.0.1:${other.address().port}`;
    commands.nc.control.faults([{ on: "login-flow", respond: { status: 200, body: { poll: { token: "hunter2", endpoint: `${there}/login/v2/poll` }, login: `${there}/login/v2/flow/x` } } }]);
    const process = await begin();
    assert.match(process.written.stdout, /at another address than the one that you gave/);
    await until(() => counts()["login-flow-poll"] > 2);
    process.child.stdin.write("\x03");
    assert.equal((await endOf(process)).code, 130);
    assert.deepEqual(asked, []);
  } finally {
    other.close();
  }
});

test("denied, or an answer that makes no sense or breaks off: said, and nothing is kept", { skip }, async () => {
  for (const [fault, exitCode, expected] of [
    [{ respond: { status: 403, body: "" } }, 3, /ended the login \(403\)\. \[login_denied\]/],
    [{ respond: { status: 400, body: {} } }, 3, /\[login_denied\]/],
    [{ respond: { status: 200, body: "<html>" } }, 5, /makes no sense\. If an app password was made.*under Security.*\[unexpected_response\]/],
    [{ respond: { status: 200, body: { loginName: "admin" } } }, 5, /\[unexpected_response\]/],
    [{ respond: { status: 302, headers: { Location: "{url}/" }, body: "" } }, 3, /\[login_denied\]/],
  ]) {
    commands.nc.control.faults([{ on: "login-flow-poll", times: null, ...fault }]);
    const { code, stdout } = await loginThatFails([commands.nc.url]);
    assert.equal(code, exitCode, stdout);
    assert.match(stdout, expected);
  }
  // Also that of a 404, which says that nobody has agreed yet; that is no reason to end.
  commands.nc.control.faults([{ on: "login-flow-poll", times: null, cutBody: true }]);
  const process = await begin();
  await until(() => counts()["login-flow-poll"] > 2);
  await agree(process.page);
  const { code, stdout } = await endOf(process);
  assert.equal(code, 5, stdout);
  assert.match(stdout, /broke off\. If an app password was made.*\[unexpected_response\]/);
});

test("a server that is away for a moment, or throttles, ends nothing", { skip }, async () => {
  const faults = [{ cut: true }, { respond: { status: 503, body: "" } }, { respond: { status: 429, body: "" } }, { respond: { status: 429, headers: { "Retry-After": "1" }, body: "" } }];
  commands.nc.control.faults(faults.map((fault) => ({ on: "login-flow-poll", times: 1, ...fault })));
  const { code, stdout } = await logIn();
  assert.equal(code, 0, stdout);
  assert.equal(counts()["login-flow-poll"], 5);
});

test("throttled: it asks the less", { skip }, async () => {
  commands.nc.control.faults([{ on: "login-flow-poll", times: null, respond: { status: 429, body: "" } }]);
  const { code, stdout } = await loginThatFails([commands.nc.url], { env: faster(600) });
  assert.equal(code, 3);
  assert.match(stdout, /within 20 minutes/);
  const polls = counts()["login-flow-poll"];
  assert.ok(polls > 5 && polls < 30, `${polls} in 20 minutes`);
});

test("nobody agrees for 20 minutes", { skip }, async () => {
  const { code, stdout } = await loginThatFails([commands.nc.url], { env: faster(1200) });
  assert.equal(code, 3);
  assert.match(stdout, /Nobody agreed to the login within 20 minutes.* \[login_timeout\]\n$/);
  assert.ok(counts()["login-flow-poll"] > 5);
});

test("Ctrl-C: nothing is kept, and an app password that arrives after it is deleted", { skip }, async () => {
  const ends = async (process) => {
    process.child.stdin.write("\x03");
    const { code, stdout } = await endOf(process);
    assert.equal(code, 130);
    assert.match(stdout, /Interrupted by SIGINT\. \[interrupted\]\n$/);
    assert.deepEqual(await readdir(join(config, "astrolabe-client")), []);
    return stdout;
  };
  // While nobody has agreed yet.
  await ends(await begin());
  assert.equal(counts()["app-password"], 0);
  // Agreed to, and not asked for yet.
  const early = await begin([], { env: faster(0.001) });
  await agree(early.page);
  await ends(early);
  // On its way.
  commands.nc.control.faults([{ on: "login-flow-poll", times: null, delayMs: 1_000 }]);
  const late = await begin();
  await agree(late.page);
  await until(() => counts()["login-flow-poll"] > 1);
  await ends(late);
  const deletions = requestsTo("app-password");
  assert.equal(deletions.length, 2);
  for (const { headers } of deletions) {
    const [username, password] = atob(headers.authorization.split(" ")[1]).split(":");
    assert.equal(await isAppPassword({ username, password }), false);
  }
  // And where that cannot be: what is left, and where.
  commands.nc.control.faults([{ on: "app-password", times: null, respond: { status: 500, body: "" } }]);
  const left = await begin([], { env: faster(0.001) });
  await agree(left.page);
  assert.match(await ends(left), /could not be deleted \(the server answered with status 500\): delete it in the account's settings/);
});

test("a poll that hangs: neither Ctrl-C nor the 20 minutes wait for all of --timeout, and it is said what may be left", { skip }, async () => {
  commands.nc.control.faults([{ on: "login-flow-poll", times: null, hang: true }]);
  const given = await begin(["--timeout", "1000"]);
  await until(() => counts()["login-flow-poll"] === 1);
  const begun = Date.now();
  given.child.stdin.write("\x03");
  const { code, stdout } = await endOf(given);
  assert.equal(code, 130);
  assert.ok(Date.now() - begun < 10_000);
  assert.match(stdout, /did not say whether you had agreed\. If so, an app password was made.*delete it.*\n.*\[interrupted\]\n$/);

  const late = await loginThatFails([commands.nc.url, "--timeout", "2000000"], { env: faster(1200) });
  assert.equal(late.code, 3, late.stdout);
  assert.match(late.stdout, /within 20 minutes.*did not say whether.*If so, an app password was made.*\[login_timeout\]/);
});

test("a deletion that hangs does not wait for all of --timeout", { skip }, async () => {
  commands.nc.control.faults([{ on: "app-password", times: null, hang: true }]);
  const left = await begin(["--timeout", "1000"], { env: faster(0.001) });
  await agree(left.page);
  const begun = Date.now();
  left.child.stdin.write("\x03");
  assert.match((await endOf(left)).stdout, /could not be deleted \(the server gave no answer: /);
  assert.ok(Date.now() - begun < 20_000);
});

test("Ctrl-C while the server does not even answer", { skip }, async () => {
  commands.nc.control.faults([{ on: "login-flow", times: null, hang: true }]);
  const process = commands.startOnTerminal(["login", commands.nc.url], environment());
  await until(() => counts()["login-flow"] === 1);
  process.child.stdin.write("\x03");
  assert.equal((await endOf(process)).code, 130);
});

test("logout where the server is gone, or fails: the file goes, and it is said what is left", { skip }, async () => {
  for (const [fault, said] of [[{ respond: { status: 500, body: "" } }, /status 500/], [{ cut: true }, /gave no answer/]]) {
    await logIn();
    commands.nc.control.faults([{ on: "app-password", times: null, ...fault }]);
    const { code, stdout, stderr } = await commands.run(["logout"], environment());
    assert.equal(code, 4);
    assert.deepEqual(ndjson(stdout).map(({ step, isDone }) => [step, isDone]), [["app_password", false], ["file", true]]);
    assert.match(stderr, said);
    assert.match(stderr, /still valid: delete it in the settings there, under Security\. \[logout_incomplete\]\n$/);
    await assert.rejects(stat(kept), { code: "ENOENT" });
  }
});

test("logout of what the server does not accept any more; of a password that is no app password", { skip }, async () => {
  await logIn();
  commands.nc.control.reset(); // it knows nothing of that login
  const status = await commands.run(["status", "alice"], environment());
  assert.equal(status.code, 3);
  assert.match(status.stderr, new RegExp(`\\[unauthorized\\]\nastrolabe-client: The login is that of 'astrolabe-client login', in ${kept}\\..*'astrolabe-client login ${commands.nc.url}' again`));
  const { code, stdout } = await commands.run(["logout"], environment());
  assert.equal(code, 0);
  assert.match(ndjson(stdout)[0].message, /did not accept it any more/);

  const own = join(config, "own.json");
  await writeFile(own, JSON.stringify({ nextcloudHost: commands.nc.url, username: "admin", password: commands.nc.accounts.admin.password }), { mode: 0o600 });
  const refused = await commands.run(["logout", "--config", own], environment());
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /is no app password/);
  await stat(own);
});

test("a browser is opened where there is one here, and not over ssh", { skip: skip || process.platform !== "linux" }, async () => {
  const folder = join(commands.home, "bin");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const opened = join(folder, "opened");
  const install = (name, exitCode = 0) => writeFile(join(folder, name), `#!/bin/sh\nprintf '%s' "$*" >'${opened}.${name}'\nexit ${exitCode}\n`, { mode: 0o755 });
  const what = async (names, env) => {
    for (const name of ["xdg-open", "wslview", "powershell.exe"]) await rm(join(folder, name), { force: true });
    for (const name of names) await install(name);
    const process = await begin([], { env: { PATH: `${folder}:/usr/bin:/bin`, ...env } });
    // So that whatever it opens has been opened.
    await until(() => counts()["login-flow-poll"] > 3);
    process.child.stdin.write("\x03");
    await endOf(process);
    const found = {};
    for (const file of await readdir(folder)) {
      if (!file.startsWith("opened.")) continue;
      found[file.slice("opened.".length)] = await readFile(join(folder, file), "utf8");
      await rm(join(folder, file));
    }
    commands.nc.control.reset();
    return { found, page: process.page };
  };
  const here = await what(["xdg-open"], { DISPLAY: ":0" });
  assert.deepEqual(here.found, { "xdg-open": here.page });
  const wayland = await what(["xdg-open"], { WAYLAND_DISPLAY: "wayland-0" });
  assert.deepEqual(wayland.found, { "xdg-open": wayland.page });
  assert.deepEqual((await what(["xdg-open"], {})).found, {}, "without a display");
  for (const variable of ["SSH_CONNECTION", "SSH_TTY"]) assert.deepEqual((await what(["xdg-open", "wslview"], { DISPLAY: ":0", WSL_DISTRO_NAME: "Debian", [variable]: "x" })).found, {}, "over ssh");
  const wsl = await what(["wslview", "powershell.exe", "xdg-open"], { WSL_DISTRO_NAME: "Debian", DISPLAY: ":0" });
  assert.deepEqual(wsl.found, { wslview: wsl.page });
  const bare = await what(["powershell.exe"], { WSL_DISTRO_NAME: "Debian" });
  assert.deepEqual(bare.found, { "powershell.exe": `-NoProfile -NonInteractive -Command Start-Process '${bare.page}'` });
});

test("--quiet shows the address and no sign of life; TERM=dumb one line of it", { skip }, async () => {
  const quiet = await logIn(["-q"]);
  assert.match(quiet.stdout, /Open this address/);
  assert.doesNotMatch(quiet.stdout, /Waiting/);
  const dumb = await logIn([], { env: { TERM: "dumb" } });
  assert.doesNotMatch(dumb.stdout, /\x1b/);
  assert.equal(dumb.stdout.match(/Waiting/g).length, 1);
});

test("an address longer than the line is whole, to be copied", { skip }, async () => {
  const { code, stdout } = await logIn([], { columns: 40 });
  assert.equal(code, 0, stdout);
  const drawn = stdout.split(/[\r\n]/).filter((line) => line.startsWith("Waiting"));
  for (const line of drawn) assert.ok(line.replace("\x1b[K", "").length < 40);
});

/** What others than Nextcloud, or it of another thing, say of the deletion of an app password. */
const NO_DELETIONS = [
  [{ status: 200, headers: { "Content-Type": "text/html" }, body: "<!DOCTYPE html><html>Log in to the proxy</html>" }, /makes no sense/],
  [{ status: 200, body: {} }, /makes no sense/],
  [{ status: 200, body: { ocs: { meta: { status: "failure", statuscode: 997, message: "" }, data: [] } } }, /makes no sense/],
  [{ status: 204, body: "" }, /status 204/],
  [{ status: 302, headers: { Location: "{url}/" }, body: "" }, /status 302/],
  [{ status: 401, headers: { "WWW-Authenticate": 'Basic realm="proxy"', "Content-Type": "text/html" }, body: "<html>proxy</html>" }, /status 401/],
  [{ status: 401, body: { message: "Unauthorized" } }, /status 401/],
  [{ status: 401, body: { message: "Account disabled" } }, /account is disabled/],
  // As where a web server keeps the header from PHP.
  [{ status: 401, body: { ocs: { meta: { status: "failure", statuscode: 997, message: "Current user is not logged in" }, data: [] } } }, /status 401/],
  [{ status: 403, headers: { "Content-Type": "text/html" }, body: "<html>firewall</html>" }, /status 403/],
  // More than anybody would read.
  [{ status: 200, body: `${" ".repeat(300_000)}{"ocs":{"meta":{"status":"ok"}}}` }, /makes no sense/],
];

test("logout: what is not Nextcloud's own word for it deletes nothing", { skip }, async () => {
  await mkdir(join(config, "astrolabe-client"), { recursive: true });
  for (const [respond, said] of NO_DELETIONS) {
    await writeFile(kept, JSON.stringify({ nextcloudHost: commands.nc.url, username: "admin", password: "hunter2-hunter2" }), { mode: 0o600 });
    commands.nc.control.reset({ faults: [{ on: "app-password", times: null, respond }] });
    const { code, stdout, stderr } = await commands.run(["logout"], environment());
    assert.equal(code, 4, `${JSON.stringify(respond).slice(0, 100)}: ${stderr}`);
    assert.deepEqual(ndjson(stdout).map(({ step, isDone }) => [step, isDone]), [["app_password", false], ["file", true]]);
    assert.match(stderr, said);
    assert.match(stderr, /may be still valid: delete it in the settings there/);
  }
  // Without it, a refusal would come in XML.
  assert.match(requestsTo("app-password")[0].path, /\?format=json$/);
});

test("an app password that is not used, or of a former login: the same", { skip }, async () => {
  for (const [respond, said] of NO_DELETIONS.slice(0, 4)) {
    await logIn();
    commands.nc.control.faults([{ on: "app-password", times: null, respond }]);
    const again = await logIn();
    assert.equal(again.code, 0);
    assert.match(again.stdout, /of the former login at .* could not be deleted/);
    assert.match(again.stdout, said);
    const left = await begin([], { env: faster(0.001) });
    await agree(left.page);
    left.child.stdin.write("\x03");
    assert.match((await endOf(left)).stdout, said);
    commands.nc.control.faults([]);
  }
});

test("no app password goes over plain http to another machine, but by --insecure-http", { skip: skip || process.platform !== "linux" }, async () => {
  // To Linux an address of this machine; to the client none that it knows as one.
  const nextcloudHost = commands.nc.url.replace("127.0.0.1", "0.0.0.0");
  const file = JSON.stringify({ nextcloudHost, username: "admin", password: "hunter2" });
  await mkdir(join(config, "astrolabe-client"), { recursive: true });
  await writeFile(kept, file, { mode: 0o600 });
  const { code, stdout, stderr } = await commands.run(["logout"], environment());
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
  assert.match(stderr, /nextcloudHost in .*plain http.*--insecure-http.*\[insecure_endpoint\]/);
  assert.equal(await readFile(kept, "utf8"), file);

  const former = await logIn();
  assert.equal(former.code, 0);
  assert.match(former.stdout, /of the former login at .* could not be deleted \(.*plain http/);
  assert.equal(counts()["app-password"], 0);

  await writeFile(kept, file);
  assert.equal((await commands.run(["logout", "--insecure-http"], environment())).code, 0);
  assert.equal(counts()["app-password"], 1);
});

test("--print where the output cannot be written: the app password is deleted, and that is said", { skip: skip || process.platform !== "linux" }, async () => {
  for (const [where, exitCode, expected] of [[">/dev/full", 5, /cannot be written \(ENOSPC\)\. \[output\]/], ["| false", 141, /^/]]) {
    for (const format of ["table", "json"]) {
      commands.nc.control.reset();
      const process = await begin(["--print", "--format", format], { where });
      await agree(process.page);
      const { code, stdout } = await endOf(process);
      if (where.startsWith(">")) assert.equal(code, exitCode, stdout);
      assert.match(stdout, expected);
      assert.match(stdout, /The app password that was made is deleted again/);
      const [{ headers }] = requestsTo("app-password");
      const [username, password] = atob(headers.authorization.split(" ")[1]).split(":");
      assert.equal(await isAppPassword({ username, password }), false);
    }
  }
});

test("an answer that is meant to fill the memory is not read to its end", { skip: skip || process.platform !== "linux" }, async () => {
  let sent = 0;
  const megabyte = Buffer.alloc(1 << 20, " ");
  const server = createServer((request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    const more = () => {
      while (!response.destroyed && (sent += megabyte.length) < 200 * megabyte.length) if (!response.write(megabyte)) return response.once("drain", more);
      response.end("{}");
    };
    more();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { code, stdout } = await loginThatFails([`http://127.0.0.1:${server.address().port}`]);
    assert.equal(code, 2, stdout);
    assert.match(stdout, /\[login_not_offered\]/);
    assert.ok(sent < 50 * megabyte.length, `${sent} bytes were taken`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  // The same of the answer that has the app password.
  commands.nc.control.faults([{ on: "login-flow-poll", times: null, respond: { status: 200, body: `${" ".repeat(300_000)}{"loginName":"admin","appPassword":"x"}` } }]);
  assert.match((await loginThatFails([commands.nc.url])).stdout, /makes no sense.*\[unexpected_response\]/);
});

test("a login that no command would take is not kept, nor printed", { skip }, async () => {
  for (const loginName of ["al\nice", "alice ", "'alice'", "a:b", "", " "]) {
    for (const args of [[], ["--print"]]) {
      commands.nc.control.faults([{ on: "login-flow-poll", respond: { status: 200, body: { server: "{url}", loginName, appPassword: "hunter2-hunter2" } } }]);
      const { code, stdout } = await loginThatFails([commands.nc.url, ...args]);
      assert.equal(code, 5, stdout);
      assert.match(stdout, /no command could use: .*username in what the server gave.*\[unexpected_response\]/);
      // Nobody can log in with a colon in the name.
      assert.match(stdout, loginName === "a:b" ? /could not be deleted \(its name has a colon/ : /is deleted again|could not be deleted/);
    }
  }
});

test("where what was begun cannot take its place, nothing is left of it", async () => {
  const { Draft } = await import(pathToFileURL(join(consumer.package, "pkg/cli/login-file.js")));
  const path = join(config, "taken.json");
  const draft = new Draft(path, false);
  // In the meantime.
  await mkdir(join(path, "folder"), { recursive: true });
  assert.throws(() => draft.commit({ nextcloudHost: "https://a.example", username: "a", password: "hunter2" }), /taken\.json cannot be written \((EISDIR|ENOTEMPTY|EEXIST|EPERM|EACCES)\)/);
  draft.discard();
  assert.deepEqual(await readdir(config), ["taken.json"]);
});

test("two logins to one file: of the one that is not kept the app password is deleted", { skip }, async () => {
  const [first, second] = [await begin(), await begin()];
  await agree(first.page);
  assert.equal((await endOf(first)).code, 0);
  const former = JSON.parse(await readFile(kept, "utf8"));
  await agree(second.page);
  assert.equal((await endOf(second)).code, 0);
  assert.equal(await isAppPassword(former), false);
  assert.equal(await isAppPassword(JSON.parse(await readFile(kept, "utf8"))), true);

  // And what is there by then and is no login stays.
  const third = await begin();
  const settings = JSON.stringify({ nextcloudHost: commands.nc.url });
  await writeFile(kept, settings);
  await agree(third.page);
  const { code, stdout } = await endOf(third);
  assert.equal(code, 2);
  assert.match(stdout, /is deleted again\.\n.*holds other settings/);
  assert.equal(await readFile(kept, "utf8"), settings);
});

test("a link: the login is in the file that it leads to, whose folder stays as it is; logout deletes both", { skip: skip || !isPosix }, async () => {
  const shared = join(config, "shared");
  await mkdir(shared, { recursive: true });
  await chmod(shared, 0o755);
  const [link, file] = [join(config, "link.json"), join(shared, "real.json")];
  await symlink(file, link);
  const without = await loginThatFails([commands.nc.url, "--config", link]);
  assert.equal(without.code, 2);
  assert.match(without.stdout, /link\.json is a link to a file that is not there/);
  assert.equal(counts()["login-flow"], 0);

  const former = { nextcloudHost: commands.nc.url, username: "admin", password: "hunter2" };
  await writeFile(file, JSON.stringify(former), { mode: 0o600 });
  assert.equal((await logIn(["--config", link])).code, 0);
  assert.equal((await lstat(link)).isSymbolicLink(), true);
  const login = JSON.parse(await readFile(file, "utf8"));
  assert.notEqual(login.password, former.password);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await commands.run(["users", "--config", link], environment())).code, 0);
  assert.equal((await commands.run(["logout", "--config", link], environment())).code, 0);
  assert.deepEqual(await readdir(shared), []);
  await assert.rejects(lstat(link), { code: "ENOENT" });

  await symlink(shared, join(config, "astrolabe-client"));
  assert.equal((await logIn()).code, 0);
  assert.equal((await stat(shared)).mode & 0o777, 0o755);
  assert.equal((await stat(kept)).mode & 0o777, 0o600);
});

test("no server elsewhere sends the browser to this machine", async () => {
  const { LoginFlow } = await import(pathToFileURL(join(consumer.package, "pkg/cli/login-flow.js")));
  const pageOf = async (server, login, insecureHttp) => {
    const fetch = async () => Response.json({ poll: { token: "t" }, login });
    const begun = LoginFlow.begin(server, { fetch, insecureHttp, signal: new AbortController().signal });
    return begun.then(({ page }) => page, ({ code }) => code);
  };
  for (const page of ["http://localhost:8080/shutdown", "https://localhost:8080/", "http://127.0.0.1/", "http://127.1.2.3/", "http://[::1]/", "http://2130706433/"]) {
    assert.equal(await pageOf("https://cloud.example.com", page), "insecure_endpoint", page);
    for (const server of ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"]) assert.equal(await pageOf(server, page), new URL(page).href);
  }
  assert.equal(await pageOf("https://cloud.example.com", "https://login.example.com/"), "https://login.example.com/");
  assert.equal(await pageOf("http://cloud.example.com", "http://cloud.example.com/", true), "http://cloud.example.com/");
  assert.equal(await pageOf("http://localhost", "http://cloud.example.com/"), "insecure_endpoint");
  assert.equal(await pageOf("http://localhost", "file:///etc/passwd", true), "insecure_endpoint");
});

test("logout that is interrupted leaves the file", { skip }, async () => {
  await logIn();
  commands.nc.control.faults([{ on: "app-password", times: null, hang: true }]);
  const { child, ended } = commands.start(["logout", "--timeout", "1000"], environment());
  await until(() => counts()["app-password"] === 1);
  child.kill("SIGINT");
  assert.equal((await ended).code, 130);
  await stat(kept);
});

test("headers for a proxy before the Nextcloud go with every request of login and logout", { skip }, async () => {
  const env = { NEXTCLOUD_HEADERS: '{"CF-Access-Client-Secret": "hunter2-of-the-proxy"}' };
  assert.equal((await logIn([], { env })).code, 0);
  assert.equal((await commands.run(["logout"], environment(env))).code, 0);
  const requests = ["login-flow", "login-flow-poll", "app-password"].flatMap(requestsTo);
  assert.ok(requests.length >= 3 && requests.every(({ headers }) => headers["cf-access-client-secret"] === "hunter2-of-the-proxy"));
});

test("the login over plain http to another machine: only by --insecure-http", { skip: skip || process.platform !== "linux" }, async () => {
  // To Linux an address of this machine; to the client none that it knows as one.
  const address = commands.nc.url.replace("127.0.0.1", "0.0.0.0");
  assert.match((await loginThatFails([address])).stdout, /\[insecure_endpoint\]/);
  assert.equal((await logIn(["--insecure-http"], { address })).code, 0);
});
