// The RustSec advisories of all crates in our lock files, kept in advisories.json for machines that cannot reach GitHub:
// which versions each one concerns. What it says is at https://rustsec.org/advisories/.
//   node tests/supply-chain/advisories.mjs           takes them anew from GitHub
//   node tests/supply-chain/advisories.mjs FOLDER    from a clone of the database
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "smol-toml";
import { externalCrates } from "./crates.mjs";

export const DATABASE = "https://github.com/RustSec/advisory-db";
const file = fileURLToPath(new URL("advisories.json", import.meta.url));

export const readKept = () => JSON.parse(readFileSync(file, "utf8"));

/** The advisories of `crates` in a clone of the database, but for those that were withdrawn. */
export function readDatabase(folder, crates) {
  return crates.flatMap((name) => {
    const ofCrate = join(folder, "crates", name);
    if (!existsSync(ofCrate)) return [];
    const texts = readdirSync(ofCrate).filter((path) => path.endsWith(".md")).sort().map((path) => readFileSync(join(ofCrate, path), "utf8"));
    return texts
      .map((text) => parse(/^```toml\n([^]*?)^```/m.exec(text)[1]))
      .filter(({ advisory }) => !advisory.withdrawn)
      .map(({ advisory: { id, package: crate, date, informational }, versions: { patched = [], unaffected = [] } }) => ({ id, package: crate, date, ...(informational && { informational }), patched, unaffected }));
  });
}

/** Makes the git repository that cargo-deny takes for the database. */
export function writeDatabase(folder, advisories) {
  for (const { patched, unaffected, ...advisory } of advisories) {
    const ofCrate = join(folder, "crates", advisory.package);
    mkdirSync(ofCrate, { recursive: true });
    writeFileSync(join(ofCrate, `${advisory.id}.md`), `\`\`\`toml\n${stringify({ advisory, versions: { patched, unaffected } })}\n\`\`\`\n\n# ${advisory.id}\n`);
  }
  const git = (...args) => execFileSync("git", ["-C", folder, "-c", "user.name=advisories", "-c", "user.email=advisories@localhost", ...args], { stdio: "pipe" });
  git("init", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--message", "The advisories that are kept");
}

function update(folder) {
  const state = execFileSync("git", ["-C", folder, "log", "-1", "--format=commit %H of %cs"], { encoding: "utf8" }).trim();
  const crates = externalCrates();
  writeFileSync(file, `${JSON.stringify({ database: DATABASE, state, crates, advisories: readDatabase(folder, crates) }, null, 2)}\n`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [given] = process.argv.slice(2);
  const clone = given ?? mkdtempSync(join(tmpdir(), "astrolabe-advisories-"));
  try {
    if (!given) execFileSync("git", ["clone", "--quiet", "--depth", "1", DATABASE, clone], { stdio: "inherit" });
    update(clone);
  } finally {
    if (!given) rmSync(clone, { recursive: true });
  }
}
