// The components that scripts/build-component made, as modules of Node by jco.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco-transpile";
import { clocks, http, io, random } from "@bytecodealliance/preview2-shim";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const built = join(root, "target/component");
export const standalone = join(built, "astrolabe-client.wasm");
export const hosted = join(built, "astrolabe-client-hosted.wasm");

const wasi = {
  "wasi:clocks/monotonic-clock": clocks.monotonicClock,
  "wasi:clocks/wall-clock": clocks.wallClock,
  "wasi:http/outgoing-handler": http.outgoingHandler,
  "wasi:http/types": http.types,
  "wasi:io/error": io.error,
  "wasi:io/poll": io.poll,
  "wasi:io/streams": io.streams,
  "wasi:random/random": random.random,
};

/** Gives a function that makes instances: each call one of its own, with these imports of the host's. */
export async function load(component) {
  const folder = join(built, "jco", String(process.pid), component === hosted ? "hosted" : "standalone");
  const { files } = await transpile(component, { name: "client", outDir: folder, instantiation: "async" });
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const { instantiate } = await import(pathToFileURL(join(folder, "client.js")));
  const compiled = new Map();
  const getCoreModule = (path) => {
    if (!compiled.has(path)) compiled.set(path, WebAssembly.compile(readFileSync(join(folder, path))));
    return compiled.get(path);
  };
  return async (own = {}) => (await instantiate(getCoreModule, { ...wasi, ...own })).client;
}

/** What a host does that has no need of an object any more. */
export const drop = (resource) => resource[Symbol.dispose ?? Symbol.for("dispose")]();
