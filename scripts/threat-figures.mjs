// Writes the figures of a long run (scripts/robustness) into docs/threats.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [folder] = process.argv.slice(2);
const page = fileURLToPath(new URL("../docs/threats.md", import.meta.url));
const BEGIN = "<!-- figures -->\n";

const runs = readFileSync(join(folder, "figures.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const shown = (value) => (typeof value === "number" ? value.toLocaleString("en") : value);
const rows = runs.map(({ name, figures }) => `| ${name} | ${Object.entries(figures).map(([what, value]) => `${what} ${shown(value)}`).join("; ")} |`);
const text = `${BEGIN}
On ${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${cpus().length} cores.

| run | figures |
| --- | --- |
${rows.join("\n")}

Answers that were made up by \`scripts/fuzz\`:

<!-- not run: figures -->
\`\`\`text
${readFileSync(join(folder, "fuzz"), "utf8").trim()}
\`\`\`
`;
const before = readFileSync(page, "utf8");
writeFileSync(page, before.slice(0, before.indexOf(BEGIN)) + text);
