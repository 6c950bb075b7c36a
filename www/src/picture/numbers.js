// The numbers behind the picture.

const DAY_MS = 86_400_000;

/** `[credentialType, count]` of those with access, the most frequent first. */
export function kinds(users) {
  const counts = new Map();
  for (const { state, status } of users) if (state === "access") counts.set(status.credentialType, (counts.get(status.credentialType) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** `{ x, y }`: how many of those with access today had it by the end of that day (UTC). A day of which nothing is new is left out. */
export function growth(users) {
  const days = new Map();
  for (const { status } of users) {
    if (!status?.provisionedAt) continue;
    const day = Math.ceil(status.provisionedAt.getTime() / DAY_MS) * DAY_MS;
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  let sum = 0;
  return [...days].sort(([one], [other]) => one - other).map(([x, added]) => ({ x, y: (sum += added) }));
}

/** Beginnings of months between the two, at most so many. */
export function months(from, to, most) {
  const first = new Date(from);
  const all = [];
  for (let at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1); at <= to; ) {
    all.push(at);
    const date = new Date(at);
    at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, index) => index % step === 0);
}
