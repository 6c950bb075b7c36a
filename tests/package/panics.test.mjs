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

/** What begins a panic. */
const PANICS = /^core::panicking::|^core::cell::panic_|^core::option::(unwrap|expect)_failed$|^core::result::unwrap_failed$|_fail$|::assert_failed$|^core::str::slice_error_fail|^std::thread::local::panic_/;

/** A future that is polled after its end; those of this client are not. */
const RESUMED = /panic_const_async_fn_resumed$/;
/** A cell that is borrowed twice: each borrow of this client's ends with its statement, before anything else is called. */
const BORROWED = /^core::cell::panic_already_(mutably_)?borrowed$/;

/** The standard library's and the crates' own, each for what its callers here do not do, or after a check of just that. */
const OTHERS = [
  // More memory than there is, or another layout than it was taken with.
  /raw_vec|^alloc::rc::|^__rustc::|Vec<T|SpecFromIter|VecDeque|handle_alloc_error|capacity_overflow/,
  // A length that is the slice's own.
  /copy_from_slice|slice::<impl \[T\]>::(split_at|copy_within)|SliceIndex|^core::slice::memchr|iter::adapters::zip|js_sys::Uint8Array::copy_to/,
  // A radix of more than 36, a time of more than 584 million years, a text of more than the memory.
  /^<char>::to_digit$|core::time::Duration>?::new$|join_generic_copy$/,
  // What the others are made of: searching, printing, and what runs once.
  /^<?core::(str|unicode|fmt|cell|slice::sort|char)|LazyStorage|LocalKey|LazyCell|OnceCell/,
  /^<?(js_sys|wasm_bindgen|wasm_bindgen_futures|serde_wasm_bindgen|hashbrown|sha2|rlsf|futures_util|std::sys|std::panicking|core::panicking|core::panic)\b/,
  // The executor's and the streams' own, of futures that are not polled after their end.
  /core::future::(poll_fn::PollFn|ready::Ready)|futures_util::|futures_core::/,
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
// The future in a box is one of this client's, too.
const isOurs = (name) => /astrolabe_client|^astrolabeclient_|^tokencache_|^__iteration|^<core::pin::Pin<P> as core::future::/.test(name);

test("nothing of this client panics but by what cannot be: a future that goes on after its end, a cell borrowed twice", () => {
  assert.ok(functions.length > 100 && functions.some(({ name }) => isOurs(name)), "the functions could not be read");
  const panicking = functions.map(({ name, calls }) => ({ name, panics: calls.filter((call) => PANICS.test(call)) })).filter(({ name, panics }) => panics.length > 0 && !PANICS.test(name));
  assert.ok(panicking.some(({ panics }) => panics.some((call) => RESUMED.test(call))), "the panics could not be read");
  for (const { name, panics } of panicking) {
    if (isOurs(name)) assert.deepEqual(panics.filter((call) => !RESUMED.test(call) && !BORROWED.test(call)), [], `${name} can panic`);
    // Shims of wasm-bindgen have numbers for names.
    else if (!/^\d+$/.test(name)) assert.ok(OTHERS.some((one) => one.test(name)), `${name} can panic by ${panics}; it is called by ${callersOf(name)}`);
  }
});
