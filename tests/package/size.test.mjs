// The package is as small as it says: what scripts/sizes.json records, and below its limit.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { TOLERANCE, measure, readRecord } from "../../scripts/size.mjs";
import { consumer } from "../consumer.mjs";

const { goal, limit, releases } = readRecord();
const { version } = JSON.parse(await readFile(join(consumer.package, "package.json"), "utf8"));
const now = await measure(consumer.package);

test("wasm and JavaScript of one runtime are within the limit", () => {
  assert.ok(now.wasm + now.javascript <= limit, `${now.wasm} + ${now.javascript} bytes after gzip -9 are more than ${limit}`);
  assert.ok(limit >= goal);
});

test("the size of this version is recorded", () => {
  const recorded = releases[version];
  assert.ok(recorded, "run: npm run size -- --write");
  for (const part of ["wasm", "javascript"]) {
    const difference = Math.abs(now[part] - recorded[part]);
    assert.ok(difference <= recorded[part] * TOLERANCE, `${part}: ${now[part]} bytes, not ${recorded[part]}. Run: npm run size -- --write`);
  }
});
