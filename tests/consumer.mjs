// The package as a user gets it: scripts/test packs it and installs the tarball into a folder of its own.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.ASTROLABE_CONSUMER;
if (!folder) throw new Error("ASTROLABE_CONSUMER is not set: run these tests with npm test");

export const consumer = {
  folder,
  nodeModules: join(folder, "node_modules"),
  package: join(folder, "node_modules", "astrolabe-client"),
  // From a file of that folder, as its own code would.
  import: () => import(pathToFileURL(join(folder, "import.mjs"))),
  require: () => createRequire(join(folder, "require.cjs"))("astrolabe-client"),
};
