// What must hold in every runtime, on the component in one of its hosts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { runScenario, scenarioNames } from "../scenarios/harness.mjs";
import { NotOffered, packageOver } from "./adapter.mjs";
import { startStandIn } from "./stand-in.mjs";

const TOGETHER = "a component has one call at a time";
const TYPES = "WIT has types";
/** What they use that a component cannot be given, by the name of the scenario. */
const notOffered = Object.entries(JSON.parse(readFileSync(new URL("not-offered.json", import.meta.url), "utf8"))).flatMap(([what, names]) => names.map((name) => [name, `not offered: ${what}`]));

/** What has no meaning for a component, by the name of its scenario. */
const ELSEWHERE = [
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
];

/**
 * Runs all of them.
 *
 * @param {(log: (level: string, line: string) => void) => Promise<{ wit: object, close(): unknown }>} start a host, with that logger
 * @param {[string, string][]} notHere what this host cannot do, and why
 */
export function runScenarios(start, notHere = []) {
  const elsewhere = new Map([...notOffered, ...ELSEWHERE, ...notHere]);
  for (const name of elsewhere.keys()) if (!scenarioNames.includes(name)) throw new Error(`no scenario "${name}"`);

  const calls = { logger: undefined };
  let standIn;
  let host;
  let astrolabe;
  before(async () => {
    standIn = await startStandIn();
    host = await start((level, line) => calls.logger?.[level](line));
    astrolabe = packageOver(host.wit, calls);
  });
  after(async () => {
    await host?.close();
    await standIn?.close();
  });

  for (const name of scenarioNames) {
    test(name, { timeout: 30_000, skip: elsewhere.get(name) }, async () => {
      NotOffered.reasons = [];
      await runScenario(name, astrolabe, standIn);
      // Where a scenario took it for something else.
      assert.deepEqual(NotOffered.reasons, [], "this is not offered: say so in not-offered.json");
    });
  }
}
