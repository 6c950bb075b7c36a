// The dashboard over the stand-in for Nextcloud, with invented users: `npm run demo`, or at a port: `npm run demo -- 8099`.
// Needs Node and the npm registry, and nothing else unless the sources were changed.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { staleness } from "./digest.mjs";

const USERS = 3_000;
const USUAL_PORT = 8_090;
const ADMIN = { username: "admin", password: "admin-password" };

const root = fileURLToPath(new URL("..", import.meta.url));
const [asked] = process.argv.slice(2);
if (asked !== undefined && !(/^\d{1,5}$/.test(asked) && Number(asked) < 65_536)) stop(2, `${JSON.stringify(asked)} is no port: npm run demo -- 8099`);

function stop(code, text) {
  console.error(text);
  process.exit(code);
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" });
  if (status !== 0) stop(1, `\nThat failed: ${[command, ...args].join(" ")}`);
}

/** As scripts/setup does it: npm writes this file last. */
function install(folder, what) {
  const inFolder = (path) => new URL(`../${folder}/${path}`, import.meta.url);
  const done = inFolder("node_modules/.package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(inFolder("package-lock.json")).mtimeMs) return;
  console.log(`Installing ${what} (once)…`);
  run("npm", "ci", "--prefix", folder, "--no-fund", "--no-audit", "--loglevel=error");
}

const stale = staleness();
if (stale) {
  console.log(`Building the package first, which takes minutes, and Rust, which scripts/setup brings where it is missing: ${stale}.`);
  run("scripts/setup");
  run("scripts/build");
}
install("tests/nextcloud", "the identity provider of the stand-in");
install("www", "what the dashboard is made of");
console.log("Building the dashboard…");
run("npm", "run", "build", "--prefix", "www", "--silent", "--", "--logLevel", "error");

const { startStandIn } = await import("../tests/nextcloud/stand-in.mjs");
const start = (port) => startStandIn({ port, static: { "/dashboard/": fileURLToPath(new URL("../www/dist", import.meta.url)) }, demonstration: ADMIN });
const standIn = await start(Number(asked ?? USUAL_PORT)).catch((error) => {
  if (error.code !== "EADDRINUSE") throw error;
  // Any other will do, unless this one was asked for.
  return asked === undefined ? start(0) : stop(1, `The port ${asked} is in use: take another, or none for any that is free.`);
});
// Some failures to look at, and answers that take their time as those of a real server do.
const failing = (user) => ({ on: "credentials", user, respond: { status: 500, headers: {}, body: "" } });
const faults = [
  ...["greta.müller", "paul.rossi", "zoe.o'connor", "jürgen.groß"].map(failing),
  { on: "credentials", times: null, delayMs: 15 },
];
standIn.control.reset({ contract: "newer", mcp: "ok", population: USERS, faults });

console.log(`
The dashboard, over a stand-in for Nextcloud with ${USERS.toLocaleString("en")} invented users:

    ${standIn.url}/dashboard/

Log in as "${ADMIN.username}" with the password "${ADMIN.password}". For a shell, in this folder, as an administrator:

    export NEXTCLOUD_HOST=${standIn.url}
    export NEXTCLOUD_ACCESS_TOKEN=${standIn.accounts.admin.appPassword}
    npx astrolabe-client status --all

(The server fails for four users once, to show how that looks.) As a service, with these in place of the token:

    export NEXTCLOUD_OIDC_CLIENT_ID=${standIn.clients.service.clientId}
    export NEXTCLOUD_OIDC_CLIENT_SECRET=${standIn.clients.service.clientSecret}

Who is no administrator: "alice", with the password "${standIn.accounts.alice.password}". Ctrl-C ends it.`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => standIn.close());
