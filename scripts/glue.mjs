// Makes of wasm-pack's output for the web the generated part of the package: prints the glue, or with --types its types.
//
// What the glue gets besides: it asks pkg/guard.js before it goes into the wasm and when it comes out, so that a trap is an
// error and the next client gets a fresh instance. wasm-bindgen's own way to do that (handler::schedule_reinit, which src/js.rs
// links for the bookkeeping that comes with it) is not enough: what was made before a trap is checked before the fresh instance
// is made, and free() is not checked at all, so that an address of the old one would reach the new one; callbacks of the old one throw
// where nobody can catch it; and nothing tells the calls that are under way.
// What it loses: the start by a URL, which would have bundlers ship the wasm twice.
//   node scripts/glue.mjs DIR [--types]
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, part] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name), "utf8");

/** Each replacement must be at home: a newer wasm-bindgen may write something else. */
function replaced(text, replacements) {
  return replacements.reduce((text, [what, pattern, by]) => {
    if (typeof pattern === "string" ? !text.includes(pattern) : text.search(pattern) === -1) throw new Error(`scripts/glue.mjs: the glue has no ${what}: has wasm-bindgen changed?`);
    return text.replace(pattern, by);
  }, text);
}

const glue = () =>
  replaced(read("astrolabe_client.js"), [
    ["link to types", /^\/\* @ts-self-types.*\n/, ""],
    ["imports of this package's own files", /from (['"])\.\/snippets\/[^/]+\/pkg\/(\w+)\.js\1/g, 'from "../$2.js"'],
    [
      "end of an object",
      /free\(\) \{\s+const ptr = this\.__destroy_into_raw\(\);\s+__wbg_call_guard\(\);\s+(wasm\.\w+)\(ptr, 0\);/g,
      "free() {\n        const isThere = this.__wbg_ptr && !isBroken() && this.__wbg_inst === __wbg_instance_id;\n        const ptr = this.__destroy_into_raw();\n        if (!isThere) return;\n        try {\n            $1(ptr, 1);\n        } catch (cause) {\n            throw stop(cause);\n        }",
    ],
    ["first import", /^import /m, 'import { begun, called, check, isBroken, notStarted, stop } from "../guard.js";\nimport '],
    ["end of a start", /wasm\.__wbindgen_start\(\);/g, "wasm.__wbindgen_start();\n    begun();"],
    [
      "guard",
      /function __wbg_call_guard\(\) \{\s+if \(__wbg_reinit_scheduled\) \{/,
      "function __wbg_call_guard() {\n    if (wasm === undefined) throw notStarted();\n    if (isBroken()) {",
    ],
    // Nobody is there to receive what a callback throws.
    [
      "callback",
      /(__wbg_call_guard\(\);\s+)((?:ret = )?wasm\.wasm_bindgen__convert__closures\w+\([^)]*\);)/g,
      "$1try {\n        $2\n    } catch (cause) {\n        stop(cause);\n    }\n    if (isBroken()) return undefined;",
    ],
    // Where it goes on although a call within it has stopped, it has stopped, too.
    [
      "call",
      /(__wbg_call_guard\(\);\s+)((?:ret = )?wasm\.(?!wasm_bindgen__)\w+\([^)]*\);)/g,
      "$1try {\n            $2\n        } catch (cause) {\n            throw stop(cause);\n        }\n        if (isBroken()) throw stop();",
    ],
    [
      "end of a forgotten object",
      /if \(instance === __wbg_instance_id\) (wasm\.\w+\(ptr, 1\));/g,
      "if (instance !== __wbg_instance_id || isBroken()) return;\n    try {\n        $1;\n    } catch (cause) {\n        stop(cause);\n    }",
    ],
    [
      "check of an object",
      /if \(this\.__wbg_inst !== undefined && this\.__wbg_inst !== __wbg_instance_id\) \{\s+throw new Error\('Invalid stale object from previous Wasm instance'\);\s+\}/g,
      "check(this, this.__wbg_inst === __wbg_instance_id);",
    ],
    [
      "check of a callback",
      /if \(state\.instance !== __wbg_instance_id\) \{\s+throw new Error\('Cannot invoke closure from previous WASM instance'\);\s+\}/g,
      "if (isBroken() || state.instance !== __wbg_instance_id || state.a === 0) return undefined;",
    ],
    [
      "end of a callback",
      /if \(--state\.cnt === 0\) \{\s+wasm\.__wbindgen_destroy_closure\(state\.a, state\.b\);/g,
      "if (--state.cnt === 0) {\n            if (state.instance === __wbg_instance_id) destroyClosure(state.a, state.b);",
    ],
    [
      "end of a forgotten callback",
      /(const CLOSURE_DTORS = [^]*?)wasm\.__wbindgen_destroy_closure\(state\.a, state\.b\);/,
      "function destroyClosure(a, b) {\n    if (isBroken()) return;\n    try {\n        wasm.__wbindgen_destroy_closure(a, b);\n    } catch (cause) {\n        stop(cause);\n    }\n}\n$1destroyClosure(state.a, state.b);",
    ],
    // A function and its arguments would be made anew for each of what a call asks of JavaScript, some fifty times.
    [
      "import that may throw",
      /function\(\) \{ return handleError\(function \(([^)]*)\) \{([^]*?)\n {8}\}, arguments\); \}/g,
      "function($1) {\n            try {$2\n            } catch (error) {\n                return handleError(error);\n            }\n        }",
    ],
    [
      "end of one that threw",
      /function handleError\(f, args\) \{\s+try \{\s+return f\.apply\(this, args\);\s+\} catch \(e\) \{\s+(const idx = addToExternrefTable\w+\(e\);\s+wasm\.__wbindgen_exn_store\(idx\);)\s+\}\s+\}/,
      "function handleError(e) {\n    $1\n}",
    ],
    ["method that gives a promise", /(@returns \{Promise<.*\n\s+\*\/\n\s+\w+\([^)]*\) \{\n)([^]*?)(\n {4}\}\n)/g, "$1        return called(() => {\n$2\n        });$3"],
    // In Next.js's edge sandbox it is a module of another realm.
    ["look at the module", /if \(!\(module instanceof WebAssembly\.Module\)\) \{\s+module = new WebAssembly\.Module\(module\);\s+\}/, ""],
    ["start by a URL", /async function __wbg_load[^]*?(?=\nfunction initSync)/, ""],
    ["start by a URL, exported", /let __wbg_init_promise;[^]*$/, "export { initSync };\n"],
  ]);

const types = () =>
  // The classes have [Symbol.dispose], which a project's own "lib" may lack.
  `/// <reference lib="esnext.disposable" />\n${replaced(read("astrolabe_client.d.ts"), [
    ["remarks for tools", /^(\/\*.*\*\/\n)+/, ""],
    ["start by a URL", /\nexport type InitInput[^]*$/, ""],
    ["fresh start", "\ndeclare function __wbg_reset_state(): void;", ""],
    ["end", /^( *)free\(\): void;$/gm, "$1/** Gives its memory back, and clears the secrets in it. Calls under way go on; later ones are refused. */\n$1free(): void;"],
    ["end of a block", /^( *)\[Symbol\.dispose\]\(\): void;$/gm, "$1/** The same as `free()`, at the end of a block with `using`. */\n$1[Symbol.dispose](): void;"],
  ])}`;

process.stdout.write(part === "--types" ? types() : glue());
