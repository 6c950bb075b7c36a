// The memory of the wasm is filled by a call and taken back whole after it: many long texts in one call, and many calls.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { consumer } from "../consumer.mjs";

test("an answer as large as may be is read whole, and call after call takes the same memory", { timeout: 120_000 }, async () => {
  const file = join(consumer.folder, "memory.mjs");
  writeFileSync(
    file,
    `
    import assert from "node:assert/strict";
    import { memoryBytes } from ${JSON.stringify(new URL("../wasm-memory.mjs", import.meta.url))};
    const { AstrolabeClient } = await import("astrolabe-client");
    // Of all lengths, of one to four bytes a character, escaped and not, and so many that the answer has 250 kB.
    const users = Array.from({ length: 7_500 }, (_, at) => [..."aß€😀"][at % 4].repeat(at % 15) + at);
    const body = JSON.stringify({ ocs: { meta: { statuscode: 200 }, data: { users } } }).replaceAll("ß", "\\\\u00df");
    assert.ok(Buffer.byteLength(body) > 200_000 && Buffer.byteLength(body) <= 256_000, String(Buffer.byteLength(body)));
    const client = new AstrolabeClient({
      nextcloudHost: "https://cloud.example.com",
      accessToken: "token",
      // A server that gives all at once, whatever the limit.
      fetch: async (url) => new Response(/offset=0/.test(url) ? body : '{"ocs":{"data":{"users":[]}}}', { headers: { "content-type": "application/json" } }),
    });
    const sizes = [];
    for (let call = 0; call < 30; call++) {
      const found = [];
      for await (const userId of client.listUsers()) found.push(userId);
      assert.deepEqual(found, users);
      sizes.push(memoryBytes());
    }
    console.log(JSON.stringify({ sizes, bytes: Buffer.byteLength(body) }));
  `,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 110_000 });
  const { sizes, bytes } = JSON.parse(stdout);
  assert.ok(sizes[0] < 10 * bytes, `${sizes[0]} bytes for an answer of ${bytes}`);
  assert.equal(new Set(sizes).size, 1, `${sizes}`);
});
