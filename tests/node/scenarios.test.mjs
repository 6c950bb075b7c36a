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

for (const name of scenarioNames) {
  test(name, { timeout: 30_000 }, () => runScenario(name, astrolabe, standIn));
}
