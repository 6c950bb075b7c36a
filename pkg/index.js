// Node.js, Deno, Bun, browsers, bundlers: the wasm travels inside the JavaScript, which needs no plugin, no file beside
// it, no second request and no await.
import { compile, start } from "./start.js";
import bytes from "./wasm/astrolabe_client_bytes.js";

start(compile(Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))));

export * from "./classes.js";
