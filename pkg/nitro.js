// Nitro that does not take WebAssembly yet: it builds nothing, and prints this line.
import "to use astrolabe-client here, set experimental: { wasm: true } in the configuration of Nitro";
