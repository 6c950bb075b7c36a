// The first request of a fresh Worker: compiling and starting its script and its wasm, login, one status call.
// Each sample is a fresh workerd, which would otherwise remember what it has compiled. A Worker in it loads the measured
// one when the measured request comes, as Cloudflare does; workerd alone would load it before it takes requests.
import { Miniflare } from "miniflare";
import { OURS, PLAIN } from "../names.mjs";
import { bundle } from "../tools/bundle.mjs";
import { medians, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { reset } from "../tools/stand-in.mjs";

const COMPATIBILITY_DATE = "2026-01-01";

const imports = {
  [OURS]: 'import { AstrolabeClient } from "astrolabe-client";',
  [PLAIN]: 'import { AstrolabeClient } from "./plain-javascript.mjs";',
};
const handler = `
  export default {
    async fetch(request, env) {
      const client = new AstrolabeClient(env.options);
      return Response.json(await client.getBackgroundSyncStatus("alice"));
    },
  };`;

// Its modules are bindings of the Worker that loads it, by their names.
const loader = `
  const load = (env, name) => env.LOADER.get(name, () => ({
    compatibilityDate: env.compatibilityDate,
    mainModule: "worker.js",
    env: { options: env.options },
    modules: name === "empty" ? { "worker.js": "export default { fetch: () => new Response() };" } : Object.fromEntries(env.modules.map(
      (path) => [path, path.endsWith(".wasm") ? { wasm: env[path] } : new TextDecoder().decode(env[path])],
    )),
  }));
  export default {
    fetch: (request, env) => load(env, new URL(request.url).pathname.slice(1)).getEntrypoint().fetch(request),
  };`;

async function firstRequestMs(files, options) {
  const workerd = new Miniflare({
    modules: true,
    script: loader,
    compatibilityDate: COMPATIBILITY_DATE,
    workerLoaders: { LOADER: {} },
    bindings: { options, compatibilityDate: COMPATIBILITY_DATE, modules: files.map(({ path }) => path) },
    dataBlobBindings: Object.fromEntries(files.map(({ path, contents }) => [path, contents])),
  });
  try {
    // What every first request costs, whatever the Worker, comes before.
    await (await workerd.dispatchFetch("http://worker/empty")).arrayBuffer();
    const start = performance.now();
    const response = await workerd.dispatchFetch("http://worker/measured");
    const body = await response.text();
    const ms = performance.now() - start;
    if (!body.includes('"hasAccess":true')) throw new Error(body);
    return ms;
  } finally {
    await workerd.dispose();
  }
}

export async function measure({ quick, standIn }) {
  await reset(standIn);
  const { issuer, ...options } = standIn;
  const files = {};
  for (const [name, source] of Object.entries(imports)) files[name] = await bundle(source + handler);
  const ms = await takeTurns(Object.keys(files), quick ? 3 : 25, (name) => firstRequestMs(files[name], options));
  return {
    goals: [{ id: "worker-start", ...withinRounds(ms[OURS], ms[PLAIN], (ours, plain) => ours - plain) }],
    each: { "first request of a fresh Worker, ms": medians(ms) },
  };
}
