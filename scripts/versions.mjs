// The version is that of package.json. Here is who repeats it: scripts/release.mjs sets them all, and a test compares them.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const minor = (version) => version.split(".").slice(0, 2).join(".");
const whole = (version) => version;

// A file, what stands before the version in it, and how much of the version it has.
const places = [
  ["package.json", /^ {2}"version": "/m, whole],
  ["package-lock.json", /^ {2}"version": "/m, whole],
  ["package-lock.json", /^ {4}"": \{\s+"name": "astrolabe-client",\s+"version": "/m, whole],
  ["www/package-lock.json", /^ {4}"\.\.": \{\s+"name": "astrolabe-client",\s+"version": "/m, whole],
  ["examples/worker/package-lock.json", /^ {4}"node_modules\/astrolabe-client": \{\s+"version": "/m, whole],
  ["Cargo.toml", /^\[package\]\nname = "astrolabe-client"\nversion = "/m, whole],
  ["Cargo.lock", /^name = "astrolabe-client"\nversion = "/m, whole],
  ["examples/rust-worker/Cargo.lock", /^name = "astrolabe-client"\nversion = "/m, whole],
  ["tests/fuzz/Cargo.lock", /^name = "astrolabe-client"\nversion = "/m, whole],
  ["docs/rust.md", /^astrolabe-client = \{ version = "/m, minor],
];

const fileOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function partsOf(text, path, before) {
  const [, start, found, end] = new RegExp(`^([^]*?${before.source})([^"]*)("[^]*)$`, before.flags).exec(text) ?? [];
  if (found === undefined) throw new Error(`${path} does not say its version where scripts/versions.mjs looks for it`);
  return [start, found, end];
}

export const packageVersion = () => JSON.parse(readFileSync(fileOf("package.json"), "utf8")).version;

/** What each place says, and what it should say. */
export const readVersions = (version = packageVersion()) =>
  places.map(([path, before, form]) => ({ path, found: partsOf(readFileSync(fileOf(path), "utf8"), path, before)[1], expected: form(version) }));

export function writeVersions(version) {
  for (const [path, before, form] of places) {
    const [start, , end] = partsOf(readFileSync(fileOf(path), "utf8"), path, before);
    writeFileSync(fileOf(path), start + form(version) + end);
  }
}
