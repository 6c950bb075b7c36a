// The dashboard as the Worker of examples/worker serves it, with its relay: Wrangler on this machine, as its README says.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, afterEach, before, test } from "node:test";
import { freePort } from "../free-port.mjs";
import { copyExample, wrangler, wranglerEnv } from "../workers/example-folder.mjs";
import { done, logIn, seen, startDashboard } from "./dashboard.mjs";
import { block, LOGIN_OBSTACLES, SERVER_OBSTACLES } from "./obstacles.mjs";

let dashboard;
let worker;
let address;
let said = "";

before(async () => {
  dashboard = await startDashboard();
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  worker = spawn(
    process.execPath,
    [wrangler, "dev", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--var", `NEXTCLOUD_HOST:${dashboard.standIn.url}`],
    { cwd: await copyExample(dashboard.folder), detached: true, stdio: ["ignore", "pipe", "pipe"], env: wranglerEnv },
  );
  for (const stream of [worker.stdout, worker.stderr]) stream.on("data", (chunk) => (said += chunk));
  for (let tries = 0; ; tries += 1) {
    if (await fetch(address).then(({ ok }) => ok, () => false)) break;
    assert.ok(tries < 200 && worker.exitCode === null, said);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}, { timeout: 60_000 });
after(async () => {
  // Wrangler and the runtime that it starts.
  if (worker?.exitCode === null) process.kill(-worker.pid, "SIGTERM");
  await dashboard?.close();
});
afterEach(() => dashboard.closePages());

test("the page finds the relay, and works over it", async () => {
  const page = await dashboard.open({ at: `${address}/` });
  await seen(page.getByText(/comes from a Worker, which passes its requests on/));
  assert.equal(await page.getByLabel("Address of the server").inputValue(), `${address}/relay`);
  await logIn(page, dashboard.standIn.accounts.admin);
  await seen(done(page));
  assert.match(await done(page).innerText(), /Asked about 17 users/);
});

test("over it, all users are one request, and access is given and taken", async () => {
  const { standIn } = dashboard;
  standIn.control.reset({ contract: "newer" });
  const page = await dashboard.open({ at: `${address}/` });
  await logIn(page, standIn.accounts.admin);
  await seen(done(page));
  const of = (route) => standIn.control.log().counts[route];
  assert.deepEqual([of("admin-users"), of("users")], [1, 0]);
  for (const [change, verb] of [["provision", "Give"], ["deprovision", "Take"]]) {
    await page.getByRole("checkbox", { name: "Select bob", exact: true }).check();
    await page.getByRole("button", { name: new RegExp(`^${verb} access`) }).click();
    await page.getByRole("dialog").getByRole("button", { name: new RegExp(`^${verb} access`) }).click();
    await page.locator(".results .notecard").waitFor();
    assert.equal(of(change), 1);
  }
  standIn.control.reset();
});

test("Login Flow v2 works over it, and the app password is named after the dashboard", async () => {
  const page = await dashboard.open({ at: `${address}/` });
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  const link = page.getByRole("link", { name: `Open the login page of ${new URL(dashboard.standIn.url).host}` });
  // What Nextcloud's page will call it, see the User-Agent below.
  await seen(page.getByText("Nextcloud will ask whether “Astrolabe dashboard” may have access: that is this page."));
  const { admin } = dashboard.standIn.accounts;
  await fetch(await link.getAttribute("href"), { method: "POST", body: new URLSearchParams({ user: "admin", password: admin.password }) });
  await seen(done(page));
  const begun = dashboard.standIn.control.log().requests.findLast(({ route }) => route === "login-flow");
  assert.equal(begun.headers["user-agent"], "Astrolabe dashboard");
  await page.getByRole("button", { name: "Log out" }).click();
  for (let tries = 0; dashboard.standIn.control.log().counts["app-password"] === 0; tries += 1) {
    assert.ok(tries < 500, "the app password was not deleted");
    await page.waitForTimeout(20);
  }
});

for (const name of ["locked", "untrusted-host"]) {
  test(`what mends it names the Worker, which is what Nextcloud sees: ${name}`, async () => {
    const obstacle = { ...SERVER_OBSTACLES, ...LOGIN_OBSTACLES }[name];
    const page = await dashboard.open({ at: `${address}/` });
    block(dashboard.standIn, obstacle);
    await logIn(page, dashboard.standIn.accounts.admin);
    const advice = { locked: /occ security:bruteforce:reset <address of the Worker>/, "untrusted-host": /Add the host of the Worker's NEXTCLOUD_HOST to trusted_domains/ }[name];
    await seen(page.locator(`[data-check="${obstacle.check}"]`).getByText(advice));
    dashboard.standIn.control.reset();
  });
}

test("the page is protected from being framed", async () => {
  const { headers } = await fetch(address);
  assert.match(headers.get("content-security-policy"), /frame-ancestors 'none'/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});
