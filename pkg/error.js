/** What every failed call rejects with; see src/js/types.rs for its properties. */
export class AstrolabeError extends Error {
  constructor(message, { cause, ...details }) {
    super(message, cause === undefined ? undefined : { cause });
    // What is not known is left out, so that a printed error shows what is.
    for (const [name, value] of Object.entries(details)) if (value !== undefined) this[name] = value;
    // Until it is read for the first time, V8 keeps for it all that was on the stack: the client, with its secrets.
    try {
      for (let error = this, depth = 0; error && depth < 5; error = error.cause, depth++) void error.stack;
    } catch {
      // An object of somebody else's.
    }
  }
}
// On the prototype, where Error keeps its own: not among the enumerable properties of each error.
Object.defineProperty(AstrolabeError.prototype, "name", { value: "AstrolabeError", configurable: true, writable: true });

/** The error of an argument that cannot be used. */
export const invalid = (message, cause) => new AstrolabeError(message, { code: "invalid_argument", retryable: false, cause });
