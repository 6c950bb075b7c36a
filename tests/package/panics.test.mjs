// No panic can be reached in the wasm but by running out of memory: looked up in the calls of its functions.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const NAME = /\$("(?:[^"\\]|\\.)*"|[^\s()]+)/.source;

/** What may panic, and who may ask for it; else nobody. */
const ALLOWED = [
  // More memory than there is.
  { panics: /raw_vec::capacity_overflow$/, callers: /raw_vec::handle_error$/ },
  { panics: /__rdl_alloc_error_handler$/, callers: /alloc::handle_alloc_error$/ },
  // The standard library's own, each after a check of just what it panics for.
  { panics: /RawVecInner<A>::shrink$/, callers: /Vec<T,A>::into_boxed_slice$/ },
  { panics: /slice::<impl \[T\]>::split_at$/, callers: /slice::<impl \[T\]>::strip_prefix$/ },
];

/** `{ name, calls }` of each, without the hashes of this build. */
let functions;
const plain = (name) => name.replace(/^"|"$/g, "").replace(/::h[0-9a-f]{16}$/, "").replace(/\[[0-9a-f]{16}\]/g, "");

before(
  () => {
    const folder = mkdtempSync(join(tmpdir(), "astrolabe-panics-"));
    const [wasm, text] = [join(folder, "named.wasm"), join(folder, "named.wat")];
    execFileSync(join(root, "scripts/build"), ["--named", wasm]);
    execFileSync(join(root, "node_modules/.bin/wasm-dis"), ["--all-features", wasm, "-o", text], { stdio: "ignore" });
    functions = readFileSync(text, "utf8")
      .split(/\n (?=\(func )/)
      .slice(1)
      .map((body) => ({
        name: plain(new RegExp(`^\\(func ${NAME}`).exec(body)[1]),
        calls: [...body.matchAll(new RegExp(`\\(call ${NAME}`, "g"))].map(([, name]) => plain(name)),
      }));
  },
  { timeout: 120_000 },
);

const callersOf = (name) => functions.filter(({ calls }) => calls.includes(name)).map(({ name }) => name);

test("only what has to do with memory, or checks before, can panic", () => {
  assert.ok(functions.length > 100 && functions.some(({ name }) => name.includes("astrolabe_client")), "the functions could not be read");
  const panicking = functions.filter(({ calls }) => calls.some((name) => name.startsWith("core::panicking"))).map(({ name }) => name);
  assert.ok(panicking.length > 0);
  for (const name of panicking.filter((name) => !name.startsWith("core::panicking"))) {
    const allowed = ALLOWED.find(({ panics }) => panics.test(name));
    assert.ok(allowed, `${name} can panic; it is called by ${callersOf(name)}`);
    for (const caller of callersOf(name)) assert.match(caller, allowed.callers, `${caller} calls ${name}`);
  }
});
