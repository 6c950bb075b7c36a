// The tarball itself: what is in it, what it exports, its types.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";
import { staleness } from "../../scripts/digest.mjs";

const run = promisify(execFile);
const manifest = JSON.parse(await readFile(join(consumer.package, "package.json"), "utf8"));

test("the tarball holds these files and no others", async () => {
  const entries = await readdir(consumer.package, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(consumer.package, join(entry.parentPath, entry.name)));
  assert.deepEqual(files.sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "package.json",
    "pkg/cjs/index.cjs",
    "pkg/cjs/index.d.cts",
    "pkg/cjs/init.cjs",
    "pkg/cjs/init.d.cts",
    "pkg/classes.js",
    "pkg/cli/arguments.js",
    "pkg/cli/browser.js",
    "pkg/cli/changes.js",
    "pkg/cli/commands.js",
    "pkg/cli/configuration.js",
    "pkg/cli/confirm.js",
    "pkg/cli/failures.js",
    "pkg/cli/files.js",
    "pkg/cli/formats.js",
    "pkg/cli/headers.js",
    "pkg/cli/help.js",
    "pkg/cli/login-file.js",
    "pkg/cli/login-flow.js",
    "pkg/cli/login.js",
    "pkg/cli/main.js",
    "pkg/cli/output.js",
    "pkg/cli/progress.js",
    "pkg/cli/proxy.js",
    "pkg/cli/redaction.js",
    "pkg/cli/shell-words.js",
    "pkg/cli/spreadsheet.js",
    "pkg/cli/table.js",
    "pkg/cli/text.js",
    "pkg/cli/user-ids.js",
    "pkg/edge-light.js",
    "pkg/error.js",
    "pkg/guard.js",
    "pkg/index.d.ts",
    "pkg/index.js",
    "pkg/init.d.ts",
    "pkg/init.js",
    "pkg/iteration.js",
    "pkg/nitro.js",
    "pkg/start.js",
    "pkg/wasm.d.cts",
    "pkg/wasm.d.ts",
    "pkg/wasm/astrolabe_client.d.ts",
    "pkg/wasm/astrolabe_client.js",
    "pkg/wasm/astrolabe_client_bg.wasm",
    "pkg/wasm/astrolabe_client_bytes.js",
    "pkg/wasm/build.json",
    "pkg/workerd.js",
  ]);
});

test("the package depends on no other and runs nothing when it is installed", () => {
  for (const name of ["dependencies", "peerDependencies", "optionalDependencies"]) assert.equal(manifest[name], undefined);
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) assert.equal(manifest.scripts[name], undefined);
});

test("the generated part belongs to the sources it was built from", () => {
  assert.equal(staleness(join(consumer.package, "pkg/wasm")), undefined);
});

test("import and require give the same classes", async () => {
  const [imported, required] = [await consumer.import(), consumer.require()];
  assert.deepEqual(Object.keys(imported).sort(), ["AstrolabeClient", "AstrolabeError", "TokenCache"]);
  for (const name of Object.keys(imported)) assert.equal(imported[name], required[name]);
});

test("no type of the package is any", async () => {
  for (const file of ["pkg/index.d.ts", "pkg/init.d.ts", "pkg/wasm/astrolabe_client.d.ts"]) {
    const text = await readFile(join(consumer.package, file), "utf8");
    const withoutComments = text.replace(/\/\*[^]*?\*\//g, "");
    assert.doesNotMatch(withoutComments, /\bany\b/, file);
  }
});

test("the types compile in strict mode and say exactly what the package gives", async () => {
  const source = await readFile(new URL("types.ts", import.meta.url), "utf8");
  await writeFile(join(consumer.folder, "types.mts"), source);
  const tsc = new URL("../../node_modules/typescript/bin/tsc", import.meta.url).pathname;
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "--types", ""];
  await run(process.execPath, [tsc, ...options, join(consumer.folder, "types.mts")]).catch((error) => assert.fail(error.stdout || String(error)));
});
