// Node.js, Deno, Bun: read from the disk, at once, so that require() works too.
import { readFileSync } from "node:fs";
import { start } from "./start.js";

start(new WebAssembly.Module(readFileSync(new URL("./wasm/astrolabe_client_bg.wasm", import.meta.url))));

export { AstrolabeClient, AstrolabeError, TokenCache } from "./start.js";
