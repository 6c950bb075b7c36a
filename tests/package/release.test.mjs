// scripts/release.mjs in a repository of its own; and the version, which is that of package.json everywhere.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { packageVersion, readVersions } from "../../scripts/versions.mjs";
import { copySources } from "./sources.mjs";

const temporary = mkdtempSync(join(tmpdir(), "astrolabe-release-"));
after(() => rmSync(temporary, { recursive: true }));
const repository = join(temporary, "repository");
const witness = join(temporary, "witness");
const git = (...args) => execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
const read = (path) => readFileSync(join(repository, path), "utf8");

copySources(repository);
git("init", "--quiet", "--initial-branch", "main");
git("config", "user.name", "Tester");
git("config", "user.email", "tester@example.com");
// There it is a link, which .gitignore does not mean.
appendFileSync(join(repository, ".git/info/exclude"), "/node_modules\n");
// Whatever this repository's own says.
const CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- Something.\n\n## 0.1.0 - 2026-01-01\n\n- The first.\n";
writeFileSync(join(repository, "CHANGELOG.md"), CHANGELOG);
git("add", "--all");
git("commit", "--quiet", "--message", "All of it");
const first = git("rev-parse", "HEAD");
const current = packageVersion();
const [major, minor] = current.split(".").map(Number);
const next = `${major}.${minor + 1}.0`;

// What it was run on: the commit, its title, and that nothing else is there.
const CHECK = `#!/bin/sh\ngit log -1 --format=%H%n%s >"${witness}"; git status --porcelain >>"${witness}"\n`;
const passing = join(temporary, "passing");
const failing = join(temporary, "failing");
writeFileSync(passing, CHECK, { mode: 0o755 });
writeFileSync(failing, `${CHECK}exit 1\n`, { mode: 0o755 });

function release(version, check = passing) {
  const { CARGO_TARGET_DIR: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/release.mjs", ...(version ? [version] : [])], {
    cwd: repository,
    env: { ...env, ASTROLABE_RELEASE_CHECK: check },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

afterEach(() => {
  git("checkout", "--quiet", "--force", "main");
  git("reset", "--quiet", "--hard", first);
  git("clean", "--quiet", "--force", "-d");
  if (git("remote")) git("remote", "remove", "origin");
  for (const tag of git("tag").split("\n").filter(Boolean)) git("tag", "--delete", tag);
  rmSync(witness, { force: true });
});

test("the version is that of package.json everywhere", () => {
  for (const { path, found, expected } of readVersions()) assert.equal(found, expected, path);
});

function withOrigin(prepare) {
  const origin = mkdtempSync(join(temporary, "origin-"));
  execFileSync("git", ["init", "--quiet", "--bare", origin]);
  git("remote", "add", "origin", origin);
  prepare();
}

const commitChangelog = (text) => {
  writeFileSync(join(repository, "CHANGELOG.md"), text);
  git("commit", "--quiet", "--all", "--message", "Changelog");
};

for (const [what, prepare, version, why] of [
  ["no version", () => {}, undefined, /give the version/],
  ["what is no version", () => {}, "v1.2", /give the version/],
  ["a tree with changes", () => appendFileSync(join(repository, "README.md"), "\n"), next, /the tree is dirty/],
  ["a tree with a file that is not in git", () => writeFileSync(join(repository, "notes.txt"), ""), next, /the tree is dirty/],
  ["another branch", () => git("checkout", "--quiet", "-b", "other"), next, /not the branch main/],
  ["a detached head", () => git("checkout", "--quiet", "--detach"), next, /not the branch main/],
  ["a version below the last one", () => {}, "0.0.9", /0\.0\.9 is below/],
  ["a tag that exists", () => git("tag", `v${next}`), next, /the tag v.* exists/],
  ["a tag that exists at origin", () => withOrigin(() => git("push", "--quiet", "origin", `main:refs/tags/v${next}`)), next, /the tag v.* exists at origin/],
  ["an origin that is ahead", () => withOrigin(() => (git("commit", "--quiet", "--allow-empty", "--message", "Ahead"), git("push", "--quiet", "origin", "main"), git("reset", "--quiet", "--hard", first))), next, /origin has commits/],
  ["a version that the changelog has", () => commitChangelog(CHANGELOG.replace("## 0.1.0 ", `## ${next} `)), next, /CHANGELOG\.md has .* already/],
  ["a changelog without entries", () => commitChangelog(CHANGELOG.replace("- Something.\n", "")), next, /says nothing under Unreleased/],
  ["a changelog without that part", () => commitChangelog(CHANGELOG.replace("## Unreleased", "## Soon")), next, /says nothing under Unreleased/],
]) {
  test(`refused: ${what}`, () => {
    prepare();
    const [head, state] = [git("rev-parse", "HEAD"), git("status", "--porcelain")];
    const { status, stderr } = release(version);
    assert.equal(status, 1);
    assert.match(stderr, /^release: .*\n$/);
    assert.match(stderr, why);
    assert.deepEqual([git("rev-parse", "HEAD"), git("status", "--porcelain")], [head, state]);
    assert.equal(existsSync(witness), false, "the tests were run all the same");
  });
}

test("tests that fail: all is as it was", { timeout: 120_000 }, () => {
  const { status, stderr } = release(next, failing);
  assert.equal(status, 1);
  assert.match(stderr, /release: this failed: .*failing/);
  assert.match(readFileSync(witness, "utf8"), new RegExp(`\nRelease ${next}\n$`));
  assert.deepEqual([git("rev-parse", "HEAD"), git("status", "--porcelain"), git("tag")], [first, "", ""]);
});

for (const [what, more] of [["write a file", 'echo x >left-over'], ["commit", "git commit --quiet --allow-empty --message More"]]) {
  test(`tests that ${what}: all is as it was`, { timeout: 120_000 }, () => {
    const meddling = join(temporary, "meddling");
    writeFileSync(meddling, `${CHECK}${more}\n`, { mode: 0o755 });
    const { status, stderr } = release(next, meddling);
    assert.equal(status, 1);
    assert.match(stderr, /the tests have changed the tree/);
    assert.deepEqual([git("rev-parse", "HEAD"), git("tag")], [first, ""]);
  });
}

test("nothing but these places says the version", () => {
  const files = execFileSync("git", ["grep", "--files-with-matches", "--fixed-strings", `"${current}"`], { cwd: repository, encoding: "utf8" }).trim().split("\n");
  const known = new Set([...readVersions().map(({ path }) => path), "scripts/sizes.json"]);
  const own = files.filter((path) => !known.has(path) && /astrolabe-client/.test(read(path)) && !path.endsWith("package-lock.json") && !path.startsWith("tests/"));
  assert.deepEqual(own, []);
});

test("a release: versions, changelog, build, commit, tests, files, tag; and the push is left", { timeout: 480_000 }, () => {
  const { status, stdout, stderr } = release(next);
  assert.equal(status, 0, stderr);
  const head = git("rev-parse", "HEAD");
  assert.deepEqual([git("rev-parse", "HEAD~1"), git("status", "--porcelain")], [first, ""]);
  // What was tested is what is tagged.
  assert.equal(readFileSync(witness, "utf8"), `${head}\nRelease ${next}\n`);
  assert.equal(git("rev-parse", `v${next}^{commit}`), head);

  const script = `import { readVersions } from "./scripts/versions.mjs"; console.log(JSON.stringify(readVersions(${JSON.stringify(next)})))`;
  const versions = JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: repository, encoding: "utf8" }));
  for (const { path, found, expected } of versions) assert.equal(found, expected, path);
  const today = new Date().toISOString().slice(0, 10);
  assert.doesNotMatch(read("README.md"), /not on the registries|until the first release/);
  assert.ok(read("CHANGELOG.md").includes(`## Unreleased\n\n## ${next} - ${today}\n\n### Added\n\n- Something.\n`));
  assert.ok(next in JSON.parse(read("scripts/sizes.json")).releases);
  execFileSync(process.execPath, ["scripts/digest.mjs", "check"], { cwd: repository });
  execFileSync("cargo", ["metadata", "--locked", "--offline", "--format-version", "1"], { cwd: repository, stdio: "ignore" });

  const sums = read("target/publish/SHA256SUMS").trim().split("\n").map((line) => line.split("  "));
  assert.deepEqual(sums.map(([, name]) => name), ["tgz", "crate", "cdx.json", "wasm", "hosted.wasm", "wit.tar.gz"].map((ending) => `astrolabe-client-${next}.${ending}`));
  const { metadata } = JSON.parse(read(`target/publish/astrolabe-client-${next}.cdx.json`));
  assert.deepEqual([metadata.component.purl, Date.parse(metadata.timestamp)], [`pkg:npm/astrolabe-client@${next}`, Date.parse(git("log", "-1", "--format=%cI"))]);
  for (const [sum, name] of sums) {
    assert.equal(createHash("sha256").update(readFileSync(join(repository, "target/publish", name))).digest("hex"), sum);
    assert.ok(git("tag", "--list", "--format=%(contents)", `v${next}`).includes(`${sum}  ${name}`));
  }
  assert.ok(stdout.endsWith(`\n    git push --atomic origin main v${next}\n`));

  const again = release(next);
  assert.deepEqual([again.status, /the tag v.* exists/.test(again.stderr)], [1, true]);
});
