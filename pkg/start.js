// The start of the wasm.
import { invalid } from "./error.js";
import { initSync } from "./wasm/astrolabe_client.js";

const NO_WASM =
  "astrolabe-client is WebAssembly, which this platform does not let it compile. In Cloudflare Workers, let the bundler use the condition 'workerd', or give a module that it imported to astrolabe-client/init. In a page, allow 'wasm-unsafe-eval' in its Content-Security-Policy. A browser in Lockdown Mode or hardened likewise has none: use another, or exempt the page";

let hasStarted = false;

export const isStarted = () => hasStarted;

/** @param {BufferSource} bytes of wasm that is known to be right */
export function compile(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new Error(NO_WASM, { cause });
  }
}

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
