/** Of what JSON can bring: an object, and no list. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
