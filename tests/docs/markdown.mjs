// Reads what the documentation tests need out of a page: its snippets, links and headings.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export const readPage = (path) => readFileSync(join(root, path), "utf8");

/** The guides. */
export const guides = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);

const FENCE = /^```(\S*)\n([^]*?)^```$/gm;

const lineOf = (text, index) => text.slice(0, index).split("\n").length;

/**
 * Every fenced block of a page: `{ path, line, language, code, setup, reason }`. A comment right before it, which no
 * reader sees, says by which entry of setups.mjs it runs, or why it does not:
 *
 *   <!-- runs with: NAME -->        <!-- not run: REASON -->
 */
export function snippetsOf(path) {
  const text = readPage(path);
  return [...text.matchAll(FENCE)].map(({ index, 1: language, 2: code }) => {
    const [, kind, value] = /<!-- (runs with|not run): ([^\n]+?) -->\n+$/.exec(text.slice(0, index)) ?? [];
    return { path, line: lineOf(text, index), language, code, setup: kind === "runs with" ? value : undefined, reason: kind === "not run" ? value : undefined };
  });
}

/** Without what is no prose: code may look like a link or a heading. The number of lines stays. */
const proseOf = (text) => text.replace(FENCE, (block) => block.replace(/[^\n]/g, "")).replace(/<!--[^]*?-->/g, (comment) => comment.replace(/[^\n]/g, ""));

/** Every address that a page leads to or shows: `{ path, line, target }`. */
export function linksOf(path) {
  const text = proseOf(readPage(path)).replace(/`[^`\n]*`/g, (code) => "x".repeat(code.length));
  const found = [...text.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)\)/g), ...text.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  return found.map(({ index, 1: target }) => ({ path, line: lineOf(text, index), target }));
}

/** The names by which links reach the headings of a page, as GitHub makes them. */
export function anchorsOf(path) {
  const anchors = new Set();
  for (const [, heading] of proseOf(readPage(path)).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const name = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
