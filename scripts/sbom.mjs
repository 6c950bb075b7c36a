// Prints what the npm package is made of, as CycloneDX 1.6: the crates that are linked into its wasm, Rust's standard
// library, and the tools that built it. The same commit and package give the same text.
//   node scripts/sbom.mjs FOLDER      the built package
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { parse } from "smol-toml";

const root = fileURLToPath(new URL("..", import.meta.url));
const WASM = "pkg/wasm/astrolabe_client_bg.wasm";
const { ComponentType, HashAlgorithm } = Enums;

const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, stdio: "pipe" });

/** All crates by their ids, each with the ids of those that are linked into it; and the id of this repository's own. */
function readCrates() {
  const metadata = JSON.parse(run("cargo", "metadata", "--locked", "--features", "js", "--filter-platform", "wasm32-unknown-unknown", "--format-version", "1"));
  const packages = new Map(metadata.packages.map((crate) => [crate.id, crate]));
  // What runs in the compiler, or in a test, is not linked.
  const isLinked = ({ pkg, dep_kinds }) => dep_kinds.some(({ kind }) => kind === null) && packages.get(pkg).targets.some(({ kind }) => kind.includes("lib") || kind.includes("rlib"));
  const nodes = metadata.resolve.nodes.map(({ id, deps }) => [id, { ...packages.get(id), linked: deps.filter(isLinked).map(({ pkg }) => pkg) }]);
  return { first: metadata.resolve.root, crates: new Map(nodes) };
}

function readChecksums() {
  const { package: packages } = parse(readFileSync(join(root, "Cargo.lock"), "utf8"));
  return new Map(packages.map(({ name, version, checksum }) => [`${name} ${version}`, checksum]));
}

function component(type, name, { purl = undefined, version = undefined, licence = undefined, sha256 = undefined }) {
  return new Models.Component(type, name, {
    bomRef: purl ?? name,
    purl,
    version,
    licenses: licence ? new Models.LicenseRepository([new Models.LicenseExpression(licence)]) : undefined,
    hashes: sha256 ? new Models.HashDictionary([[HashAlgorithm["SHA-256"], sha256]]) : undefined,
  });
}

function describe(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // As build.json has them: a name, then the version, with or without that word before it.
  const tools = JSON.parse(readFileSync(join(folder, "pkg/wasm/build.json"), "utf8")).tools.map((tool) => /^(\S+) (?:version )?(\S+)/.exec(tool).slice(1));
  const wasm = component(ComponentType.File, WASM, { sha256: createHash("sha256").update(readFileSync(join(folder, WASM))).digest("hex") });
  const library = component(ComponentType.Library, manifest.name, { purl: `pkg:npm/${manifest.name}@${manifest.version}`, version: manifest.version, licence: manifest.license });
  library.dependencies.add(wasm.bomRef);

  const { first, crates } = readCrates();
  const checksums = readChecksums();
  const components = new Map();
  const link = (id, dependencies) => {
    for (const linked of crates.get(id).linked) {
      const { name, version, license } = crates.get(linked);
      if (!components.has(linked)) {
        components.set(linked, component(ComponentType.Library, name, { purl: `pkg:cargo/${name}@${version}`, version, licence: license, sha256: checksums.get(`${name} ${version}`) }));
        link(linked, components.get(linked).dependencies);
      }
      dependencies.add(components.get(linked).bomRef);
    }
  };
  link(first, wasm.dependencies);

  const rust = tools.find(([name]) => name === "rustc")[1];
  const std = component(ComponentType.Library, "std", { purl: `pkg:generic/rust-std@${rust}`, version: rust, licence: "MIT OR Apache-2.0" });
  wasm.dependencies.add(std.bomRef);

  return new Models.Bom({
    metadata: new Models.Metadata({
      timestamp: new Date(run("git", "log", "-1", "--format=%cI").trim()),
      tools: new Models.Tools({ components: new Models.ComponentRepository(tools.map(([name, version]) => component(ComponentType.Application, name, { version }))) }),
      component: library,
    }),
    components: new Models.ComponentRepository([wasm, std, ...components.values()]),
  });
}

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("sbom: give the folder of the built package, as in: node scripts/sbom.mjs target/package");
  process.exit(1);
}
const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
console.log(serializer.serialize(describe(folder), { sortLists: true, space: 2 }));
