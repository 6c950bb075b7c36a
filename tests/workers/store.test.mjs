// A token that several Workers share over one KV namespace.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { startWorker } from "./miniflare.mjs";

const SOURCE = `
  import { AstrolabeClient } from "astrolabe-client";
  export default {
    async fetch(request, env) {
      const client = new AstrolabeClient({ ...env.options, tokenStore: env.TOKENS });
      const { hasAccess } = await client.getBackgroundSyncStatus("alice");
      return Response.json({ hasAccess, accessToken: await client.getAccessToken() });
    },
  };
`;

let standIn;
const workers = [];
before(async () => {
  standIn = await startStandIn();
  const { clientId, clientSecret } = standIn.clients.service;
  const kvPersist = await mkdtemp(join(tmpdir(), "astrolabe-kv-"));
  const options = { kvNamespaces: { TOKENS: "tokens" }, kvPersist, bindings: { options: { nextcloudHost: standIn.url, clientId, clientSecret } } };
  for (let count = 0; count < 2; count++) workers.push(await startWorker(SOURCE, options));
});
after(async () => {
  for (const worker of workers) await worker.dispose();
  await standIn?.close();
});

const ask = async (worker) => (await worker.dispatchFetch("http://worker/")).json();
const counts = () => {
  const { discovery, token } = standIn.control.log().counts;
  return { discovery, token };
};

test("two Workers over one KV namespace log in once, and once more when the token is revoked", { timeout: 60_000 }, async () => {
  const answers = [await ask(workers[0]), await ask(workers[1]), await ask(workers[0])];
  assert.equal(new Set(answers.map(({ accessToken }) => accessToken)).size, 1);
  assert.ok(answers.every(({ hasAccess }) => hasAccess));
  assert.deepEqual(counts(), { discovery: 1, token: 1 });

  standIn.control.revokeTokens();
  const renewed = [await ask(workers[1]), await ask(workers[0])];
  assert.equal(new Set(renewed.map(({ accessToken }) => accessToken)).size, 1);
  assert.notEqual(renewed[0].accessToken, answers[0].accessToken);
  assert.deepEqual(counts(), { discovery: 1, token: 2 });
});

test("what KV holds shows neither the secret nor the token", async () => {
  const { accessToken } = await ask(workers[0]);
  const kv = await workers[0].getKVNamespace("TOKENS");
  const { keys } = await kv.list();
  assert.equal(keys.length, 1);
  const text = keys[0].name + (await kv.get(keys[0].name));
  for (const secret of [accessToken, standIn.clients.service.clientSecret, standIn.url]) assert.ok(!text.includes(secret));
  assert.ok(keys[0].expiration * 1000 - Date.now() > 86_000_000);
});
