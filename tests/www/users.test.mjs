// The users of the dashboard: 3,000 with faults, cancelled, found, sorted, taken along; and 20,000.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { done, logIn, screenshot, seen, startDashboard } from "./dashboard.mjs";
import { LOGIN_OBSTACLES, SERVER_OBSTACLES } from "./obstacles.mjs";

const Papa = createRequire(new URL("../../www/package.json", import.meta.url))("papaparse");

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
  return page;
}

const rows = (page) => page.locator('[role="row"][data-index]');
/** What the first rows say: `[user, access, credential, since]`. */
const firstRows = (page, count) =>
  rows(page).evaluateAll((all, count) => all.sort((one, other) => one.dataset.index - other.dataset.index).slice(0, count).map((row) => [...row.querySelectorAll('[role="cell"]')].map((cell) => cell.innerText.trim())), count);
const shown = async (page) => Number((await page.getByText(/^[\d.,]+ users? shown$/).innerText()).replace(/\D/g, ""));
async function untilShown(page, count) {
  await page.waitForFunction((text) => [...document.querySelectorAll('[role="status"]')].some((one) => one.innerText.startsWith(text)), `${count.toLocaleString("en")} user`);
}
const filter = (page, name) => page.getByRole("radio", { name, exact: true }).check({ force: true });
const search = (page) => page.getByRole("searchbox", { name: "Search for a user" });

async function exported(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

describe("3,000 users of whom 2 % fail", () => {
  const FAILING = Array.from({ length: 60 }, (_, index) => `user${String(1 + index * 50).padStart(5, "0")}`);
  const faults = FAILING.map((user) => ({ on: "credentials", user, times: null, respond: { status: 500, headers: {}, body: "" } }));
  beforeEach(() => standIn.control.reset({ extraUsers: 3_000, faults }));

  test("all others are asked; the failed are told, found, and tried again", { timeout: 60_000 }, async () => {
    const page = await openUsers();
    await done(page).waitFor({ timeout: 40_000 });
    assert.match(await done(page).innerText(), /Asked about 3,017 users\. 989 have given access\. For 60 that failed\./);
    await untilShown(page, 3017);
    await filter(page, "Failed");
    await untilShown(page, 60);
    assert.deepEqual(await firstRows(page, 2), [["user00001", "Failed", "", ""], ["user00051", "Failed", "", ""]]);
    await screenshot(page, "failed");

    await page.getByRole("button", { name: "user00051" }).click();
    const dialog = page.getByRole("dialog", { name: "user00051" });
    await seen(dialog.getByText("An error on the server."));
    await seen(dialog.getByText("500", { exact: true }));
    await seen(dialog.getByText(/server_error: GET http/));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    // Half of them are well again.
    standIn.control.faults(faults.slice(30));
    const before = standIn.control.log().counts.credentials;
    await page.getByRole("button", { name: "Try the 60 failed again" }).click();
    await page.getByRole("button", { name: "Try the 30 failed again" }).waitFor();
    await untilShown(page, 30);
    assert.equal(standIn.control.log().counts.credentials - before, 60, "nobody else was asked");
    standIn.control.faults([]);
    await page.getByRole("button", { name: "Try the 30 failed again" }).click();
    await page.getByText(/Asked about 3,017 users\. 1,009 have given access\.\s*$/).waitFor();
    assert.equal(await shown(page), 0);
    await seen(page.getByText("No users to show"));
    assert.equal(standIn.control.log().maxConcurrent.credentials <= 8, true);
  });
});

describe("a run", () => {
  const slow = { on: "credentials", times: null, delayMs: 20 };

  test("shows the list before the statuses, how far it is, and how fast", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 1_500, faults: [slow] });
    const page = await openUsers();
    await untilShown(page, 1517);
    await seen(page.getByText("Not asked yet"));
    await page.getByText(/^[\d,]+ of 1,517 users asked · [\d,]+ a second · about \d+ seconds? left$/).waitFor();
    const bar = page.getByRole("progressbar", { name: "Users asked" });
    const value = () => bar.evaluate((element) => Number(element.value ?? element.getAttribute("aria-valuenow")));
    const earlier = await value();
    await page.waitForTimeout(600);
    assert.ok((await value()) > earlier);
    await screenshot(page, "asking");
  });

  test("can be cancelled, and go on where it was", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 1_000, faults: [slow] });
    const page = await openUsers();
    await page.getByText(/^\d{2,} of 1,017 users asked/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    const text = await page.getByText(/^\s*Cancelled: /).innerText();
    const left = Number(/Cancelled: ([\d,]+) users have/.exec(text)[1].replace(",", ""));
    assert.ok(left > 100 && left < 1_010, text);
    await page.waitForTimeout(300);
    const before = standIn.control.log().counts;
    await page.waitForTimeout(300);
    assert.deepEqual(standIn.control.log().counts, before, "nothing is asked any more");
    standIn.control.faults([]);
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 1,017 users\./);
    const { counts } = standIn.control.log();
    assert.equal(counts.users, before.users, "the list is not read again");
    assert.ok(counts.credentials - before.credentials <= left + 8);
  });

  test("that is cancelled while the list is read begins anew", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 1_500, faults: [{ on: "users", skip: 1, delayMs: 60_000 }] });
    const page = await openUsers();
    await page.getByText(/the list is still being read/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText(/^\s*Cancelled: /).waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 1,517 users\./);
  });

  test("that maintenance ends says so once", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 600, faults: [slow] });
    const page = await openUsers();
    await page.getByText(/^\d{2,} of 617 users asked/).waitFor();
    standIn.control.faults([{ on: "any", times: null, recorded: "150-maint-cred-8088" }]);
    const alert = page.getByRole("alert").getByText(/This ended it for all: Nextcloud is in maintenance mode\. [\d,]+ users have not been asked\./);
    await alert.waitFor();
    assert.equal(await page.getByRole("alert").count(), 1);
    standIn.control.faults([]);
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(done(page));
  });

  for (const name of ["locked", "disabled", "no-app"]) {
    test(`that ends because of this says what mends it: ${name}`, { timeout: 60_000 }, async () => {
      standIn.control.reset({ extraUsers: 600, faults: [slow] });
      const page = await openUsers();
      await page.getByText(/^\d{2,} of 617 users asked/).waitFor();
      const { advice, faults = [{ on: "credentials", times: null, recorded: "160-appdisabled-8088" }] } = LOGIN_OBSTACLES[name];
      standIn.control.faults(faults);
      const alert = page.getByRole("alert");
      await alert.getByText(/This ended it for all/).waitFor();
      assert.match((await alert.innerText()).replace(/ [\d,]+ users have not been asked\.\s+/, " "), advice);
    });
  }

  test("in which somebody is no administrator any more names the account", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 600, faults: [slow] });
    const page = await openUsers();
    await page.getByText(/^\d{2,} of 617 users asked/).waitFor();
    standIn.control.faults([{ on: "credentials", times: null, recorded: "35-cred-alice-as-alice" }]);
    await seen(page.getByRole("alert").getByText(/You are logged in as “admin”, and that account is no administrator/));
    await seen(page.getByRole("alert").getByText(/occ group:adduser admin admin/));
  });

  test("that goes on for what may concern one user says why they failed, and what mends it", { timeout: 60_000 }, async () => {
    const upgrade = { ...SERVER_OBSTACLES.upgrade.faults.at(-1), on: "credentials", skip: 1 };
    const untrusted = { ...SERVER_OBSTACLES["untrusted-host"].faults.at(-1), on: "credentials", user: "alice" };
    standIn.control.reset({ faults: [untrusted, { ...upgrade, respond: { ...upgrade.respond, headers: { ...upgrade.respond.headers, "Retry-After": "120" } } }] });
    const page = await openUsers();
    await seen(done(page));
    const failures = await page.getByRole("listitem").filter({ hasText: /^\d+: / }).allInnerTexts();
    assert.deepEqual(failures.map((text) => text.replace(/\d+/, "")), [
      ": The server serves nothing at the moment. If Nextcloud has just been updated, run “occ upgrade” on the server; else its log, or that of a proxy before it, says why.",
      `: Nextcloud does not trust the name by which it was asked. Add ${new URL(standIn.url).host} to trusted_domains in Nextcloud's config.php.`,
    ]);
    await screenshot(page, "why-some-failed");
    await page.getByRole("button", { name: "alice" }).click();
    await seen(page.getByRole("dialog").getByText(/Add 127\.0\.0\.1:\d+ to trusted_domains/));
  });

  test("whose list an upgrade keeps back says so", { timeout: 60_000 }, async () => {
    // As OCS has it then.
    standIn.control.reset({ faults: [{ on: "users", times: null, respond: { status: 503, headers: { "Retry-After": "120" }, body: { ocs: { meta: { status: "failure", statuscode: 503, message: "Service unavailable" }, data: [] } } } }] });
    const page = await openUsers();
    await seen(page.getByRole("alert").getByText(/If Nextcloud has just been updated, run “occ upgrade” on the server/));
  });

  test("ends when somebody logs out, and nothing of it stays", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 1_000, faults: [slow] });
    const page = await openUsers();
    await page.getByText(/^\d{2,} of 1,017 users asked/).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await seen(page.getByRole("heading", { name: "Log in as an administrator" }));
    await page.waitForTimeout(300);
    const before = standIn.control.log().counts.credentials;
    await page.waitForTimeout(300);
    assert.equal(standIn.control.log().counts.credentials, before);
    assert.equal(await page.getByText("user00001").count(), 0);
    assert.equal(await page.getByRole("textbox", { name: "App password" }).inputValue(), "");
  });
});

describe("what is shown is of now", () => {
  test("a list that broke off is not taken for all, and what is known stays", { timeout: 60_000 }, async () => {
    const fails = { on: "credentials", user: "user00001", respond: { status: 500, headers: {}, body: "" } };
    standIn.control.reset({ extraUsers: 1_500, faults: [fails, { on: "users", skip: 1, times: 1, delayMs: 60_000 }] });
    const page = await openUsers();
    await page.getByText(/^500 of 500 users asked/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await seen(page.getByText(/The list of users is not complete/));
    await page.getByRole("button", { name: "Try the failed one again" }).click();
    await seen(page.getByText(/Asked about 500 users\. [^]*The list of users is not complete\./));
    await seen(page.getByRole("heading", { name: /of the 500 users of whom it is known/ }));
    const before = standIn.control.log().counts.credentials;
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText(/Asked about 1,517 users\./).waitFor();
    assert.equal(await page.getByText(/is not complete/).count(), 0);
    assert.equal(standIn.control.log().counts.credentials - before, 1_017, "nobody is asked twice");
  });

  test("nothing of the last run is in the picture of the next", async () => {
    const page = await openUsers();
    await seen(done(page));
    await seen(page.getByRole("heading", { name: /9 of 17 users have given access/ }));
    standIn.control.faults([{ on: "credentials", times: null, respond: { status: 500, headers: {}, body: "" } }]);
    await page.getByRole("button", { name: "Ask everybody anew" }).click();
    await seen(page.getByText(/For 17 that failed/));
    await page.getByRole("heading", { name: /have given access$/ }).waitFor({ state: "detached" });
    assert.doesNotMatch(await page.locator("main").innerText(), /NaN|9 of 17/);
  });

  test("an open dialog follows", async () => {
    standIn.control.reset({ faults: [{ on: "credentials", user: "alice", delayMs: 1_500 }] });
    const page = await openUsers();
    await page.getByRole("button", { name: "alice" }).click();
    await seen(page.getByRole("dialog").getByText("Not asked yet"));
    await seen(page.getByRole("dialog").getByText("App password"));
  });

  test("the focus stays with a user while others come before it, and with what can be done", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 600, faults: [{ on: "credentials", times: null, delayMs: 20 }] });
    const page = await openUsers();
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await filter(page, "Access");
    await page.getByText(/^\d{2,} of 617 users asked/).waitFor();
    await page.getByRole("columnheader", { name: "User" }).getByRole("button").click();
    await rows(page).first().getByRole("button").focus();
    // Read there: which row is the first changes all the time.
    const name = await focused();
    await page.waitForTimeout(1_000);
    assert.equal(await focused(), name);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.waitForFunction(() => document.activeElement.textContent.trim() === "Go on");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.textContent.trim() === "Cancel");
    await page.getByRole("button", { name: "Log out" }).click();
    await page.waitForFunction(() => document.activeElement.textContent === "Log in as an administrator");
  });

  test("going offline ends the run, and nobody is counted as failed", { timeout: 60_000 }, async () => {
    standIn.control.reset({ extraUsers: 600, faults: [{ on: "credentials", times: null, delayMs: 20 }] });
    const page = await openUsers();
    await page.getByText(/^\d{2,} of 617 users asked/).waitFor();
    await page.context().setOffline(true);
    await seen(page.getByText(/Cancelled: \d+ users have not been asked/));
    await seen(page.getByText(/You are offline/));
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Go on" }).click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 617 users\. \d+ have given access\.\s*$/);
  });
});

describe("finding and sorting", () => {
  test("accents do not matter, and nothing invisible hides in an id", async () => {
    const ids = ["amélie", "groß", "\u202eecila"];
    const list = (users) => ({ on: "users", mergeJson: { ocs: { meta: { status: "ok", statuscode: 200, message: "OK" }, data: { users } } } });
    standIn.control.reset({ faults: [list(ids), { ...list([]), times: null }] });
    const page = await openUsers();
    await seen(done(page));
    for (const [typed, found] of [["AMELIE", "amélie"], ["gross", "groß"], ["ecila", "\\u{202e}ecila"]]) {
      await search(page).fill(typed);
      await untilShown(page, 1);
      assert.equal((await firstRows(page, 1))[0][0], found);
    }
  });

  test("search, filter, and each column both ways", async () => {
    standIn.control.reset({ population: 300 });
    const page = await openUsers();
    await seen(done(page));
    await search(page).fill("MÜLLER");
    await untilShown(page, 1);
    assert.equal((await firstRows(page, 1))[0][0], "müller");
    await search(page).fill("nobody-like-that");
    await untilShown(page, 0);
    await search(page).fill("");
    await filter(page, "No access");
    assert.ok((await firstRows(page, 20)).every(([, state]) => state === "No access"));
    await filter(page, "Access");
    assert.ok((await firstRows(page, 20)).every(([, state, kind, since]) => state === "Access" && kind && since));
    await filter(page, "All");

    const column = (name) => page.getByRole("columnheader", { name, exact: true });
    const sort = async (name) => {
      await column(name).getByRole("button").click();
      return firstRows(page, 10);
    };
    assert.equal(await column("User").getAttribute("aria-sort"), "ascending");
    assert.deepEqual((await firstRows(page, 3)).map(([user]) => user), ["0", "007", "100%"]);
    assert.ok((await sort("User"))[0][0].startsWith("zoe."));
    assert.equal(await column("User").getAttribute("aria-sort"), "descending");
    const dates = (rows) => rows.map(([, , , since]) => Date.parse(since));
    const oldest = dates(await sort("Since"));
    assert.deepEqual(oldest, oldest.toSorted((a, b) => a - b));
    const newest = dates(await sort("Since"));
    assert.ok(newest[0] > oldest[9] && newest.every(Number.isFinite));
    assert.ok((await sort("Credential")).every(([, , kind]) => kind === "App password"));
    assert.equal((await sort("Credential"))[0][2], "OAuth");
    assert.ok((await sort("Access")).every(([, state]) => state === "Access"));
  });

  test("one user: what is known, asked again, and an account that is gone", async () => {
    const page = await openUsers();
    await seen(done(page));
    await page.getByRole("button", { name: "alice" }).click();
    const dialog = page.getByRole("dialog", { name: "alice" });
    await seen(dialog.getByText("App password"));
    await seen(dialog.getByText("23 November 2026 at 07:23:37"));
    await screenshot(page, "one-user");
    standIn.control.faults([{ on: "user", recorded: "125-user-nobody" }, { on: "credentials", mergeJson: { has_background_access: false, sync_type: null, provisioned_at: null } }]);
    await dialog.getByRole("button", { name: "Ask again" }).click();
    await seen(dialog.getByText("There is no such account any more"));
    await seen(dialog.getByText("No access"));
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "alice", "the focus is where it was");
    assert.deepEqual((await firstRows(page, 8)).find(([user]) => user === "alice"), ["alice", "No access", "", ""]);
  });
});

describe("the picture", () => {
  test("says how many, by what, and as a table", async () => {
    standIn.control.reset({ population: 1_000 });
    const page = await openUsers();
    await seen(done(page));
    const [, access, all] = /([\d,]+) of ([\d,]+) users have given access/.exec(await page.getByRole("heading", { name: /^[\d,]+ of 1,017 users have given access/ }).innerText());
    assert.equal(all, "1,017");
    await page.getByRole("img", { name: /1,017|634/ }).first().waitFor();
    await page.setViewportSize({ width: 1200, height: 1150 });
    await screenshot(page, "users-older");
    await page.getByText("The numbers as a table").click();
    // The picture follows at a distance.
    const total = (text) => [...text.matchAll(/([\d,]+) \(/g)].reduce((sum, [, number]) => sum + Number(number.replace(",", "")), 0);
    while (total(await page.locator(".numbers").innerText()) < 1017) await page.waitForTimeout(50);
    const table = await page.locator(".numbers tbody tr").evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.innerText)));
    assert.deepEqual(table.map(([name]) => name), ["App password", "OAuth", "No access"]);
    const numbers = table.map(([, text]) => Number(/^[\d,]+/.exec(text)[0].replace(",", "")));
    assert.equal(numbers[0] + numbers[1], Number(access.replace(",", "")));
    assert.equal(numbers[0] + numbers[1] + numbers[2], 1017);
    for (const name of [/^By kind of credential: App password [\d,]+ \([\d.]+%\), OAuth/, /^How that grew: 0 on \d+ Nov 2024, [\d,]+ on/]) {
      const box = await page.getByRole("img", { name }).boundingBox();
      assert.ok(box.width > 300 && box.height > 150);
    }
    // Drawn at all: not all of one colour.
    const colours = await page.locator("canvas").evaluateAll((all) => all.map((canvas) => new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size));
    assert.ok(colours.every((count) => count > 10), String(colours));
  });
});

describe("the picture in time", () => {
  for (const timezoneId of ["America/New_York", "Pacific/Auckland"]) {
    test(`days and months are those of ${timezoneId}`, async () => {
      standIn.control.reset({ population: 300 });
      const page = await openUsers({ timezoneId });
      await seen(done(page));
      await seen(page.getByRole("heading", { name: /of 317 users have given access/ }));
      await page.getByRole("columnheader", { name: "Since" }).getByRole("button").click();
      const [[, , , first]] = await firstRows(page, 1);
      const label = await page.getByRole("img", { name: /^How that grew/ }).getAttribute("aria-label");
      const [, from] = /: 0 on (.*?), /.exec(label);
      assert.equal(Date.parse(first) - Date.parse(from), 86_400_000, `${label}; the first is of ${first}`);
    });
  }

  /** What is written into the charts. */
  const drawn = (page) => page.addInitScript(() => {
    globalThis.drawn = [];
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      globalThis.drawn.push(text);
      return fillText.call(this, text, ...rest);
    };
  });

  for (const [locale, day, month] of [["en-GB", /^\d+ Nov$/, /^[A-Z][a-z]{2,3} 202[456]$/], ["de-DE", /^\d+\. Nov\.$/, /^[A-Z][a-zä]{2,3}\.? 202[456]$/]]) {
    test(`the axis has a day each where all is of one month, and months where there are many, in ${locale}`, async () => {
      for (const [settings, form, other] of [[{}, day, month], [{ population: 300 }, month, day]]) {
        standIn.control.reset(settings);
        const page = await dashboard.open({ locale });
        await drawn(page);
        await page.reload();
        await page.locator(".notecard").first().waitFor();
        await logIn(page, standIn.accounts.admin);
        await seen(done(page));
        await seen(page.getByRole("img", { name: /^(How that grew|Wie das wuchs)/ }));
        const labels = await page.evaluate(() => [...new Set(globalThis.drawn)]);
        assert.ok(labels.filter((text) => form.test(text)).length > 1, labels.join());
        assert.deepEqual(labels.filter((text) => other.test(text)), []);
      }
    });
  }

  test("marks: each has a label of its own, at most so many, whenever the time changes", async () => {
    const { marks } = await import("../../www/src/picture/numbers.js");
    const at = (...date) => new Date(...date).getTime();
    const times = [[[2026, 10, 22], [2026, 10, 26], "day"], [[2026, 9, 30], [2026, 10, 2], "day"], [[2026, 2, 20], [2026, 4, 2], "day"], [[2026, 7, 25], [2026, 10, 5], "month"], [[2024, 0, 1], [2026, 10, 1], "month"]];
    for (const [from, to, unit] of times) {
      const found = marks(at(...from), at(...to), 6);
      assert.equal(found.unit, unit);
      assert.ok(found.times.length > 1 && found.times.length <= 6, String(found.times));
      const label = new Intl.DateTimeFormat("en", unit === "day" ? { day: "numeric", month: "short" } : { month: "short", year: "numeric" });
      assert.equal(new Set(found.times.map((time) => label.format(time))).size, found.times.length);
      assert.ok(found.times.every((time) => time >= at(...from) && time <= at(...to)));
    }
  });

  test("one day alone makes a picture, too", async () => {
    const page = await openUsers({ timezoneId: "UTC" });
    await seen(done(page));
    await seen(page.getByRole("img", { name: /^How that grew: 0 on 22 Nov 2026, 9 on/ }));
  });
});

describe("export", () => {
  const strange = { on: "users", mergeJson: { ocs: { meta: { status: "ok", statuscode: 200, message: "OK" }, data: { users: ["alice", "=1+1", "@cmd", "müller", 'a "b", c', "'quoted", "007", "1E5", " =2", "＝1", "x;=1+1", "jan2", "TRUE", "(5)", "$5", "\tx", "x;=cmd|'calc'!A0", "user1"] } } } };
  const end = { on: "users", mergeJson: { ocs: { meta: { status: "ok", statuscode: 200, message: "OK" }, data: { users: [] } } }, times: null };
  beforeEach(() => standIn.control.reset({ faults: [strange, end, { on: "credentials", user: "müller", times: null, respond: { status: 500, headers: {}, body: "" } }] }));

  test("CSV that a spreadsheet opens right", async () => {
    const page = await openUsers();
    await seen(done(page));
    const { name, bytes } = await exported(page, "Export CSV");
    assert.match(name, /^background-access-\d{4}-\d\d-\d\d\.csv$/);
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "a byte order mark, or Excel sees Windows-1252");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const { data, errors } = Papa.parse(text.trimEnd(), { delimiter: "," });
    assert.deepEqual(errors, []);
    assert.deepEqual(data[0], ["userId", "hasAccess", "credentialType", "provisionedAt (UTC)", "errorCode", "errorMessage"]);
    const byUser = Object.fromEntries(data.slice(1).map((row) => [row[0], row]));
    assert.deepEqual(Object.keys(byUser).toSorted(), ["''quoted", "'007", "'1E5", "' =2", "'=1+1", "'@cmd", "'＝1", 'a "b", c', "alice", "müller", "x;=1+1", "'jan2", "'TRUE", "'(5)", "'$5", "'\tx", "x;=cmd|'calc'!A0", "user1"].toSorted());
    assert.ok(text.trimEnd().split("\r\n").every((line) => /^((^|,)("([^"]|"")*")?)+$/.test(line)), "each field is quoted, whichever separator is looked for");
    assert.deepEqual(byUser.alice, ["alice", "true", "app_password", "2026-11-23 07:23:37", "", ""]);
    assert.equal(byUser["müller"][4], "server_error");
  });

  test("CSV where the comma is the decimal sign", async () => {
    const page = await openUsers({ locale: "de-DE" });
    await seen(done(page));
    const { bytes } = await exported(page, "Als CSV");
    const { data } = Papa.parse(bytes.toString("utf8").replace("\uFEFF", "").trimEnd(), { delimiter: ";" });
    assert.equal(data.length, 19);
    assert.ok(data.every((row) => row.length === 6));
  });

  test("JSON, and only what is shown", async () => {
    const page = await openUsers();
    await seen(done(page));
    const all = JSON.parse((await exported(page, "Export JSON")).bytes);
    assert.equal(all.length, 18);
    assert.deepEqual(all.find(({ userId }) => userId === "alice"), { userId: "alice", hasAccess: true, credentialType: "app_password", provisionedAt: "2026-11-23T07:23:37.000Z", error: null });
    assert.deepEqual(Object.keys(all.find(({ userId }) => userId === "müller").error), ["code", "message"]);
    await search(page).fill("@cmd");
    await untilShown(page, 1);
    assert.deepEqual(JSON.parse((await exported(page, "Export JSON")).bytes).map(({ userId }) => userId), ["@cmd"]);
  });
});

describe("20,000 users", () => {
  test("scroll smoothly, while they are being asked", { timeout: 120_000 }, async () => {
    standIn.control.reset({ extraUsers: 20_000 });
    const page = await openUsers();
    await untilShown(page, 20017);
    assert.equal(Number(await page.getByRole("table", { name: "Users" }).getAttribute("aria-rowcount")), 20_018);
    assert.ok((await rows(page).count()) < 60, "only what is to be seen is there");
    const blank = await page.evaluate(async () => {
      const body = document.querySelector(".table__body");
      body.scrollIntoView();
      let blank = 0;
      for (let frame = 0; frame < 120; frame += 1) {
        body.scrollTop += frame < 60 ? 300 : 7_000;
        await new Promise(requestAnimationFrame);
        const { x, y } = body.getBoundingClientRect();
        if (!document.elementFromPoint(x + 60, y + 200)?.closest("[data-index]")) blank += 1;
      }
      return blank;
    });
    assert.ok(blank < 6, `${blank} of 120 frames were blank`);
    await seen(page.getByText(/of 20,017 users asked/));
    await page.locator(".table__body").evaluate((body) => (body.scrollTop = body.scrollHeight));
    await seen(page.getByRole("button", { name: "x+y" }));
    // The keyboard comes everywhere, too.
    await page.getByRole("button", { name: "x+y" }).focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.activeElement.textContent === "0");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement.textContent === "007");
    await search(page).fill("user1999");
    await untilShown(page, 10);
  });
});
