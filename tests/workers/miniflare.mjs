// A Worker in the real runtime, bundled with the conditions that Wrangler resolves with.
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { consumer } from "../consumer.mjs";

/** @param {string} source of the Worker's main module, which imports the package by its name */
export async function startWorker(source, options = {}) {
  const outdir = await mkdtemp(join(tmpdir(), "astrolabe-worker-"));
  await consumer.bundle(source, {
    outdir,
    conditions: ["workerd", "worker", "browser"],
    // A Worker gets a .wasm as a compiled module, beside its script.
    loader: { ".wasm": "copy" },
    // Modules of the runtime itself.
    external: ["cloudflare:*"],
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
