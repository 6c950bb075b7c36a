// Where ?module says that a compiled one is wanted, and no instance: Vercel's Edge Runtime, as in Next.js, and Nitro.
import { start } from "./start.js";
import module from "./wasm/astrolabe_client_bg.wasm?module";

start(module);

export * from "./classes.js";
