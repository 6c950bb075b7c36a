// CSV that a spreadsheet opens as it is meant: what a spreadsheet makes of a text that looks like something else, and how that is
// prevented. One file for the command and for the dashboard, whose www/src/users/export.js is a link to this; so it imports nothing.

/** How it knows a formula, full-width signs included, or what gets it to look one character further. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\s']/;
/** What it takes for the result of one: #N/A, #REF!, #NAME? */
const FAULT = /^#(n\/a|[a-z0-9/]+[!?])$/i;

const TRUTH_VALUES = new Set("true false wahr falsch vrai faux verdadero verdadeiro falso vero waar onwaar sant falskt sand falsk prawda fałsz".split(" "));
const ENGLISH_MONTHS = "january february march april may june july august september october november december".split(" ");
const OTHER_MONTHS = `januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre
  enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
  gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
  janeiro fevereiro março maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus
  mrt janv févr juil sett maj augusti oktober`.split(/\s+/);
/** Signs of money that are letters, and what stands for year, month and day in East Asia. */
const UNITS = new Set(["kr", "zł", "kč", "ft", "lei", "chf", "fr", "eur", "usd", "gbp", "年", "月", "日", "元", "円", "원"]);

/** In English whatever a month begins with, such as marc; elsewhere, so that jane is none, names and three letters of them. */
const isMonth = (word) =>
  word.length >= 3 && (ENGLISH_MONTHS.some((month) => month.startsWith(word)) || OTHER_MONTHS.some((month) => month === word || month.slice(0, 3) === word));

/** Half-width voiced sound marks are letters, and become marks in NFKC. */
const MARKS_IN_A_ROW = /[\p{M}\uff9e\uff9f]{2}/u;

/**
 * Whether it would become a number, a date, a time, a percentage, money or a truth value, and be shown as another:
 * 007, 1E5, 2024-01-02, 9007199254740993, jan2, 5-Mar, 5 pm, (5), $5, TRUE.
 */
function looksLikeValue(text) {
  // No value has them, and NFKC sorts them, which takes the square of their number.
  if (MARKS_IN_A_ROW.test(text)) return false;
  // Full-width digits and signs count as the others do.
  const bare = text.normalize("NFKC").trim().toLowerCase();
  if (TRUTH_VALUES.has(bare) || FAULT.test(bare)) return true;
  if (!/\p{Nd}/u.test(bare)) return false;
  const rest = bare
    .replace(/(\p{Nd})(\s*[ap]\.?m\.?|\s+[ap])$/u, "$1")
    .replace("r$", "$$")
    .replace(/(\p{Nd}[.,]?)e(?=[+-]?\p{Nd})/u, "$1")
    .replace(/\p{L}+/gu, (word) => (isMonth(word) || UNITS.has(word) ? "" : word));
  return /^[\p{Nd}\p{Sc}\s.,:/⁄'’()%+\-−–]+$/u.test(rest);
}

/**
 * An apostrophe before what would not stay the text that it is. It comes before an apostrophe, too: so a program that takes
 * one away wherever one leads has every text back as it was.
 */
export const asText = (text) => (FORMULA.test(text) || looksLikeValue(text) ? `'${text}` : text);

/** RFC 4180, each field in quotation marks: so none ends where another separator is looked for. */
export const csvLine = (values, separator = ",") => `${values.map((value) => `"${String(value ?? "").replaceAll('"', '""')}"`).join(separator)}\r\n`;

/** The records of users with a byte order mark, so that a spreadsheet sees UTF-8, and times in UTC in a form that it knows. */
export function toCsv(records, separator) {
  const head = ["userId", "hasAccess", "credentialType", "provisionedAt (UTC)", "errorCode", "errorMessage"];
  const rows = records.map(({ userId, status, error }) => [
    asText(userId),
    status?.hasAccess,
    asText(status?.credentialType ?? ""),
    status?.provisionedAt?.toISOString().slice(0, 19).replace("T", " "),
    error?.code,
    asText(error?.message ?? ""),
  ]);
  return `\uFEFF${[head, ...rows].map((values) => csvLine(values, separator)).join("")}`;
}
