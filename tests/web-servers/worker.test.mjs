// What keeps the dashboard out of frames where the Worker of examples/worker serves it: www/public/_headers for its files, as
// Wrangler's server of assets reads them, and the Worker itself for what it answers.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../free-port.mjs";
import { root } from "../docs/markdown.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { copyExample, wrangler, wranglerEnv } from "../workers/example-folder.mjs";

const START_MS = 60_000;

let standIn;
let worker;
let address;
const folders = [];
before(async () => {
  standIn = await startStandIn();
  const page = await mkdtemp(join(tmpdir(), "astrolabe-worker-page-"));
  folders.push(page);
  // What Vite takes over as it is.
  await cp(join(root, "www/public"), page, { recursive: true });
  await writeFile(join(page, "index.html"), "<!doctype html><title>Page</title>");
  await writeFile(join(page, "app.js"), "export {};");
  const folder = await copyExample(page);
  folders.push(folder);

  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  let said = "";
  const args = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0", "--var", `NEXTCLOUD_HOST:${standIn.url}`];
  worker = spawn(process.execPath, [wrangler, ...args], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], env: wranglerEnv });
  for (const stream of [worker.stdout, worker.stderr]) stream.on("data", (chunk) => (said += chunk));
  for (const end = Date.now() + START_MS; ; ) {
    if (await fetch(address, { signal: AbortSignal.timeout(1_000) }).then(({ ok }) => ok, () => false)) break;
    assert.ok(Date.now() < end && worker.exitCode === null, said);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}, { timeout: START_MS + 10_000 });
after(async () => {
  // Wrangler and the runtime that it starts.
  if (worker?.exitCode === null) {
    const ended = once(worker, "exit");
    process.kill(-worker.pid, "SIGTERM");
    await ended;
  }
  await standIn?.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}, { timeout: 20_000 });

const own = { "Sec-Fetch-Site": "same-origin" };

for (const [path, status, headers] of [
  ["/", 200],
  ["/app.js", 200],
  ["/icon.svg", 200],
  ["/relay/status.php", 200, own],
  ["/relay/ocs/v2.php/cloud/users", 401, own],
  ["/status/alice", 401],
  ["/nothing", 404],
]) {
  test(`${path} is in no frame`, { timeout: 20_000 }, async () => {
    const answer = await fetch(address + path, { headers, signal: AbortSignal.timeout(10_000) });
    assert.equal(answer.status, status);
    assert.match(answer.headers.get("content-security-policy"), /(^|; )frame-ancestors 'none'$/);
    assert.equal(answer.headers.get("x-frame-options"), "DENY");
  });
}
