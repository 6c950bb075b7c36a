export * from "./index.js";

/**
 * Starts the client with its wasm, which this package has as `astrolabe-client/astrolabe_client.wasm`: a compiled
 * `WebAssembly.Module`, its bytes, a `Response`, the URL to fetch it from, or a promise of one. Before it is done nothing
 * of the client works; after that, calling it again does nothing.
 *
 * Rejects with an `AstrolabeError` `invalid_argument` for anything else and for an answer that is no success, and with
 * what the platform throws (`TypeError`, `WebAssembly.CompileError`) where fetching or compiling fails.
 */
export function init(source: InitSource | PromiseLike<InitSource>): Promise<void>;

/**
 * The same at once, with a compiled module or its bytes: for the top of a Worker's module, for example.
 *
 * @throws {AstrolabeError} `invalid_argument`: it is neither.
 */
export function initSync(source: CompiledModule | ArrayBuffer | ArrayBufferView): void;

/** What `init` takes. */
export type InitSource = CompiledModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

/** A `WebAssembly.Module`, which the types of Node.js do not know, and which has no members in those that do. */
export type CompiledModule = object;
