// Logging in to the dashboard: each way, and all that can be in the way of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { staticFile } from "../nextcloud/static-files.mjs";
import { done, logIn, screenshot, seen, startDashboard } from "./dashboard.mjs";
import { block, englishIn, LOGIN_OBSTACLES, SERVER_OBSTACLES } from "./obstacles.mjs";

let dashboard;
let standIn;
let admin;
before(async () => {
  dashboard = await startDashboard();
  ({ standIn } = dashboard);
  ({ admin } = standIn.accounts);
});
after(() => dashboard?.close());
beforeEach(() => standIn.control.reset());
afterEach(() => dashboard.closePages());

const check = (page, name) => page.locator(`[data-check="${name}"]`);
const choose = (page, name) => page.getByRole("radio", { name }).check({ force: true });
const submit = (page) => page.getByRole("button", { name: "Log in", exact: true }).click();
const field = (page, name) => page.getByRole("textbox", { name, exact: true });

/** Fails, where waiting alone would go on for ever. */
async function until(isSo) {
  for (const endsAt = Date.now() + 10_000; !isSo(); ) {
    assert.ok(Date.now() < endsAt, `not within 10 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function logInAsService(page) {
  await choose(page, /Service login/);
  const { clientId, clientSecret } = standIn.clients.service;
  await field(page, "Client ID").fill(clientId);
  await field(page, "Client secret").fill(clientSecret);
  await submit(page);
}

describe("each way in", () => {
  test("user name and app password", async () => {
    const page = await dashboard.open();
    await logIn(page, admin);
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 17 users\. 9 have given access\./);
    await seen(page.getByText("The set-up is in order"));
  });

  test("an access token", async () => {
    const page = await dashboard.open();
    await choose(page, "Access token");
    await field(page, "Access token").fill(admin.appPassword);
    await submit(page);
    await seen(done(page));
  });

  test("the login of a service", async () => {
    const page = await dashboard.open();
    await logInAsService(page);
    await seen(done(page));
    const { counts } = standIn.control.log();
    assert.equal(counts.token, 1);
  });

  test("the login of a service at an identity provider that is named", async () => {
    standIn.control.reset({ discovery: "none" });
    const page = await dashboard.open();
    await logInAsService(page);
    await seen(check(page, "discovery").getByText("Not in order"));
    await page.getByLabel(/Identity provider/).fill(standIn.issuer);
    await submit(page);
    await seen(done(page));
  });

  test("Login Flow v2: agreed to on Nextcloud's page, and its app password deleted at the end", async () => {
    const page = await dashboard.open();
    await submit(page);
    const link = page.getByRole("link", { name: `Open the login page of ${new URL(standIn.url).host}` });
    await seen(link);
    await seen(page.getByText(`Nextcloud will ask whether “${await page.evaluate(() => navigator.userAgent)}” may have access: that is this browser, with this page in it.`));
    await screenshot(page, "login-flow");
    const [nextcloud] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
    assert.equal(await nextcloud.evaluate(() => window.opener), null);
    await nextcloud.getByLabel("Account name").fill("admin");
    await nextcloud.getByLabel("Password").fill(admin.password);
    await nextcloud.getByRole("button", { name: "Grant access" }).click();
    await seen(nextcloud.getByText("Account connected"));
    await nextcloud.close();
    await seen(done(page));
    const login = standIn.control.log().requests.find(({ route }) => route === "credentials").headers.authorization;
    const stillGood = async () => (await fetch(`${standIn.url}/ocs/v2.php/cloud/users`, { headers: { Authorization: login, "OCS-APIRequest": "true" } })).status;
    assert.equal(await stillGood(), 200);
    await page.getByRole("button", { name: "Log out" }).click();
    await seen(page.getByRole("heading", { name: "Log in as an administrator" }));
    await until(() => standIn.control.log().counts["app-password"] === 1);
    assert.equal(await stillGood(), 401);
    assert.equal(await page.getByText("alice").count(), 0);
  });

  test("Login Flow v2: its app password goes with the page", async () => {
    const page = await dashboard.open();
    await submit(page);
    const url = await page.getByRole("link", { name: /Open the login page/ }).getAttribute("href");
    await fetch(url, { method: "POST", body: new URLSearchParams({ user: "admin", password: admin.password }) });
    await seen(done(page));
    await page.goto("about:blank");
    await until(() => standIn.control.log().counts["app-password"] === 1);
    await page.goto(`${standIn.url}/dashboard/`);
  });

  const agree = async (page, who) => {
    await submit(page);
    const url = await page.getByRole("link", { name: /Open the login page/ }).getAttribute("href");
    await fetch(url, { method: "POST", body: new URLSearchParams({ user: who.id, password: who.password }) });
  };

  test("Login Flow v2 by who is no administrator: what was made for that is deleted, however long it takes", async () => {
    const page = await dashboard.open();
    standIn.control.faults([{ on: "app-password", hang: true }]);
    await agree(page, standIn.accounts.alice);
    await seen(check(page, "admin").getByText("Not in order"));
    await until(() => standIn.control.log().counts["app-password"] === 1);
    await logIn(page, admin);
    await seen(done(page));
  });

  test("Login Flow v2, given up while the set-up is checked", async () => {
    const page = await dashboard.open();
    standIn.control.faults([{ on: "status.php", hang: true, times: null }]);
    await agree(page, admin);
    await seen(page.getByText("Checking the set-up…"));
    await page.getByRole("button", { name: "Cancel" }).click();
    await until(() => standIn.control.log().counts["app-password"] === 1);
  });

  test("Login Flow v2, given up just when somebody agreed: the app password is not left behind", async () => {
    const page = await dashboard.open();
    standIn.control.faults([{ on: "login-flow-poll", delayMs: 1_500, times: null }]);
    await agree(page, admin);
    await until(() => standIn.control.log().counts["login-flow-poll"] === 1);
    await choose(page, "Access token");
    await until(() => standIn.control.log().counts["app-password"] === 1);
    assert.equal(await page.getByText(/Waiting for you to agree/).count(), 0);
  });

  test("Login Flow v2 that would lead elsewhere is none", async () => {
    for (const login of ["http://evil.example/login", "javascript:alert(1)", "https://", "https://cloud.example.com@evil.example/", 7]) {
      standIn.control.faults([{ on: "login-flow", mergeJson: { login } }]);
      const page = await dashboard.open();
      await submit(page);
      await seen(page.getByRole("alert").getByText("The server offers no login by its own page here."));
    }
  });

  test("Login Flow v2, given up: nothing is polled any more", async () => {
    const page = await dashboard.open();
    await submit(page);
    await seen(page.getByRole("link", { name: /Open the login page/ }));
    await page.getByRole("button", { name: "Cancel" }).click();
    const polled = standIn.control.log().counts["login-flow-poll"];
    await page.waitForTimeout(2_500);
    assert.equal(standIn.control.log().counts["login-flow-poll"], polled);
    await logIn(page, admin);
    await seen(done(page));
  });

  test("Login Flow v2 where the server has none", async () => {
    standIn.control.faults([{ on: "login-flow", recorded: "47-cred-alice-trailing" }]);
    const page = await dashboard.open();
    await submit(page);
    await seen(page.getByRole("alert").getByText("The server offers no login by its own page here."));
  });

  test("Login Flow v2 with a network that is away for a moment", async () => {
    standIn.control.faults([{ on: "login-flow-poll", cut: true }]);
    const page = await dashboard.open();
    await submit(page);
    const link = page.getByRole("link", { name: /Open the login page/ });
    const url = await link.getAttribute("href");
    await fetch(url, { method: "POST", body: new URLSearchParams({ user: "admin", password: admin.password }) });
    await seen(done(page));
  });
});

describe("what is in the way", () => {
  for (const [name, obstacle] of Object.entries({ ...SERVER_OBSTACLES, ...LOGIN_OBSTACLES })) {
    test(`${name}: what mends it, in the checklist`, async () => {
      const page = await dashboard.open();
      block(standIn, obstacle);
      const { who = "admin" } = obstacle;
      await logIn(page, typeof who === "string" ? standIn.accounts[who] : who);
      await seen(check(page, obstacle.check).getByText("Not in order"));
      assert.match(await check(page, obstacle.check).innerText(), obstacle.advice);
      // What stands behind a full stop begins as a sentence.
      for (const details of await page.locator(".check .small").allInnerTexts()) assert.match(details, /^[A-Z\d]((?!\. [a-z])[^])*$/);
      assert.equal(await page.getByRole("button", { name: "Show the users all the same" }).count(), 0);
      assert.equal(standIn.control.log().counts.users, 0);
      const asked = standIn.control.log().requests.filter(({ route }) => route === "credentials").map(({ path }) => path);
      assert.deepEqual(asked, [...new Set(asked)], "nothing is asked twice to say what it was: a wrong password would count twice");
      await page.waitForFunction(() => document.activeElement.id === "set-up");
    });
  }

  for (const [name, { advice, ...obstacle }] of Object.entries(SERVER_OBSTACLES)) {
    test(`${name}: what mends it, where Nextcloud's own login page was to come`, async () => {
      const page = await dashboard.open();
      block(standIn, obstacle);
      await submit(page);
      await seen(page.getByRole("alert").getByText(advice));
    });
  }

  test("a login flow that is throttled", async () => {
    const page = await dashboard.open();
    standIn.control.faults([{ on: "login-flow", times: null, respond: { status: 429, headers: {}, body: { message: "Reached maximum delay" } } }]);
    await submit(page);
    await seen(page.getByRole("alert").getByText(/Wait for some minutes/));
  });

  test("who is no administrator is named by Nextcloud where the login does not say it", async () => {
    const page = await dashboard.open();
    await choose(page, "Access token");
    await field(page, "Access token").fill(standIn.accounts.alice.appPassword);
    await submit(page);
    await seen(check(page, "admin").getByText(LOGIN_OBSTACLES["no-administrator"].advice));
    await choose(page, /Service login/);
    await field(page, "Client ID").fill(standIn.clients.plain.clientId);
    await field(page, "Client secret").fill(standIn.clients.plain.clientSecret);
    await submit(page);
    await seen(check(page, "admin").getByText(/You are logged in as “[\w-]+”, and that account is no administrator/));
  });

  test("an identity provider that does not answer pages of this origin", async () => {
    const CORS = { "Access-Control-Allow-Origin": "*" };
    let opens = []; // the paths that pages may read
    const provider = createServer((request, response) => {
      const { host } = request.headers;
      const headers = { "Content-Type": "application/json", ...(opens.includes(request.url) ? CORS : {}) };
      const metadata = { issuer: `http://${host}`, token_endpoint: `http://${host}/token` };
      response.writeHead(200, headers).end(JSON.stringify(request.url === "/token" ? { access_token: "x", token_type: "Bearer" } : metadata));
    });
    await once(provider.listen(0, "127.0.0.1"), "listening");
    try {
      const page = await dashboard.open();
      await choose(page, /Service login/);
      await field(page, "Client ID").fill("service");
      await field(page, "Client secret").fill("secret");
      await page.getByLabel(/Identity provider/).fill(`http://127.0.0.1:${provider.address().port}`);
      const advice = new RegExp(`The identity provider does not answer this page\\. Let it answer pages of ${standIn.url} \\(CORS`);
      await submit(page);
      await seen(check(page, "discovery").getByText(advice));
      opens = ["/.well-known/openid-configuration"];
      await submit(page);
      await seen(check(page, "token").getByText(advice));
      assert.doesNotMatch(await check(page, "token").innerText(), /Check the client ID/);
    } finally {
      provider.close();
      provider.closeAllConnections();
    }
  });

  test("a login that is not answered in time", { timeout: 60_000 }, async () => {
    const page = await dashboard.open();
    standIn.control.faults([{ on: "credentials", hang: true, times: null }]);
    await logIn(page, admin);
    await check(page, "astrolabe").getByText(/The server took too long\. Try again when it has less to do\./).waitFor({ timeout: 30_000 });
  });

  test("a wrong client secret", async () => {
    const page = await dashboard.open();
    await choose(page, /Service login/);
    await field(page, "Client ID").fill(standIn.clients.service.clientId);
    await field(page, "Client secret").fill("wrong");
    await submit(page);
    await seen(check(page, "token").getByText(/Check the client ID and the client secret\./));
  });

  test("a clock that is off does not keep anybody out", async () => {
    standIn.control.reset({ clockSkewSeconds: -600 });
    const page = await dashboard.open();
    await logIn(page, admin);
    await seen(check(page, "clock").getByText("Not in order"));
    await page.getByRole("button", { name: "Show the users all the same" }).click();
    await seen(done(page));
    await seen(page.getByText("1 thing is not in order"));
  });

  test("after a failure the login can be put right", async () => {
    const page = await dashboard.open();
    await logIn(page, { id: "admin", appPassword: "wrong" });
    await seen(check(page, "login").getByText("Not in order"));
    await logIn(page, admin);
    await seen(done(page));
  });

  test("an address as people copy it", async () => {
    const page = await dashboard.open();
    await page.getByLabel("Address of the server").fill(` ${standIn.url}/index.php/apps/files/files/12?dir=/ `);
    await logIn(page, admin);
    await seen(done(page));
    await page.getByRole("button", { name: "Log out" }).click();
    assert.equal(await page.getByLabel("Address of the server").inputValue(), standIn.url, "and it is still there");
    assert.equal(await page.getByRole("radio", { name: "User name and app password" }).isChecked(), true);
    await page.getByLabel("Address of the server").fill("cloud.example.com/");
    await field(page, "User name").fill("x");
    await field(page, "App password").fill("x");
    await submit(page);
    await page.waitForFunction(() => document.querySelector("form input").value === "https://cloud.example.com");
  });

  test("an address out of the middle of a Nextcloud is led back to where it is, in its folder too", async () => {
    const { tidyAddress } = await import("../../www/src/login/address.js");
    for (const base of ["https://cloud.example.com", "https://example.com/nextcloud"]) {
      for (const behind of ["", "/", "/apps/files/files?dir=/", "/index.php/apps/dashboard/", "/login", "/settings/admin", "/f/12", "/status.php", "/remote.php/dav/files/admin/", "/remote.php/webdav"]) {
        assert.equal(tidyAddress(base + behind), base);
        assert.equal(tidyAddress((base + behind).replace("https://", " ")), base);
      }
      assert.equal(tidyAddress(`${base}/index.php`), `${base}/index.php`, "that is how it is written where URLs are not rewritten");
    }
  });

  test("what was found out about one login is not shown of another", async () => {
    const page = await dashboard.open();
    await logIn(page, { id: "admin", appPassword: "wrong" });
    await seen(check(page, "login").getByText("Not in order"));
    const items = await page.locator("[data-check]").evaluateAll((all) => all.map((one) => one.dataset.check));
    assert.equal(items[0], "login", "what is not in order comes first");
    await field(page, "User name").fill("another");
    assert.equal(await page.locator("[data-check]").count(), 0);
  });

  test("an address that cannot be one, or would show the password to others", async () => {
    const page = await dashboard.open();
    await page.getByLabel("Address of the server").fill("http://192.0.2.1");
    await logIn(page, admin);
    await seen(page.getByRole("alert").getByText(/unprotected connection/));
    await page.getByLabel("Address of the server").fill("https://user:pass@cloud.example.com");
    await submit(page);
    await seen(page.getByRole("alert").getByText(/typed in cannot be right/));
  });

  test("a server that does not answer, and Cancel", async () => {
    standIn.control.faults([{ on: "status.php", skip: 1, hang: true, times: null }]);
    const page = await dashboard.open();
    await page.waitForFunction((url) => document.querySelector("form input").value === url, standIn.url);
    await logIn(page, admin);
    await seen(page.getByText("Checking the set-up…"));
    await page.getByRole("button", { name: "Cancel" }).click();
    await seen(page.getByRole("button", { name: "Log in", exact: true }));
    assert.equal(await page.getByRole("alert").count(), 0);
  });

  test("a login that ends while the users are asked", async () => {
    standIn.control.faults([{ on: "credentials", skip: 8, times: null, recorded: "60-wrongpw-1" }]);
    const page = await dashboard.open();
    await logIn(page, admin);
    await seen(page.getByRole("alert").getByText(/This ended it for all: Nextcloud does not accept the login/));
    standIn.control.faults([]);
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 17 users/);
  });
});

describe("where the page comes from", () => {
  test("the server's own origin: its address is there already", async () => {
    const page = await dashboard.open();
    await seen(page.getByText(`This page comes from the Nextcloud at ${standIn.url}, and asks that one.`));
    assert.equal(await page.getByLabel("Address of the server").inputValue(), standIn.url);
  });

  test("a Nextcloud in a sub-folder", async () => {
    // The stand-in is at both; the one at the root keeps quiet here.
    standIn.control.faults([{ on: "status.php", respond: { status: 404, headers: {}, body: "" } }]);
    const page = await dashboard.open({ at: "/nextcloud/dashboard/" });
    await seen(page.getByText(`This page comes from the Nextcloud at ${standIn.url}/nextcloud, and asks that one.`));
    await logIn(page, admin);
    await seen(done(page));
    assert.ok(standIn.control.log().requests.filter(({ route }) => route === "credentials").every(({ path }) => path.startsWith("/nextcloud/")));
  });

  for (const [name, folder, page] of [["beside the page", "/nextcloud", "/astrolabe/"], ["of another name, beside the page", "/files/cloud", "/tools/access/"], ["around the page", "/nextcloud", "/nextcloud/apps/dashboard/"]]) {
    test(`a Nextcloud in a folder ${name}`, async () => {
      // As the manual's web servers have it: nothing of Nextcloud's at the root but the way for calendars.
      const server = createServer(async (request, response) => {
        const path = request.url;
        if (path.startsWith(page)) {
          const { status, headers, body } = await staticFile({ [page]: dashboard.folder }, path);
          return response.writeHead(status, headers).end(body);
        }
        if (path === "/.well-known/caldav") return response.writeHead(301, { Location: `${folder}/remote.php/dav/` }).end();
        if (!path.startsWith(`${folder}/`)) return response.writeHead(404).end();
        const onward = httpRequest(standIn.url + path.replace(folder, "/nextcloud"), { method: request.method, headers: { ...request.headers, host: new URL(standIn.url).host } }, (answer) => {
          response.writeHead(answer.statusCode, answer.headers);
          answer.pipe(response);
        });
        request.pipe(onward);
      });
      await once(server.listen(0, "127.0.0.1"), "listening");
      try {
        const origin = `http://127.0.0.1:${server.address().port}`;
        const opened = await dashboard.open({ at: origin + page });
        await seen(opened.getByText(`This page comes from the Nextcloud at ${origin}${folder}, and asks that one.`));
        assert.equal(await opened.getByLabel("Address of the server").inputValue(), origin + folder);
        await logIn(opened, admin);
        await seen(done(opened));
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  }

  test("somewhere else: said, and what to do", async () => {
    const server = createServer(async (request, response) => {
      const { status, headers, body } = await staticFile({ "/": dashboard.folder }, request.url);
      response.writeHead(status, headers).end(body);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const page = await dashboard.open({ at: `http://127.0.0.1:${server.address().port}/` });
      await seen(page.getByText(/comes from neither a Nextcloud nor a Worker/));
      assert.equal(await page.getByLabel("Address of the server").inputValue(), "");
      await page.getByLabel("Address of the server").fill(standIn.url);
      await logIn(page, admin);
      // status.php answers every origin; Astrolabe does not.
      await seen(check(page, "server").getByText("In order"));
      assert.match(await check(page, "astrolabe").innerText(), /Not in order[^]*does not answer pages of http:\/\/127[^]*Put this page on the server's own origin/);
      // Nor the login flow.
      await choose(page, /own login page/);
      await submit(page);
      await seen(page.getByRole("alert").getByText(/does not answer pages of http:\/\/127[^]*Put this page on the server's own origin/));
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("a server that is not reached is not taken for another place", async () => {
    const page = await dashboard.open();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.context().setOffline(true);
    await page.reload();
    await seen(page.getByText("The server that this page comes from does not answer."));
    assert.equal(await page.getByLabel("Address of the server").inputValue(), "");
    await page.context().setOffline(false);
    await seen(page.getByText(/This page comes from the Nextcloud/));
    assert.equal(await page.getByLabel("Address of the server").inputValue(), standIn.url);
  });

  test("a Worker that is not set up says so", async () => {
    const answers = { "/relay/status.php": { code: "not_set_up", message: "ACCESS_AUD is missing" } };
    const server = createServer(async (request, response) => {
      if (answers[request.url]) return response.writeHead(500, { "Content-Type": "application/json" }).end(JSON.stringify(answers[request.url]));
      const { status, headers, body } = await staticFile({ "/": dashboard.folder }, request.url);
      response.writeHead(status, headers).end(body);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    try {
      const page = await dashboard.open({ at: `http://127.0.0.1:${server.address().port}/` });
      await seen(page.getByText("This page comes from a Worker that cannot pass requests on:"));
      await seen(page.getByText("ACCESS_AUD is missing"));
      const german = await dashboard.open({ at: page.url(), locale: "de-DE" });
      await seen(german.getByText("Eine Einstellung fehlt oder ist falsch: Die Liste steht in seiner README."));
      assert.deepEqual(englishIn(await german.locator("body").innerText()), []);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("the demonstration says what it is, and shows itself by one button", async () => {
    const { startStandIn } = await import("../nextcloud/stand-in.mjs");
    const demonstration = await startStandIn({ static: { "/dashboard/": dashboard.folder }, demonstration: { username: "admin", password: "admin-password" } });
    try {
      const page = await dashboard.browser.newPage({ locale: "en" });
      await page.goto(`${demonstration.url}/dashboard/`);
      await seen(page.getByText(/This is the demonstration/));
      await screenshot(page, "login");
      await page.getByRole("button", { name: "Show me" }).click();
      await seen(done(page));
      await page.close();
    } finally {
      await demonstration.close();
    }
  });
});
