// Contenders take turns within one run, so that whatever else the machine does meets all of them alike.

const byNumber = (one, other) => one - other;

function quantile(values, part) {
  const sorted = [...values].sort(byNumber);
  const at = (sorted.length - 1) * part;
  const below = Math.floor(at);
  return sorted[below] + (sorted[Math.ceil(at)] - sorted[below]) * (at - below);
}

export const median = (values) => quantile(values, 0.5);

/** The median, and between what the middle half lies. */
export const summary = (values) => ({ median: median(values), middleHalf: [quantile(values, 0.25), quantile(values, 0.75)] });

/** So that each comes first, last and after each of its neighbours about as often as the others. */
function orderOf(names, round) {
  const first = Math.floor(round / 2) % names.length;
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}

/**
 * `sample` of each name in turn, after one turn that does not count.
 * @returns {Promise<Record<string, number[]>>} by name, one number a round
 */
export async function takeTurns(names, rounds, sample) {
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of orderOf(names, round)) {
      // One's garbage is not to be collected in another's time.
      globalThis.gc?.();
      const value = await sample(name);
      if (round > 0) samples[name].push(value);
    }
  }
  return samples;
}

/** What `combine` makes of two numbers of the same round: their quotient unless said otherwise. */
export const withinRounds = (some, others, combine = (one, other) => one / other) => summary(some.map((value, round) => combine(value, others[round])));

export const medians = (samples) => Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)]));
