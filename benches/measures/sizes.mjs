// Bytes after gzip -9 of all that a Worker needs of a contender, minified, and of the component. No goal here: the budget has its own check.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { standalone } from "../../tests/component/component.mjs";
import { COMPONENT, OAUTH4WEBAPI, OPENID_CLIENT, OURS, PLAIN } from "../names.mjs";
import { bundle } from "../tools/bundle.mjs";

const sources = {
  [OURS]: 'export { AstrolabeClient } from "astrolabe-client";',
  [PLAIN]: 'export { AstrolabeClient } from "./plain-javascript.mjs";',
  [OAUTH4WEBAPI]: 'export { Oauth4webapiClient } from "./libraries/oauth4webapi.mjs";',
  [OPENID_CLIENT]: 'export { OpenidClient } from "./libraries/openid-client.mjs";',
};

const gzipped = (input) => execFileSync("gzip", ["-9n"], { input }).length;

export async function measure() {
  const bytes = { [COMPONENT]: gzipped(readFileSync(standalone)) };
  for (const [name, source] of Object.entries(sources)) {
    const files = await bundle(source);
    bytes[name] = files.reduce((sum, { contents }) => sum + gzipped(contents), 0);
  }
  return { goals: [], each: { "bytes after gzip -9": bytes } };
}
