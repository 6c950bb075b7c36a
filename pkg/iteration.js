import { onAbort } from "./abort.js";

/**
 * An async generator that can be left at any time. `generate` gets a signal: aborted with the caller's own reason when
 * the caller's signal is, and as soon as the loop is left, which of itself a generator learns only when what it waits
 * for has come.
 */
export function endable(callersSignal, generate) {
  const controller = new AbortController();
  let isLeft = false;
  const forward = () => controller.abort(callersSignal.reason);
  const generator = (async function* () {
    if (callersSignal?.aborted) forward();
    const stopListening = callersSignal && onAbort(callersSignal, forward);
    try {
      yield* generate(controller.signal);
    } catch (error) {
      if (!isLeft) throw error;
    } finally {
      stopListening?.();
    }
  })();
  const end = generator.return;
  generator.return = (value) => {
    isLeft = true;
    controller.abort();
    return end.call(generator, value);
  };
  return generator;
}

/** The items of all pages, until a page is empty. A page is asked for when its first item is. */
export const pages = (ask, callersSignal) =>
  endable(callersSignal, async function* (signal) {
    for (let page = await ask(signal); page.length > 0; page = await ask(signal)) {
      for (const item of page) {
        signal.throwIfAborted();
        yield item;
      }
    }
  });
