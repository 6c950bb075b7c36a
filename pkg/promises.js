/** A promise of this realm's own, whatever `value` is: a thenable that throws becomes a rejection. */
export async function settle(value) {
  return value;
}
