/** Of what JSON can bring: an object, and no list. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** null for what is no address. */
export function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return null;
  }
}
