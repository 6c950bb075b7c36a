// What must hold in every runtime, on the component in Node by jco.
import { after, before, test } from "node:test";
import { runScenario, scenarioNames } from "../scenarios/harness.mjs";
import { NotOffered, packageOver } from "./adapter.mjs";
import { hosted, load } from "./component.mjs";
import { startStandIn } from "./stand-in.mjs";

const host = { logger: undefined };
const imports = {
  "astrolabe:client/logger": { log: (level, line) => host.logger?.[level](line) },
  "astrolabe:client/token-store": { get: () => undefined, put() {} },
};

const TOGETHER = "a component has one call at a time";
const TYPES = "WIT has types";
const OF_JCO = "jco's wasi:http does not end a request that is dropped; under wasmtime it ends: examples.test.mjs";
/** What has no meaning here, by the name of its scenario. */
const ELSEWHERE = new Map([
  ["the failure of a shared token request reaches every caller, and the next call tries again", TOGETHER],
  ["clients of two scopes on one cache make two token requests, however many callers", TOGETHER],
  ["who began a token request that is lost is served by the next one", TOGETHER],
  ["what is no token cache is refused, and not repeated in the error", TYPES],
  ["options that are missing or wrong", TYPES],
  ["call options of the wrong type are refused", TYPES],
  ["all statuses: one user's failure is a row, what concerns all is thrown, a wrong option at once", TYPES],
  ["what cannot be a user id is refused before anything is sent", "a string of WIT holds no half of a character"],
  ["a logger that throws disturbs nothing, and one may have half of the methods", TYPES],
  ["private_key_jwt: a certificate beside the key is named by its thumbprint", "keys of RSA do not sign here"],
  ["the time limit ends a call that gets no answer", OF_JCO],
  ["when all that wait for a token have given up, its request ends", OF_JCO],
]);

let standIn;
let astrolabe;
before(async () => {
  standIn = await startStandIn();
  const instantiate = await load(hosted);
  astrolabe = packageOver(await instantiate(imports), host);
});
after(() => standIn?.close());

for (const name of scenarioNames) {
  test(name, { timeout: 30_000, skip: ELSEWHERE.get(name) }, async (context) => {
    NotOffered.reasons = [];
    try {
      await runScenario(name, astrolabe, standIn);
    } catch (error) {
      if (NotOffered.reasons.length === 0) throw error;
      context.skip(`not offered: ${NotOffered.reasons[0]}`);
    }
  });
}
