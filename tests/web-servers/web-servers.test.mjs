// The lines of www/README.md for nginx and Apache, as they stand there, in a real nginx and a real Apache that are set up as
// Nextcloud's administration manual says: the page and its headers come, and Nextcloud answers as before.
import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launchChromium } from "../browser/chromium.mjs";
import { consumer } from "../consumer.mjs";
import { snippetsOf } from "../docs/markdown.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { buildDashboard, done, logIn } from "../www/dashboard.mjs";
import { startServer } from "./servers.mjs";

const LIMIT_MS = 60_000;

// As they are in the document.
const FOLDER = "/var/www/astrolabe-dashboard";
const PLACE = "/background-access";

/** The one block of the document that is for this server. */
function snippetFor(kind) {
  const found = snippetsOf("www/README.md").filter(({ language }) => language === kind);
  assert.equal(found.length, 1, `one block for ${kind}`);
  return found[0].code;
}

/** What its reader does with it: another folder, and another place where Nextcloud has a folder of its own. */
function adapted(snippet, base, folder) {
  assert.ok(snippet.includes(FOLDER) && snippet.includes(PLACE));
  return snippet.replaceAll(PLACE, base + PLACE).replaceAll(FOLDER, folder);
}

let standIn;
let browser;
let folder;
let page; // the built page, where a web server may read it
before(async () => {
  const built = await buildDashboard();
  folder = await mkdtemp(join(tmpdir(), "astrolabe-web-servers-"));
  await chmod(folder, 0o755);
  page = join(folder, "page");
  await mkdir(page);
  await cp(built, page, { recursive: true });
  await rm(built, { recursive: true });
  standIn = await startStandIn();
  browser = await launchChromium();
}, { timeout: LIMIT_MS });
after(async () => {
  await browser?.close();
  await standIn?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const get = (url, options) => fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000), ...options });

/** Paths of all files that the page itself names, and of the service worker. */
async function filesOfPage() {
  const html = await readFile(join(page, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
  assert.ok(["js", "css", "svg"].every((end) => named.some((path) => path.endsWith(`.${end}`))), named.join());
  return [...named, "service-worker.js"];
}

const TYPES = { js: /^(text|application)\/javascript\b/, css: /^text\/css\b/, svg: /^image\/svg\+xml\b/, html: /^text\/html\b/ };

function assertHeaders({ headers, url }) {
  const policies = headers.get("content-security-policy");
  assert.equal(policies, "frame-ancestors 'none'", url);
  // Two that differ would count for none.
  assert.equal(headers.get("x-frame-options"), "DENY", url);
  assert.equal(headers.get("x-content-type-options"), "nosniff", url);
  assert.equal(headers.get("referrer-policy"), "no-referrer", url);
}

async function assertPageIsServed(server) {
  const at = server.origin + server.base + PLACE;
  const index = await get(`${at}/`);
  assert.equal(index.status, 200);
  assert.match(index.headers.get("content-type"), TYPES.html);
  assert.equal(index.headers.get("cache-control"), "no-cache");
  assertHeaders(index);
  const text = await index.text();
  assert.equal(text, await readFile(join(page, "index.html"), "utf8"));
  assert.match(text, /Content-Security-Policy"\s+content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'/);

  for (const path of await filesOfPage()) {
    const answer = await get(`${at}/${path}`);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get("content-type"), TYPES[path.split(".").pop()], path);
    assert.equal(answer.headers.get("cache-control"), "no-cache", path);
    assertHeaders(answer);
    assert.equal(await answer.text(), await readFile(join(page, path), "utf8"), path);
  }

  const unchanged = await get(`${at}/`, { headers: { "If-None-Match": index.headers.get("etag") } });
  assert.equal(unchanged.status, 304);

  const missing = await get(`${at}/assets/missing.js`);
  assert.equal(missing.status, 404);
  assertHeaders(missing);
}

async function assertRedirectToSlash(server) {
  const at = server.base + PLACE;
  const answer = await get(server.origin + at);
  assert.equal(answer.status, 301);
  assert.equal(new URL(answer.headers.get("location"), server.origin).href, `${server.origin}${at}/`);
}

async function assertNextcloudAnswers(server) {
  standIn.control.reset();
  const { admin } = standIn.accounts;
  const headers = { Authorization: `Bearer ${admin.appPassword}`, "OCS-APIRequest": "true", Accept: "application/json" };
  const at = (path) => get(server.nextcloudHost + path, { headers });

  assert.equal((await (await at("/status.php")).json()).installed, true);
  assert.equal((await (await at("/ocs/v2.php/cloud/users?limit=3")).json()).ocs.data.users.length, 3);
  assert.equal((await (await at("/ocs/v2.php/cloud/users/alice")).json()).ocs.data.id, "alice");
  for (const front of ["", "/index.php"]) {
    const route = `${front}/apps/astrolabe/api/v1/background-sync`;
    assert.equal((await (await at(`${route}/credentials/alice`)).json()).has_background_access, true);
    assert.equal((await at(`${route}/status`)).status, 200);
  }
  assert.equal((await get(`${server.nextcloudHost}/login/v2`, { method: "POST" })).status, 200);
  // A name that begins as the page's place does is Nextcloud's.
  assert.notEqual((await get(`${server.nextcloudHost}${PLACE}-elsewhere/`)).headers.get("x-frame-options"), "DENY");
  const { counts } = standIn.control.log();
  assert.deepEqual([counts["status.php"], counts.users, counts.user, counts.credentials, counts.status, counts["login-flow"]], [1, 1, 1, 2, 2, 1]);
}

const USERS = ["alice", "with space", "user@example.com", "o'brien", "müller", "100%", "x+y", "0"];

async function assertClientWorks(server) {
  standIn.control.reset();
  const { AstrolabeClient } = await consumer.import();
  const { admin } = standIn.accounts;
  const { nextcloudHost } = server;
  const clients = {
    "app password": new AstrolabeClient({ nextcloudHost, username: "admin", password: admin.appPassword }),
    "access token": new AstrolabeClient({ nextcloudHost, accessToken: admin.appPassword }),
    "service login": new AstrolabeClient({ nextcloudHost, ...standIn.clients.service, issuer: standIn.issuer }),
    // Where the manual leads from the webroot, and below a folder only with index.php.
    "service login, discovered": new AstrolabeClient({ nextcloudHost: server.base ? `${nextcloudHost}/index.php` : nextcloudHost, ...standIn.clients.service }),
  };
  for (const [login, client] of Object.entries(clients)) {
    const expected = Object.fromEntries(USERS.map((id) => [id, standIn.accounts[id].provisionedAt !== null]));
    const found = {};
    for (const id of USERS) found[id] = (await client.getBackgroundSyncStatus(id)).hasAccess;
    assert.deepEqual(found, expected, login);
    const users = [];
    for await (const id of client.listUsers()) users.push(id);
    assert.equal(users.length, 17, login);
    const checks = await client.diagnose();
    assert.deepEqual(checks.filter(({ passed }) => passed === false), [], login);
    const green = checks.filter(({ passed }) => passed).map(({ name }) => name);
    for (const name of ["server", "version", "maintenance", "clock", "astrolabe", "login", "admin", ...(login.startsWith("service") ? ["discovery", "grant", "token"] : [])]) {
      assert.ok(green.includes(name), `${login}: ${name} of ${JSON.stringify(checks)}`);
    }
  }
}

async function openPage(address) {
  const context = await browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(15_000);
  const opened = await context.newPage();
  const complaints = [];
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await opened.goto(address);
  return { opened, complaints, close: () => context.close() };
}

/** Without the slash, as people write it. */
async function assertPageWorks(server, place = server.base + PLACE) {
  standIn.control.reset();
  const { opened, complaints, close } = await openPage(server.origin + place);
  try {
    await opened.locator(".notecard").first().waitFor();
    assert.equal(await opened.getByLabel("Address of the server").inputValue(), server.nextcloudHost, complaints.join("\n"));
    await logIn(opened, standIn.accounts.admin);
    await done(opened).first().waitFor();
    assert.match(await done(opened).innerText(), /Asked about 17 users/);
  } finally {
    await close();
  }
}

/** Not even by a page of the same origin. */
async function assertNoFrame(server) {
  const { opened, complaints, close } = await openPage(`${server.nextcloudHost}/status.php`);
  try {
    const address = `${server.origin}${server.base}${PLACE}/`;
    await opened.evaluate((src) => {
      const frame = document.createElement("iframe");
      return new Promise((resolve) => document.body.append(Object.assign(frame, { src, onload: resolve })));
    }, address);
    const [frame] = opened.frames().filter((one) => one !== opened.mainFrame());
    assert.equal(await frame.locator("#app").count(), 0);
    assert.match(complaints.join("\n"), /frame-ancestors/);
  } finally {
    await close();
  }
}

for (const kind of ["nginx", "apache"]) {
  for (const layout of ["webroot", "subfolder", "relaying"]) {
    describe(`${kind}, ${layout}`, () => {
      let server;
      before(async () => {
        const base = layout === "subfolder" ? "/nextcloud" : "";
        server = await startServer(kind, { layout, standIn, snippet: adapted(snippetFor(kind), base, page) });
      }, { timeout: LIMIT_MS });
      after(() => server?.close());

      test("serves the page and its headers", { timeout: LIMIT_MS }, () => assertPageIsServed(server));
      test("leads to the address with the slash", { timeout: LIMIT_MS }, () => assertRedirectToSlash(server));
      test("leaves Nextcloud's routes to Nextcloud", { timeout: LIMIT_MS }, () => assertNextcloudAnswers(server));
      test("the client works through it", { timeout: LIMIT_MS }, () => assertClientWorks(server));
      test("the page works in a browser", { timeout: LIMIT_MS }, () => assertPageWorks(server));
      test("the page is in no frame", { timeout: LIMIT_MS }, () => assertNoFrame(server));

      if (kind === "nginx" && layout !== "relaying") {
        test("discovery is led on to index.php, as the manual has it", async () => {
          const answer = await get(`${server.origin}/.well-known/openid-configuration`);
          assert.equal(answer.status, 301);
          assert.equal(answer.headers.get("location"), `${server.nextcloudHost}/index.php/.well-known/openid-configuration`);
          const metadata = await (await get(answer.headers.get("location"))).json();
          assert.equal(metadata.issuer, standIn.issuer);
        });
      }
    });
  }
}

for (const kind of ["nginx", "apache"]) {
  test(`${kind}: the page finds a Nextcloud in a folder beside its own`, { timeout: LIMIT_MS }, async () => {
    const server = await startServer(kind, { layout: "subfolder", standIn, snippet: adapted(snippetFor(kind), "", page) });
    try {
      assert.equal(server.nextcloudHost, `${server.origin}/nextcloud`);
      await assertPageWorks(server, PLACE);
    } finally {
      await server.close();
    }
  });
}

describe("Apache without mod_headers", () => {
  let server;
  before(async () => {
    server = await startServer("apache", { layout: "webroot", standIn, snippet: adapted(snippetFor("apache"), "", page), modules: [] });
  }, { timeout: LIMIT_MS });
  after(() => server?.close());

  test("starts, and Nextcloud answers as before", { timeout: LIMIT_MS }, async () => {
    await assertNextcloudAnswers(server);
    await assertClientWorks(server);
  });

  test("says what to do in place of a page that others could frame", { timeout: LIMIT_MS }, async () => {
    for (const path of ["/", "/index.html", "/assets/missing.js"]) {
      const answer = await get(server.origin + PLACE + path);
      assert.equal(answer.status, 403);
      assert.match(await answer.text(), /a2enmod headers/);
    }
  });
});

test("headers of a virtual host that say otherwise do not count", { timeout: LIMIT_MS }, async () => {
  for (const set of ["set", "always set"]) {
    const snippet = `Header ${set} X-Frame-Options SAMEORIGIN\n${adapted(snippetFor("apache"), "", page)}`;
    const server = await startServer("apache", { layout: "webroot", standIn, snippet });
    try {
      assertHeaders(await get(`${server.origin}${PLACE}/`));
    } finally {
      await server.close();
    }
  }
});

test("nginx without the ^~ would give a blank page: what these tests are for", { timeout: LIMIT_MS }, async () => {
  const snippet = adapted(snippetFor("nginx"), "", page);
  const server = await startServer("nginx", { layout: "webroot", standIn, snippet: snippet.replace("location ^~ ", "location ") });
  try {
    const script = (await filesOfPage()).find((path) => path.endsWith(".js"));
    assert.equal((await get(`${server.origin}${PLACE}/`)).status, 200);
    assert.notEqual((await get(`${server.origin}${PLACE}/${script}`)).status, 200);
  } finally {
    await server.close();
  }
});

test("a server that cannot start says why, and leaves nothing", { timeout: LIMIT_MS }, async () => {
  for (const kind of ["nginx", "apache"]) {
    await assert.rejects(startServer(kind, { layout: "webroot", standIn, snippet: "Nonsense\n" }), /did not start: [^]*(unknown directive|unexpected|Invalid command)/);
  }
});
