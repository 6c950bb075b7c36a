// This package side by side with what people use instead: npm run bench. Prints a table, writes results.json, results.md
// and results.svg beside this file, and the table into docs/figures.md; --quick, a check that all of it works, writes them to target/bench/.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { staleness } from "../scripts/digest.mjs";
import { judgeAll } from "./goals.mjs";
import { BARE, COMPONENT, OAUTH4WEBAPI, OPENID_CLIENT, OURS, PLAIN, SEED } from "./names.mjs";
import { chart } from "./tools/chart.mjs";
import { inOwnProcess } from "./tools/own-process.mjs";
import { prepare } from "./tools/prepare.mjs";
import { startStandIn } from "./tools/stand-in.mjs";
import { contendersTable, goalsTable } from "./tools/table.mjs";

const MEASURES = ["cached-token", "own-work", "loopback", "bulk", "all-users", "worker-start", "memory", "component", "sizes"];

const { quick } = parseArgs({ options: { quick: { type: "boolean", default: false } } }).values;

const stale = staleness();
if (stale) console.log(`bench: pkg/wasm is stale: ${stale}. What is measured is that build, as it is.`);
prepare();

const standIn = await startStandIn();
const found = {};
try {
  for (const name of MEASURES) {
    const start = performance.now();
    found[name] = await inOwnProcess(name, { quick, standIn: standIn.options });
    console.log(`bench: ${name}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
} finally {
  standIn.stop();
}

const rows = judgeAll(Object.values(found).flatMap(({ goals }) => goals));
const each = Object.assign({}, ...Object.values(found).map((result) => result.each));
const processors = cpus();
const machine = `Node.js ${process.versions.node}, ${processors.length} × ${processors[0].model.trim()}`;
const date = new Date().toISOString().slice(0, 10);
const { users } = found.bulk;
const notes = [
  `${date}, ${machine}${quick ? "; a quick run, which says little" : ""}. Medians of rounds in which the contenders took turns; ratios are of the same round.`,
  `The Python class was asked about ${users.oneByOne} users one by one and ${users.tasks.toLocaleString("en-US")} with 64 tasks, and compared by users a second; started cold, those tasks made ${found.bulk.requests.tasks[0]} discovery and ${found.bulk.requests.tasks[1]} token requests.`,
  ...(stale ? [`The package was stale: ${stale}.`] : []),
];
const tables = `${goalsTable(rows)}\n\n${contendersTable(each, [OURS, PLAIN, OAUTH4WEBAPI, OPENID_CLIENT, BARE, SEED, COMPONENT])}\n\n${notes.join(" ")}\n`;
console.log(`\n${tables}`);

const folder = fileURLToPath(new URL(quick ? "../target/bench/" : "./", import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}results.json`, `${JSON.stringify({ date, machine, quick, stale, rows, each, measures: found }, null, 2)}\n`);
writeFileSync(`${folder}results.md`, tables);
if (!quick) {
  const figures = fileURLToPath(new URL("../docs/figures.md", import.meta.url));
  const marked = /(<!-- begin: npm run bench -->\n)[^]*(\n<!-- end -->)/;
  writeFileSync(figures, readFileSync(figures, "utf8").replace(marked, (_, begin, end) => `${begin}${goalsTable(rows)}\n\n${notes[0]}${end}`));
}
writeFileSync(`${folder}results.svg`, chart(rows, `${date}, ${machine}${quick ? ", a quick run" : ""}`));
