// Vercel's Edge Runtime, as in Next.js: the same as in Workers, but it says ?module for a compiled one.
import { start } from "./start.js";
import module from "./wasm/astrolabe_client_bg.wasm?module";

start(module);

export * from "./classes.js";
