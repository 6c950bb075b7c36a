// In a page of another origin CORS hides how an answer is encoded, and shows how long that is: it says nothing of how much comes
// out of it.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { launchChromium } from "./chromium.mjs";

const LARGE_BYTES = 100_000_000;
const MOST_MEMORY_BYTES = 8_000_000;

// The package is imported late: see wasm-memory.mjs.
const source = `
  import { memoryBytes } from ${JSON.stringify(fileURLToPath(new URL("../wasm-memory.mjs", import.meta.url)))};
  globalThis.ask = async (nextcloudHost) => {
    const { AstrolabeClient } = await import("astrolabe-client");
    const client = new AstrolabeClient({ nextcloudHost, accessToken: "token", maxRetries: 0 });
    const outcome = await client.getBackgroundSyncStatus("alice").catch(({ code, status }) => ({ code, status }));
    return { outcome, bytes: memoryBytes() };
  };
`;

let standIn, browser, page, other;
const encoded = {};

before(async () => {
  const body = Buffer.alloc(LARGE_BYTES, " ");
  body.write("{");
  encoded.br = await promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  encoded.gzip = await promisify(gzip)(body);
  other = createServer((request, response) => {
    const encoding = request.url.split("/")[1];
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "Authorization, OCS-APIRequest, Accept");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": encoding, "Content-Length": encoded[encoding].length });
    response.end(encoded[encoding]);
  });
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-page-"));
  await consumer.bundle(source, { outdir: folder, entryNames: "page", splitting: true, platform: "browser" });
  await writeFile(join(folder, "index.html"), '<!DOCTYPE html><meta charset="utf-8"><title>Test</title><script type="module" src="page.js"></script>');
  standIn = await startStandIn({ static: { "/page/": folder } });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${standIn.url}/page/index.html`);
  await page.waitForFunction(() => "ask" in globalThis);
});
after(async () => {
  await browser?.close();
  await standIn?.close();
  other?.closeAllConnections();
  other?.close();
});

for (const encoding of ["br", "gzip"]) {
  test(`an answer of another origin that grows as it is decoded (${encoding}) is read up to the limit`, { timeout: 60_000 }, async () => {
    assert.ok(encoded[encoding].length < 256 * 1024, "its length alone would not be refused");
    const { outcome, bytes } = await page.evaluate((host) => globalThis.ask(host), `http://127.0.0.1:${other.address().port}/${encoding}`);
    assert.deepEqual(outcome, { code: "response_too_large", status: 200 });
    assert.ok(bytes < MOST_MEMORY_BYTES, `${bytes} bytes of memory`);
  });
}
