// What the entries share: they differ only in where the compiled wasm comes from.
import * as glue from "./wasm/astrolabe_client_bg.js";

export { AstrolabeClient } from "./client.js";
export { AstrolabeError } from "./error.js";
export { TokenCache } from "./token-cache.js";

/** @param {WebAssembly.Module} module */
export function start(module) {
  const { exports } = new WebAssembly.Instance(module, { "./astrolabe_client_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}
