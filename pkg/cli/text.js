// Text: how wide it is on a terminal, how it fits, what must not get there; and what must not be about a value.

const segmenter = new Intl.Segmenter();
// Characters that terminals draw two cells wide: the scripts of East Asia, and emoji.
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

const ASCII = /^[\x20-\x7e]*$/;

/** So many code units are segmented at once: V8 takes the longer for each character, the longer the text. */
const PIECE_LENGTH = 256;

function* characters(text) {
  let start = 0;
  let length = PIECE_LENGTH;
  while (start < text.length) {
    const end = start + length;
    const found = Array.from(segmenter.segment(text.slice(start, splitsPair(text, end) ? end - 1 : end)), ({ segment }) => segment);
    // It may go on in the next piece.
    if (end < text.length) found.pop();
    yield* found;
    const taken = found.reduce((sum, character) => sum + character.length, 0);
    start += taken;
    length = taken > 0 ? PIECE_LENGTH : 2 * length;
  }
}

const splitsPair = (text, at) => at < text.length && /[\ud800-\udbff]/.test(text[at - 1]);

const cells = (character) => (WIDE.test(character) ? 2 : 1);

export const count = (number) => number.toLocaleString("en-US");

export const numberOfUsers = (number) => `${count(number)} ${number === 1 ? "user" : "users"}`;

/** In cells of the terminal. */
export const widthOf = (text) => (ASCII.test(text) ? text.length : sumOfCells(characters(text)));

function sumOfCells(characters) {
  let sum = 0;
  for (const character of characters) sum += cells(character);
  return sum;
}

/** Without what a terminal would obey or not show: control characters, line breaks, changes of direction. JSON stays the same by it. */
export const printable = (text) =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`);

/** `text`, or as much of it as fits, with "…" at its end. */
export function cut(text, width) {
  if (widthOf(text) <= width) return text;
  let left = width - 1;
  let kept = "";
  for (const character of characters(text)) {
    left -= cells(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Lines of at most `width`, broken between words. A word that is longer gets a line of its own, whole: it may be an address to copy. */
export function wrapped(text, width) {
  const lines = [];
  let taken = Infinity; // of the last line
  for (const word of text.split(" ")) {
    const needed = widthOf(word);
    taken += 1 + needed;
    if (taken <= width && lines.length > 0) lines.at(-1).push(word);
    else {
      lines.push([word]);
      taken = needed;
    }
  }
  return lines.map((words) => words.join(" "));
}

const QUOTATION_MARKS = ['""', "''", "``", "“”", "„“", "‘’", "«»"];

/** What an environment, a file or a shell has left about a value, in words, such as "ends with a line break"; else undefined. */
export function inTheWay(value) {
  const bare = value.trim();
  if (bare === "") return "is blank";
  const blanks = (text) => (/[\r\n\u2028\u2029]/.test(text) ? `a line break${text.includes("\r") ? " (CR)" : ""}` : "a blank");
  const [before, after] = [value.slice(0, -value.trimStart().length), value.slice(value.trimEnd().length)];
  const found = [];
  if (bare.length > 1 && QUOTATION_MARKS.some(([first, last]) => bare.startsWith(first) && bare.endsWith(last))) found.push("stands in quotation marks");
  if (before) found.push(`begins with ${blanks(before)}`);
  if (after) found.push(`ends with ${blanks(after)}`);
  if (/[\p{Cc}\u2028\u2029]/u.test(bare)) found.push(`has ${/[\r\n]/.test(bare) ? "a line break" : "a control character"} in it`);
  return found.join(" and ") || undefined;
}
