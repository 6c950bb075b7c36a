// Cloudflare Workers: may not compile wasm while running, so the bundler hands over a compiled module.
import { start } from "./start.js";
import module from "./wasm/astrolabe_client_bg.wasm";

start(module);

export * from "./classes.js";
