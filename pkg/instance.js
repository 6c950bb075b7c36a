// The one instance of the wasm: how it begins, how it is asked, and how another takes its place.
import { AstrolabeError, invalid } from "./error.js";
import * as glue from "./wasm/astrolabe_client_bg.js";

/** What instances are made of, once that is known. */
let module;
/** What the instance exports. */
let wasm;
let isBroken = false;

export const isStarted = () => module !== undefined;

/** @param {WebAssembly.Module} given */
export function start(given) {
  if (module) return;
  begin(given);
  module = given;
}

function begin(module) {
  let made;
  try {
    made = new WebAssembly.Instance(module, { "./astrolabe_client_bg.js": glue }).exports;
  } catch (error) {
    // Another module's asks for what is not there; anything else is the platform's, such as that memory has run out.
    if (!(error instanceof WebAssembly.LinkError || error instanceof TypeError)) throw error;
  }
  if (!made?.ask || !made.__wbindgen_start) throw invalid("this is not the wasm of this astrolabe-client: give its own astrolabe_client.wasm");
  // The glue looks for the memory of this one when that of the one before is detached.
  wasm?.memory.grow(0);
  glue.__wbg_set_wasm(made);
  made.__wbindgen_start();
  wasm = made;
  isBroken = false;
}

/** A pure function: what one call does to the instance, no other call can notice. */
export function ask(action, question, body) {
  if (!module) throw new Error('astrolabe-client has not been started: await init(…) of "astrolabe-client/init" first, or import "astrolabe-client", which starts by itself');
  try {
    if (isBroken) begin(module);
    // Until it has come to its end, which a debugger or the time limit of a context may prevent without an exception.
    isBroken = true;
    const answer = glue.ask(action, question, body);
    glue.wipe();
    isBroken = false;
    return answer;
  } catch (cause) {
    // A trap, or no room on the stack or in the memory: nobody knows in what state that has left the instance.
    throw new AstrolabeError("astrolabe-client stopped in the middle of a call (the cause), and begins anew with the next: report it, unless stack or memory was full", {
      code: "internal_error",
      retryable: false,
      cause,
    });
  }
}
