// People for a demonstration: names, as a directory (LDAP) may bring them, and how access came about over two years.

const GIVEN = ["anna", "ben", "carla", "david", "elif", "felix", "greta", "hugo", "ines", "jonas", "katrin", "lukas", "maria", "nils", "olga", "paul", "quentin", "rosa", "simon", "tanja", "ute", "viktor", "wanda", "xenia", "yusuf", "zoe", "amélie", "björn", "jürgen", "søren"];
const FAMILY = ["adler", "bauer", "castillo", "demir", "eriksen", "fischer", "garcia", "hoffmann", "ivanova", "jansen", "kowalski", "lehmann", "moreau", "nowak", "o'connor", "petrov", "quinn", "rossi", "schmidt", "torres", "ullmann", "vogel", "weber", "yilmaz", "zimmer", "krüger", "müller", "schäfer", "löwe", "groß"];

const BEGIN = Date.UTC(2024, 10, 4) / 1000;
const SPAN = 2 * 365 * 86_400;
// The older Astrolabe's; as of then only app passwords are stored.
const OAUTH_UNTIL = BEGIN + SPAN / 3;

/** The same numbers each time, evenly spread over 0 to 1: a linear congruential generator. */
function* numbers() {
  for (let state = 42; ; ) yield (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

/** `count` of [id, provisioned_at or null, sync_type]; `hasOAuth`: as long as Astrolabe had it. */
export function population(count, { hasOAuth = true } = {}) {
  const random = numbers();
  const next = () => random.next().value;
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / (GIVEN.length * FAMILY.length));
    const id = `${GIVEN[index % GIVEN.length]}.${FAMILY[Math.floor(index / GIVEN.length) % FAMILY.length]}${round ? round + 1 : ""}`;
    if (next() < 0.4) return [id, null];
    // More and more as time goes on.
    const provisionedAt = Math.floor(BEGIN + SPAN * Math.sqrt(next()));
    return [id, provisionedAt, hasOAuth && provisionedAt < OAUTH_UNTIL && next() < 0.7 ? "oauth" : "app_password"];
  });
}

/** What such a person is called: "Zoe O'Connor" of zoe.o'connor2; null for whoever is none. */
export const personName = (id) => (/^\p{Ll}+\.[\p{Ll}']+\d*$/u.test(id) ? capitalized(id) : null);
const capitalized = (id) => id.replace(/\d+$/, "").replace(".", " ").replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
