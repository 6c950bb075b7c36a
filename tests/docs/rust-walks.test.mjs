// docs/rust.md from `cargo new` to a first status: its commands and its programs, in its order.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { root, snippetsOf } from "./markdown.mjs";

const snippets = snippetsOf("docs/rust.md");

let nc;
before(async () => (nc = await startStandIn()));
after(() => nc?.close());

for (const [crate, whose] of [["reqwest", "with tokio"], ["ureq", "without async"]]) {
  test(`a first status over ${crate}, ${whose}`, { timeout: 400_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "astrolabe-rust-walk-"));
    const code = (text) => snippets.find(({ code }) => text.every((part) => code.includes(part))).code;
    const commands = code(["cargo new", crate]).replace(/--git \S+/, `--path ${JSON.stringify(root)}`);
    const run = code(["cargo run"]).replace("https://cloud.example.com", nc.url).replace("xxxxx-xxxxx-xxxxx-xxxxx-xxxxx", nc.accounts.admin.appPassword);
    const env = { ...process.env, CARGO_TARGET_DIR: join(root, "target/rust-walk"), CARGO_TERM_QUIET: "true" };
    const shell = (command, cwd) => promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", command], { cwd, env, timeout: 380_000 });
    try {
      await shell(commands, folder);
      await writeFile(join(folder, "who-has-access/src/main.rs"), code(["fn main", `${crate}::`]));
      const { stdout } = await shell(run, join(folder, "who-has-access"));
      assert.equal(stdout, "true\n");
      // What is wrong is said, with its cause.
      const whatIsWrong = async (command) => (await shell(command, join(folder, "who-has-access"))).stderr;
      assert.match(await whatIsWrong(run.replace(nc.url, "http://127.0.0.1:9")), /^GET http:\/\/127\.0\.0\.1:9\/\S+: there was no complete answer \(.*refused.*\): check the address/i);
      assert.match(await whatIsWrong(run.replace(/NEXTCLOUD_ACCESS_TOKEN=\S+/, "")), /^NEXTCLOUD_ACCESS_TOKEN is not set\n$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
