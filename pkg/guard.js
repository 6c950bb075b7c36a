// What stands between JavaScript and the wasm, should that stop in the middle of a call: a trap, a full stack or memory.
// Nobody knows in what state that has left the instance, so it is used no more: the calls under way, and whatever was made
// before, say so, and what is made from then on gets a fresh one. The generated glue asks here (see scripts/glue.mjs).
import { AstrolabeError, invalid } from "./error.js";

// The glue makes one of each as soon as it is loaded.
if (typeof TextDecoder === "undefined" || typeof TextEncoder === "undefined")
  throw new Error("astrolabe-client needs TextDecoder, TextEncoder and fetch, which are missing here: in Jest, use the environment 'node', or jest-fixed-jsdom in place of 'jsdom'");

let isInstanceBroken = false;
/** Of the instance in use, should it be broken. */
let error;
/** The calls under way. */
const pending = new Set();

const stopped = (what, cause) =>
  new AstrolabeError(`${what}: make a new client, and report it, unless stack or memory was full`, { code: "internal_error", retryable: false, cause });

export const isBroken = () => isInstanceBroken;

export const notStarted = () =>
  new Error('astrolabe-client has not been started: await init(…) of "astrolabe-client/init" first, or import "astrolabe-client", which starts by itself');

/** Throws where an object of the wasm cannot be used any more. */
export function check(object, isOfThisInstance) {
  if (object.__wbg_inst === undefined) throw invalid("this was made by no class of astrolabe-client");
  if (isInstanceBroken || !isOfThisInstance) throw stopped("this was made before astrolabe-client stopped in the middle of a call");
  if (!object.__wbg_ptr) throw invalid("this was freed: make a new one");
}

/** A fresh instance is in use. */
export function begun() {
  isInstanceBroken = false;
  error = undefined;
}

/** The instance in use has stopped; where it had done so before, `cause` is what came of it. */
export function stop(cause) {
  // First of all: on a full stack nothing else may be possible.
  isInstanceBroken = true;
  error ??= stopped("astrolabe-client stopped in the middle of a call (the cause)", cause);
  for (const call of [...pending]) call.reject(error);
  return error;
}

/** Made by the method that runs now, which has not returned yet. */
let made;

/** A call and its promise, which does not stay pending should the wasm stop. */
export class Call {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    pending.add(this);
    made = this.promise;
  }

  // Said by the call itself, and not by what comes of another promise: behind one of a Worker's request that has ended nothing
  // runs any more.
  resolve(value) {
    pending.delete(this);
    this.settle.resolve(value);
  }

  reject(error) {
    pending.delete(this);
    this.settle.reject(error);
  }
}

/** What a method gives that gives a promise: who awaits it has one place to catch at. */
export function called(method) {
  try {
    return method();
  } catch (error) {
    // Nobody has got it.
    made?.catch(() => {});
    return Promise.reject(error);
  } finally {
    made = undefined;
  }
}
