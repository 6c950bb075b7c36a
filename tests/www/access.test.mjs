// The dashboard over the newer Astrolabe: all users by one request, names, and access given and taken by an administrator.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { done, logIn, screenshot, seen, startDashboard } from "./dashboard.mjs";

let dashboard;
let standIn;
before(async () => {
  dashboard = await startDashboard();
  ({ standIn } = dashboard);
});
after(() => dashboard?.close());
const reset = (settings) => standIn.control.reset({ contract: "newer", ...settings });
beforeEach(() => reset());
afterEach(() => dashboard.closePages());

async function openUsers(options) {
  const page = await dashboard.open(options);
  await logIn(page, standIn.accounts.admin);
  return page;
}
async function openAll(options) {
  const page = await openUsers(options);
  await seen(done(page));
  return page;
}

const OFFERS = /^(Give|Take) access|^Select |^Users may give access/;
const offers = (page) => page.evaluate((pattern) => [...document.querySelectorAll("button, input")].map((one) => one.ariaLabel || one.labels?.[0]?.innerText || one.innerText).filter((name) => new RegExp(pattern).test(name)), OFFERS.source);
const row = (page, userId) => page.locator('[role="row"][data-index]').filter({ has: page.getByRole("button", { name: userId, exact: true }) });
const stateOf = async (page, userId) => (await row(page, userId).locator(".table__cell--state").innerText()).trim();
const isIn = (page, userId, state) => seen(row(page, userId).locator(".table__cell--state").getByText(state, { exact: true }));
async function pick(page, ...userIds) {
  for (const userId of userIds) await page.getByRole("checkbox", { name: `Select ${userId}`, exact: true }).check();
}
const button = (page, name) => page.getByRole("button", { name, exact: true });
const question = (page) => page.getByRole("dialog");
const outcomes = async (page) => (await page.getByRole("list", { name: /of each user$/ }).getByRole("listitem").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
const ended = (page) => page.locator(".results .notecard").waitFor();
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
const counts = () => standIn.control.log().counts;
const changesOf = () => standIn.control.log().requests.filter(({ route }) => ["provision", "deprovision", "self-provision"].includes(route)).map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
const told = { on: "provision", times: null, mergeJson: { partial_success: false, mcp_sync: true, message: "App password saved successfully" } };
const fails = (on, what) => ({ on, times: null, respond: { status: 500, headers: {}, body: "" }, ...what });

describe("all users", () => {
  test("500 are there by one request", async () => {
    reset({ extraUsers: 483 });
    const page = await openAll();
    assert.match(await done(page).innerText(), /Asked about 500 users\. 170 have given access\.\s*$/);
    const { requests } = standIn.control.log();
    const at = requests.findIndex(({ route }) => route === "admin-users");
    assert.deepEqual(requests.slice(at + 1).filter(({ server }) => server !== "page").map(({ route, path }) => [route, path]), []);
    assert.equal(counts().users, 0);
    await seen(page.getByRole("heading", { name: "170 of 500 users have given access" }));
    await seen(page.getByText("500 users shown"));
  });

  test("and that is what there is to see", async () => {
    reset({ population: 483 });
    const page = await openAll({ viewport: { width: 1200, height: 1150 } });
    await page.getByRole("img", { name: /^How that grew/ }).waitFor();
    assert.deepEqual(await row(page, "amélie.adler").locator(".table__cell--name").allInnerTexts(), ["Amélie Adler"]);
    await screenshot(page, "users");
  });

  test("of a larger server: those of the answer at once, the others asked, each once", { timeout: 60_000 }, async () => {
    reset({ extraUsers: 783, faults: [{ on: "credentials", times: null, delayMs: 60 }] });
    const page = await openUsers();
    await page.getByText(/^5\d\d of 800 users asked/).waitFor();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 800 users\. \d+ have given access\.\s*$/);
    const { requests } = standIn.control.log();
    const asked = requests.slice(requests.findIndex(({ route }) => route === "admin-users")).filter(({ route }) => route === "credentials").map(({ path }) => path);
    assert.equal(asked.length, 300);
    assert.equal(new Set(asked).size, 300);
    assert.equal(counts()["admin-users"], 1);
    await seen(page.getByText("800 users shown"));
  });

  test("cancelled while the rest is asked, it goes on with those alone", { timeout: 60_000 }, async () => {
    reset({ extraUsers: 783, faults: [{ on: "credentials", times: null, delayMs: 60 }] });
    const page = await openUsers();
    await page.getByText(/^5\d\d of 800 users asked/).waitFor();
    await button(page, "Cancel").click();
    await page.getByText(/^\s*Cancelled: [12]\d\d users have not been asked\./).waitFor();
    await button(page, "Go on").click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 800 users\./);
    assert.equal(counts()["admin-users"], 1);
  });

  test("where the one request fails, they are listed and asked, and their access can be changed all the same", { timeout: 60_000 }, async () => {
    reset({ faults: [fails("admin-users"), fails("credentials", { user: "bob" })] });
    const page = await openAll();
    assert.match(await done(page).innerText(), /Asked about 17 users\. 9 have given access\. For 1 that failed\./);
    await pick(page, "alice");
    await seen(button(page, "Take access away from 1 user…"));
    assert.equal(await page.getByRole("columnheader", { name: "Name" }).count(), 0, "nobody's name is known");
    standIn.control.faults([]);
    await button(page, "Try the failed one again").click();
    await page.getByText(/Asked about 17 users\. 9 have given access\.\s*$/).waitFor();
    assert.equal(counts()["admin-users"], 1);
  });

  test("where all are refused it ends, and going on begins with the one request again", { timeout: 60_000 }, async () => {
    reset();
    const page = await dashboard.open();
    const maintenance = { on: "any", times: null, recorded: "150-maint-cred-8088" };
    standIn.control.faults(["admin-users", "users"].map((on) => ({ ...maintenance, on })));
    await logIn(page, standIn.accounts.admin);
    await seen(page.getByRole("alert").getByText(/This ended it for all: Nextcloud is in maintenance mode/));
    assert.deepEqual(await offers(page), []);
    standIn.control.faults([]);
    await button(page, "Go on").click();
    await seen(done(page));
    assert.match(await done(page).innerText(), /Asked about 17 users\. 9 have given access\.\s*$/);
    assert.equal(counts().credentials, 1, "the diagnosis alone");
  });

  test("names are shown, searched for, and sorted by", async () => {
    const bob = { uid: "bob", display_name: "Ärmel, Bob", has_background_access: false, provisioned_at: null };
    const zoe = { uid: "a9", display_name: "zoe \u202eevil", has_background_access: true, provisioned_at: 1_795_418_617 };
    const adam = { uid: "z1", display_name: "Adam", has_background_access: false, provisioned_at: null };
    reset({ faults: [{ on: "admin-users", mergeJson: { users: [bob, zoe, adam] } }] });
    const page = await openAll();
    const names = () => page.locator('[role="row"][data-index] .table__cell--name').evaluateAll((cells) => cells.toSorted((one, other) => one.parentNode.dataset.index - other.parentNode.dataset.index).map((cell) => cell.innerText));
    assert.deepEqual(await names(), ["zoe \\u{202e}evil", "Ärmel, Bob", "Adam"]);
    const head = page.getByRole("columnheader", { name: "Name", exact: true });
    await head.getByRole("button").click();
    assert.deepEqual(await names(), ["Adam", "Ärmel, Bob", "zoe \\u{202e}evil"]);
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await head.getByRole("button").click();
    assert.deepEqual(await names(), ["zoe \\u{202e}evil", "Ärmel, Bob", "Adam"]);
    await page.getByRole("searchbox", { name: "Search for a user" }).fill("armel");
    await seen(page.getByText("1 user shown"));
    await button(page, "bob").click();
    await seen(question(page).getByText("Ärmel, Bob"));
  });

  test("nothing is offered by the older Astrolabe", async () => {
    standIn.control.reset();
    const page = await openAll();
    assert.match(await done(page).innerText(), /Asked about 17 users\. 9 have given access\.\s*$/);
    assert.deepEqual(await offers(page), []);
    assert.equal(await page.getByRole("columnheader", { name: "Name" }).count(), 0);
    await button(page, "bob").click();
    await seen(question(page).getByRole("button", { name: "Ask again" }));
    assert.deepEqual(await offers(page), []);
  });

  for (const [what, refusal] of [
    ["the login may not, though it may ask", { recorded: "35-cred-alice-as-alice" }],
    ["a relay does not pass it on", { respond: { status: 404, headers: {}, body: { code: "not_found", message: "there is no route" } } }],
  ]) {
    test(`nor where ${what}`, async () => {
      reset({ faults: [{ on: "admin-users", times: null, ...refusal }] });
      const page = await openAll();
      assert.match(await done(page).innerText(), /Asked about 17 users\. 9 have given access\.\s*$/);
      await page.waitForTimeout(300);
      assert.deepEqual(await offers(page), []);
    });
  }
});

describe("access", () => {
  test("is given to those selected, after a question that names them; taken back; and given anew", { timeout: 60_000 }, async () => {
    reset({ faults: [told] });
    const page = await openAll();
    await seen(page.getByText("Select users to give access or take it away."));
    await pick(page, "bob", "dora", "alice");
    await seen(page.getByText("3 users selected"));
    const give = button(page, "Give access for 2 users…");
    await give.click();
    const dialog = page.getByRole("dialog", { name: "Give access to the files of 2 users?" });
    assert.deepEqual(await dialog.getByRole("listitem").allInnerTexts(), ["D bob (bob)", "D dora (dora)"]);
    await seen(dialog.getByText(/makes an app password for each of them/));
    await screenshot(page, "give-question");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await focused(page), "Give access for 2 users…");
    assert.deepEqual(changesOf(), []);

    await give.click();
    await button(page, "Give access").click();
    await ended(page);
    assert.deepEqual(await outcomes(page), ["D bob (bob): given", "D dora (dora): given"]);
    await seen(page.getByRole("status").getByText("Access given for 2 users.", { exact: true }));
    assert.deepEqual(changesOf(), ["POST bob", "POST dora"]);
    await isIn(page, "bob", "Access");
    await isIn(page, "dora", "Access");
    await seen(page.getByRole("heading", { name: "11 of 17 users have given access" }));
    assert.equal(await focused(page), "Undo: take it away…");
    await seen(page.getByText("1 user selected"));
    await screenshot(page, "given");
    await button(page, "bob").click();
    const [since] = await question(page).locator("dd").filter({ hasText: / at \d/ }).allInnerTexts();
    assert.ok(Math.abs(Date.parse(`${since.replace(" at", "")} UTC`) - Date.now()) < 60_000, since);
    await page.keyboard.press("Escape");

    await button(page, "Undo: take it away…").click();
    await seen(page.getByRole("dialog", { name: "Take away access to the files of 2 users?" }).getByText(/becomes invalid at once/));
    await button(page, "Take access away").click();
    await page.getByRole("heading", { name: "Taking access away" }).waitFor();
    await ended(page);
    assert.deepEqual(await outcomes(page), ["D bob (bob): taken away", "D dora (dora): taken away"]);
    await isIn(page, "bob", "No access");
    await seen(page.getByText("Giving access again makes a new app password."));

    await button(page, "Undo: give it again…").click();
    await seen(question(page).getByText("The app password that was taken away does not come back: they get a new one."));
    await button(page, "Give access").click();
    await page.getByRole("heading", { name: "Giving access" }).waitFor();
    await ended(page);
    assert.deepEqual(changesOf(), ["POST bob", "POST dora", "DELETE bob", "DELETE dora", "POST bob", "POST dora"]);
    await button(page, "Close").click();
    await page.locator(".results").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.className), "table__name");
  });

  test("of one user, from what is known of that one", async () => {
    const page = await openAll();
    await button(page, "alice").click();
    await button(page, "Take access away…").click();
    const dialog = page.getByRole("dialog", { name: "Take away access to the files of 1 user?" });
    assert.deepEqual(await dialog.getByRole("listitem").allInnerTexts(), ["D alice (alice)"]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement.textContent === "alice");
    await button(page, "alice").click();
    await button(page, "Take access away…").click();
    await button(page, "Take access away").click();
    await ended(page);
    assert.deepEqual(await outcomes(page), ["D alice (alice): taken away"]);
    await isIn(page, "alice", "No access");
    assert.deepEqual(changesOf(), ["DELETE alice"]);
  });

  test("that the service has not been told of is said as that", async () => {
    const page = await openAll();
    await pick(page, "bob");
    await button(page, "Give access for 1 user…").click();
    await button(page, "Give access").click();
    await ended(page);
    assert.deepEqual(await outcomes(page), ["D bob (bob): given, but the service has not been told: “App password saved locally (MCP server not configured)”"]);
    await seen(page.getByText("Access given for 1 user. Of 1 the service has not been told."));
    await isIn(page, "bob", "Access");
  });

  test("fails for one user, and for the others it does not; each is asked for once", { timeout: 60_000 }, async () => {
    reset({ faults: [{ on: "provision", user: "bob", recorded: "312c-new-provision-unknown" }, fails("provision", { user: "dora" }), { on: "provision", user: "revoke", cutBody: true }, told] });
    const page = await openAll();
    await pick(page, "bob", "dora", "revoke", "x+y");
    await button(page, "Give access for 4 users…").click();
    await button(page, "Give access").click();
    await ended(page);
    const said = await outcomes(page);
    assert.match(said[0], /^D bob \(bob\): There is no such user \(any more\)\. Ask everybody anew, and see whether the user is still there\. unknown_user: /);
    assert.match(said[1], /^D dora \(dora\): An error on the server\. Try again later/);
    assert.match(said[2], /^D revoke \(revoke\): The server did not answer\./);
    assert.deepEqual(said.slice(3), ["D x+y (x+y): given"]);
    assert.deepEqual(changesOf(), ["POST bob", "POST dora", "POST revoke", "POST x%2By"], "nothing is sent twice");
    await seen(page.getByText("Access given for 1 user. For 3 that failed.", { exact: true }));
    assert.equal(await stateOf(page, "revoke"), "Access", "what was done although its answer was lost");
    assert.equal(await stateOf(page, "dora"), "No access");
    assert.equal(await stateOf(page, "bob"), "Failed", "Nextcloud would say that there is no access");
    await seen(page.getByText("3 users selected"));
    await screenshot(page, "given-some-failed");
  });

  test("is known to be given where the status cannot be asked then", async () => {
    const page = await openAll();
    await pick(page, "bob");
    standIn.control.faults([told, fails("credentials", { user: "bob" })]);
    await button(page, "Give access for 1 user…").click();
    await button(page, "Give access").click();
    await ended(page);
    assert.deepEqual(await outcomes(page), ["D bob (bob): given"]);
    assert.equal(await stateOf(page, "bob"), "Access");
  });

  for (const [what, faults, reason] of [
    ["a login that is not accepted any more", [{ on: "any", times: null, recorded: "60-wrongpw-1" }], /Nextcloud does not accept the login/],
    ["a refusal of the change", [{ on: "deprovision", times: null, recorded: "35-cred-alice-as-alice" }], /You are logged in as “admin”, and that account is no administrator/],
    ["a relay that does not pass it on", [{ on: "deprovision", times: null, respond: { status: 404, headers: {}, body: { code: "not_found", message: "there is nothing here" } } }], /Nextcloud refused the request\./],
  ]) {
    test(`ends at the first user by what concerns all: ${what}`, { timeout: 60_000 }, async () => {
      const page = await openAll();
      await pick(page, "alice", "carol", "o'brien");
      standIn.control.faults(faults);
      await button(page, "Take access away from 3 users…").click();
      await button(page, "Take access away").click();
      const alert = page.locator(".results").getByRole("alert");
      await alert.waitFor();
      assert.match(await alert.innerText(), /^This ended it for all: /);
      assert.match(await alert.innerText(), reason);
      await seen(page.getByText("Access taken away from 0 users. For 1 that failed. 2 users were left as they were.", { exact: true }));
      assert.equal(counts().deprovision, 1);
      assert.equal(await stateOf(page, "carol"), "Access");
    });
  }

  test("can be cancelled between two users, and the others stay selected", { timeout: 60_000 }, async () => {
    reset({ extraUsers: 30, faults: [{ on: "provision", times: null, delayMs: 400 }] });
    const page = await openAll();
    await page.getByRole("radio", { name: "No access", exact: true }).check({ force: true });
    await page.getByRole("checkbox", { name: "Select all who are shown" }).check();
    await seen(page.getByText("28 users selected"));
    await button(page, "Give access for 28 users…").click();
    const named = await question(page).getByRole("listitem").allInnerTexts();
    assert.equal(named.length, 6);
    assert.equal(named.at(-1), "and 23 more");
    await button(page, "Give access").click();
    await page.getByText(/^[12] of 28 users done$/).waitFor();
    assert.equal(await focused(page), "Cancel");
    assert.equal(await button(page, "Ask everybody anew").count(), 0, "what is known changes");
    assert.ok(await button(page, /^Give access for \d+ users…$/).isDisabled());
    await screenshot(page, "giving");
    await page.keyboard.press("Enter");
    await ended(page);
    const said = await outcomes(page);
    assert.ok(said.length >= 2 && said.length <= 4 && said.every((text) => /: given/.test(text)), said.join());
    assert.equal(counts().provision, said.length);
    await page.waitForTimeout(600);
    assert.equal(counts().provision, said.length, "nothing is sent any more");
    assert.equal(standIn.control.log().maxConcurrent.provision, 1);
    await seen(page.getByText(`${28 - said.length} users were left as they were.`));
    await seen(page.getByText(new RegExp(`^${28 - said.length} users selected`)));
    assert.equal(await focused(page), "Undo: take it away…");
  });

  test("is not changed any more once somebody has logged out or the network is gone", { timeout: 60_000 }, async () => {
    for (const end of [(page) => button(page, "Log out").click(), (page) => page.context().setOffline(true)]) {
      reset({ extraUsers: 30, faults: [{ on: "provision", times: null, delayMs: 200 }] });
      const page = await openAll();
      await page.getByRole("checkbox", { name: "Select all who are shown" }).check();
      await button(page, /^Give access for/).click();
      await button(page, "Give access").click();
      await page.getByText(/^[1-3] of 28 users done$/).waitFor();
      await end(page);
      await page.waitForTimeout(500);
      const { provision } = counts();
      await page.waitForTimeout(500);
      assert.equal(counts().provision, provision);
      assert.ok(provision < 8, String(provision));
    }
  });

  test("is not changed without a network, whatever is answered", async () => {
    const page = await openAll();
    await pick(page, "bob");
    await button(page, "Give access for 1 user…").click();
    await seen(question(page));
    await page.context().setOffline(true);
    await seen(page.getByText(/You are offline/));
    await button(page, "Give access").click();
    await question(page).waitFor({ state: "detached" });
    assert.equal(await page.locator(".results").count(), 0);
    assert.ok(await button(page, "Give access for 1 user…").isDisabled());
    await page.context().setOffline(false);
    await page.getByText(/You are offline/).waitFor({ state: "detached" });
    assert.deepEqual(changesOf(), []);
    assert.equal(await stateOf(page, "bob"), "No access");
  });

  test("while others are still asked: an older answer does not stand for the newer", { timeout: 60_000 }, async () => {
    // The run's own answer is made before the change, and takes its time to come.
    reset({ extraUsers: 600, faults: [told, { on: "credentials", user: "user00599", dripMs: 80 }] });
    const page = await openUsers();
    await page.getByText(/^616 of 617 users asked/).waitFor();
    await page.getByRole("searchbox", { name: "Search for a user" }).fill("user00599");
    await button(page, "user00599").click();
    await seen(question(page).getByText("Not asked yet"));
    assert.equal(await question(page).getByRole("button", { name: /access/ }).count(), 0, "of whom nothing is known nothing is changed");
    await button(page, "Ask again").click();
    await button(page, "Give access…").click();
    await button(page, "Give access").click();
    await ended(page);
    assert.equal(await stateOf(page, "user00599"), "Access");
    await seen(page.getByText(/^616 of 617 users asked/));
    await seen(done(page));
    assert.equal(await stateOf(page, "user00599"), "Access");
    assert.match(await done(page).innerText(), /Asked about 617 users\. 210 have given access\.\s*$/);
  });

  test("selected users stay selected while others are searched for, and while all are asked anew", async () => {
    const page = await openAll();
    const search = page.getByRole("searchbox", { name: "Search for a user" });
    await search.fill("bob");
    await seen(page.getByText("1 user shown"));
    await pick(page, "bob");
    await search.fill("dora");
    await row(page, "bob").waitFor({ state: "detached" });
    await pick(page, "dora");
    await seen(page.getByText("2 users selected, 1 of them not shown"));
    await button(page, "Ask everybody anew").click();
    await seen(done(page));
    await seen(page.getByText("2 users selected, 1 of them not shown"));
    await button(page, "Give access for 2 users…").click();
    assert.deepEqual(await question(page).getByRole("listitem").allInnerTexts(), ["D bob (bob)", "D dora (dora)"]);
    await page.keyboard.press("Escape");
    await question(page).waitFor({ state: "detached" });
    await button(page, "Select none").click();
    await seen(page.getByText("Select users to give access or take it away."));
  });

  test("a double click on what asks does not answer it", async () => {
    const page = await openAll();
    await pick(page, "bob");
    await button(page, "Give access for 1 user…").click();
    await button(page, "Give access").evaluate((element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 2 })));
    await page.waitForTimeout(200);
    assert.deepEqual(changesOf(), []);
    await seen(question(page));
  });
});

describe("whether users may by themselves", () => {
  const control = (page) => page.getByRole("switch", { name: "Users may give access by themselves" });

  test("is a switch, with a question before it is switched off", async () => {
    const page = await openAll();
    assert.ok(await control(page).isChecked());
    await seen(page.getByText("Each user can let background services in, without an administrator."));
    await control(page).uncheck({ force: true });
    const dialog = page.getByRole("dialog", { name: "Let only administrators give access?" });
    await seen(dialog.getByText(/Access that has been given stays/));
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.ok(await control(page).isChecked());
    assert.equal(await page.evaluate(() => document.activeElement.role), "switch");
    assert.deepEqual(changesOf(), []);

    await page.keyboard.press("Space");
    await button(page, "Only administrators").click();
    await seen(page.getByText("Only administrators give access. Access that users have given stays."));
    await seen(page.getByRole("status").getByText("Only administrators give access now."));
    assert.equal(await control(page).isChecked(), false);
    await control(page).scrollIntoViewIfNeeded();
    await screenshot(page, "self-provisioning-off");
    await page.keyboard.press("Space");
    await seen(page.getByRole("status").getByText("Users may give access by themselves now."));
    assert.ok(await control(page).isChecked());
    assert.deepEqual(standIn.control.log().requests.filter(({ route }) => route === "self-provision").map(({ body }) => body), ['{"enabled":false}', '{"enabled":true}']);
  });

  test("shows what the server has, also where a change failed or its answer was lost", { timeout: 60_000 }, async () => {
    reset({ selfProvisioning: false, faults: [fails("self-provision", { times: 1 }), { on: "self-provision", cutBody: true }] });
    const page = await openAll();
    assert.equal(await control(page).isChecked(), false);
    await control(page).check({ force: true }).catch(() => {});
    await seen(page.getByRole("alert").getByText(/^An error on the server\./));
    assert.equal(await control(page).isChecked(), false);
    await control(page).check({ force: true });
    await seen(page.getByText("Each user can let background services in, without an administrator."));
    assert.ok(await control(page).isChecked());
    assert.equal(await page.getByRole("alert").count(), 0);
    assert.equal(counts()["self-provision"], 2);
  });
});
