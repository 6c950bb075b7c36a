// The Worker of examples/worker as Wrangler would deploy it, over the packed client.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";

const example = fileURLToPath(new URL("../../examples/worker/", import.meta.url));

test("wrangler deploy --dry-run", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-deploy-"));
  for (const name of ["package.json", "wrangler.jsonc", "src"]) await cp(join(example, name), join(folder, name), { recursive: true });
  // Any page; tests/www has the one that belongs there.
  await writeFile(join(folder, "wrangler.jsonc"), (await readFile(join(folder, "wrangler.jsonc"), "utf8")).replace("../../www/dist", "dist"));
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "dist", "index.html"), "<!doctype html>");
  await mkdir(join(folder, "node_modules"));
  await symlink(consumer.package, join(folder, "node_modules", "astrolabe-client"));
  await symlink(join(example, "node_modules", "jose"), join(folder, "node_modules", "jose"));

  const wrangler = join(example, "node_modules", "wrangler", "bin", "wrangler.js");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", "out"], {
    cwd: folder,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" },
  });
  assert.doesNotMatch(stdout + stderr, /\[(WARNING|ERROR)\]/i);
  for (const binding of ["env.TOKENS", "env.SCANS", "env.DB"]) assert.ok(stdout.includes(binding), binding);
  assert.equal((await readdir(join(folder, "out"))).filter((name) => name.endsWith(".wasm")).length, 1);
});
