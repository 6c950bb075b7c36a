// Browsers and bundlers: the wasm travels inside the JavaScript, which needs no plugin, no second request and no await.
import bytes from "./wasm/astrolabe_client_bytes.js";
import { start } from "./start.js";

start(new WebAssembly.Module(Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))));

export { AstrolabeClient, AstrolabeError, TokenCache } from "./start.js";
