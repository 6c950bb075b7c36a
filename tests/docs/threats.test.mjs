// Each threat of docs/threats.md names a test that is there.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/threats.md"), "utf8");
const rows = page.split("<!-- figures -->")[0].split("\n").filter((line) => /^\| (?!threat |---)/.test(line));

test("there are threats", () => assert.ok(rows.length > 30));

for (const row of rows) {
  const [threat, , named] = row.slice(2, -2).split(" | ");
  test(`stands against: ${threat}`, () => {
    const found = /^`([^`]+)` › (.+)$/.exec(named);
    assert.ok(found, `no test is named: ${named}`);
    const [, file, title] = found;
    assert.ok(existsSync(join(root, file)), `${file} is not there`);
    const text = readFileSync(join(root, file), "utf8");
    assert.ok(text.includes(title), `${file} has no test "${title}"`);
    assert.match(text, /test\(|#\[test\]|name: "/, `${file} has no tests`);
  });
}

test("the faults are as many as it says", async () => {
  const { faultNames } = await import("../robustness/fault-proxy.mjs");
  const [, count] = /one of (\d+) things/.exec(page);
  assert.equal(faultNames(false).length + faultNames(true).length, Number(count));
});
