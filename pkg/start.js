// What the entries share: they differ only in where the compiled wasm comes from.
import * as abort from "./abort.js";
import * as bulk from "./bulk.js";
import * as iteration from "./iteration.js";
import * as promises from "./promises.js";
import * as glue from "./wasm/astrolabe_client_bg.js";

export { AstrolabeClient, TokenCache } from "./wasm/astrolabe_client_bg.js";
export { AstrolabeError } from "./error.js";

/** @param {WebAssembly.Module} module */
export function start(module) {
  // wasm-bindgen lets the wasm import a function as it is where nothing has to be converted.
  const { exports } = new WebAssembly.Instance(module, { "./astrolabe_client_bg.js": glue, "../abort.js": abort, "../bulk.js": bulk, "../iteration.js": iteration, "../promises.js": promises });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}
