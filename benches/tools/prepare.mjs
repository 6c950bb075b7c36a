// What the measures need, put in place where it is missing.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const pathOf = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const VENV = pathOf("target/bench-venv");
export const VENV_PYTHON = `${VENV}/bin/python`;

function run(command, ...args) {
  console.log(`bench: ${command} ${args.join(" ")}`);
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} failed${error ? `: ${error.message}` : ""}`);
}

export function prepare() {
  for (const folder of [".", "tests/nextcloud", "tests/component", "benches/libraries"]) {
    // npm writes this file last.
    if (existsSync(pathOf(`${folder}/node_modules/.package-lock.json`))) continue;
    run("npm", "ci", "--prefix", pathOf(folder), "--no-fund", "--no-audit", "--loglevel=error");
  }
  if (!existsSync(`${VENV}/complete`)) {
    run("python3", "-m", "venv", "--clear", VENV);
    run(VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pathOf("benches/seed/requirements.txt"));
    writeFileSync(`${VENV}/complete`, "");
  }
  // Always: there is none in git.
  run(pathOf("scripts/build-component"));
}
