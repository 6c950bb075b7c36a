// For those who say themselves when the wasm starts, and from where. Everything else starts it by being imported.
import { invalid } from "./error.js";
import { start } from "./instance.js";

export * from "./classes.js";

const ACCEPTED = "a WebAssembly.Module, its bytes (ArrayBuffer or a view of one), a Response, or a URL";

const isBytes = (source) => source instanceof ArrayBuffer || ArrayBuffer.isView(source);

export function initSync(source) {
  if (source instanceof WebAssembly.Module) start(source);
  else if (isBytes(source)) start(new WebAssembly.Module(source));
  else throw invalid("initSync takes a WebAssembly.Module or its bytes (ArrayBuffer or a view of one); for a URL use init");
}

export async function init(source) {
  let given = await source;
  if (typeof given === "string" || given instanceof URL) given = await fetch(given);
  if (given instanceof Response) {
    if (!given.ok) throw invalid(`init: ${given.url} answered with status ${given.status}: give the address of astrolabe_client.wasm`);
    given = await given.arrayBuffer();
  }
  if (isBytes(given)) given = await WebAssembly.compile(given);
  if (!(given instanceof WebAssembly.Module)) throw invalid(`init takes ${ACCEPTED}, or a promise of one`);
  start(given);
}
