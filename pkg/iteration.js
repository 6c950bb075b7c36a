/**
 * The async generator of what `source.next()` gives: an array of one item, or undefined at the end. It can be left at any
 * time: what it waits for ends as soon as it is, which of itself a generator learns only when that has come.
 */
export function iterate(source) {
  let isOver = false;
  const generator = (async function* () {
    try {
      for (let item = await source.next(); item; item = await source.next()) yield item[0];
    } finally {
      isOver = true;
      try {
        source.free();
      } catch {
        // It went with the wasm, which has stopped.
      }
    }
  })();
  const end = generator.return;
  generator.return = (value) => {
    if (!isOver) source.leave();
    return end.call(generator, value);
  };
  return generator;
}
