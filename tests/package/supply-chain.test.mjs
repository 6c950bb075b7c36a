// Where everything comes from that this is built and tested with: crates, npm packages, actions. Each check is also given
// something that it must refuse. scripts/deny has cargo-deny look at the crates, which takes longer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { readDatabase, readKept, writeDatabase } from "../supply-chain/advisories.mjs";
import { advisoryProblems, crateFolders, externalCrates, licenceProblems, readLicences, readLock, sourceProblems } from "../supply-chain/crates.mjs";
import { lockProblems, manifestProblems, npmFolders, reviewedScripts } from "../supply-chain/npm.mjs";
import { readWorkflows, workflowProblems } from "../supply-chain/workflows.mjs";
import { root } from "./sources.mjs";

const temporary = mkdtempSync(join(tmpdir(), "astrolabe-supply-chain-"));
after(() => rmSync(temporary, { recursive: true }));
const kept = readKept();

for (const folder of crateFolders) {
  test(`the crates of ${folder}: from crates.io, under a licence of deny.toml, no advisory`, () => {
    const lock = readLock(folder);
    assert.deepEqual([...sourceProblems(lock), ...licenceProblems(readLicences(folder)), ...advisoryProblems(lock, kept)], []);
  });
}

const [crate] = readLock(".").filter(({ name }) => name === "wasm-bindgen");
const planted = { id: "RUSTSEC-2999-0001", package: crate.name, date: "2026-01-01", patched: [">= 99.0.0"], unaffected: ["< 0.1.0, >= 0.0.1"] };
for (const [what, problems, expected] of [
  ["a crate of another registry", () => sourceProblems([{ ...crate, source: "registry+https://example.com/index" }]), /not from crates\.io/],
  ["a crate out of git", () => sourceProblems([{ ...crate, source: "git+https://example.com/wasm-bindgen" }]), /not from crates\.io/],
  ["a crate of a folder", () => sourceProblems([{ ...crate, source: undefined }]), /folder of this machine/],
  ["a crate without a checksum", () => sourceProblems([{ ...crate, checksum: undefined }]), /no checksum/],
  ["a crate under the GPL", () => licenceProblems([{ ...crate, license: "MIT AND GPL-3.0-only" }]), /GPL/],
  ["a licence that only another crate may have", () => licenceProblems([{ ...crate, license: "(MIT OR Apache-2.0) AND NCSA" }]), /NCSA/],
  ["a crate without a licence", () => licenceProblems([{ ...crate, license: null }]), /no licence/],
  ["a crate with an advisory", () => advisoryProblems([crate], { ...kept, advisories: [planted] }), /RUSTSEC-2999-0001/],
  ["a crate that nobody can repair", () => advisoryProblems([crate], { ...kept, advisories: [{ ...planted, informational: "unmaintained", patched: [] }] }), /RUSTSEC-2999-0001/],
  ["a version that a real advisory concerns", () => advisoryProblems([{ name: "slab", version: "0.4.10" }], kept), /RUSTSEC-2025-0047/],
  ["a crate whose advisories nobody has looked up", () => advisoryProblems([{ name: "some-new-crate", version: "1.0.0" }], kept), /nobody has looked up/],
]) {
  test(`noticed: ${what}`, () => {
    const found = problems();
    assert.equal(found.length, 1);
    assert.match(found[0], expected);
  });
}

test("the kept advisories are what a clone of the database would give", () => {
  const folder = mkdtempSync(join(temporary, "database-"));
  const withdrawn = { ...planted, withdrawn: "2026-02-01" };
  const ofOther = { ...planted, id: "RUSTSEC-2999-0002", package: "some-new-crate" };
  writeDatabase(folder, [...kept.advisories, withdrawn, ofOther]);
  assert.deepEqual(kept.crates, externalCrates());
  assert.deepEqual(readDatabase(folder, kept.crates), kept.advisories);
});

for (const { folder, manifest, lock } of npmFolders()) {
  test(`the npm packages of ${folder}: exact versions, from the registry, with a SHA-512, and npm ci takes them`, async () => {
    assert.deepEqual([...manifestProblems(manifest), ...lockProblems(lock)], []);
    await dryInstall(join(root, folder));
  });
}

const dryInstall = (folder) => promisify(execFile)("npm", ["ci", "--dry-run", "--offline", "--ignore-scripts", "--no-audit"], { cwd: folder });
const locked = { resolved: "https://registry.npmjs.org/x/-/x-1.0.0.tgz", integrity: `sha512-${"A".repeat(86)}==` };
const lockWith = (entry) => ({ lockfileVersion: 3, packages: { "node_modules/x": { ...locked, ...entry } } });

test("an entry as npm writes it is let in", () => assert.deepEqual(lockProblems(lockWith({})), []));

for (const [what, problems] of [
  ["a range of versions", () => manifestProblems({ devDependencies: { x: "^1.0.0" } })],
  ["a package out of git", () => manifestProblems({ dependencies: { x: "github:x/x" } })],
  ["a package by its address", () => manifestProblems({ optionalDependencies: { x: "https://example.com/x.tgz" } })],
  ["a folder that is not this package", () => manifestProblems({ dependencies: { x: "file:../x" } })],
  ["no lock file", () => lockProblems(undefined)],
  ["a lock file of an old npm", () => lockProblems({ ...lockWith({}), lockfileVersion: 2 })],
  ["a package of another registry", () => lockProblems(lockWith({ resolved: "https://example.com/x.tgz" }))],
  ["a package without a checksum", () => lockProblems(lockWith({ integrity: undefined }))],
  ["a package with a weak checksum", () => lockProblems(lockWith({ integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }))],
  ["an install script", () => lockProblems(lockWith({ hasInstallScript: true }))],
]) {
  test(`noticed: ${what}`, () => assert.equal(problems().length, 1));
}

test("noticed: a lock file that does not belong to its package.json", async () => {
  const folder = mkdtempSync(join(temporary, "stale-"));
  const { manifest } = npmFolders().find((each) => each.folder === "docs");
  copyFileSync(join(root, "docs/package-lock.json"), join(folder, "package-lock.json"));
  const write = (devDependencies) => writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, devDependencies }));
  write(manifest.devDependencies);
  await dryInstall(folder);
  write({ ...manifest.devDependencies, typescript: "1.0.0" });
  await assert.rejects(dryInstall(folder), /npm ci/);
});

test("no install script is reviewed that is not there", () => {
  const withScript = npmFolders().flatMap(({ lock }) => Object.entries(lock.packages)).filter(([, entry]) => entry.hasInstallScript);
  assert.deepEqual([...new Set(withScript.map(([path]) => path.split("node_modules/").at(-1)))].sort(), Object.keys(reviewedScripts).sort());
});

test("whatever has a lock file is offered updates", () => {
  const { updates } = parse(readFileSync(join(root, ".github/dependabot.yml"), "utf8"));
  const offered = (ecosystem) => updates.find((each) => each["package-ecosystem"] === ecosystem).directories.toSorted();
  const asDirectories = (folders) => folders.map((folder) => (folder === "." ? "/" : `/${folder}`)).sort();
  assert.deepEqual(offered("npm"), asDirectories(npmFolders().map(({ folder }) => folder)));
  assert.deepEqual(offered("cargo"), asDirectories(crateFolders));
});

const workflows = readWorkflows();
for (const workflow of workflows) {
  test(`${workflow.file}: actions by commit, no more rights than needed, nothing of an event in a shell, no code of others where there is a right`, () => assert.deepEqual(workflowProblems(workflow), []));
}

const ci = workflows.find(({ file }) => file === "ci.yml");
const release = workflows.find(({ file }) => file === "release.yml");

function noticed(what, workflow, before, replacement, expected) {
  test(`noticed: ${what}`, () => {
    const text = workflow.text.replace(before, replacement);
    assert.notEqual(text, workflow.text);
    const problems = workflowProblems({ ...workflow, text });
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0], expected);
  });
}

for (const [what, before, replacement, expected] of [
  ["an action by its tag", /(?<=checkout@)[0-9a-f]{40} # v/, "v", /not pinned/],
  ["an action by a branch", /(?<=setup-node@)[0-9a-f]{40} # .*/, "main", /not pinned/],
  ["a commit of which nobody knows the version", / # v6.*/, "", /which version/],
  ["a checkout that keeps the token", "persist-credentials: false", "persist-credentials: true", /keeps the token/],
  ["a checkout that says nothing of it", /with:\s+persist-credentials: false/, "", /keeps the token/],
  ["pull_request_target", "pull_request:", "pull_request_target:", /pull_request_target/],
  ["rights to write", "contents: read", "contents: write", /permissions are not/],
  ["rights that are not named", /^permissions:\n.*\n/m, "", /permissions are not/],
  ["a job with rights", "runs-on:", "permissions: { packages: read }\n    runs-on:", /nobody has reviewed/],
  ["the title of a pull request in a shell", "run: bash .ci/run", "run: echo ${{ github.event.pull_request.title }}", /expression in run/],
]) {
  noticed(what, ci, before, replacement, expected);
}

const PUBLISH_NPM = "run: npm publish --ignore-scripts";
const PUBLISH_CRATE = "run: cargo publish --no-verify --locked";
for (const [what, before, replacement, expected] of [
  ["npm publish that runs scripts", PUBLISH_NPM, "run: npm publish", /the job npm .* runs: npm publish/],
  ["npm publish of a folder", "./release-files/*.tgz", ".", /the job npm .* runs/],
  ["an installation in a job that publishes", PUBLISH_NPM, "run: npm ci\n      - run: npm publish --ignore-scripts", /runs: npm ci$/],
  ["one without install scripts, which leaves code of others all the same", PUBLISH_NPM, "run: npm ci --ignore-scripts\n      - run: npm publish --ignore-scripts", /runs: npm ci/],
  ["a tool that is downloaded", PUBLISH_NPM, "run: npx some-tool\n      - run: npm publish --ignore-scripts", /runs: npx/],
  ["a script of the checkout", PUBLISH_CRATE, "run: scripts/setup\n      - run: cargo publish --no-verify --locked", /runs: scripts\/setup/],
  ["a command behind another one", PUBLISH_CRATE, "run: cargo publish --no-verify --locked && scripts/build", /runs: cargo publish/],
  ["cargo publish that compiles", PUBLISH_CRATE, "run: cargo publish --locked", /runs: cargo publish --locked/],
  ["cargo package that compiles", "cargo package --no-verify --locked", "cargo package --locked", /the job crates-io .* runs: cargo package --locked/],
  ["an action of others beside a right", "rust-lang/crates-io-auth-action@", "some-owner/crates-io-auth-action@", /uses some-owner/],
  ["a cache beside a right", "package-manager-cache: false", "package-manager-cache: true", /takes a cache/],
  ["a shell of one's own beside a right", PUBLISH_CRATE, `${PUBLISH_CRATE}\n        shell: scripts/shell {0}`, /how its commands are run/],
  ["a variable that has others' code run beside a right", "env:\n          CARGO_REGISTRY_TOKEN:", "env:\n          RUSTC_WRAPPER: scripts/wrapper\n          CARGO_REGISTRY_TOKEN:", /sets RUSTC_WRAPPER/],
  ["a container beside a right", "  npm:\n", "  npm:\n    container: node:24\n", /in a container/],
  ["secrets for a workflow that builds", "uses: ./.github/workflows/ci.yml", "uses: ./.github/workflows/ci.yml\n    secrets: inherit", /hands a right or a token/],
  ["a script in the job that makes the release", "run: gh release create", "run: scripts/notes\n      - run: gh release create", /the job attach .* runs: scripts\/notes/],
]) {
  noticed(what, release, before, replacement, expected);
}

test("noticed: the right to publish in the job that builds", () => {
  const text = release.text.replace("    outputs:\n      checksums", "    permissions: { id-token: write }\n    outputs:\n      checksums");
  const problems = workflowProblems({ ...release, text });
  for (const expected of [/nobody has reviewed/, /the job build .* runs: scripts\/setup/, /the job build .* runs: npm pack/]) assert.ok(problems.some((problem) => expected.test(problem)), String(expected));
});

test("noticed: a publishing token in the job that builds", () => {
  const text = release.text.replace("        run: cargo package --locked\n", "        run: cargo package --locked\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n");
  assert.ok(workflowProblems({ ...release, text }).some((problem) => /the job build .* runs: scripts\/setup/.test(problem)));
});
