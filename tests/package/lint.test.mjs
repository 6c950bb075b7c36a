// What publint and "Are the types wrong?" say of the tarball: nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";

const run = promisify(execFile);
const bin = (name) => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
const tarball = join(consumer.folder, readdirSync(consumer.folder).find((name) => name.endsWith(".tgz")));
const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };

test("publint --strict", { timeout: 60_000 }, async () => {
  const { stdout } = await run(bin("publint"), ["--strict", tarball], { env }).catch((error) => assert.fail(error.stdout + error.stderr));
  assert.match(stdout, /All good!/);
});

test("attw, with every way to resolve and no rule left out", { timeout: 60_000 }, async () => {
  const { stdout } = await run(bin("attw"), [tarball, "--profile", "strict"], { env }).catch((error) => assert.fail(error.stdout + error.stderr));
  assert.match(stdout, /No problems found/);
});
