// Makes a release ready, up to the push that publishes it: npm run release -- 0.2.0
//
// Sets the version, dates the changelog, builds, commits, runs .ci/run on that very commit, packs, makes the components, says what
// is in the package (CycloneDX), writes checksums and tags. Whatever fails on the way, the commit is taken back. ASTROLABE_RELEASE_CHECK is a command to run in place of
// .ci/run: it is there for the tests of this script, and for nothing else.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageVersion, writeVersions } from "./versions.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "target/publish");
const changelog = join(root, "CHANGELOG.md");
const UNRELEASED = "## Unreleased\n";
const readme = join(root, "README.md");
/** What README says while nothing is on the registries. */
const NOT_RELEASED = /<!-- begin: until the first release -->\n[^]*?<!-- end -->\n\n/;

class Refusal extends Error {}

function refuse(why) {
  throw new Refusal(why);
}

const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) refuse(`this failed: ${[command, ...args].join(" ")}`);
}

const isVersion = (text) => /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(text);

function isBelow(version, other) {
  const [one, two] = [version, other].map((text) => text.split(".").map(Number));
  const at = one.findIndex((number, at) => number !== two[at]);
  return at >= 0 && one[at] < two[at];
}

/** What the changelog says of what is not released yet. */
const unreleased = (text) => text.split(UNRELEASED)[1]?.split(/^## /m)[0] ?? "";

/** What the push will find there, where there is a place to push to. */
function checkRemote(version) {
  if (!git("remote").split("\n").includes("origin")) return;
  const there = Object.fromEntries(git("ls-remote", "origin", "refs/heads/main", `refs/tags/v${version}`).split("\n").map((line) => line.split("\t").reverse()));
  if (there[`refs/tags/v${version}`]) refuse(`the tag v${version} exists at origin`);
  const main = there["refs/heads/main"];
  if (main && spawnSync("git", ["merge-base", "--is-ancestor", main, "HEAD"], { cwd: root, stdio: "ignore" }).status !== 0) refuse("origin has commits on main that are not here: pull first");
}

function check(version) {
  if (!isVersion(version ?? "")) refuse("give the version, as in: npm run release -- 0.2.0");
  if (git("branch", "--show-current") !== "main") refuse("this is not the branch main");
  if (git("status", "--porcelain", "--untracked-files=all") !== "") refuse("the tree is dirty: commit what belongs to the release, and remove the rest");
  if (git("tag", "--list", `v${version}`) !== "") refuse(`the tag v${version} exists`);
  checkRemote(version);
  // The same only for a version that was never released, as the first one.
  if (isBelow(version, packageVersion())) refuse(`${version} is below ${packageVersion()}, the version in package.json`);
  const text = readFileSync(changelog, "utf8");
  if (text.includes(`\n## ${version} `)) refuse(`CHANGELOG.md has ${version} already`);
  if (!/^- /m.test(unreleased(text))) refuse("CHANGELOG.md says nothing under Unreleased");
}

function commit(version) {
  writeVersions(version);
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(changelog, readFileSync(changelog, "utf8").replace(UNRELEASED, `${UNRELEASED}\n## ${version} - ${today}\n`));
  writeFileSync(readme, readFileSync(readme, "utf8").replace(NOT_RELEASED, ""));
  run("scripts/build");
  run(process.execPath, "scripts/size.mjs", "--write");
  git("commit", "--quiet", "--all", "--message", `Release ${version}`);
}

function test() {
  const commit = git("rev-parse", "HEAD");
  run(process.env.ASTROLABE_RELEASE_CHECK ?? join(root, ".ci/run"));
  if (git("rev-parse", "HEAD") !== commit || git("status", "--porcelain") !== "") refuse("the tests have changed the tree");
}

/** The lines of a checksum file. */
function pack(version) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  run("scripts/build", "--into", join(out, "package"));
  run("npm", "pack", "--silent", "--pack-destination", out, join(out, "package"));
  run("cargo", "package", "--quiet", "--offline", "--target-dir", "target/crate");
  run("scripts/build-component", "--into", out, version);
  const names = ["tgz", "crate", "cdx.json", "wasm", "hosted.wasm", "wit.tar.gz"].map((ending) => `astrolabe-client-${version}.${ending}`);
  copyFileSync(join(root, "target/crate/package", names[1]), join(out, names[1]));
  writeFileSync(join(out, names[2]), execFileSync(process.execPath, ["scripts/sbom.mjs", join(out, "package")], { cwd: root }));
  return names.map((name) => `${createHash("sha256").update(readFileSync(join(out, name))).digest("hex")}  ${name}\n`).join("");
}

function release(version) {
  check(version);
  const before = git("rev-parse", "HEAD");
  // Ctrl-C ends what is running, and then what was begun here is taken back.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  try {
    commit(version);
    test();
    const checksums = pack(version);
    writeFileSync(join(out, "SHA256SUMS"), checksums);
    git("tag", "--annotate", `v${version}`, "--message", `${version}\n\n${checksums}`);
    return checksums;
  } catch (error) {
    git("reset", "--quiet", "--hard", before);
    throw error;
  }
}

const [version] = process.argv.slice(2);
try {
  const checksums = release(version);
  console.log(`
${version} is committed and tagged, and lies in target/publish:

${checksums}
What is left is the push. It publishes, by .github/workflows/release.yml, and cannot be taken back:

    git push --atomic origin main v${version}`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`release: ${error.message}`);
  process.exitCode = 1;
}
