/** The wasm as bundlers for Workers hand it over: a compiled `WebAssembly.Module`. For `init` of "astrolabe-client/init". */
declare const module: object;
export = module;
