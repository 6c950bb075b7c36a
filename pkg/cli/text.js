// Text: how wide it is on a terminal, how it fits, what must not get there; and what must not be about a value.

const segmenter = new Intl.Segmenter();
// Characters that terminals draw two cells wide: the scripts of East Asia, and emoji.
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

const ASCII = /^[\x20-\x7e]*$/;
const characters = (text) => (ASCII.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment));
const cells = (character) => (WIDE.test(character) ? 2 : 1);

export const count = (number) => number.toLocaleString("en-US");

/** In cells of the terminal. */
export const widthOf = (text) => (ASCII.test(text) ? text.length : characters(text).reduce((sum, character) => sum + cells(character), 0));

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
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const QUOTATION_MARKS = ['""', "''", "``", "“”", "„“", "‘’", "«»"];

/** What an environment, a file or a shell has left about a value, in words, such as "ends with a line break"; else undefined. */
export function inTheWay(value) {
  const bare = value.trim();
  if (bare === "") return "is blank";
  const blanks = (text) => (/[\r\n\u2028\u2029]/.test(text) ? `a line break${text.includes("\r") ? " (CR)" : ""}` : "a blank");
  const [before, after] = [value.slice(0, value.indexOf(bare)), value.slice(value.indexOf(bare) + bare.length)];
  const found = [];
  if (bare.length > 1 && QUOTATION_MARKS.some(([first, last]) => bare.startsWith(first) && bare.endsWith(last))) found.push("stands in quotation marks");
  if (before) found.push(`begins with ${blanks(before)}`);
  if (after) found.push(`ends with ${blanks(after)}`);
  if (/[\p{Cc}\u2028\u2029]/u.test(bare)) found.push(`has ${/[\r\n]/.test(bare) ? "a line break" : "a control character"} in it`);
  return found.join(" and ") || undefined;
}
