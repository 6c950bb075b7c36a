// The tarball in the hands of every consumer: `npm run matrix` makes it, and prints who took it. Each gets a fresh folder,
// installs from the registry what anybody would get today, and does the same small job over the stand-in.
//
//   npm run matrix              all, in ten minutes; on Linux x64, with Chromium and Firefox
//   npm run matrix -- vite jest those whose names begin so
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../scripts/find-chromium.mjs";
import { consumers } from "./consumers.mjs";
import { makeTarball } from "./folder.mjs";
import { firefox } from "./pages.mjs";
import { take } from "./take.mjs";

const wanted = process.argv.slice(2);
const chosen = consumers.filter(({ name }) => wanted.length === 0 || wanted.some((one) => name.toLowerCase().startsWith(one.toLowerCase())));
if (chosen.length === 0) {
  console.error(`None is called so. There are: ${consumers.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

// Said now, and not after what takes minutes.
const missing = [
  !findChromium() && "Chromium (apt-get install chromium, or its path in CHROMIUM)",
  chosen.some(({ name }) => name.includes("Firefox")) && !existsSync(firefox) && "Firefox (apt-get install firefox-esr, or its path in FIREFOX; or name others: npm run matrix -- vite next)",
].filter(Boolean);
if (missing.length > 0) {
  console.error(`The matrix needs what is not here:\n${missing.map((what) => `  ${what}`).join("\n")}`);
  process.exit(2);
}

const tarball = await makeTarball(fileURLToPath(new URL("../..", import.meta.url)));
const rows = [];
for (const consumer of chosen) {
  const { name, packages = {} } = consumer;
  const failure = await take(consumer, tarball);
  console.error(`${failure ? "✗" : "✓"} ${name}`);
  if (failure) console.error(failure.slice(-3_000).replace(/^/gm, "    "));
  rows.push([name, Object.entries(packages).map((one) => one.join(" ")).join(", "), failure ? "**no**" : "yes"]);
}
console.log("| consumer | with | passed |\n| --- | --- | --- |");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
process.exitCode = rows.every((row) => row[2] === "yes") ? 0 : 1;
