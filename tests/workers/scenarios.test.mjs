import { after, before, test } from "node:test";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { scenarioNames } from "../scenarios/harness.mjs";
import { startWorker } from "./miniflare.mjs";

let standIn;
let worker;
before(async () => {
  standIn = await startStandIn();
  worker = await startWorker(new URL("worker.mjs", import.meta.url));
});
after(async () => {
  await worker?.dispose();
  await standIn?.close();
});

for (const name of scenarioNames) {
  test(name, { timeout: 30_000 }, async () => {
    const { url, clients, accounts } = standIn;
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify({ name, standIn: { url, clients, accounts } }) });
    const { error } = await response.json();
    if (error) throw new Error(error);
  });
}
