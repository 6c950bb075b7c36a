/** Calls `work` once for each item, so many at a time. */
export async function inParallel(items, concurrency, work) {
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of iterator) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
