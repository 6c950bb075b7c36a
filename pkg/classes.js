// What every entry exports; they differ in how the wasm is started.
export { AstrolabeClient } from "./client.js";
export { AstrolabeError } from "./error.js";
export { TokenCache } from "./token-cache.js";
