// What a workflow of GitHub must hold, so that neither an action nor a pull request can do more than it is there for.
import { readdirSync, readFileSync } from "node:fs";
import { isMap, isScalar, parseDocument, visit } from "yaml";

const folder = new URL("../../.github/workflows/", import.meta.url);

/** The jobs that may do more than read, and why. */
const granted = {
  "release.yml npm": { "id-token": "write" }, // npm trusts this workflow by its identity
  "release.yml crates-io": { contents: "read", "id-token": "write" }, // and so does crates.io
  "release.yml attach": { contents: "write" }, // makes the release at GitHub
};

/** What a job may run that has a right or a token: nothing that was downloaded or checked out, which could use it. */
const COMMANDS = [
  /^cd [\w-]+$/,
  /^test "\$\(sha256sum [\w-]+\)" = "\$\w+"$/,
  /^sha256sum --check --strict [\w-]+$/,
  /^cmp [\w/*.-]+ [\w/*.-]+$/,
  /^npm publish --ignore-scripts( --provenance)?( --access public)? \.\/[\w/*-]+\.tgz$/,
  /^cargo (package|publish) --no-verify --locked$/,
  /^gh release create( [\w"$.-]+)+ --notes "[\w .]+" [\w/*-]+$/,
];
/** And which actions: none that restores a cache, which another job may have filled. */
const ACTIONS = ["actions/checkout", "actions/download-artifact", "actions/setup-node", "rust-lang/crates-io-auth-action"];

/** And what it may set: NODE_OPTIONS and its like would run code, too. */
const VARIABLES = ["BUILT", "CARGO_REGISTRY_TOKEN", "GH_TOKEN", "GH_REPO"];

const TOKEN = /\$\{\{[^}]*(\bsecrets\b|\btoken\b)/i;

/** A right to write, the identity that registries trust, or a token that is handed in. */
const hasPower = (job) => Object.values(job.permissions ?? {}).includes("write") || job.secrets !== undefined || TOKEN.test(JSON.stringify(job));

const lines = (run) => run.split("\n").map((line) => line.trim()).filter(Boolean);

function powerProblems(name, job) {
  if (!hasPower(job)) return [];
  if (job.steps === undefined) return [`the job ${name} hands a right or a token to another workflow`];
  return [
    ...[job.container, job.services].filter(Boolean).map(() => `the job ${name} has a right or a token, and runs in a container`),
    ...[job.defaults, ...job.steps.flatMap(({ shell, "working-directory": folder }) => [shell, folder])].filter(Boolean).map(() => `the job ${name} has a right or a token, and says how its commands are run`),
    ...[job, ...job.steps].flatMap(({ env = {} }) => Object.keys(env)).filter((variable) => !VARIABLES.includes(variable)).map((variable) => `the job ${name} has a right or a token, and sets ${variable}`),
    ...job.steps.flatMap(({ run, uses, with: settings = {} }) => [
      ...lines(run ?? "").filter((line) => !COMMANDS.some((command) => command.test(line))).map((line) => `the job ${name} has a right or a token, and runs: ${line}`),
      ...(uses === undefined || ACTIONS.includes(uses.split("@")[0]) ? [] : [`the job ${name} has a right or a token, and uses ${uses}`]),
      ...(uses?.startsWith("actions/setup-node@") && settings["package-manager-cache"] !== false ? [`the job ${name} has a right or a token, and takes a cache`] : []),
      ...(settings.cache === undefined ? [] : [`the job ${name} has a right or a token, and takes a cache`]),
    ]),
  ];
}

export const readWorkflows = () => readdirSync(folder).map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function usesProblems({ value, comment }) {
  if (value.startsWith("./")) return [];
  if (!/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40}$/.test(value)) return [`${value} is not pinned to a commit`];
  return /^ v\d+\.\d+\.\d+$/.test(comment ?? "") ? [] : [`${value} does not say in a comment which version that is`];
}

export function workflowProblems({ file, text }) {
  const document = parseDocument(text);
  const { on, permissions, jobs } = document.toJS();
  const events = typeof on === "string" ? [on] : Array.isArray(on) ? on : Object.keys(on);
  const problems = [
    // Both run with the rights of this repository on what a stranger sent.
    ...["pull_request_target", "workflow_run"].filter((event) => events.includes(event)).map((event) => `it runs on ${event}`),
    ...(same(permissions, { contents: "read" }) ? [] : ["its permissions are not contents: read"]),
    ...Object.entries(jobs)
      .filter(([name, job]) => job.permissions !== undefined && !same(job.permissions, granted[`${file} ${name}`]))
      .map(([name]) => `the job ${name} has permissions that nobody has reviewed`),
    ...Object.entries(jobs).flatMap(([name, job]) => powerProblems(name, job)),
  ];
  visit(document, {
    Map(_, map) {
      const uses = map.get("uses", true);
      if (isScalar(uses)) {
        problems.push(...usesProblems(uses));
        const settings = map.get("with");
        if (uses.value.startsWith("actions/checkout@") && !(isMap(settings) && settings.get("persist-credentials") === false)) problems.push("actions/checkout keeps the token in the clone");
      }
      // What stands there goes into the shell as it is. An environment variable does not.
      if (/\$\{\{/.test(map.get("run") ?? "")) problems.push(`an expression in run: ${map.get("run").trim()}`);
    },
  });
  return problems;
}
