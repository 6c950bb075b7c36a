// wasm-pack as anybody would call it who knows it: what it makes works, and what it leaves in pkg/ nobody takes by mistake.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { copySources, root } from "./sources.mjs";

const run = promisify(execFile);
const temporary = realpathSync(mkdtempSync(join(tmpdir(), "astrolabe-wasm-pack-")));
after(() => rmSync(temporary, { recursive: true }));
const copy = join(temporary, "clone");

/** Without the tools that wasm-pack would fetch. Options of cargo come last: all that follows them wasm-pack gives to cargo. */
const wasmPack = (...options) =>
  run("bash", ["-c", '. scripts/toolchain.sh; exec wasm-pack build --mode no-install --no-opt "$@"', "wasm-pack", ...options, "--features", "js"], {
    cwd: copy,
    env: { ...process.env, CARGO_TARGET_DIR: join(root, "target"), CARGO_NET_OFFLINE: "true" },
  });

const git = (...args) => run("git", ["-c", "user.name=test", "-c", "user.email=test@localhost", ...args], { cwd: copy });
const packed = async () => JSON.parse((await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: copy })).stdout)[0].files.map(({ path }) => path).sort();

let filesBefore;
before(
  async () => {
    copySources(copy);
    await git("init", "--quiet");
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "a clone");
    filesBefore = await packed();
  },
  { timeout: 60_000 },
);

const USE = `
  const client = new AstrolabeClient({
    nextcloudHost: "https://cloud.example.com",
    accessToken: "token",
    fetch: async () => Response.json({ user_id: "alice", has_background_access: true }),
  });
  const rows = [];
  for await (const { userId, status } of client.getBackgroundSyncStatuses(["alice"])) rows.push(userId, status.hasAccess);
  const { code } = await client.getBackgroundSyncStatus("..").catch((error) => error);
  console.log(rows.join(), code);
`;

async function use(source, ...flags) {
  const file = join(temporary, "use.mjs");
  writeFileSync(file, source);
  return (await run(process.execPath, [...flags, "--no-warnings", file])).stdout.trim();
}

test("a clone packs whole", () => {
  for (const file of ["pkg/index.js", "pkg/index.d.ts", "pkg/cjs/index.cjs", "pkg/cjs/index.d.cts", "pkg/wasm/astrolabe_client_bg.wasm"]) assert.ok(filesBefore.includes(file), file);
});

test("--target web gives a package that works", { timeout: 240_000 }, async () => {
  await wasmPack("--target", "web", "--out-dir", "target/web");
  const made = JSON.stringify(join(copy, "target/web/"));
  const said = await use(`
    import { readFileSync } from "node:fs";
    import { AstrolabeClient, initSync } from ${made.replace(/"$/, 'astrolabe_client.js"')};
    initSync({ module: readFileSync(${made} + "astrolabe_client_bg.wasm") });
    ${USE}
  `);
  assert.equal(said, "alice,true invalid_argument");
});

test("--target bundler gives a package that works", { timeout: 240_000 }, async () => {
  await wasmPack("--target", "bundler", "--out-dir", "target/bundler");
  const said = await use(`import { AstrolabeClient } from ${JSON.stringify(join(copy, "target/bundler/astrolabe_client.js"))};${USE}`, "--experimental-wasm-modules");
  assert.equal(said, "alice,true invalid_argument");
});

test("what it leaves in pkg/ without --out-dir, neither git nor npm takes", { timeout: 240_000 }, async () => {
  await wasmPack("--target", "web");
  assert.equal((await git("status", "--porcelain")).stdout, "");
  assert.deepEqual(await packed(), filesBefore);
});
