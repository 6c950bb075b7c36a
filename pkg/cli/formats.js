// The formats for programs. Each is text for the beginning, for each record and for the end, so that what is written
// is whole whenever it ends. The one for people is in table.js.
import { Table } from "./table.js";

/** One JSON object a line. */
const ndjson = () => ({
  begin: () => "",
  row: (record) => `${JSON.stringify(record)}\n`,
  end: () => "",
});

/** One JSON array, a record a line. */
function json() {
  let separator = "[\n";
  return {
    begin: () => "",
    row(record) {
      const text = `${separator}${JSON.stringify(record)}`;
      separator = ",\n";
      return text;
    },
    end: () => (separator === ",\n" ? "\n]\n" : "[]\n"),
  };
}

/** RFC 4180. */
function csv({ csv: { head, fields } }) {
  const line = (values) => `${values.map(csvField).join(",")}\r\n`;
  return { begin: () => line(head), row: (record) => line(fields(record)), end: () => "" };
}

/** How a spreadsheet knows a formula, or what gets it to look one character further. */
const FORMULA = /^[=+\-@\t\r\n']/;

/**
 * An apostrophe before what a spreadsheet would run. It comes before an apostrophe, too: so a program that takes one
 * away wherever one leads has every value back as it was.
 */
function csvField(value) {
  const text = value === null ? "" : String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const table = (shape, terminal) => new Table(shape.table, terminal);

/** Each takes the shape of a command's records (see commands.js), and what the terminal is like. */
export const formats = { table, ndjson, json, csv };
