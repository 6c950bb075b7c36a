// What a bundler makes of a contender for a Worker, as Wrangler would.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const resolveDir = fileURLToPath(new URL("..", import.meta.url));

/** @returns {Promise<{ path: string, contents: Uint8Array }[]>} the script first, then what it needs beside it */
export async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, sourcefile: "entry.mjs" },
    bundle: true,
    format: "esm",
    minify: true,
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    outdir: resolveDir,
    entryNames: "worker",
    write: false,
    logLevel: "warning",
  });
  return outputFiles
    .map(({ path, contents }) => ({ path: path.slice(resolveDir.length), contents }))
    .sort((one, other) => Number(other.path.endsWith(".js")) - Number(one.path.endsWith(".js")));
}
