// What scripts/sbom.mjs says the package is made of: valid CycloneDX, and what cargo and the package say themselves.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { consumer } from "../consumer.mjs";
import { root } from "./sources.mjs";

const describe = async () => (await promisify(execFile)(process.execPath, [join(root, "scripts/sbom.mjs"), consumer.package])).stdout;
const sha256 = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");
const inPackage = (path) => join(consumer.package, path);

let text;
let bom;
before(async () => {
  text = await describe();
  bom = JSON.parse(text);
});

const crates = () => bom.components.filter(({ purl }) => purl?.startsWith("pkg:cargo/"));

test("it is CycloneDX 1.6 by the schema, which takes no other field", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  assert.equal(await validator.validate(text), null);
  assert.notEqual(await validator.validate(JSON.stringify({ ...bom, weight: 1 })), null);
});

test("the same commit gives the same text, dated by the commit", async () => {
  assert.equal(await describe(), text);
  assert.equal(Date.parse(bom.metadata.timestamp), Date.parse(execFileSync("git", ["log", "-1", "--format=%cI"], { cwd: root, encoding: "utf8" }).trim()));
});

test("it is about this package", () => {
  const { version, license } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
  const { component } = bom.metadata;
  assert.deepEqual([component.purl, component.version, component.licenses], [`pkg:npm/astrolabe-client@${version}`, version, [{ expression: license }]]);
  const path = "pkg/wasm/astrolabe_client_bg.wasm";
  assert.deepEqual(bom.components.find(({ type }) => type === "file").hashes, [{ alg: "SHA-256", content: sha256(inPackage(path)) }]);
});

test("it names the crates that cargo links into the wasm, and no others", () => {
  const args = ["tree", "--locked", "--edges", "normal,no-proc-macro", "--features", "js", "--target", "wasm32-unknown-unknown", "--prefix", "none", "--format", "{p}|{l}"];
  const lines = execFileSync("cargo", args, { cwd: root, encoding: "utf8" }).trim().split("\n").slice(1);
  const expected = new Set(lines.map((line) => line.replace(/^(\S+) v(\S+)/, "$1 $2").replace(/ \(\*\)$/, "")));
  assert.ok(expected.size > 0);
  assert.deepEqual(crates().map(({ name, version, licenses }) => `${name} ${version}|${licenses[0].expression}`).sort(), [...expected].sort());
});

test("the checksum of each crate is that of the file that cargo downloaded", () => {
  const cache = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry/cache");
  const registries = readdirSync(cache);
  for (const { name, version, purl, hashes } of crates()) {
    assert.equal(purl, `pkg:cargo/${name}@${version}`);
    const file = registries.map((registry) => join(cache, registry, `${name}-${version}.crate`)).find(existsSync);
    assert.deepEqual(hashes, [{ alg: "SHA-256", content: sha256(file) }]);
  }
});

test("nothing is in it that the package does not reach, and all that is reached is there", () => {
  const dependsOn = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const reached = new Set();
  const follow = (ref) => void (reached.has(ref) || (reached.add(ref), dependsOn.get(ref).forEach(follow)));
  follow(bom.metadata.component["bom-ref"]);
  assert.deepEqual([...reached].sort(), [bom.metadata.component, ...bom.components].map((component) => component["bom-ref"]).sort());
});

test("it names the tools that built the wasm, and the standard library of that compiler", () => {
  const { tools } = JSON.parse(readFileSync(inPackage("pkg/wasm/build.json"), "utf8"));
  const named = bom.metadata.tools.components.map(({ name, version }) => [name, version]);
  assert.deepEqual(named.map(([name]) => name).sort(), ["rustc", "wasm-bindgen", "wasm-opt", "wasm-pack"]);
  for (const [name, version] of named) assert.ok(tools.some((tool) => tool.startsWith(name) && tool.split(" ").includes(version)), name);
  const std = bom.components.find(({ name }) => name === "std");
  assert.equal(std.purl, `pkg:generic/rust-std@${Object.fromEntries(named).rustc}`);
});
