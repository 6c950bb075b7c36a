// Which file a tool gets, by its conditions; that one program has one copy; and the start by hand.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { consumer } from "../consumer.mjs";

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "astrolabe-entries-"));
await symlink(join(consumer.folder, "node_modules"), join(folder, "node_modules"));
const pkg = (name) => join(consumer.package, "pkg", name);

async function bundle(contents, options = {}) {
  const { outputFiles, metafile } = await build({ stdin: { contents, resolveDir: folder, loader: "js" }, bundle: true, write: false, format: "esm", metafile: true, logLevel: "error", external: ["*.wasm", "*.wasm?module"], ...options });
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs).map((path) => path.replace(/^.*\/pkg\//, "")) };
}

/** Runs a module in Node.js and gives what it prints. */
async function node(source, name = "main.mjs") {
  await writeFile(join(folder, name), source);
  return (await run(process.execPath, [name], { cwd: folder })).stdout.trim();
}

for (const [what, options, expected] of [
  ["a page", { platform: "browser" }, "index.js"],
  ["Node.js", { platform: "node" }, "index.js"],
  ["Workers", { conditions: ["workerd", "worker", "browser"] }, "workerd.js"],
  ["the Edge Runtime", { conditions: ["edge-light"] }, "edge-light.js"],
  ["Nitro, for the edge", { conditions: ["workerd", "wintercg", "worker", "edge-light", "wasm", "unwasm"] }, "edge-light.js"],
  ["Bun", { platform: "node", conditions: ["bun"] }, "index.js"],
]) {
  for (const how of ['import { AstrolabeError } from "astrolabe-client"; console.log(AstrolabeError)', 'console.log(require("astrolabe-client").AstrolabeError)']) {
    test(`a bundle for ${what}, by ${how.slice(0, 6).trim()}, is started and has one copy`, async () => {
      const { inputs, text } = await bundle(how, options);
      assert.ok(inputs.includes(expected), String(inputs));
      assert.equal(inputs.filter((name) => /^(cjs\/)?(index|init|workerd|edge-light)\.c?js$/.test(name)).length, 1, String(inputs));
      // Not shaken off: it is what makes the rest work.
      assert.match(text, /new WebAssembly\.Instance/);
    });
  }
}

test("Nitro that takes no WebAssembly builds nothing, and prints what to set", async () => {
  await assert.rejects(bundle('import "astrolabe-client"', { conditions: ["workerd", "wintercg", "worker", "edge-light"], logLevel: "silent" }), /set experimental: \{ wasm: true \} in the configuration of Nitro/);
});

test("in Node.js import and require of each entry give the same objects", async () => {
  for (const entry of ["astrolabe-client", "astrolabe-client/init"]) {
    const said = await node(`import * as one from "${entry}"; import { createRequire } from "node:module"; const other = createRequire(import.meta.url)("${entry}"); console.log(Object.keys(one).every((name) => one[name] === other[name]), Object.keys(one).length > 2);`);
    assert.equal(said, "true true");
  }
});

test("the CommonJS copy has the same names, one copy of the classes, and starts by itself", () => {
  const require = createRequire(pkg("cjs/index.cjs"));
  const [index, init] = [require("./index.cjs"), require("./init.cjs")];
  for (const name of ["AstrolabeClient", "AstrolabeError", "TokenCache"]) {
    assert.equal(index[name], init[name]);
    assert.equal(index[name].name.replace(/^_/, ""), name);
  }
  assert.ok(new index.AstrolabeClient({ nextcloudHost: "https://cloud.example.com", accessToken: "x" }));
});

test("the types for require are those for import", async () => {
  const code = (text) => text.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ");
  const [generated, both] = await Promise.all(["wasm/astrolabe_client.d.ts", "cjs/index.d.cts"].map((name) => readFile(pkg(name), "utf8").then(code)));
  const statements = (text) => text.split(/(?=export )/).map((one) => one.trim()).filter((one) => /^export (class|interface|type \w|declare)/.test(one)).sort();
  assert.deepEqual(statements(both), statements(generated));
  assert.ok(statements(both).length > 15);
});

test("the start by hand: before it, what is no wasm, and once it is done", async () => {
  const said = await node(`
    import { readFileSync } from "node:fs";
    import { createServer } from "node:http";
    import { AstrolabeClient, AstrolabeError, init, initSync } from "astrolabe-client/init";
    const said = [];
    const tried = async (what, code) => { try { await what(); said.push("passed"); } catch (error) { said.push(error instanceof AstrolabeError ? error.code : error.constructor.name); } };
    const make = () => new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", accessToken: "x" });
    const server = createServer((request, response) => response.writeHead(request.url === "/page" ? 200 : 404).end("<html>")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = "http://127.0.0.1:" + server.address().port;
    await tried(make);
    for (const source of [null, 7, {}, url + "/nothing", url + "/page", new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), new URL("file:///x.wasm")]) await tried(() => init(source));
    await tried(() => init(Promise.reject(new RangeError())));
    for (const source of ["x", undefined, new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])]) await tried(() => initSync(source));
    await tried(make);
    initSync(readFileSync(${JSON.stringify(pkg("wasm/astrolabe_client_bg.wasm"))}));
    await tried(make);
    await tried(() => init(7));
    server.close();
    console.log(said.join(" "));
  `);
  const invalid = "invalid_argument";
  assert.deepEqual(said.split(" "), ["Error", invalid, invalid, invalid, invalid, invalid, invalid, invalid, "RangeError", invalid, invalid, invalid, "Error", "passed", "passed"]);
});

test("the start by hand, with what another realm made", async () => {
  for (const [how, source] of [
    ["initSync", "new WebAssembly.Module(bytes)"],
    ["init", "Promise.resolve(new WebAssembly.Module(bytes))"],
    ["initSync", "bytes.slice()"],
    ["initSync", "new DataView(bytes.slice().buffer)"],
    ["init", "bytes.slice().buffer"],
    ["init", "({ ok: true, url: '', arrayBuffer: async () => bytes.slice().buffer })"],
    ["init", "({ href: `data:application/wasm;base64,${base64}` })"],
  ]) {
    const said = await node(`
      import { readFileSync } from "node:fs";
      import { createContext, runInContext } from "node:vm";
      import { AstrolabeClient, init, initSync } from "astrolabe-client/init";
      const wasm = readFileSync(${JSON.stringify(pkg("wasm/astrolabe_client_bg.wasm"))});
      const elsewhere = createContext({ base64: wasm.toString("base64"), wasm });
      runInContext("const bytes = Uint8Array.from(wasm)", elsewhere);
      const source = runInContext(${JSON.stringify(source)}, elsewhere);
      await ${how}(source);
      new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", accessToken: "x" });
      console.log(source instanceof Object);
    `);
    assert.equal(said, "false", `${how}(${source})`);
  }
});

/** How a platform is without the right to compile, and without WebAssembly. */
const FORBIDDEN = `
  const forbid = () => { throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder"); };
  WebAssembly.Module = Object.assign(class { constructor() { forbid(); } }, { exports: WebAssembly.Module.exports });
  WebAssembly.compile = async () => forbid();
`;
const MISSING = "delete globalThis.WebAssembly;";
for (const [what, setting] of Object.entries({ "may not be compiled": FORBIDDEN, "is missing": MISSING })) {
  test(`where WebAssembly ${what}, each start says so in the same words`, async () => {
    const said = await node(`
      import { readFileSync } from "node:fs";
      // Node.js's own is WebAssembly in part.
      await fetch("data:,");
      await new Promise((resolve) => setTimeout(resolve, 50));
      ${setting}
      const wasm = readFileSync(${JSON.stringify(pkg("wasm/astrolabe_client_bg.wasm"))});
      const { init, initSync } = await import("astrolabe-client/init");
      const starts = [() => import("astrolabe-client"), () => initSync(wasm), () => init(wasm), () => init(new Response(wasm)), () => init("data:application/wasm;base64," + wasm.toString("base64"))];
      const said = new Set();
      for (const start of starts) said.add(await (async () => start())().then(() => "passed", (error) => error.name + ": " + error.message));
      console.log([...said].join("\\n"));
    `);
    assert.match(said, /^Error: astrolabe-client is WebAssembly, which this platform does not let it compile\. .*'workerd'.*astrolabe-client\/init.*'wasm-unsafe-eval'.*Lockdown Mode.*$/);
  });
}

/** What a Worker answers whose bundle was made without the condition workerd. */
async function inWorkerd(source) {
  const { text } = await bundle(source, { platform: "neutral" });
  await writeFile(join(folder, "worker.mjs"), text);
  const modules = [
    { type: "ESModule", path: join(folder, "worker.mjs") },
    { type: "CompiledWasm", path: join(folder, "astrolabe_client.wasm"), contents: await readFile(pkg("wasm/astrolabe_client_bg.wasm")) },
  ];
  const worker = new Miniflare({ modulesRoot: folder, modules, compatibilityDate: "2026-01-01" });
  try {
    return await (await worker.dispatchFetch("http://worker/")).text();
  } finally {
    await worker.dispose();
  }
}

test("in workerd, a bundle for elsewhere says what to do, and that works", { timeout: 60_000 }, async () => {
  const answers = (body) => `export default { fetch: async () => new Response(await (async () => { ${body} })().catch(({ message }) => message)) };`;
  assert.match(await inWorkerd(answers('await import("astrolabe-client"); return "started";')), /^astrolabe-client is WebAssembly.*'workerd'.*astrolabe-client\/init/);
  const byHand = 'import { AstrolabeClient, initSync } from "astrolabe-client/init";\nimport module from "./astrolabe_client.wasm";\ninitSync(module);\n';
  assert.equal(await inWorkerd(byHand + answers('new AstrolabeClient({ nextcloudHost: "https://cloud.example.com", accessToken: "x" }); return "started";')), "started");
});

test("a bundler that hands over no module is told what is wanted", async () => {
  const { text } = await bundle('import("astrolabe-client").catch(({ message }) => console.log(message));', { conditions: ["workerd"], external: [], loader: { ".wasm": "dataurl" } });
  assert.match(await node(text, "bundle.mjs"), /^what the bundler made of .* no compiled WebAssembly\.Module.*astrolabe-client\/init$/);
});

test("without TextDecoder, as in Jest's jsdom, the import says what to do", async () => {
  for (const name of ["TextDecoder", "TextEncoder"]) {
    const said = await node(`delete globalThis.${name};\nawait import("astrolabe-client").catch(({ message }) => console.log(message));`);
    assert.match(said, /^astrolabe-client needs TextDecoder.*jest-fixed-jsdom/);
  }
});
