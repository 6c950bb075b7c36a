// Writes pkg/cjs: the package for tools that cannot require() a module, such as Jest. Node itself never takes it.
//   node scripts/commonjs.mjs PKG
import { build } from "esbuild";
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @param {string} pkg the folder pkg/ of a package whose pkg/wasm has been built */
export async function writeCommonJs(pkg, out = join(pkg, "cjs")) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const read = (name) => readFileSync(join(pkg, name), "utf8");
  const bundle = { absWorkingDir: pkg, bundle: true, format: "cjs", target: "es2022", legalComments: "none", keepNames: true, logLevel: "warning" };
  await build({ ...bundle, entryPoints: ["init.js"], outfile: join(out, "init.cjs") });
  // One copy of the classes, whichever of the two is required.
  writeFileSync(
    join(out, "index.cjs"),
    `"use strict";
const { initSync, AstrolabeClient, AstrolabeError, TokenCache } = require("./init.cjs");
initSync(Uint8Array.from(atob("${/"(.*)"/.exec(read("wasm/astrolabe_client_bytes.js"))[1]}"), (character) => character.charCodeAt(0)));
module.exports = { AstrolabeClient, AstrolabeError, TokenCache };
`,
  );
  writeFileSync(join(out, "index.d.cts"), read("wasm/astrolabe_client.d.ts"));
  writeFileSync(join(out, "init.d.cts"), read("init.d.ts").replace("./index.js", "./index.cjs"));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await writeCommonJs(process.argv[2]);
