// How large the package is in use, in bytes after gzip -9: the .wasm, and the JavaScript of one runtime with all
// features, bundled and minified as esbuild does. Prints a table of what each release adds, and fails above the limit.
//
//   npm run size                   the table
//   npm run size -- --write        also writes this version's row into scripts/sizes.json
//   npm run size -- --functions    what the bytes of the wasm are, by crate and by function, before gzip
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const { build } = await import("esbuild").catch(() => {
  console.error("size: esbuild is not here: run npm ci first");
  process.exit(2);
});

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const RECORD = join(root, "scripts/sizes.json");

/** Different compilers make wasm of slightly different sizes. */
export const TOLERANCE = 0.03;

export const readRecord = () => JSON.parse(readFileSync(RECORD, "utf8"));

// The program and not node:zlib, whose deflate is a faster one that makes 2 % more of it.
const gzipped = (bytes) => execFileSync("gzip", ["-9n"], { input: bytes }).length;

/** @param {string} folder of a package */
export async function measure(folder) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "pkg/workerd.js")],
    bundle: true,
    minify: true,
    format: "esm",
    external: ["*.wasm"],
    write: false,
    logLevel: "warning",
  });
  const wasm = gzipped(readFileSync(join(folder, "pkg/wasm/astrolabe_client_bg.wasm")));
  return { wasm, javascript: gzipped(outputFiles[0].contents) };
}

const together = ({ wasm, javascript }) => wasm + javascript;

function printTable({ goal, limit, releases }, version, now) {
  const rows = Object.entries({ ...releases, [version]: now });
  console.log("| release | wasm | JavaScript | together | added |\n| --- | --- | --- | --- | --- |");
  for (const [at, [name, sizes]] of rows.entries()) {
    const before = at > 0 ? together(rows[at - 1][1]) : 0;
    const numbers = [sizes.wasm, sizes.javascript, together(sizes), together(sizes) - before];
    console.log(`| ${[name, ...numbers.map((number) => number.toLocaleString("en"))].join(" | ")} |`);
  }
  console.log(`\nBytes after gzip -9. The limit is ${limit.toLocaleString("en")}, the goal ${goal.toLocaleString("en")}.`);
}

function printFunctions() {
  const file = join(root, "target/size/named.wasm");
  // As scripts/build, but with the names left in.
  execFileSync(join(root, "scripts/build"), ["--named", file], { stdio: ["ignore", "ignore", "inherit"] });
  const metrics = execFileSync("wasm-opt", ["--func-metrics", file, "-o", "/dev/null"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const functions = [...metrics.matchAll(/^func: (.*)\n \[binary-bytes\] : (\d+)/gm)].map(([, name, bytes]) => [name.replace(/::h[0-9a-f]{16}$/, ""), +bytes]);
  const crates = new Map();
  const crateOf = (name) => /^<*(?:&|dyn |\*mut )*([a-z_0-9]+)(?:\[|::)/.exec(name)?.[1] ?? "exports and glue";
  for (const [name, bytes] of functions) crates.set(crateOf(name), (crates.get(crateOf(name)) ?? 0) + bytes);
  const data = +/\[memory-data\]\s*: (\d+)/.exec(metrics)[1];
  const print = (title, rows) => {
    console.log(`\n${title}`);
    for (const [name, bytes] of rows.sort((one, other) => other[1] - one[1])) console.log(`${String(bytes).padStart(7)}  ${name}`);
  };
  print("bytes by crate", [...crates, ["texts and tables", data]]);
  print("bytes by function", functions);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes("--functions")) {
    printFunctions();
  } else {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const record = readRecord();
    const now = await measure(root);
    printTable(record, version, now);
    if (process.argv.includes("--write")) writeFileSync(RECORD, `${JSON.stringify({ ...record, releases: { ...record.releases, [version]: now } }, undefined, 2)}\n`);
    if (together(now) > record.limit) {
      console.error("size: above the limit");
      process.exitCode = 1;
    }
  }
}
