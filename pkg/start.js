// The start of the wasm.
import { invalid } from "./error.js";
import { initSync } from "./wasm/astrolabe_client.js";

const NO_WASM =
  "astrolabe-client is WebAssembly, which this platform does not let it compile. In Cloudflare Workers and at Vercel's edge, let the bundler use the condition 'workerd' or 'edge-light', or give a module that it imported to astrolabe-client/init. In a page, allow 'wasm-unsafe-eval' in its Content-Security-Policy. A browser in Lockdown Mode or hardened likewise has none: use another, or exempt the page";

const NO_MODULE =
  "what the bundler made of astrolabe-client's import of its .wasm is no compiled WebAssembly.Module: have it make one of that, or import astrolabe-client/astrolabe_client.wasm in the way that it does and give the module to astrolabe-client/init";

let hasStarted = false;

export const isStarted = () => hasStarted;

/** A module of any realm, which `instanceof` would know of this one only. */
export function isModule(value) {
  try {
    return Boolean(WebAssembly.Module.exports(value));
  } catch {
    return false;
  }
}

/** As far as this platform can tell, which may have no WebAssembly. */
export const isWasm = (bytes) => typeof WebAssembly === "undefined" || WebAssembly.validate(bytes);

/** The error of bytes that did not compile: where they are right, it is the platform that does not let them. */
export const notCompiled = (bytes, cause) => (isWasm(bytes) ? new Error(NO_WASM, { cause }) : cause);

/** @param {BufferSource} bytes */
export function compile(bytes) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw notCompiled(bytes, cause);
  }
}

/** @param {WebAssembly.Module} module */
export function start(module) {
  if (hasStarted) return;
  if (!isModule(module)) throw new Error(NO_MODULE);
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
