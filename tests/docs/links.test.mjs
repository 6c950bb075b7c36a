// Links of the documentation that lead to this repository lead to something.
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, normalize, posix } from "node:path";
import { test } from "node:test";
import { anchorsOf, guides, linksOf, root } from "./markdown.mjs";

const examples = readdirSync(join(root, "examples")).map((name) => `examples/${name}/README.md`).filter((path) => existsSync(join(root, path)));
const pages = ["README.md", "CHANGELOG.md", ".github/SECURITY.md", ".github/CONTRIBUTING.md", "www/README.md", ...guides, ...examples];

/** What is wrong with a link, if anything. */
function problemOf({ path, target }) {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [, file, anchor] = /^([^#]*)(?:#(.*))?$/.exec(decodeURIComponent(target));
  const leadsTo = file === "" ? path : normalize(posix.join(posix.dirname(path), file));
  if (leadsTo.startsWith("..") || file.startsWith("/")) return "leads out of the repository";
  if (!existsSync(join(root, leadsTo))) return "there is no such file";
  if (anchor === undefined) return undefined;
  if (!leadsTo.endsWith(".md") || statSync(join(root, leadsTo)).isDirectory()) return "only pages have headings";
  return anchorsOf(leadsTo).has(anchor) ? undefined : "there is no such heading";
}

for (const path of pages) {
  test(`the links of ${path}`, () => {
    const wrong = linksOf(path).flatMap((link) => {
      const problem = problemOf(link);
      return problem ? [`${path}:${link.line}: ${link.target}: ${problem}`] : [];
    });
    assert.deepEqual(wrong, []);
  });
}

test("the index of the guides names each of them, and so does the README", () => {
  const others = guides.filter((path) => path !== "docs/README.md");
  const named = new Set(linksOf("docs/README.md").map(({ target }) => `docs/${target}`));
  assert.deepEqual(others.filter((path) => !named.has(path)), []);
  assert.ok(linksOf("README.md").some(({ target }) => target === "docs/README.md"));
});
