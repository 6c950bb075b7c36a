// How long calls take in the component, beside the npm package: node tests/component/figures.mjs, after npm run component:test.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { AstrolabeClient } from "../../pkg/index.js";
import { built, load, standalone } from "./component.mjs";
import { startStandIn } from "./stand-in.mjs";
import { wasmtime } from "./tools.mjs";

const CALLS = 300;
const ROUNDS = 5;
const USERS = Array.from({ length: 500 }, (_, at) => `user${at}`);

const standIn = await startStandIn();
await standIn.reset();
const accessToken = standIn.accounts.admin.appPassword;
const npm = new AstrolabeClient({ nextcloudHost: standIn.url, accessToken });
const { Client } = await (await load(standalone))();
const component = Client.create({ nextcloudHost: standIn.url, login: { tag: "access-token", val: accessToken }, allowInsecureHttp: false, usesTokenStore: false });

async function took(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const program = (users) => {
  const env = { NEXTCLOUD_HOST: standIn.url, NEXTCLOUD_ACCESS_TOKEN: accessToken };
  execFileSync(wasmtime, ["run", "-S", "http", ...Object.keys(env).flatMap((name) => ["--env", name]), join(built, "program.wasm"), ...users], { env, stdio: "ignore" });
};

const measures = {
  "npm package, a call": async () => (await took(async () => { for (let call = 0; call < CALLS; call++) await npm.getBackgroundSyncStatus("alice"); })) / CALLS,
  "component by jco, a call": async () => (await took(() => { for (let call = 0; call < CALLS; call++) component.getBackgroundSyncStatus("alice"); })) / CALLS,
  "npm package, 500 users": () => took(async () => { for await (const _ of npm.getBackgroundSyncStatuses(USERS)); }),
  "component by jco, 500 users": () => took(() => { const rows = component.getBackgroundSyncStatuses(USERS); while (rows.next() !== undefined); }),
  "composed program by wasmtime, one user and the start": () => took(() => program(["alice"])),
  "composed program by wasmtime, 500 users and the start": () => took(() => program(USERS)),
};

const found = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) for (const [name, measure] of Object.entries(measures)) found[name].push(await measure());
for (const [name, times] of Object.entries(found)) console.log(`${name}: ${times.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(1)} ms`);
await standIn.close();
