// What is shown, as a file: the columns and names are those of `npx astrolabe-client status`.
import Papa from "papaparse";
import { fieldSeparator } from "../l10n.js";

const record = ({ userId, state, status, error }) => ({
  userId,
  hasAccess: status?.hasAccess ?? null,
  credentialType: status?.credentialType ?? null,
  provisionedAt: status?.provisionedAt?.toISOString() ?? null,
  error: error ? { code: error.code, message: error.message } : state === "waiting" ? { code: "not_asked", message: "This user was not asked." } : null,
});

export const toJson = (users) => `${JSON.stringify(users.map(record), null, 2)}\n`;

/** How a spreadsheet knows a formula, full-width signs included, or what gets it to look one character further. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\s']/;
/** What it would take for a number or a date, and show as another: 007, 1E5, 2024-01-02, 9007199254740993. */
const NUMBER = /^[\d.,:/\s-]*\d[\d.,:/\s-]*(e[\d+-]+)?%?$/i;

/** An apostrophe before what would not stay the text that it is. */
const asText = (text, isId = false) => (text && (FORMULA.test(text) || (isId && NUMBER.test(text))) ? `'${text}` : text);

/** For spreadsheets: a byte order mark, so that they see UTF-8; each field quoted; times in UTC in a form that they know. */
export function toCsv(users) {
  const fields = ["userId", "hasAccess", "credentialType", "provisionedAt (UTC)", "errorCode", "errorMessage"];
  const data = users.map(record).map(({ userId, hasAccess, credentialType, provisionedAt, error }) => [
    asText(userId, true),
    hasAccess,
    asText(credentialType),
    provisionedAt && provisionedAt.slice(0, 19).replace("T", " "),
    error?.code,
    asText(error?.message),
  ]);
  return `\uFEFF${Papa.unparse({ fields, data }, { delimiter: fieldSeparator(), quotes: true })}\r\n`;
}

const FORMATS = { csv: { make: toCsv, type: "text/csv;charset=utf-8" }, json: { make: toJson, type: "application/json" } };

/** @param {"csv" | "json"} format */
export function download(users, format) {
  const { make, type } = FORMATS[format];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([make(users)], { type }));
  link.download = `background-access-${new Date().toISOString().slice(0, 10)}.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
