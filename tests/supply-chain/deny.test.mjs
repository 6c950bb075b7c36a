// cargo-deny with deny.toml: it passes what we have, and fails on what it is there for. scripts/deny runs this.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DATABASE, readKept, writeDatabase } from "./advisories.mjs";
import { crateFolders } from "./crates.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = fileURLToPath(new URL("deny.toml", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "astrolabe-deny-"));
after(() => rmSync(temporary, { recursive: true }));

/** The environment in which cargo-deny finds `advisories`, and nothing else, where it looks for those of RustSec. */
function withAdvisories(name, advisories) {
  const source = join(temporary, `${name}-database`);
  const cargoHome = join(temporary, `${name}-cargo`);
  mkdirSync(source);
  mkdirSync(cargoHome);
  writeDatabase(source, advisories);
  const real = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  for (const entry of readdirSync(real).filter((entry) => entry !== "advisory-dbs")) symlinkSync(join(real, entry), join(cargoHome, entry));
  const env = { ...process.env, CARGO_HOME: cargoHome, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: `url.file://${source}.insteadOf`, GIT_CONFIG_VALUE_0: DATABASE };
  execFileSync("cargo", ["deny", "--manifest-path", join(root, "Cargo.toml"), "--config", config, "fetch", "db"], { env, stdio: "pipe" });
  return env;
}

const { advisories } = readKept();
const kept = withAdvisories("kept", advisories);

function deny(folder, checks = [], env = kept) {
  const args = ["deny", "--offline", "--color", "never", "--manifest-path", join(folder, "Cargo.toml"), "--config", config, "check", ...checks];
  const { status, stderr } = spawnSync("cargo", args, { env, encoding: "utf8" });
  return { passed: status === 0, said: stderr };
}

for (const folder of crateFolders) {
  test(`what ${folder} depends on is let in`, () => {
    const { passed, said } = deny(join(root, folder));
    assert.ok(passed, said);
  });
}

for (const informational of [undefined, "unsound", "unmaintained"]) {
  test(`an advisory against a crate that we use is noticed: ${informational ?? "vulnerability"}`, () => {
    const planted = { id: "RUSTSEC-2999-0001", package: "cfg-if", date: "2026-01-01", ...(informational && { informational }), patched: [], unaffected: [] };
    const { passed, said } = deny(root, ["advisories"], withAdvisories(informational ?? "vulnerability", [...advisories, planted]));
    assert.equal(passed, false, said);
    assert.match(said, /RUSTSEC-2999-0001/);
  });
}

function crate(name, { version = "0.1.0", license = "MIT", dependencies = "" } = {}) {
  const folder = join(temporary, `${name}-${version}`);
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "src/lib.rs"), "");
  writeFileSync(join(folder, "Cargo.toml"), `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\nlicense = "${license}"\n\n[dependencies]\n${dependencies}\n`);
  return folder;
}

function gitCrate() {
  const folder = crate("from-git");
  const git = (...args) => execFileSync("git", ["-C", folder, "-c", "user.name=tester", "-c", "user.email=tester@example.com", ...args], { stdio: "pipe" });
  git("init", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--message", "All of it");
  return folder;
}

for (const [what, check, code, dependencies] of [
  ["a licence that is not in the list", "licenses", "rejected", () => `copyleft = { path = "${crate("copyleft", { license: "GPL-3.0-only" })}" }`],
  ["a crate out of a git repository", "sources", "source-not-allowed", () => `from-git = { git = "file://${gitCrate()}" }`],
  ["two versions of a crate", "bans", "duplicate", () => ["1.0.0", "2.0.0"].map((version) => `twice-${version[0]} = { package = "twice", version = "${version}", path = "${crate("twice", { version })}" }`).join("\n")],
  ["a dependency of any version", "bans", "wildcard", () => `scopeguard = "*"`],
]) {
  test(`refused: ${what}`, () => {
    const folder = crate(`with-${check}-${code}`, { dependencies: dependencies() });
    execFileSync("cargo", ["generate-lockfile", "--manifest-path", join(folder, "Cargo.toml")], { env: kept, stdio: "pipe" });
    const { passed, said } = deny(folder, [check]);
    assert.equal(passed, false, said);
    assert.match(said, new RegExp(`^error\\[${code}\\]`, "m"));
  });
}
