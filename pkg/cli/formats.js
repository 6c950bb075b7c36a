// The formats for programs. Each is text for the beginning, for each record and for the end, so that what is written
// is whole whenever it ends. The one for people is in table.js.
import { asText, csvLine } from "./spreadsheet.js";
import { Table } from "./table.js";
import { printable } from "./text.js";

/** With \\u and four digits for what a terminal would obey: the same value to whoever parses it. */
const jsonText = (record) => printable(JSON.stringify(record));

/** One JSON object a line. */
const ndjson = () => ({
  begin: () => "",
  row: (record) => `${jsonText(record)}\n`,
  end: () => "",
});

/** One JSON array, a record a line. */
function json() {
  let separator = "[\n";
  return {
    begin: () => "",
    row(record) {
      const text = `${separator}${jsonText(record)}`;
      separator = ",\n";
      return text;
    },
    end: () => (separator === ",\n" ? "\n]\n" : "[]\n"),
  };
}

function csv({ csv: { head, fields } }) {
  const line = (values) => csvLine(values.map((value) => (typeof value === "string" ? asText(printable(value)) : value)));
  return { begin: () => line(head), row: (record) => line(fields(record)), end: () => "" };
}

/** Sentences, where there is too little for a table. */
const lines = ({ lines }) => ({ begin: () => "", row: (record) => lines(record).map((line) => `${printable(line)}\n`).join(""), end: () => "" });

const table = (shape, terminal) => (shape.lines ? lines(shape) : new Table(shape.table, terminal));

/** Each takes the shape of a command's records (see commands.js), and what the terminal is like. */
export const formats = { table, ndjson, json, csv };
