// A Worker in the real runtime, bundled with the conditions that Wrangler resolves with.
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { consumer } from "../consumer.mjs";

/** @param {URL} entry module of the Worker */
export async function startWorker(entry, options = {}) {
  const outdir = await mkdtemp(join(tmpdir(), "astrolabe-worker-"));
  await build({
    entryPoints: [fileURLToPath(entry)],
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    nodePaths: [consumer.nodeModules],
    // A Worker gets a .wasm as a compiled module, beside its script.
    loader: { ".wasm": "copy" },
    logLevel: "warning",
  });
  const files = (await readdir(outdir)).sort((a, b) => Number(b.endsWith(".js")) - Number(a.endsWith(".js")));
  const worker = new Miniflare({
    modulesRoot: outdir,
    modules: files.map((file) => ({ type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(outdir, file) })),
    compatibilityDate: "2026-01-01",
    ...options,
  });
  await worker.ready;
  return worker;
}
