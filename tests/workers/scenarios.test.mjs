import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { scenarioNames } from "../scenarios/harness.mjs";
import { startWorker } from "./miniflare.mjs";

const source = `
  import * as astrolabe from "astrolabe-client";
  import { scenarioWorker } from ${JSON.stringify(fileURLToPath(new URL("worker.mjs", import.meta.url)))};
  export default scenarioWorker(astrolabe);
`;

let standIn;
let worker;
before(async () => {
  standIn = await startStandIn();
  worker = await startWorker(source);
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
