// For those who say themselves when the wasm starts, and from where. Everything else starts it by being imported.
import { invalid } from "./error.js";
import { isStarted, start } from "./start.js";

export * from "./classes.js";

const ACCEPTED = "a WebAssembly.Module, its bytes (ArrayBuffer or a view of one), a Response, or a URL";

const isBytes = (source) => source instanceof ArrayBuffer || ArrayBuffer.isView(source);

export function initSync(source) {
  if (isStarted()) return;
  if (source instanceof WebAssembly.Module) start(source);
  else if (isBytes(source)) start(new WebAssembly.Module(source));
  else throw invalid("initSync takes a WebAssembly.Module or its bytes (ArrayBuffer or a view of one); for a URL use init");
}

export async function init(source) {
  if (isStarted()) return;
  let given = await source;
  if (typeof given === "string" || given instanceof URL) {
    if (/^file:/i.test(given)) throw invalid("init cannot fetch a file: address: read the file, and give its bytes");
    given = await fetch(given);
  }
  // Some places have none, such as tests in a made-up browser.
  if (typeof Response === "function" && given instanceof Response) {
    if (!given.ok) throw invalid(`init: ${given.url} answered with status ${given.status}: give the address of astrolabe_client.wasm`);
    const { url } = given;
    given = await given.arrayBuffer();
    if (!WebAssembly.validate(given)) throw invalid(`init: what ${url} answered is no WebAssembly: give the address of astrolabe_client.wasm`);
  }
  if (isBytes(given)) given = await WebAssembly.compile(given);
  if (!(given instanceof WebAssembly.Module)) throw invalid(`init takes ${ACCEPTED}, or a promise of one`);
  start(given);
}
