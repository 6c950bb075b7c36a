// The one instance of the wasm: how it begins, and how it is asked.
import { invalid } from "./error.js";
import * as glue from "./wasm/astrolabe_client_bg.js";

export let isStarted = false;

/** @param {WebAssembly.Module} module */
export function start(module) {
  if (isStarted) return;
  let exports;
  try {
    ({ exports } = new WebAssembly.Instance(module, { "./astrolabe_client_bg.js": glue }));
  } catch (error) {
    // Another module's asks for what is not there; anything else is the platform's, such as that memory has run out.
    if (!(error instanceof WebAssembly.LinkError || error instanceof TypeError)) throw error;
  }
  if (!exports?.ask || !exports.__wbindgen_start) throw invalid("this is not the wasm of this astrolabe-client: give its own astrolabe_client.wasm");
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  isStarted = true;
}

export function ask(action, question, body) {
  if (!isStarted) throw new Error('astrolabe-client has not been started: await init(…) of "astrolabe-client/init" first, or import "astrolabe-client", which starts by itself');
  return glue.ask(action, question, body);
}
