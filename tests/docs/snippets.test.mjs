// Every snippet of the documentation: compiled against the installed package, and run over the stand-in. One that does
// neither run nor say why it cannot is a failure, see markdown.mjs; how each runs is in setups.mjs.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { launchChromium } from "../browser/chromium.mjs";
import { consumer } from "../consumer.mjs";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { startWorker } from "../workers/miniflare.mjs";
import { guides, root, snippetsOf } from "./markdown.mjs";
import { setups } from "./setups.mjs";

const LIMIT_MS = 60_000;

const HOST = "https://cloud.example.com";

/** Types alone, which the compiler takes. */
const ENVIRONMENT = "node env types";

const snippets = ["README.md", ...guides, "examples/worker/README.md"].flatMap(snippetsOf);
const placeOf = ({ path, line }) => `${path}:${line}`;
const setupOf = (snippet) => setups[snippet.setup] ?? {};

/** A folder whose code finds the installed package; the folder of the consumer stays as it is. */
async function folderOfItsOwn() {
  const folder = await mkdtemp(join(tmpdir(), "astrolabe-docs-"));
  await symlink(join(consumer.folder, "node_modules"), join(folder, "node_modules"));
  return folder;
}

let nc;
let browser;
let pages; // what the stand-in serves below /page/
const folders = [];
before(async () => {
  pages = await mkdtemp(join(tmpdir(), "astrolabe-docs-pages-"));
  folders.push(pages);
  nc = await startStandIn({ static: { "/page/": pages, "/node_modules/": join(consumer.folder, "node_modules") } });
});
after(async () => {
  await browser?.close();
  await nc?.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

test("each snippet says how it runs, or why it does not", () => {
  const unknown = snippets.filter(({ setup, reason }) => (setup === undefined ? reason === undefined : !Object.hasOwn(setups, setup)));
  assert.deepEqual(unknown.map(placeOf), []);
  // What cannot run in any of these ways has no set-up.
  const kinds = { js: ["module", "commonjs", "worker", "page file"], ts: ["module", "types"], html: ["page"], sh: ["shell"] };
  const misfits = snippets.filter(({ setup, language }) => setup !== undefined && !kinds[language]?.includes(setups[setup].as));
  assert.deepEqual(misfits.map(placeOf), []);
  // Code of this package always runs; the others are commands and settings of other programs.
  const excused = snippets.filter(({ reason, language }) => reason !== undefined && ["js", "ts", "html"].includes(language));
  assert.deepEqual(excused.map(placeOf), []);
});

test("each set-up belongs to a snippet", () => {
  const used = new Set(snippets.map(({ setup }) => setup));
  assert.deepEqual(Object.keys(setups).filter((name) => !used.has(name)), []);
});

/** The code of a snippet as a module of its own. */
function moduleOf(snippet) {
  const { before = "", after = "" } = setupOf(snippet);
  const code = snippet.language === "html" ? [...snippet.code.matchAll(/<script type="module">([^]*?)<\/script>/g)].map(([, script]) => script).join("\n") : snippet.code;
  return `${before}\n${code}\n${after}\n`;
}

test("all code of the snippets compiles", { timeout: LIMIT_MS }, async () => {
  const folder = await folderOfItsOwn();
  folders.push(folder);
  // What the runtimes have that the types of Node.js and of pages do not know.
  await writeFile(join(folder, "runtimes.d.ts"), 'declare module "cloudflare:workers" { export const env: any; export class DurableObject { ctx: any; env: any } }\n');
  // As docs/node.md has it, for the other snippets.
  const environment = snippets.find(({ setup }) => setup === ENVIRONMENT);
  await writeFile(join(folder, "env.d.ts"), environment.code);
  const files = { js: [], ts: [] };
  for (const snippet of snippets.filter((snippet) => snippet !== environment && ["js", "ts", "html"].includes(snippet.language))) {
    const kind = snippet.language === "ts" ? "ts" : "js";
    const end = { ts: ".mts", js: setupOf(snippet).as === "commonjs" ? ".cjs" : ".mjs" }[kind];
    const name = `${snippet.path.replace(/\W/g, "-")}-${snippet.line}${end}`;
    files[kind].push(name);
    // A page without a bundler names a file of the package, whose types are those of the package.
    const code = moduleOf(snippet).replace(/\/node_modules\/astrolabe-client\/pkg\/\w+\.js/, "astrolabe-client");
    // So that it is a module to the compiler as well, without an import of its own.
    await writeFile(join(folder, name), end === ".cjs" || /^\s*(im|ex)port /m.test(code) ? code : `${code}export {};\n`);
  }
  const common = { noEmit: true, module: "nodenext", target: "es2022", lib: ["esnext", "dom", "dom.iterable"], typeRoots: [join(root, "node_modules/@types")], types: ["node"] };
  const options = {
    ts: { ...common, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    // As TypeScript, but that JavaScript has no place for the type of a parameter.
    js: { ...common, allowJs: true, checkJs: true, strict: true, noImplicitAny: false },
  };
  for (const kind of ["js", "ts"]) {
    assert.notEqual(files[kind].length, 0);
    await writeFile(join(folder, `${kind}.json`), JSON.stringify({ compilerOptions: options[kind], files: ["runtimes.d.ts", ...(kind === "js" ? ["env.d.ts"] : []), ...files[kind]] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, "-p", join(folder, `${kind}.json`)], { cwd: folder }).catch((error) => assert.fail(error.stdout || String(error)));
  }
});

const environment = (setup) => {
  const { clientId, clientSecret } = nc.clients.service;
  const service = { NEXTCLOUD_HOST: nc.url, NEXTCLOUD_OIDC_CLIENT_ID: clientId, NEXTCLOUD_OIDC_CLIENT_SECRET: clientSecret };
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...service, ...setup.env?.(nc) };
};

function withTexts(code, setup, folder) {
  const texts = Object.entries({ [HOST]: nc.url, ...setup.texts?.(nc, folder) });
  return texts.reduce((text, [old, now]) => text.replaceAll(old, now), code);
}

/** What a process writes, both outputs together; it has to end well. */
async function outputOf(command, args, folder, setup) {
  const child = spawn(command, args, { cwd: folder, env: environment(setup), timeout: LIMIT_MS / 2 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  // Sent when its call is under way.
  const timer = setInterval(() => {
    if (!setup.signal || nc.control.log().counts.credentials === 0) return;
    clearInterval(timer);
    child.kill(setup.signal);
  }, 20);
  const [status] = await once(child, "close");
  clearInterval(timer);
  assert.equal(status, 0, output);
  return output;
}

async function until(isSo, output) {
  for (const end = Date.now() + 10_000; !(await isSo()); ) {
    assert.ok(Date.now() < end, `it did not come so far: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Serves a page and opens it; `look(page, output)` gets what it writes to the console or throws. */
async function openPage(html, look, answerDialog) {
  browser ??= await launchChromium();
  await writeFile(join(pages, "index.html"), /^<!doctype/i.test(html) ? html : `<!doctype html>\n<title>Snippet</title>\n${html}`);
  const page = await browser.newPage();
  const lines = [];
  page.on("console", (message) => lines.push(`${message.text()}\n`));
  page.on("pageerror", (error) => lines.push(`${error}\n`));
  page.on("dialog", (dialog) => dialog.accept(answerDialog(nc)));
  // The browser asks for it by itself.
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  try {
    await page.goto(`${nc.url}/page/index.html`);
    return await look(page, () => lines.join(""));
  } finally {
    await page.close();
  }
}

const runs = {
  async module(snippet, setup, folder) {
    const code = withTexts(moduleOf(snippet), setup, folder);
    await writeFile(join(folder, "snippet.mjs"), snippet.language === "ts" ? (await transform(code, { loader: "ts", format: "esm" })).code : code);
    return outputOf(process.execPath, ["snippet.mjs"], folder, setup);
  },

  async commonjs(snippet, setup, folder) {
    await writeFile(join(folder, "snippet.cjs"), withTexts(moduleOf(snippet), setup, folder));
    return outputOf(process.execPath, ["snippet.cjs"], folder, setup);
  },

  async shell(snippet, setup, folder) {
    return outputOf("bash", ["-euo", "pipefail", "-c", snippet.code], folder, setup);
  },

  async worker(snippet, setup, folder) {
    const { PATH, HOME, ...bindings } = environment(setup);
    const store = setup.durableObjects ? { durableObjects: setup.durableObjects } : { kvNamespaces: ["TOKENS"] };
    const worker = await startWorker(withTexts(moduleOf(snippet), setup, folder), { bindings, ...store });
    try {
      let text;
      // Twice, for what the first request leaves to others.
      for (let count = 0; count < 2; count++) {
        const response = await worker.dispatchFetch("http://worker/");
        text = await response.text();
        assert.equal(response.status, 200, text);
      }
      return text;
    } finally {
      await worker.dispose();
    }
  },

  async page(snippet, setup) {
    for (const other of snippets.filter((other) => other.path === snippet.path && setupOf(other).as === "page file")) {
      await consumer.bundle(moduleOf(other), { outfile: join(pages, setupOf(other).name), platform: "browser" });
    }
    if (setup.needs) {
      const [text, complaint] = setup.needs;
      assert.ok(snippet.code.includes(text));
      await openPage(snippet.code.replace(text, ""), (page, output) => until(() => complaint.test(output()), output));
    }
    return openPage(snippet.code, async (page, output) => {
      for (const [name, value] of Object.entries(setup.use.fill?.(nc) ?? {})) await page.fill(`[name="${name}"]`, value);
      if (setup.use.press) await page.click(setup.use.press);
      if (setup.use.shows) {
        const [selector, text] = setup.use.shows;
        await until(async () => (await page.textContent(selector)) === text, output);
      }
      if (setup.prints) await until(() => setup.prints.test(output()), output);
      // Otherwise nothing: what a policy refuses would be among it.
      else assert.equal(output(), "");
      return output();
    }, setup.use.dialog);
  },
};

for (const snippet of snippets.filter(({ setup }) => Object.hasOwn(runs, setups[setup]?.as))) {
  test(`${placeOf(snippet)} runs (${snippet.setup})`, { timeout: LIMIT_MS }, async () => {
    const setup = setups[snippet.setup];
    const folder = await folderOfItsOwn();
    folders.push(folder);
    for (const [name, text] of Object.entries(setup.files?.(nc) ?? {})) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    nc.control.reset(setup.standIn);
    for (let count = 0; count < (setup.times ?? 1); count++) {
      const output = await runs[setup.as](snippet, setup, folder);
      if (setup.prints) assert.match(output, setup.prints);
    }
    const { counts } = nc.control.log();
    for (const [route, count] of Object.entries(setup.counts ?? {})) assert.equal(counts[route], count, `requests to ${route}`);
  });
}
