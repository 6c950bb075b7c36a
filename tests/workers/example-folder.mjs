// A copy of examples/worker as a user has it, over the packed client, for Wrangler to work in.
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { consumer } from "../consumer.mjs";

const example = fileURLToPath(new URL("../../examples/worker/", import.meta.url));

export const wrangler = join(example, "node_modules/wrangler/bin/wrangler.js");
export const wranglerEnv = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" };

/** @param {string} page the folder of what it serves besides */
export async function copyExample(page) {
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-example-"));
  for (const name of ["package.json", "src"]) await cp(join(example, name), join(folder, name), { recursive: true });
  const config = await readFile(join(example, "wrangler.jsonc"), "utf8");
  await writeFile(join(folder, "wrangler.jsonc"), config.replace("../../www/dist", page));
  await mkdir(join(folder, "node_modules"));
  await symlink(consumer.package, join(folder, "node_modules", "astrolabe-client"));
  await symlink(join(example, "node_modules", "jose"), join(folder, "node_modules", "jose"));
  return folder;
}
