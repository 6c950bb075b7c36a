// The start of the wasm.
import { invalid } from "./error.js";
import { initSync } from "./wasm/astrolabe_client.js";

let hasStarted = false;

export const isStarted = () => hasStarted;

/** @param {WebAssembly.Module} module */
export function start(module) {
  if (hasStarted) return;
  const wrong = (cause) => invalid("this is not the wasm of this astrolabe-client: give its own astrolabe_client.wasm", cause);
  // Before it is begun: there is no way back from half a start.
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === "astrolabeclient_new")) throw wrong();
  try {
    initSync({ module });
  } catch (error) {
    // Another version's asks for what is not there; anything else is the platform's, such as that memory has run out.
    throw error instanceof WebAssembly.LinkError || error instanceof TypeError ? wrong(error) : error;
  }
  hasStarted = true;
}
