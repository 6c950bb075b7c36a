// What a workflow of GitHub must hold, so that neither an action nor a pull request can do more than it is there for.
import { readdirSync, readFileSync } from "node:fs";
import { isMap, isScalar, parseDocument, visit } from "yaml";

const folder = new URL("../../.github/workflows/", import.meta.url);

/** The jobs that may do more than read, and why. */
const granted = {
  "release.yml publish": { contents: "read", "id-token": "write" }, // npm and crates.io trust this workflow by its identity
  "release.yml attach": { contents: "write" }, // makes the release at GitHub
};

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
