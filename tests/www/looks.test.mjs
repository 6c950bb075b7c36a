// The dashboard for everybody: languages, small and dark screens, keyboard, screen readers, no network; and its Content-Security-Policy.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { done, logIn, screenshot, seen, startDashboard } from "./dashboard.mjs";
import { block, englishIn, LOGIN_OBSTACLES, SERVER_OBSTACLES } from "./obstacles.mjs";

let dashboard;
let standIn;
before(async () => {
  dashboard = await startDashboard();
  ({ standIn } = dashboard);
});
after(() => dashboard?.close());
beforeEach(() => standIn.control.reset());
afterEach(() => dashboard.closePages());

async function openUsers(options) {
  const page = await dashboard.open(options);
  await logIn(page, standIn.accounts.admin);
  await seen(done(page));
  return page;
}

async function audit(page) {
  // What fades in is hard to read until it has.
  await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`)]), []);
}

describe("language", () => {
  test("German, from the browser's languages, throughout", async () => {
    standIn.control.reset({ population: 1_200, faults: [{ on: "credentials", user: "anna.adler", times: null, respond: { status: 500, headers: {}, body: "" } }] });
    const page = await dashboard.open({ locale: "de-AT" });
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    assert.equal(await page.title(), "Astrolabe: wer Zugriff gegeben hat");
    await seen(page.getByText("Als Administrator anmelden"));
    await logIn(page, { id: "admin", appPassword: "falsch" });
    await seen(page.getByText(/Prüfe, was du eingegeben hast/));
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    assert.match((await done(page).innerText()).replace(/\s+/g, " "), /1[.\u00a0 ]217 Benutzer abgefragt\. \d+ haben Zugriff gegeben\. Bei 1 ging es nicht\./);
    await seen(page.getByRole("columnheader", { name: "Seit", exact: true }));
    await page.getByRole("searchbox", { name: "Benutzer suchen" }).fill("alice");
    await seen(page.getByText("23.11.2026"));
    await page.getByRole("button", { name: "alice" }).click();
    await seen(page.getByRole("dialog").getByText("App-Passwort"));
    // Of Nextcloud's own components.
    await seen(page.getByRole("dialog").getByRole("button", { name: "Schließen" }));
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox").fill("");
    await screenshot(page, "german");
  });

  for (const [name, obstacle] of Object.entries({ ...SERVER_OBSTACLES, ...LOGIN_OBSTACLES })) {
    test(`German, with nothing in English, for ${name}`, async () => {
      const page = await dashboard.open({ locale: "de-DE" });
      block(standIn, obstacle);
      const { who = "admin" } = obstacle;
      await logIn(page, typeof who === "string" ? standIn.accounts[who] : who);
      const check = page.locator(`[data-check="${obstacle.check}"]`);
      await seen(check.getByText("nicht in Ordnung"));
      assert.match(await check.innerText(), obstacle.german);
      assert.deepEqual(englishIn(await page.locator("body").innerText()), []);
    });
  }

  test("German, with nothing in English, where Nextcloud's login page is waited for, and where there is none", async () => {
    const page = await dashboard.open({ locale: "de-DE" });
    const logInButton = page.getByRole("button", { name: "Anmelden", exact: true });
    await logInButton.click();
    await seen(page.getByText(`Nextcloud wird fragen, ob „${await page.evaluate(() => navigator.userAgent)}“ Zugriff haben darf: Das ist dieser Browser mit dieser Seite darin.`));
    assert.deepEqual(englishIn(await page.locator("body").innerText()), []);
    await page.getByRole("button", { name: "Abbrechen" }).click();
    for (const obstacle of Object.values(SERVER_OBSTACLES)) {
      block(standIn, obstacle);
      await logInButton.click();
      await seen(page.getByRole("alert").getByText(obstacle.german));
      assert.deepEqual(englishIn(await page.locator("body").innerText()), []);
    }
    standIn.control.reset();
    await page.getByRole("textbox", { name: "Adresse des Servers" }).fill("http://192.0.2.1");
    await logInButton.click();
    await seen(page.getByRole("alert").getByText("Die Anmeldung wäre über eine ungeschützte Verbindung gegangen."));
    assert.deepEqual(englishIn(await page.locator("body").innerText()), []);
  });

  test("German, with nothing in English, in the list: what failed for one and what ended it for all", async () => {
    const fails = { on: "credentials", user: "alice", times: null, respond: { status: 500, headers: {}, body: "" } };
    standIn.control.reset({ faults: [fails] });
    const page = await dashboard.open({ locale: "de-DE" });
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    await seen(page.getByRole("listitem").getByText("1: Ein Fehler auf dem Server. Versuch es später noch einmal; den Grund sagt das Protokoll des Servers."));
    await page.getByText("Die Einrichtung ist in Ordnung").click();
    await page.getByText("Die Zahlen als Tabelle").click();
    await page.getByRole("button", { name: "alice" }).click();
    await seen(page.getByRole("dialog").getByText("Versuch es später noch einmal"));
    await seen(page.getByRole("dialog").getByText(/^server_error · HTTP 500 · GET http/));
    // One user is called so.
    const english = async () => englishIn(await page.locator("body").innerText()).filter((text) => text !== "with space");
    assert.deepEqual(await english(), []);
    await page.keyboard.press("Escape");
    standIn.control.faults(LOGIN_OBSTACLES.locked.faults);
    await page.getByRole("button", { name: "Alle neu abfragen" }).click();
    await seen(page.getByRole("alert").getByText(/Führe auf dem Server „occ security:bruteforce:reset <Adresse dieses Geräts>“ aus/));
    assert.deepEqual(await english(), []);
    await screenshot(page, "german-list-locked");
  });

  test("German, with nothing in English, where access is given and taken", { timeout: 60_000 }, async () => {
    const faults = [{ on: "provision", user: "bob", recorded: "312c-new-provision-unknown" }, { on: "provision", user: "dora", times: null, respond: { status: 500, headers: {}, body: "" } }, { on: "self-provision", respond: { status: 500, headers: {}, body: "" } }];
    standIn.control.reset({ contract: "newer", population: 30, faults });
    const page = await dashboard.open({ locale: "de-DE" });
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    const english = async () => englishIn(await page.locator("body").innerText()).filter((text) => !/with space/.test(text));
    const button = (name) => page.getByRole("button", { name });
    assert.deepEqual(await english(), []);
    await page.getByRole("checkbox", { name: "Alle auswählen, die zu sehen sind" }).check();
    await seen(page.getByText("47 Benutzer ausgewählt"));
    await button(/^Zugriff für \d+ Benutzer geben …$/).click();
    await seen(page.getByRole("dialog", { name: /^Zugriff auf die Dateien von \d+ Benutzern geben\?$/ }));
    assert.deepEqual(await english(), []);
    await screenshot(page, "german-give-question");
    await button(/^Zugriff geben$/).click();
    await page.locator(".results .notecard").waitFor();
    await seen(page.getByText(/^\s*Zugriff für \d+ Benutzer gegeben\. \d+ davon sind dem Dienst nicht mitgeteilt\. Bei 2 ging es nicht\.$/));
    await seen(page.getByText("Diesen Benutzer gibt es nicht (mehr)."));
    assert.deepEqual(await english(), []);
    await screenshot(page, "german-given");
    await button("Rückgängig: wieder nehmen …").click();
    assert.deepEqual(await english(), []);
    await button(/^Zugriff nehmen$/).click();
    await seen(page.getByText(/^\s*\d+ Benutzern der Zugriff genommen\.$/));
    await button("Rückgängig: wieder geben …").click();
    await seen(page.getByText("Das App-Passwort, das genommen wurde, kommt nicht zurück: Es gibt ein neues."));
    assert.deepEqual(await english(), []);
    await page.keyboard.press("Escape");
    await page.getByRole("switch", { name: "Benutzer dürfen selbst Zugriff geben" }).press("Space");
    assert.deepEqual(await english(), []);
    await button("Nur Administratoren").click();
    await seen(page.getByRole("alert").getByText("Ein Fehler auf dem Server."));
    assert.deepEqual(await english(), []);
  });

  test("English where there is neither", async () => {
    const page = await dashboard.open({ locale: "fr-FR" });
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await seen(page.getByText("Log in as an administrator"));
  });
});

describe("a phone", () => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
  const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it has to be moved sideways");

  test("shows what matters, and the rest by a tap", async () => {
    standIn.control.reset({ population: 500 });
    const page = await dashboard.open({ ...phone, locale: "de-DE" });
    await fits(page);
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    await fits(page);
    await seen(page.getByRole("columnheader", { name: "Zugriff" }));
    assert.equal(await page.getByRole("columnheader", { name: "Seit" }).count(), 0);
    await screenshot(page, "phone-older");
    await page.getByRole("cell", { name: "alice" }).scrollIntoViewIfNeeded();
    await page.getByRole("cell", { name: "alice" }).tap();
    await seen(page.getByRole("dialog").getByText("23. November 2026 um 07:23:37"));
    await fits(page);
  });

  test("and lets access be given and taken", { timeout: 60_000 }, async () => {
    standIn.control.reset({ contract: "newer", population: 483 });
    const page = await dashboard.open({ ...phone, locale: "de-DE" });
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    await fits(page);
    await screenshot(page, "phone");
    // The name stands below the id, and in no other's way.
    const cell = (name) => page.locator('[role="row"][data-index]').first().locator(`.table__cell--${name}`).boundingBox();
    const [box, id, name, state] = await Promise.all(["pick", "user", "name", "state"].map(cell));
    assert.ok(id.y + id.height <= name.y && name.x >= box.x + box.width && name.x + name.width <= state.x && box.width >= 40);
    assert.ok(await page.locator(".table__cell--state").evaluateAll((cells) => cells.every((cell) => cell.scrollWidth <= cell.clientWidth)), "a state is cut off");
    await page.getByRole("searchbox").fill("adler");
    await page.getByRole("checkbox", { name: "Alle auswählen, die zu sehen sind" }).tap();
    await fits(page);
    await page.getByRole("button", { name: /^Zugriff für \d+ Benutzer geben …$/ }).tap();
    await seen(page.getByRole("dialog").getByText(/ Adler \(/));
    await fits(page);
    const [heading, list] = await Promise.all([".dialog__name", ".named"].map((name) => page.locator(name).evaluate((one) => ({ top: one.getBoundingClientRect().top, end: one.getBoundingClientRect().top + one.scrollHeight }))));
    assert.ok(heading.end <= list.top, "the heading stands in the list");
    await screenshot(page, "phone-give-question");
    await page.getByRole("button", { name: "Zugriff geben", exact: true }).tap();
    await page.locator(".results .notecard").waitFor();
    await fits(page);
    await screenshot(page, "phone-given");
    await page.getByRole("switch").scrollIntoViewIfNeeded();
    await fits(page);
  });
});

describe("what is in the way, to be looked at", () => {
  const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
  for (const [where, options, names] of [["", {}, Object.keys(SERVER_OBSTACLES).concat(Object.keys(LOGIN_OBSTACLES))], ["phone-german-", { ...phone, locale: "de-DE" }, ["upgrade", "locked", "no-administrator", "rewriting"]], ["dark-", { colorScheme: "dark" }, ["untrusted-host"]]]) {
    test(`${where || "on a wide screen"}: fits, and axe finds nothing serious`, { timeout: 60_000 }, async () => {
      const page = await dashboard.open(options);
      for (const name of names) {
        const obstacle = { ...SERVER_OBSTACLES, ...LOGIN_OBSTACLES }[name];
        block(standIn, obstacle);
        const { who = "admin" } = obstacle;
        await logIn(page, typeof who === "string" ? standIn.accounts[who] : who);
        await seen(page.locator(`[data-check="${obstacle.check}"].check--failed`));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} has to be moved sideways`);
        await audit(page);
        await page.locator("#set-up").evaluate((heading) => heading.scrollIntoView());
        await screenshot(page, `${where}${name}`);
        // What was found out about it goes with it.
        await page.getByLabel(/^(User name|Benutzername)$/).fill("");
        await page.locator(".checks").waitFor({ state: "detached" });
      }
    });
  }
});

describe("colours", () => {
  test("dark where the browser is, and light on paper", async () => {
    standIn.control.reset({ population: 500 });
    const page = await openUsers({ colorScheme: "dark" });
    const background = () => page.evaluate(() => getComputedStyle(document.querySelector(".card")).backgroundColor);
    const brightness = async () => (await background()).match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
    assert.ok((await brightness()) < 60);
    await page.getByRole("img", { name: /^How that grew/ }).waitFor();
    await screenshot(page, "dark");
    const ink = () => page.locator("canvas").first().evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let [sum, weight] = [0, 0];
      for (let at = 0; at < data.length; at += 4) (sum += data[at] * data[at + 3]), (weight += data[at + 3]);
      return sum / weight;
    });
    const onScreen = await ink();
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.ok((await brightness()) > 200);
    await page.waitForTimeout(100);
    assert.ok((await ink()) < onScreen - 30, "the chart is drawn anew, in darker ink");
  });
});

describe("the keyboard alone", () => {
  test("from the login to one user and back", async () => {
    standIn.control.reset({ extraUsers: 200 });
    const page = await dashboard.open();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent.trim());
    const press = async (key, times = 1) => {
      for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
    };
    const tabTo = async (wanted) => {
      for (let i = 0; i < 40; i += 1) {
        await press("Tab");
        if (wanted.test(await focused())) return;
      }
      assert.fail(`no ${wanted} by Tab`);
    };
    await tabTo(/^Address of the server/);
    await press("Tab");
    await press("ArrowDown");
    await tabTo(/^User name$/);
    await page.keyboard.type("admin");
    await tabTo(/^App password/);
    await page.keyboard.type(standIn.accounts.admin.appPassword);
    await press("Enter");
    await seen(done(page));
    await tabTo(/^Log out$/).catch(() => press("Shift+Tab"));
    await tabTo(/^User$/);
    await tabTo(/^0$/);
    await press("ArrowDown");
    assert.equal(await focused(), "007");
    await press("PageDown");
    await press("End");
    assert.equal(await focused(), "x+y");
    await press("Home");
    assert.equal(await focused(), "0");
    await press("ArrowDown", 6);
    assert.equal(await focused(), "alice");
    await press("Enter");
    await seen(page.getByRole("dialog", { name: "alice" }));
    await tabTo(/^Ask again$/);
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.textContent === "alice");
    await press("Tab");
    assert.notEqual(await focused(), "bob", "the table is one stop");
  });

  test("gives access to one of those selected, and takes it back", { timeout: 60_000 }, async () => {
    standIn.control.reset({ contract: "newer" });
    const page = await openUsers();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") || document.activeElement.labels?.[0]?.textContent || document.activeElement.textContent.trim());
    const isFocused = (name) => page.waitForFunction((name) => document.activeElement.textContent.trim() === name, name);
    const press = (key) => page.keyboard.press(key);
    await page.getByRole("checkbox", { name: "Select all who are shown" }).focus();
    for (let i = 0; i < 10 && (await focused()) !== "Select 0"; i += 1) await press("Tab");
    assert.equal(await focused(), "Select 0", "by Tab");
    await press("ArrowDown");
    assert.equal(await focused(), "Select 007", "the arrow keys stay with the boxes");
    await press("Space");
    await seen(page.getByText("1 user selected"));
    await press("Tab");
    assert.equal(await focused(), "007");
    await press("Shift+Tab");
    for (let i = 0; i < 12 && !/^Give access/.test(await focused()); i += 1) await press("Shift+Tab");
    await press("Enter");
    const dialog = page.getByRole("dialog", { name: "Give access to the files of 1 user?" });
    await seen(dialog);
    // Once it has faded in.
    await page.waitForFunction(() => document.activeElement.closest('[role="dialog"]'));
    for (let i = 0; i < 5 && (await focused()) !== "Give access"; i += 1) await press("Tab");
    await press("Enter");
    await isFocused("Undo: take it away…");
    await press("Enter");
    await seen(page.getByRole("dialog", { name: "Take away access to the files of 1 user?" }));
    await page.waitForFunction(() => document.activeElement.closest('[role="dialog"]'));
    await press("Escape");
    await isFocused("Undo: take it away…");
    await press("Tab");
    await isFocused("Close");
    await press("Enter");
    await isFocused("007");
    await page.locator(".results").waitFor({ state: "detached" });
  });

  test("what has the focus can be seen", async () => {
    standIn.control.reset({ contract: "newer" });
    const page = await openUsers();
    const outline = () => page.evaluate(() => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(document.activeElement);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    });
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press("Tab");
      const isRadio = await page.evaluate(() => document.activeElement.type === "radio");
      // The component draws that around the label.
      if (!isRadio) assert.ok(await outline(), await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
    }
  });
});

describe("axe finds nothing serious", () => {
  for (const [name, options] of [["light", {}], ["dark", { colorScheme: "dark" }], ["on a phone", { viewport: { width: 360, height: 740 } }]]) {
    test(`in every state, ${name}`, { timeout: 60_000 }, async () => {
      const page = await dashboard.open(options);
      for (const way of ["Access token", /Service login/, "User name and app password"]) {
        await page.getByRole("radio", { name: way }).check({ force: true });
        await audit(page);
      }
      await page.getByRole("radio", { name: /own login page/ }).check({ force: true });
      await page.getByRole("button", { name: "Log in", exact: true }).click();
      await seen(page.getByRole("link", { name: /Open the login page/ }));
      await audit(page);
      await page.getByRole("button", { name: "Cancel" }).click();
      await logIn(page, { id: "admin", appPassword: "wrong" });
      await seen(page.getByText(/is not in order/));
      await audit(page);

      standIn.control.reset({ extraUsers: 400, faults: [{ on: "credentials", user: "user00001", times: null, respond: { status: 500, headers: {}, body: "" } }, { on: "credentials", delayMs: 50, times: null }] });
      await logIn(page, standIn.accounts.admin);
      await seen(page.getByText(/of 417 users asked/));
      await audit(page);
      await seen(done(page));
      await page.getByText("The set-up is in order").click();
      await page.getByText("The numbers as a table").click();
      await audit(page);
      await page.getByRole("radio", { name: "Failed", exact: true }).check({ force: true });
      await seen(page.getByText("1 user shown"));
      await audit(page);
      await page.getByRole("button", { name: "user00001" }).click();
      await seen(page.getByRole("dialog"));
      await audit(page);
    });

    test(`where access is given and taken, ${name}`, { timeout: 60_000 }, async () => {
      const slow = { on: "provision", times: null, delayMs: 300 };
      standIn.control.reset({ contract: "newer", faults: [{ on: "provision", user: "bob", recorded: "312c-new-provision-unknown" }, { on: "provision", user: "admin", respond: { status: 500, headers: {}, body: "" } }, slow, { on: "self-provision", respond: { status: 500, headers: {}, body: "" } }] });
      const page = await openUsers(options);
      await audit(page);
      await page.getByRole("checkbox", { name: "Select all who are shown" }).check();
      await seen(page.getByText("17 users selected"));
      await audit(page);
      await page.getByRole("button", { name: /^Give access for 8 users/ }).click();
      await seen(page.getByRole("dialog"));
      await audit(page);
      await page.getByRole("button", { name: "Give access", exact: true }).click();
      await seen(page.getByText(/of 8 users done/));
      await audit(page);
      await page.locator(".results .notecard").waitFor();
      await audit(page);
      await screenshot(page, `given-${name.replaceAll(" ", "-")}`);
      await page.getByRole("switch").press("Space");
      await seen(page.getByRole("dialog"));
      await audit(page);
      await page.getByRole("button", { name: "Only administrators" }).click();
      await seen(page.getByRole("alert").getByText(/An error on the server/));
      await audit(page);
    });
  }
});

describe("without a network", () => {
  test("says so, keeps what it has, and opens all the same", { timeout: 60_000 }, async () => {
    const page = await openUsers();
    await page.evaluate(async () => (await navigator.serviceWorker.ready) && true);
    await page.context().setOffline(true);
    await seen(page.getByRole("alert").getByText(/You are offline/));
    assert.ok(await page.getByRole("button", { name: "alice" }).isVisible());
    await page.reload();
    await seen(page.getByRole("alert").getByText(/You are offline/));
    await seen(page.getByText("Log in as an administrator"));
    await page.context().setOffline(false);
    await page.getByText(/You are offline/).waitFor({ state: "detached" });
    await page.reload();
    await logIn(page, standIn.accounts.admin);
    await seen(done(page));
    const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
    assert.ok(kept.every((path) => /^\/dashboard\/(assets\/.*|icon\.svg)?$/.test(path)), kept.join());
  });
});

describe("the Content-Security-Policy", () => {
  test("has no room for inline code or styles, and stops them", async () => {
    const html = await readFile(`${dashboard.folder}/index.html`, "utf8");
    const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html);
    // Exactly this: what it allows to ask is every server by https, since its address is typed in.
    assert.deepEqual(Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/s).slice(0, 2))), {
      "default-src": "'none'",
      "script-src": "'self' 'wasm-unsafe-eval'",
      "style-src": "'self'",
      "img-src": "'self' data:",
      "connect-src": "'self' https: http://127.0.0.1:* http://localhost:*",
      "worker-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
    });
    const page = await dashboard.browser.newPage();
    await page.goto(`${standIn.url}/dashboard/`);
    const refused = await page.evaluate(async () => {
      const violations = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective));
      const add = (tag, text) => document.head.append(Object.assign(document.createElement(tag), { textContent: text }));
      add("script", "globalThis.hacked = true");
      add("style", "body { display: none }");
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [violations, globalThis.hacked, getComputedStyle(document.body).display];
    });
    assert.deepEqual(refused, [["script-src-elem", "style-src-elem"], undefined, "block"]);
    await page.close();
  });
});
