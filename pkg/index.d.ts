// Generated from the documentation and types in src/js/.
export * from "./wasm/astrolabe_client.js";
