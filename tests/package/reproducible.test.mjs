// Two builds of the same sources are the same, byte for byte, and say nothing of the machine that made them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";
import { copySources, root } from "./sources.mjs";

const run = promisify(execFile);
// What scripts/test built and packed.
const first = join(consumer.folder, "../package");
const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "astrolabe-reproducible-")));
after(() => rmSync(temporary, { recursive: true }));
const copy = join(temporary, "at/some other/and deeper/path");
const second = join(copy, "target/package");

before(
  async () => {
    copySources(copy);
    // The same crates at another path, too.
    const otherCargoHome = join(temporary, "cargo");
    mkdirSync(otherCargoHome);
    for (const name of readdirSync(cargoHome)) symlinkSync(join(cargoHome, name), join(otherCargoHome, name));
    const { CARGO_TARGET_DIR: _, ...environment } = process.env;
    // And by somebody whose files are for nobody else.
    await run("bash", ["-c", "umask 077; exec scripts/build --into \"$1\"", "build", second], { cwd: copy, env: { ...environment, CARGO_HOME: otherCargoHome, CARGO_NET_OFFLINE: "true" } });
  },
  { timeout: 300_000 },
);

const filesOf = (folder) => {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
};

test("a build at another path makes the same files", () => {
  const files = filesOf(first);
  assert.ok(files.includes("pkg/wasm/astrolabe_client_bg.wasm"));
  assert.deepEqual(filesOf(second), files);
  for (const file of files) assert.ok(readFileSync(join(first, file)).equals(readFileSync(join(second, file))), `${file} differs`);
});

test("and the same tarball", async () => {
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", temporary, second]);
  const name = stdout.trim();
  assert.ok(readFileSync(join(temporary, name)).equals(readFileSync(join(consumer.folder, name))));
});

test("no packed file names a path of this machine", () => {
  const paths = [root, temporary, homedir(), cargoHome, ".cargo/registry"].map((path) => path.replace(/\/$/, "")).filter(Boolean);
  for (const file of filesOf(consumer.package)) {
    const contents = readFileSync(join(consumer.package, file), "latin1");
    assert.deepEqual(paths.filter((path) => contents.includes(path)), [], file);
  }
});
