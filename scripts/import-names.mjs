// Gives what the wasm imports short names, in the wasm and in the glue: those of wasm-bindgen end in a hash each, some 3 kB
// which nothing compresses.
//   node scripts/import-names.mjs DIR       of wasm-pack's output for the web
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const wasmFile = join(process.argv[2], "astrolabe_client_bg.wasm");
const glueFile = join(process.argv[2], "astrolabe_client.js");

const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
const FUNCTION = 0;

const wasm = readFileSync(wasmFile);
let at = HEADER_BYTES;

function readNumber() {
  let number = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[at++];
    number |= (byte & 127) << shift;
    if (byte < 128) return number;
  }
}

function readText() {
  const length = readNumber();
  at += length;
  return wasm.toString("utf8", at - length, at);
}

const number = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]);

function text(value) {
  const bytes = Buffer.from(value);
  return [...number(bytes.length), ...bytes];
}

/** Each name's short one, which no other has. */
const shortNames = new Map();

function shortName(name) {
  if (shortNames.has(name)) throw new Error(`scripts/import-names.mjs: ${name} is imported twice: has wasm-bindgen changed?`);
  const plain = name.replace(/^__wbg_(\w+)_[0-9a-f]{16}$/, "$1");
  const taken = new Set(shortNames.values());
  let short = plain;
  for (let count = 2; taken.has(short); count++) short = `${plain}${count}`;
  shortNames.set(name, short);
  return short;
}

function renamedImports() {
  const count = readNumber();
  const imports = Array.from({ length: count }, () => {
    const [module, name, kind] = [readText(), readText(), wasm[at++]];
    if (kind !== FUNCTION) throw new Error(`scripts/import-names.mjs: ${name} is no function: has wasm-bindgen changed?`);
    return [...text(module), ...text(shortName(name)), kind, ...number(readNumber())];
  });
  return [...number(count), ...imports.flat()];
}

const parts = [wasm.subarray(0, HEADER_BYTES)];
while (at < wasm.length) {
  const begin = at;
  const section = wasm[at++];
  const length = readNumber();
  const end = at + length;
  if (section === IMPORT_SECTION) {
    const contents = renamedImports();
    parts.push(Buffer.from([section, ...number(contents.length), ...contents]));
  } else {
    parts.push(wasm.subarray(begin, end));
  }
  at = end;
}
writeFileSync(wasmFile, Buffer.concat(parts));

let given = 0;
const glue = readFileSync(glueFile, "utf8").replace(/^( +)(\w+)(?=: function)/gm, (whole, indent, name) => {
  if (!shortNames.has(name)) return whole;
  given++;
  return indent + shortNames.get(name);
});
if (given !== shortNames.size) throw new Error(`scripts/import-names.mjs: the glue has ${given} of ${shortNames.size} imports: has wasm-bindgen changed?`);
writeFileSync(glueFile, glue);
