// The crates of every Cargo.lock, and what cargo-deny would say of them without being built first: where they come from,
// under which licence, and whether an advisory that is kept here concerns them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { satisfies as versionSatisfies } from "semver";
import { parse } from "smol-toml";
import licenceSatisfies from "spdx-satisfies";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where a Cargo.toml with a Cargo.lock is. */
export const crateFolders = [".", "examples/component-program", "examples/rust-worker", "tests/component/program", "tests/fuzz"];
const OWN = new Set(["astrolabe-client", "astrolabe-client-fuzz", "astrolabe-component-program", "astrolabe-component-scenarios", "rust-worker"]);
const CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index";

const readToml = (...path) => parse(readFileSync(join(root, ...path), "utf8"));
export const readLock = (folder) => readToml(folder, "Cargo.lock").package;
const { allow: allowedLicences, exceptions } = readToml("tests/supply-chain/deny.toml").licenses;

/** Name, version and licence of all crates that any feature of the one in `folder` brings. */
export function readLicences(folder) {
  const args = ["metadata", "--locked", "--all-features", "--format-version", "1", "--manifest-path", join(root, folder, "Cargo.toml")];
  return JSON.parse(execFileSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 26, stdio: "pipe" })).packages;
}

export function sourceProblems(lock) {
  return lock.flatMap(({ name, version, source, checksum }) => {
    if (source === undefined) return OWN.has(name) ? [] : [`${name} ${version} is of a folder of this machine`];
    if (source !== CRATES_IO) return [`${name} ${version} is not from crates.io but from ${source}`];
    return /^[0-9a-f]{64}$/.test(checksum) ? [] : [`${name} ${version} has no checksum`];
  });
}

export function licenceProblems(crates) {
  // The slash is how Cargo wrote OR before it took SPDX expressions.
  const isAllowed = ({ name, license }) => license && licenceSatisfies(license.replaceAll("/", " OR "), [...allowedLicences, ...exceptions.filter(({ crate }) => crate === name).flatMap(({ allow }) => allow)]);
  return crates.filter((crate) => !OWN.has(crate.name) && !isAllowed(crate)).map(({ name, version, license }) => `${name} ${version}: ${license ?? "no licence"}`);
}

/** A requirement of RustSec, in which a comma means and. */
const meets = (version, requirements) => requirements.some((requirement) => versionSatisfies(version, requirement.replaceAll(",", " ")));

export function advisoryProblems(lock, kept) {
  const external = lock.filter(({ name }) => !OWN.has(name));
  const unknown = external.filter(({ name }) => !kept.crates.includes(name)).map(({ name }) => `${name}: nobody has looked up its advisories; run: node tests/supply-chain/advisories.mjs`);
  const affected = external.flatMap(({ name, version }) =>
    kept.advisories
      .filter((advisory) => advisory.package === name && !meets(version, [...advisory.patched, ...advisory.unaffected]))
      .map(({ id }) => `${name} ${version}: https://rustsec.org/advisories/${id}`),
  );
  return [...unknown, ...affected];
}

/** Names of all crates of others, for whom there may be advisories. */
export const externalCrates = () => [...new Set(crateFolders.flatMap(readLock).map(({ name }) => name))].filter((name) => !OWN.has(name)).sort();
