// Tables in Markdown, padded so that they can be read on a terminal, too.

function table(head, rows) {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}

export const goalsTable = (rows) =>
  table(["measure", "value (middle half of the rounds)", "goal", "reached"], rows.map(({ measure, value, goal, reached }) => [measure, value, goal, reached ? "yes" : "**no**"]));

const rounded = (value) => value.toLocaleString("en-US", value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });

/** @param {Record<string, Record<string, number>>} each by measure, by contender */
export function contendersTable(each, names) {
  const rows = Object.entries(each).map(([measure, values]) => [measure, ...names.map((name) => (name in values ? rounded(values[name]) : ""))]);
  return table(["", ...names], rows);
}
