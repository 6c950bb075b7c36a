// The numbers behind the picture.

/** The beginning of a day, and of a month, where this browser is. */
const dayOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const monthAfter = (date) => new Date(date.getFullYear(), date.getMonth() + 1).getTime();
const dayBefore = (time) => {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - 1).getTime();
};

/** Of those who answered: how many `known` there are, and with `access`; `kinds`: `[credentialType, count]`, the most frequent first. */
export function totals(users) {
  const kinds = new Map();
  let access = 0;
  let none = 0;
  for (const { state, status } of users) {
    if (state === "none") none += 1;
    if (state !== "access") continue;
    access += 1;
    kinds.set(status.credentialType, (kinds.get(status.credentialType) ?? 0) + 1);
  }
  return { access, none, known: access + none, kinds: [...kinds].sort(([, one], [, other]) => other - one) };
}

/** `{ x, y }`: how many of those with access today have had it since that day or longer; from the day before the first to `today`. */
export function growth(users, today) {
  const days = new Map();
  for (const { state, status } of users) {
    if (state !== "access" || !status.provisionedAt) continue;
    const day = dayOf(status.provisionedAt);
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  if (days.size === 0) return [];
  let sum = 0;
  const points = [...days].sort(([one], [other]) => one - other).map(([x, added]) => ({ x, y: (sum += added) }));
  const last = dayOf(today);
  return [{ x: dayBefore(points[0].x), y: 0 }, ...points, ...(last > points.at(-1).x ? [{ x: last, y: sum }] : [])];
}

/** Beginnings of months between the two, at most so many; where there is none, the two themselves. */
export function months(from, to, most) {
  const all = [];
  for (let at = monthAfter(new Date(from)); at <= to; at = monthAfter(new Date(at))) all.push(at);
  if (all.length === 0) return [from, to];
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, index) => index % step === 0);
}
