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
  const calls = [...pending];
  pending.clear();
  for (const call of calls) call.reject(error);
  return error;
}

/** A call that has given a promise. */
export class Call {
  /** The same promise, that does not stay pending should the wasm stop. */
  tracked(promise) {
    if (isInstanceBroken) return unheard(promise), unheard(Promise.reject(error));
    return new Promise((resolve, reject) => {
      this.reject = reject;
      pending.add(this);
      promise.then(resolve, reject);
    });
  }

  /** Said by the call itself: behind a promise of a Worker's request that has ended nothing runs any more. */
  end() {
    pending.delete(this);
  }
}

/** Nobody will get it: the call throws. */
const unheard = (promise) => (promise.catch(() => {}), promise);
