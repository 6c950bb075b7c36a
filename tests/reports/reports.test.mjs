// Faults that people met, each as the small program that showed it: with the installed package none is there any more.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const www = fileURLToPath(new URL("../../www", import.meta.url));
const tarball = join(consumer.folder, (await readdir(consumer.folder)).find((name) => name.endsWith(".tgz")));

// They find what they import beside them, and leave in the folder of temporary files what they make.
const folder = await mkdtemp(join(tmpdir(), "astrolabe-reports-"));
after(() => rm(folder, { recursive: true }));
await Promise.all(["node_modules", "tmp"].map((name) => mkdir(join(folder, name))));
for (const path of [consumer.package, join(www, "node_modules/papaparse")]) await symlink(path, join(folder, "node_modules", path.split("/").at(-1)));
const env = { ...process.env, PACKAGE: tarball, WWW: www, TMPDIR: join(folder, "tmp") };

for (const name of (await readdir(here)).filter((name) => /^\d+-.*\.mjs$/.test(name))) {
  test(name, { timeout: 300_000 }, async () => {
    await copyFile(join(here, name), join(folder, name));
    const { code = 0, stdout, stderr } = await run(process.execPath, [name], { cwd: folder, env }).catch((failure) => failure);
    assert.ok(code === 0 && !stdout.includes("FAULT"), `${stdout}\n${stderr}`);
    assert.match(stdout, /\bfixed$/m);
  });
}
