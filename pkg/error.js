/** What every failed call rejects with; see error.d.ts for its properties. */
export class AstrolabeError extends Error {
  constructor(message, { cause, ...details }) {
    super(message, cause === undefined ? undefined : { cause });
    // What is not known is left out, so that a printed error shows what is.
    for (const [name, value] of Object.entries(details)) if (value !== undefined) this[name] = value;
  }
}
// On the prototype, where Error keeps its own: not among the enumerable properties of each error.
Object.defineProperty(AstrolabeError.prototype, "name", { value: "AstrolabeError", configurable: true, writable: true });

/** The error of an argument that cannot be used. */
export const invalid = (message, cause) => new AstrolabeError(message, { code: "invalid_argument", retryable: false, cause });
