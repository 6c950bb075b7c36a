// The main job in one command: examples/node/status.mjs, over the stand-in for Nextcloud, or over a real server whose
// address and credentials are in the environment. Needs nothing but Node, unless the sources were changed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { staleness } from "./digest.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (command, ...args) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], shell: process.platform === "win32" });
  if (status === 0) return;
  console.error(`\nThat failed: ${[command, ...args].join(" ")}`);
  process.exit(1);
};

const stale = staleness();
if (stale) {
  console.log(`Building the package first: ${stale}.\n`);
  run("scripts/setup");
  run("scripts/build");
}

const names = ["NEXTCLOUD_HOST", "NEXTCLOUD_OIDC_CLIENT_ID", "NEXTCLOUD_OIDC_CLIENT_SECRET"];
const given = names.filter((name) => process.env[name]);
let environment = {};
let users = process.argv.slice(2);
let standIn;
if (given.length === 0) {
  if (!existsSync(new URL("../tests/nextcloud/node_modules/oidc-provider", import.meta.url))) {
    console.log("Installing the identity provider of the stand-in (once)…");
    run("npm", "ci", "--prefix", "tests/nextcloud", "--no-fund", "--no-audit", "--loglevel=error");
  }
  const { startStandIn } = await import("../tests/nextcloud/stand-in.mjs");
  standIn = await startStandIn();
  const { clientId, clientSecret } = standIn.clients.service;
  environment = Object.fromEntries(names.map((name, index) => [name, [standIn.url, clientId, clientSecret][index]]));
  if (users.length === 0) users = ["alice", "bob", "carol", "o'brien", "müller", "user@example.com"];
  console.log(`A stand-in for Nextcloud runs at ${standIn.url}. For a real one, set ${names.join(", ")}\nand name the users: npm run demo -- alice bob\n`);
} else if (given.length < names.length) {
  console.error(`For a real server, set all of ${names.join(", ")}; missing: ${names.filter((name) => !given.includes(name)).join(", ")}`);
  process.exit(2);
} else if (users.length === 0) {
  console.error("Name the users to ask about: npm run demo -- alice bob");
  process.exit(2);
}

const script = fileURLToPath(new URL("../examples/node/status.mjs", import.meta.url));
const [code] = await once(spawn(process.execPath, [script, ...users], { stdio: "inherit", env: { ...process.env, ...environment } }), "close");
await standIn?.close();
process.exitCode = code ?? 1;
