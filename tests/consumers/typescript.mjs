// The types with each TypeScript, for each kind of global types, as ES module and as CommonJS. What must compile and what
// must not is tests/package/types.ts.
import { readFile } from "node:fs/promises";
import { EXPECTED } from "./job.mjs";

const STRICT = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, target: "es2022" };
const MODULES = {
  "nodenext, import": { files: ["types.mts"], module: "nodenext" },
  "nodenext, require": { files: ["types.cts"], module: "nodenext" },
  "node16, require": { files: ["types.cts"], module: "node16" },
  bundler: { files: ["types.mts"], module: "esnext", moduleResolution: "bundler" },
};
const GLOBALS = { DOM: { lib: ["es2022", "dom"], types: [] }, "Node.js": { lib: ["es2022"], types: ["node"] }, Workers: { lib: ["es2022"], types: ["@cloudflare/workers-types"] } };

const INIT = `
import { init, initSync, type InitSource } from "astrolabe-client/init";
void init(new URL("https://cloud.example.com/astrolabe_client.wasm"));
void init(fetch("https://cloud.example.com/astrolabe_client.wasm"));
initSync(new Uint8Array(8));
// @ts-expect-error: for an address use init
initSync("https://cloud.example.com/astrolabe_client.wasm");
// @ts-expect-error: a number is no source
const source: InitSource = 7;
`;
const COMMONJS = `
import { AstrolabeClient, AstrolabeError, type BackgroundSyncStatus } from "astrolabe-client";
const client = new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", clientId: "id", clientSecret: "secret" });
export const status: Promise<BackgroundSyncStatus | null> = client.getBackgroundSyncStatus("alice").catch((error: unknown) => {
  if (error instanceof AstrolabeError && error.code === "timeout") return null;
  throw error;
});
// @ts-expect-error: an id is a string
void client.getBackgroundSyncStatus(7);
`;

/** The complaints that are about this package, or about how it is used; not those about other packages' types. */
const ours = (output) => output.split("\n").filter((line) => /^(types\.|node_modules\/astrolabe-client\/|tsconfig)/.test(line) || /^error TS/.test(line));

export const typescript = (version, isQuick = false) => ({
  name: `TypeScript ${version}`,
  packages: { typescript: version, "@types/node": "20.19.43", "@cloudflare/workers-types": "4.20260702.1" },
  isQuick,
  async run(folder) {
    await folder.write({ "types.mts": (await readFile(new URL("../package/types.ts", import.meta.url), "utf8")) + INIT, "types.cts": COMMONJS + INIT });
    for (const [kind, globals] of Object.entries(GLOBALS)) {
      for (const [name, { files, ...module }] of Object.entries(MODULES)) {
        await folder.write({ "tsconfig.json": JSON.stringify({ compilerOptions: { ...STRICT, ...module, ...globals }, files }) });
        const output = await folder.run(folder.bin("tsc"), []).then(() => "", (error) => error.message);
        const complaints = ours(output);
        if (complaints.length > 0) return `${name}, globals of ${kind}: ${complaints.slice(0, 5).join("\n")}`;
      }
    }
    return EXPECTED;
  },
});
