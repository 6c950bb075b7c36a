// A client for each request leaves nothing behind: linear memory stays as it was. One that is freed is gone at once; one that is
// forgotten when the garbage collector comes, so that some thousands are there at the same time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorker } from "./miniflare.mjs";

// So many that four bytes left behind by each would be a page more.
const CLIENTS = 20_000;

// The package is imported late: see wasm-memory.mjs.
const SOURCE = `
  import { memoryBytes } from ${JSON.stringify(fileURLToPath(new URL("../wasm-memory.mjs", import.meta.url)))};
  const answers = {
    "/.well-known/openid-configuration": { token_endpoint: "https://cloud.example.com/token" },
    "/token": { access_token: "token", token_type: "Bearer", expires_in: 3600 },
  };
  const fetch = async (url) => Response.json(answers[new URL(url).pathname] ?? { user_id: "alice", has_background_access: true });
  const options = { nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret", fetch };

  export default {
    async fetch(request) {
      const { AstrolabeClient } = await import("astrolabe-client");
      const [count, ending] = new URL(request.url).pathname.slice(1).split("/");
      for (let made = 0; made < count; made++) {
        const client = new AstrolabeClient(options);
        const { hasAccess } = await client.getBackgroundSyncStatus("alice");
        if (!hasAccess) throw new Error("a wrong answer");
        if (ending === "free") client.free();
      }
      return Response.json({ bytes: memoryBytes() });
    },
  };
`;

let worker;
before(async () => (worker = await startWorker(SOURCE)));
after(() => worker?.dispose());

const bytesAfter = async (count, ending) => (await (await worker.dispatchFetch(`http://worker/${count}/${ending}`)).json()).bytes;

for (const ending of ["free", "forget"]) {
  test(`${CLIENTS.toLocaleString("en")} clients with a call each keep linear memory flat (${ending})`, { timeout: 240_000 }, async () => {
    const before = await bytesAfter(ending === "free" ? 100 : 5_000, ending);
    assert.equal(await bytesAfter(CLIENTS, ending), before);
  });
}
