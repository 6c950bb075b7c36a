// Cloudflare Workers: may not compile wasm while running, so the bundler hands over a compiled module.
import module from "./wasm/astrolabe_client_bg.wasm";
import { start } from "./start.js";

start(module);

export { AstrolabeClient, AstrolabeError, TokenCache } from "./start.js";
