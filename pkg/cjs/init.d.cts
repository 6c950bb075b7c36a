export * from "./index.cjs";

/**
 * Starts the client with its wasm, which this package has as `astrolabe-client/astrolabe_client.wasm`: a compiled
 * `WebAssembly.Module`, its bytes, a `Response`, the URL to fetch it from (`http` or `https`), or a promise of one. Before it
 * is done no client can be made; after that, calling it again does nothing.
 *
 * Rejects with an `AstrolabeError` `invalid_argument` for anything else, an answer that is no success or no WebAssembly, and
 * another package's wasm; with what the platform throws where fetching (`TypeError`) or compiling bytes
 * (`WebAssembly.CompileError`) fails; and with an `Error` that says what to do where the platform compiles none.
 */
export function init(source: InitSource | PromiseLike<InitSource>): Promise<void>;

/**
 * The same at once, with a compiled module or its bytes. (Workers take modules only.)
 *
 * @throws {AstrolabeError} `invalid_argument`: it is neither, or another package's wasm.
 */
export function initSync(source: CompiledModule | ArrayBuffer | ArrayBufferView): void;

/** What `init` takes. */
export type InitSource = CompiledModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

/** A `WebAssembly.Module`, which the types of Node.js do not know, and which has no members in those that do. */
export type CompiledModule = object;
