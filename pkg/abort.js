// One listener a signal, however many calls it is given to: Node.js warns of more than ten.
const callbacksOf = new WeakMap();

/** Calls `callback` when `signal` is aborted, until the function returned is called. */
export function onAbort(signal, callback) {
  let callbacks = callbacksOf.get(signal);
  if (!callbacks) {
    callbacks = new Set();
    callbacksOf.set(signal, callbacks);
    signal.addEventListener("abort", () => callbacks.forEach((each) => each()), { once: true });
  }
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}
