import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { scenarioNames } from "../scenarios/harness.mjs";
import { launchChromium } from "./chromium.mjs";

const source = `
  import * as astrolabe from "astrolabe-client";
  import { scenarioPage } from ${JSON.stringify(fileURLToPath(new URL("page.mjs", import.meta.url)))};
  scenarioPage(astrolabe);
`;

let standIn;
let browser;
let page;
const complaints = [];

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-page-"));
  await consumer.bundle(source, { outfile: join(folder, "page.js"), platform: "browser" });
  await writeFile(join(folder, "index.html"), '<!DOCTYPE html><meta charset="utf-8"><title>Test</title><script type="module" src="page.js"></script>');
  standIn = await startStandIn({ static: { "/page/": folder } });
  browser = await launchChromium();
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${standIn.url}/page/index.html`);
  await page.waitForFunction(() => "runScenario" in globalThis);
});
after(async () => {
  await browser?.close();
  await standIn?.close();
});

for (const name of scenarioNames) {
  test(name, { timeout: 30_000 }, async () => {
    const { url, clients, accounts } = standIn;
    const error = await page.evaluate(
      ([name, standIn]) => globalThis.runScenario(name, standIn).then(() => null, (error) => String(error?.stack ?? error)),
      [name, { url, clients, accounts }],
    );
    if (error) throw new Error(error);
  });
}

test("nothing was thrown outside of a promise, and no rejection went unhandled", () => {
  assert.deepEqual(complaints, []);
});
