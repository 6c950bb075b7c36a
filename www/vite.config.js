import vue from "@vitejs/plugin-vue";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { defineConfig } from "vite";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Writes service-worker.js, with the names of the files to keep and a digest of all that was built. */
function serviceWorker() {
  let outDir;
  return {
    name: "service-worker",
    apply: "build",
    configResolved: (config) => void (outDir = resolve(config.root, config.build.outDir)),
    closeBundle() {
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !["service-worker.js", "_headers"].includes(entry.name))
        .map((entry) => relative(outDir, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .sort();
      const build = createHash("sha256");
      for (const file of files) build.update(file).update(readFileSync(join(outDir, file)));
      const names = { BUILD: build.digest("hex").slice(0, 16), FILES: files.filter((file) => file !== "index.html") };
      const source = readFileSync(new URL("service-worker.js", import.meta.url), "utf8");
      writeFileSync(join(outDir, "service-worker.js"), Object.entries(names).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`).join("") + source);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [vue(), serviceWorker()],
  // What @nextcloud/vue wants to know of the app that it is part of.
  define: { appName: JSON.stringify("astrolabe-dashboard"), appVersion: JSON.stringify(version) },
  // Nothing inlined: the Content-Security-Policy has no room for it.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
});
