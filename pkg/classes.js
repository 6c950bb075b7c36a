export { AstrolabeError } from "./error.js";
export { AstrolabeClient, TokenCache } from "./wasm/astrolabe_client.js";
