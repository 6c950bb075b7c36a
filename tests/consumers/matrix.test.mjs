// The quick part of the matrix, each time; `npm run matrix` has all of it.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { consumer } from "../consumer.mjs";
import { consumers } from "./consumers.mjs";
import { take } from "./take.mjs";

const tarball = join(consumer.folder, readdirSync(consumer.folder).find((name) => name.endsWith(".tgz")));

for (const one of consumers.filter(({ isQuick }) => isQuick)) {
  test(one.name, { timeout: 180_000 }, async () => assert.equal(await take(one, tarball), null));
}

test("what does not take the package is noticed", { timeout: 60_000 }, async () => {
  assert.match(await take({ run: async () => "something else" }, tarball), /^said "something else"/);
  assert.match(await take({ run: (folder) => folder.run(process.execPath, ["-e", "require('astrolabe-client/pkg/guard.js')"]) }, tarball), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
});
