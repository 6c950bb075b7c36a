// The first ten minutes, as README has them: its commands and its code, in its order, in an empty folder, to what it promises.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";
import { freePort } from "../free-port.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { wrangler, wranglerEnv } from "../workers/example-folder.mjs";
import { readPage, root, snippetsOf } from "./markdown.mjs";

const README = readPage("README.md");
const snippets = snippetsOf("README.md");
const HOST = "https://cloud.example.com";
const tarball = join(consumer.folder, `astrolabe-client-${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version}.tgz`);
const PASSWORD = "xxxxx-xxxxx-xxxxx-xxxxx-xxxxx";

let nc;
let folder;
before(async () => {
  nc = await startStandIn();
  folder = await mkdtemp(join(tmpdir(), "astrolabe-walk-"));
});
after(async () => {
  await nc?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The one snippet that has this in it. */
function snippetWith(text) {
  const found = snippets.filter(({ code }) => code.includes(text));
  assert.equal(found.length, 1, `${found.length} snippets with ${text}`);
  return found[0].code;
}

/** What a reader puts in: the address, the password; and this clone in place of the one at GitHub. */
const asRead = (code) => code.replaceAll(HOST, nc.url).replaceAll(PASSWORD, nc.accounts.admin.appPassword).replace(/https:\/\/github\.com\/\S+/, `${root} astrolabe-client`);

const shell = (code, env = {}) => promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", asRead(code)], { cwd: folder, env: { ...process.env, npm_config_audit: "false", npm_config_fund: "false", ...env }, timeout: 120_000 });

async function save(code) {
  const before = README.slice(0, README.indexOf(code));
  const [, name] = [...before.matchAll(/Save this as `([^`]+)`/g)].at(-1);
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), asRead(code));
}

test("from a clone to the package", { timeout: 180_000 }, async () => {
  // From the first release on README says no more of a clone: what a registry would give is the packed package.
  const isReleased = !README.includes("until the first release");
  await shell(isReleased ? snippetWith("npm i astrolabe-client").replace("astrolabe-client", tarball) : snippetWith("npm pack"));
  const { stdout } = await shell("npx --no-install astrolabe-client --version");
  assert.match(stdout, /\d+\.\d+\.\d+/);
});

test("a script", { timeout: 60_000 }, async () => {
  await save(snippetWith("process.env"));
  const { stdout } = await shell(snippetWith("node status.mjs"));
  assert.match(stdout, /^\{\s*hasAccess: true,\s*credentialType: 'app_password',\s*provisionedAt: /);
  assert.match(stdout, /\nalice true\n/);
  assert.match(stdout, /\nbob false\n/);
});

test("a Worker", { timeout: 120_000 }, async () => {
  await save(snippetWith("export default"));
  await writeFile(join(folder, "wrangler.jsonc"), asRead(snippetWith('"main": "src/index.js"')));
  assert.ok(README.includes("a `.dev.vars` with `NEXTCLOUD_ACCESS_TOKEN=…` in it"));
  await writeFile(join(folder, ".dev.vars"), `NEXTCLOUD_ACCESS_TOKEN=${nc.accounts.admin.appPassword}\n`);
  const port = await freePort();
  const served = spawn(process.execPath, [wrangler, "dev", "--port", String(port), "--ip", "127.0.0.1"], { cwd: folder, env: wranglerEnv, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [served.stdout, served.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  try {
    for (const end = Date.now() + 60_000; !output.includes("Ready on"); ) {
      assert.ok(Date.now() < end && served.exitCode === null, output);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const answer = await (await fetch(`http://127.0.0.1:${port}/?user=alice`)).json();
    assert.equal(answer.hasAccess, true);
  } finally {
    served.kill();
    if (served.exitCode === null) await once(served, "close");
  }
});

test("a shell", { timeout: 60_000 }, async () => {
  const { stdout } = await shell("npx --no-install astrolabe-client status alice bob --format csv", { NEXTCLOUD_HOST: nc.url, NEXTCLOUD_ACCESS_TOKEN: nc.accounts.admin.appPassword });
  assert.match(stdout, /^.*alice.*true/m);
});
