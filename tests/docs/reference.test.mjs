// The API reference, which typedoc makes from the types: without a warning, and with all that the package exports.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { root } from "./markdown.mjs";

/** Every name that can be imported from an entry, a value or a type, with the entry before it. */
function exported(entry) {
  const types = readFileSync(join(root, "pkg", entry === "index" ? "wasm/astrolabe_client.d.ts" : `${entry}.d.ts`), "utf8");
  return [
    ...[...types.matchAll(/^export (?:declare )?(?:abstract )?(?:class|interface|type|enum|const|function) (\w+)/gm)].map(([, name]) => name),
    ...[...types.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => names.split(",").map((name) => name.trim().split(/\s+as\s+/).at(-1))),
  ].map((name) => `${entry}.${name}`);
}

let made;
before(() => {
  made = spawnSync("npm", ["run", "--silent", "docs"], { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
});

test("npm run docs makes it, and has nothing to complain of", () => {
  // Every warning is an error (docs/typedoc.json); what is asked for here is that there is no output of another kind.
  assert.equal(made.status, 0, made.stdout + made.stderr);
  assert.doesNotMatch(made.stdout + made.stderr, /\[(?:warning|error)\]/);
});

test("each exported name has a page, and no page is of another", () => {
  const pages = ["classes", "interfaces", "types", "enums", "functions", "variables"]
    .map((folder) => join(root, "target/docs", folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .map((name) => name.replace(/\.html$/, ""));
  const names = [...exported("index"), ...exported("init")];
  assert.ok(names.length >= 20 && names.includes("index.AstrolabeError"), "the exports could not be read");
  assert.deepEqual(pages.sort(), names.sort());
});
