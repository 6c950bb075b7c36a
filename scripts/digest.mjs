// pkg/wasm/ and pkg/cjs/ are generated and in git. build.json beside it says from which sources and by which tools it was made, so
// that anybody can tell whether it still belongs to them.
//   node scripts/digest.mjs check           exits with 1 and says why, where it does not
//   node scripts/digest.mjs write DIR TOOL… what scripts/build calls
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

/** Everything that decides what comes out of a build. */
function sourcesDigest() {
  const sources = [
    ...filesUnder(join(root, "src")),
    ...["error", "guard", "init", "iteration", "start", "classes"].map((name) => join(root, `pkg/${name}.js`)),
    ...["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "scripts/build", "scripts/commonjs.mjs", "scripts/glue.mjs", "scripts/import-names.mjs", "scripts/inline-wasm.mjs", "scripts/toolchain.sh"].map((path) => join(root, path)),
  ];
  const entries = sources.map((path) => `${relative(root, path).split(sep).join("/")} ${sha256(readFileSync(path))}\n`);
  // Of the Node packages only these have a part in it.
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return sha256(...entries.sort(), packages["node_modules/binaryen"].version, packages["node_modules/esbuild"].version);
}

/** Of pkg/wasm, and of pkg/cjs beside it. */
function outputDigests(folder) {
  const commonJs = join(folder, "../cjs");
  const files = [...readdirSync(folder), ...readdirSync(commonJs).map((name) => `../cjs/${name}`)].filter((name) => name !== "build.json");
  return Object.fromEntries(files.sort().map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}

/** What is wrong with the generated files in `folder`, or undefined. */
export function staleness(folder = join(root, "pkg/wasm")) {
  let recorded;
  try {
    recorded = JSON.parse(readFileSync(join(folder, "build.json"), "utf8"));
  } catch {
    return "there is no build";
  }
  if (recorded.sources !== sourcesDigest()) return "the sources have changed since it was built";
  if (JSON.stringify(recorded.files) !== JSON.stringify(outputDigests(folder))) return "its files are not those that were built";
  return undefined;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [command, folder, ...tools] = process.argv.slice(2);
  if (command === "write") {
    const record = { sources: sourcesDigest(), tools, files: outputDigests(folder) };
    writeFileSync(join(folder, "build.json"), `${JSON.stringify(record, null, 2)}\n`);
  } else {
    const problem = staleness();
    if (problem) {
      console.error(`pkg/wasm is stale: ${problem}. Run: npm run build`);
      process.exitCode = 1;
    }
  }
}
