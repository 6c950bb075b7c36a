// Node.js, Deno, Bun, browsers, bundlers: the wasm travels inside the JavaScript, which needs no plugin, no file beside
// it, no second request and no await.
import { compile, start } from "./start.js";
import bytes from "./wasm/astrolabe_client_bytes.js";

start(compile(decode(bytes)));

/** By a loop: `Uint8Array.from` takes ten times as long, which each start of a script and each page would wait for. */
function decode(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export * from "./classes.js";
