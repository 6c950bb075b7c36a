// The linear memory of the package's wasm, got hold of where its instance is made: so this is imported before the package is, and
// the package late.
const { Instance } = WebAssembly;
let memory;

WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memory = this.exports.memory;
  }
};

/** How large it is, in bytes. */
export const memoryBytes = () => memory.buffer.byteLength;
