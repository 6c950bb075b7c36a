/** A promise of this realm's own, whatever `value` is: a thenable that throws becomes a rejection. */
export async function settle(value) {
  return value;
}

/** The items of all pages, one after another, until a page is empty. A page is asked for when its first item is. */
export async function* pages(next) {
  for (let page = await next(); page.length > 0; page = await next()) yield* page;
}
