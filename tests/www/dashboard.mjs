// The dashboard as Vite builds it over the packed client, served by the stand-in, in Chromium.
import assert from "node:assert/strict";
import { mkdir, mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launchChromium } from "../browser/chromium.mjs";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const www = join(root, "www");
/** Of the command, and www/src/users/export.js is a link to it. */
const SHARED = join(root, "pkg", "cli", "spreadsheet.js");
const { build } = await import(pathToFileURL(createRequire(join(www, "package.json")).resolve("vite")));

/** Builds it and gives the folder. www/node_modules has the client of the source tree; here it is the packed one. */
export async function buildDashboard() {
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-dashboard-"));
  const seen = [];
  const importer = join(consumer.folder, "import.mjs");
  const packed = {
    name: "packed-client",
    enforce: "pre",
    resolveId(id, from) {
      return id === "astrolabe-client" && from !== importer ? this.resolve(id, importer) : null;
    },
  };
  const watch = { name: "which-client", moduleParsed: ({ id }) => void (id.includes(`${sep}pkg${sep}`) && seen.push(id)) };
  await build({
    root: www,
    logLevel: "error",
    plugins: [packed, watch],
    build: { outDir: folder, emptyOutDir: true },
  });
  assert.ok(seen.length > 5 && seen.every((id) => id.startsWith(consumer.package + sep) || id === SHARED), `not the packed client: ${seen}`);
  return folder;
}

/** Everything that a secret of the stand-in must not be found in, while a page is used. */
class Watch {
  heard = [];
  complaints = [];

  constructor(page, secrets) {
    this.page = page;
    this.secrets = secrets;
    page.on("console", (message) => {
      this.heard.push(message.text());
      // Chromium says so of each answer that is none, or that another origin keeps; nobody can silence that.
      // The third is of @nextcloud/vue's dialogs, which begin to hold the focus a moment after they are shown: a test may have
      // answered them by then, and then they hold nothing.
      const isUsual = /^(Failed to load resource|Access to fetch|Error: `fallbackFocus` was specified but was not a node)/.test(message.text());
      if (message.type() === "error" && !isUsual) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => this.heard.push(request.url()));
  }

  async check() {
    assert.deepEqual(this.complaints, [], "the page complained");
    if (this.page.isClosed()) return;
    const kept = await this.page.evaluate(async () => {
      const caches = await Promise.all((await globalThis.caches.keys()).map(async (name) => (await (await globalThis.caches.open(name)).keys()).map(({ url }) => url)));
      const databases = await indexedDB.databases();
      return JSON.stringify([location.href, document.cookie, { ...localStorage }, { ...sessionStorage }, history.state, databases, caches]);
    });
    for (const secret of this.secrets) {
      for (const text of [...this.heard, kept]) assert.ok(!text.includes(secret), `a secret in ${text.slice(0, 200)}`);
    }
  }
}

export async function startDashboard() {
  const folder = await buildDashboard();
  const standIn = await startStandIn({ static: { "/dashboard/": folder, "/nextcloud/dashboard/": folder } });
  const browser = await launchChromium();
  const { admin, alice } = standIn.accounts;
  const secrets = [admin, alice].flatMap(({ password, appPassword }) => [password, appPassword]).concat(Object.values(standIn.clients).map(({ clientSecret }) => clientSecret));
  const opened = [];

  return {
    folder,
    standIn,
    browser,
    /** A page of its own, with nothing kept of others. `at`: what is opened. */
    async open({ at = "/dashboard/", locale = "en-GB", ...options } = {}) {
      const context = await browser.newContext({ locale, viewport: { width: 1200, height: 900 }, timezoneId: "UTC", ...options });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      opened.push({ context, watch: new Watch(page, secrets) });
      await page.goto(new URL(at, standIn.url).href);
      // Until the page has found out where it comes from.
      await page.locator(".notecard").first().waitFor();
      return page;
    },
    /** Closes all pages; fails if one complained or let a secret out. */
    async closePages() {
      try {
        for (const { watch } of opened) await watch.check();
      } finally {
        await Promise.all(opened.splice(0).map(({ context }) => context.close()));
      }
    },
    async close() {
      await browser.close();
      await standIn.close();
    },
  };
}

/** Fills in the form's way "User name and app password" and sends it. */
export async function logIn(page, { id, appPassword }) {
  await page.getByRole("radio", { name: /User name and app password|Benutzername und App-Passwort/ }).check({ force: true });
  await page.getByLabel(/^(User name|Benutzername)$/).fill(id);
  await page.getByRole("textbox", { name: /^(App password|App-Passwort)$/ }).fill(appPassword);
  await page.getByRole("button", { name: /^(Log in|Anmelden)$/ }).click();
}

/** Playwright's own assertions come with its test runner; waiting for a locator is the same. */
export const seen = (locator) => locator.first().waitFor({ state: "visible" });

export const done = (page) => page.getByText(/^\s*(Asked about|[\d.\s]+ Benutzer abgefragt)/);

/** The main states, for people to look at: in target/screenshots, or where ASTROLABE_SCREENSHOTS says. */
export async function screenshot(page, name) {
  const folder = process.env.ASTROLABE_SCREENSHOTS ?? join(root, "target", "screenshots");
  await mkdir(folder, { recursive: true });
  // What fades in, has.
  await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getTiming().iterations === Infinity));
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
