// For those who say themselves when the wasm starts, and from where. Everything else starts it by being imported. What is given
// is told by what it is and can do: of another realm, as in tests in a made-up browser, it is no instance of the classes here.
import { invalid } from "./error.js";
import { compile, isModule, isStarted, isWasm, notCompiled, start } from "./start.js";

export * from "./classes.js";

const ACCEPTED = "a WebAssembly.Module, its bytes (ArrayBuffer or a view of one), a Response, or a URL";

/** Undefined of what is none. */
function bytesOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return Object.prototype.toString.call(source) === "[object ArrayBuffer]" ? source : undefined;
}

const isResponse = (source) => typeof source?.arrayBuffer === "function" && typeof source.ok === "boolean";

export function initSync(source) {
  if (isStarted()) return;
  const bytes = bytesOf(source);
  if (bytes) start(compile(bytes));
  else if (isModule(source)) start(source);
  else throw invalid("initSync takes a WebAssembly.Module or its bytes (ArrayBuffer or a view of one); for a URL use init");
}

export async function init(source) {
  if (isStarted()) return;
  let given = await source;
  const address = typeof given === "string" ? given : given?.href;
  if (typeof address === "string") {
    if (/^file:/i.test(address)) throw invalid("init cannot fetch a file: address: read the file, and give its bytes");
    given = await fetch(address);
  }
  if (isResponse(given)) {
    if (!given.ok) throw invalid(`init: ${given.url} answered with status ${given.status}: give the address of astrolabe_client.wasm`);
    const { url } = given;
    given = await given.arrayBuffer();
    if (!isWasm(given)) throw invalid(`init: what ${url} answered is no WebAssembly: give the address of astrolabe_client.wasm`);
  }
  const bytes = bytesOf(given);
  const module = bytes ? await compiled(bytes) : given;
  if (!isModule(module)) throw invalid(`init takes ${ACCEPTED}, or a promise of one`);
  start(module);
}

async function compiled(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw notCompiled(bytes, cause);
  }
}
