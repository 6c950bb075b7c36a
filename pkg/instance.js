// The one instance of the wasm: how it begins, and how it is asked.
import * as glue from "./wasm/astrolabe_client_bg.js";

let isStarted = false;

/** @param {WebAssembly.Module} module */
export function start(module) {
  if (isStarted) return;
  const { exports } = new WebAssembly.Instance(module, { "./astrolabe_client_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  isStarted = true;
}

export function ask(action, question, body) {
  if (!isStarted) throw new Error('astrolabe-client has not been started: await init(…) of "astrolabe-client/init" first, or import "astrolabe-client", which starts by itself');
  return glue.ask(action, question, body);
}
