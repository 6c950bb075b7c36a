// The Worker of examples/worker as Wrangler would deploy it, over the packed client.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { copyExample, wrangler, wranglerEnv } from "./example-folder.mjs";

test("wrangler deploy --dry-run", { timeout: 60_000 }, async () => {
  // Any page; tests/www has the one that belongs there.
  const page = await mkdtemp(join(tmpdir(), "astrolabe-page-"));
  await writeFile(join(page, "index.html"), "<!doctype html>");
  const folder = await copyExample(page);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", "out"], { cwd: folder, env: wranglerEnv });
  assert.doesNotMatch(stdout + stderr, /\[(WARNING|ERROR)\]/i);
  for (const binding of ["env.TOKENS", "env.SCANS", "env.DB"]) assert.ok(stdout.includes(binding), binding);
  assert.equal((await readdir(join(folder, "out"))).filter((name) => name.endsWith(".wasm")).length, 1);
});
