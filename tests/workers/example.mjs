// The Worker of examples/worker in the real runtime, set up as its wrangler.jsonc says, over the packed client.
import { once } from "node:events";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Miniflare } from "miniflare";
import { consumer } from "../consumer.mjs";

const folder = new URL("../../examples/worker/", import.meta.url);
const read = (name) => readFile(new URL(name, folder), "utf8");
const config = JSON.parse((await read("wrangler.jsonc")).replace(/^ *\/\/.*$/gm, ""));

export const exampleMain = fileURLToPath(new URL(config.main, folder));
export const jose = await import(pathToFileURL(createRequire(new URL("package.json", folder)).resolve("jose")));

// The example's own node_modules may hold an older copy of the client.
const packedClient = {
  name: "packed-client",
  setup(build) {
    build.onResolve({ filter: /^astrolabe-client$/ }, ({ resolveDir, kind }) =>
      resolveDir === consumer.folder ? undefined : build.resolve("astrolabe-client", { resolveDir: consumer.folder, kind }),
    );
  },
};

/**
 * @param {object} bindings variables and secrets
 * @param {{ source?: string, consumerOptions?: object }} options `source`: a main module around the example's;
 *   `consumerOptions`: what differs from wrangler.jsonc in how the Queues deliver
 */
export async function startExample(bindings, { source = `export { default } from ${JSON.stringify(exampleMain)}`, consumerOptions } = {}) {
  const outdir = await mkdtemp(join(tmpdir(), "astrolabe-example-"));
  await consumer.bundle(source, { outdir, conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, plugins: [packedClient] });
  const files = (await readdir(outdir)).sort((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")));
  const { kv_namespaces: namespaces, d1_databases: databases, queues } = config;
  const consumers = queues.consumers.map(({ queue, max_batch_size, max_batch_timeout, max_retries, retry_delay, dead_letter_queue }) => [
    queue,
    {
      maxBatchSize: max_batch_size,
      maxBatchTimeout: max_batch_timeout,
      maxRetries: max_retries,
      retryDelay: retry_delay,
      deadLetterQueue: dead_letter_queue,
      ...consumerOptions,
    },
  ]);
  const worker = new Miniflare({
    modulesRoot: outdir,
    modules: files.map((file) => ({ type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(outdir, file) })),
    compatibilityDate: config.compatibility_date,
    bindings,
    kvNamespaces: namespaces.map(({ binding }) => binding),
    d1Databases: databases.map(({ binding }) => binding),
    queueProducers: Object.fromEntries(queues.producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(consumers),
    // What it logs of the failures that a test puts in.
    handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.resume()),
  });
  await worker.ready;
  return worker;
}

export async function applySchema(worker) {
  const db = await worker.getD1Database("DB");
  const statements = (await read("schema.sql")).replace(/--.*$/gm, "").split(";").filter((text) => text.trim());
  await db.batch(statements.map((text) => db.prepare(text)));
  return db;
}

const TEAM = "team.cloudflareaccess.com";
const AUDIENCE = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2";

/** Cloudflare Access: a server with its keys, the variables that name it, and tokens as it makes them, or nearly so. */
export async function startAccess() {
  const { publicKey, privateKey } = await jose.generateKeyPair("RS256");
  const keys = [{ ...(await jose.exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" }];
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ keys })));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const claims = (jwt, { issuer = `https://${TEAM}`, audience = AUDIENCE, expires = "1h" }) => {
    jwt.setIssuer(issuer).setAudience([audience]);
    return expires ? jwt.setExpirationTime(expires) : jwt;
  };
  return {
    settings: { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUD: AUDIENCE, ACCESS_CERTS_URL: `http://127.0.0.1:${server.address().port}/certs` },
    async header({ alg = "RS256", key = privateKey, ...given } = {}) {
      const token =
        alg === "none"
          ? claims(new jose.UnsecuredJWT({}), given).encode()
          : claims(new jose.SignJWT({}).setProtectedHeader({ alg, kid: "1" }), given).sign(key);
      return { "Cf-Access-Jwt-Assertion": await token };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
