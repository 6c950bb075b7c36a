import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { runScenario, scenarioNames } from "../scenarios/harness.mjs";

let standIn;
let astrolabe;
before(async () => {
  standIn = await startStandIn();
  astrolabe = await consumer.import();
});
after(() => standIn?.close());

test("one signal for a hundred calls at a time brings no warning, and aborts them all", async () => {
  const warnings = [];
  const onWarning = (warning) => warnings.push(warning);
  process.on("warning", onWarning);
  standIn.control.reset({ faults: [{ on: "credentials", hang: true, times: null }] });
  const client = new astrolabe.AstrolabeClient({ nextcloudHost: standIn.url, accessToken: standIn.accounts.admin.appPassword });
  const controller = new AbortController();
  const calls = Array.from({ length: 100 }, () => client.getBackgroundSyncStatus("alice", { signal: controller.signal }).catch((error) => error.name));
  await new Promise((resolve) => setTimeout(resolve, 100));
  controller.abort();
  assert.deepEqual(new Set(await Promise.all(calls)), new Set(["AbortError"]));
  process.off("warning", onWarning);
  assert.deepEqual(warnings, []);
});

for (const name of scenarioNames) {
  test(name, { timeout: 30_000 }, () => runScenario(name, astrolabe, standIn));
}
