// The Rust crate as crates.io would get it: what is in it, and that it builds on its own, without a warning.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
// Not target/package, where scripts/test has the package for npm.
const args = ["package", "--allow-dirty", "--offline", "--target-dir", join(root, "target/crate")];
const cargo = (...more) => promisify(execFile)("cargo", [...args, ...more], { cwd: root });

test("the crate holds the sources, their tests and the licences, and nothing else", async () => {
  const { stdout } = await cargo("--list");
  const others = stdout.split("\n").filter((path) => path && !/^(src|tests\/rust)\/[\w/]+\.rs$/.test(path) && path !== ".cargo_vcs_info.json");
  assert.deepEqual(others.sort(), [
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs/rust.md",
    // What the face towards JavaScript imports.
    "pkg/error.js",
    "pkg/guard.js",
    "pkg/iteration.js",
    "tests/nextcloud/recordings/exchanges.json",
    "tests/rust-fetch/status.rs",
    // What the face towards components is made of.
    "wit/client.wit",
    "wit/deps/clocks/monotonic-clock.wit",
    "wit/deps/clocks/wall-clock.wit",
    "wit/deps/http/handler.wit",
    "wit/deps/http/types.wit",
    "wit/deps/io/error.wit",
    "wit/deps/io/poll.wit",
    "wit/deps/io/streams.wit",
    "wit/deps/random/random.wit",
  ]);
  assert.ok(stdout.includes("src/fetch/sealed_store.rs\n"));
});

test("it is packed and built without a warning", { timeout: 120_000 }, async () => {
  const { stderr } = await cargo();
  assert.match(stderr, /Packaged \d+ files/);
  assert.match(stderr, /Finished/);
  // npm links the package into the folders of the dashboard and the examples, and cargo looks there before it leaves them out.
  const warnings = stderr.split("\n").filter((line) => /^warning/.test(line) && !/^warning: File system loop found: .*node_modules/.test(line));
  assert.deepEqual(warnings, []);
});
