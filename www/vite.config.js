import vue from "@vitejs/plugin-vue";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig } from "vite";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** Writes service-worker.js with the names of all files of this build, so that it can keep them. */
const serviceWorker = () => ({
  name: "service-worker",
  apply: "build",
  generateBundle(_, bundle) {
    const files = Object.keys(bundle).filter((name) => name.startsWith("assets/")).sort();
    const build = createHash("sha256").update(files.join()).digest("hex").slice(0, 16);
    const source = readFileSync(new URL("service-worker.js", import.meta.url), "utf8");
    this.emitFile({ type: "asset", fileName: "service-worker.js", source: `const BUILD = ${JSON.stringify(build)};\nconst FILES = ${JSON.stringify(files)};\n${source}` });
  },
});

export default defineConfig({
  base: "./",
  plugins: [vue(), serviceWorker()],
  // What @nextcloud/vue wants to know of the app that it is part of.
  define: { appName: JSON.stringify("astrolabe-dashboard"), appVersion: JSON.stringify(version) },
  // Nothing inlined: the Content-Security-Policy has no room for it.
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
});
