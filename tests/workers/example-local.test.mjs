// A scan on one's own machine, by the very commands of examples/worker/README.md, over the packed client.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { root, snippetsOf } from "../docs/markdown.mjs";
import { freePort } from "../free-port.mjs";
import { Accounts } from "../nextcloud/accounts.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { copyExample, wrangler, wranglerEnv } from "./example-folder.mjs";

const snippets = snippetsOf("examples/worker/README.md");
const snippetWith = (text) => snippets.find(({ code }) => code.includes(text)).code;

/** The line of a snippet that has this in it. */
const lineWith = (text) => snippetWith(text).split("\n").find((line) => line.includes(text));

test("a scan on one's own machine", { timeout: 180_000 }, async () => {
  const standIn = await startStandIn();
  const { clientId, clientSecret } = standIn.clients.service;
  const port = await freePort();
  const page = await mkdtemp(join(tmpdir(), "astrolabe-page-"));
  await writeFile(join(page, "index.html"), "<!doctype html>");
  const folder = await copyExample(page);
  await cp(join(root, "examples/worker/schema.sql"), join(folder, "schema.sql"));
  const variables = snippetWith("ACCESS_AUD=").replace("https://cloud.example.com", standIn.url).replace("astrolabe-worker", clientId).replace("its-secret", clientSecret);
  await writeFile(join(folder, ".dev.vars"), variables);

  /** npx would find the same Wrangler. */
  const commandOf = (line) => line.replace(/^npx wrangler/, `${JSON.stringify(process.execPath)} ${JSON.stringify(wrangler)}`).replace("localhost:8787", `127.0.0.1:${port}`);
  const shell = async (line) => (await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", commandOf(line)], { cwd: folder, env: wranglerEnv, timeout: 60_000 })).stdout;
  await shell(lineWith("--file schema.sql"));
  const served = spawn("bash", ["-c", `exec ${commandOf(lineWith("--test-scheduled"))} --port ${port} --ip 127.0.0.1`], { cwd: folder, env: wranglerEnv, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [served.stdout, served.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  try {
    for (const end = Date.now() + 60_000; !output.includes("Ready on"); await pause(100)) assert.ok(Date.now() < end && served.exitCode === null, output);
    assert.match(await shell(lineWith("/__scheduled")), /Ran scheduled event/);
    const users = new Accounts().list();
    for (const end = Date.now() + 60_000; ; await pause(1_000)) {
      const found = await shell(lineWith("SELECT user_id"));
      if (users.every((id) => found.includes(id))) break;
      assert.ok(Date.now() < end, found + output);
    }
  } finally {
    served.kill();
    if (served.exitCode === null) await once(served, "close");
    await standIn.close();
  }
});
