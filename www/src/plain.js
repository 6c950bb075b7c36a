/** Of what JSON can bring: an object, and no list. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** No /\/+$/, which would begin anew at every slash. */
export function withoutSlashes(text) {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** null for what is no address. */
export function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return null;
  }
}
