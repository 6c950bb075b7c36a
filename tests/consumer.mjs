// The package as a user gets it: scripts/test packs it and installs the tarball into a folder of its own.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = process.env.ASTROLABE_CONSUMER;
if (!folder) throw new Error("ASTROLABE_CONSUMER is not set: run these tests with npm test");

export const consumer = {
  folder,
  package: join(folder, "node_modules", "astrolabe-client"),
  // From a file of that folder, as its own code would.
  import: () => import(pathToFileURL(join(folder, "import.mjs"))),
  /**
   * Bundles a module that lies in that folder, from where "astrolabe-client" is the installed package; from any file
   * of this repository it would be the repository's own.
   */
  async bundle(contents, options) {
    const { metafile } = await build({
      stdin: { contents, resolveDir: folder, sourcefile: "entry.mjs" },
      bundle: true,
      format: "esm",
      logLevel: "warning",
      metafile: true,
      ...options,
    });
    const own = Object.keys(metafile.inputs).filter((path) => path.startsWith("pkg/"));
    if (own.length > 0) throw new Error(`not the installed package, but ${own}`);
  },
  require: () => createRequire(join(folder, "require.cjs"))("astrolabe-client"),
};
