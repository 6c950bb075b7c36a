// The numbers behind the picture.

/** The beginning of a day, and of a month, where this browser is. */
const dayOf = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const monthAfter = (date) => new Date(date.getFullYear(), date.getMonth() + 1).getTime();
const dayAfter = (date, days = 1) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
const dayBefore = (time) => dayAfter(new Date(time), -1);

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

/** Where an axis of time has its marks, at most so many: `unit` is "month" if there are enough beginnings of those, else "day". */
export function marks(from, to, most) {
  const months = beginnings(from, to, monthAfter);
  if (months.length >= FEWEST_MONTHS) return { unit: "month", times: some(months, most) };
  return { unit: "day", times: some([from, ...beginnings(from, to, dayAfter)], most) };
}

/** With fewer, one would not see from the axis when something was. */
const FEWEST_MONTHS = 3;

function beginnings(from, to, after) {
  const all = [];
  for (let at = after(new Date(from)); at <= to; at = after(new Date(at))) all.push(at);
  return all;
}

function some(times, most) {
  const step = Math.ceil(times.length / most);
  return times.filter((_, index) => index % step === 0);
}
