// Reads what callers hand in, and says by name what is wrong with it.
import { invalid } from "./error.js";

/** The longest time that setTimeout takes, in milliseconds; with more it fires at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const wrongType = (name, expected, found) => invalid(`${name} must be ${expected}, not ${found === null ? "null" : typeof found}`);

/** Whether a header can carry it as a credential (RFC 6750 §2.1). */
export const isVisibleAscii = (text) => /^[!-~]+$/.test(text);

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

/** What a reader of a property gets: its value and its name. */
export const readers = {
  text(value, name) {
    if (typeof value !== "string") throw wrongType(name, "a string", value);
    if (/\p{Surrogate}/u.test(value)) throw invalid(`${name} contains half of a surrogate pair, which no URL can carry`);
    // It separates the texts that go to the wasm.
    if (value.includes("\0")) throw invalid(`${name} contains a control character`);
    return value;
  },
  number: (value, name) => ofType("number", "a number", value, name),
  boolean: (value, name) => ofType("boolean", "a boolean", value, name),
  function: (value, name) => ofType("function", "a function", value, name),
  whole: (low, high) => (value, name) => {
    if (!Number.isInteger(readers.number(value, name)) || value < low || value > high) {
      throw invalid(`${name} must be a whole number from ${low} to ${high}`);
    }
    return value;
  },
  signal(value) {
    try {
      // A proxy around a signal is an instance of it, too, and throws as soon as it is used.
      if (value instanceof AbortSignal && typeof value.aborted === "boolean") return value;
    } catch {}
    throw invalid("signal must be an AbortSignal");
  },
};

const ofType = (type, expected, value, name) => {
  if (typeof value !== type) throw wrongType(name, expected, value);
  return value;
};

/**
 * The properties of `object` that `properties` names, each as its reader gives it. What is missing, undefined or null is
 * left out, or with `all` an error; a property of another name is an error: most often a slip of the pen, which would go unnoticed.
 */
export function read(object, properties, { of = "options", allowOthers = false, all = false } = {}) {
  if (!isObject(object)) throw wrongType(of, "an object", object);
  const found = Object.create(null);
  for (const name of allowOthers ? [] : keysOf(object, of)) {
    if (!Object.hasOwn(properties, name)) throw invalid(`there is no option '${name}'; there are ${Object.keys(properties).join(", ")}`);
  }
  for (const [name, reader] of Object.entries(properties)) {
    let value;
    try {
      // What hangs on Object.prototype was put there by somebody else.
      value = name in Object.prototype && !Object.hasOwn(object, name) ? undefined : object[name];
    } catch (cause) {
      throw invalid(`${of}.${name} cannot be read: its getter threw`, cause);
    }
    if (value !== undefined && value !== null) found[name] = reader(value, name);
    else if (all) throw invalid(`${of} has no ${name}`);
  }
  return found;
}

/** The names of its properties; symbols are no names. */
export function keysOf(object, of) {
  try {
    return Reflect.ownKeys(object).filter((key) => typeof key === "string");
  } catch (cause) {
    throw invalid(`the properties of ${of} cannot be listed: a trap of its proxy threw`, cause);
  }
}

/** Its own properties, without what hangs on Object.prototype. */
export const own = (object) => Object.assign(Object.create(null), object);

const CALL_OPTIONS = { signal: readers.signal, timeoutMs: readers.whole(1, MAX_TIMER_MS) };

/** What every call takes, and what `more` names besides. */
export const readCallOptions = (options, more) => (options === undefined ? own() : read(options, { ...CALL_OPTIONS, ...more }));
