// In Node by jco.
import { hosted, load } from "./component.mjs";
import { runScenarios } from "./scenarios.mjs";

const DROPPED = "jco's wasi:http does not end a request that is dropped; under wasmtime it ends";

runScenarios(
  async (log) => {
    const instantiate = await load(hosted);
    const wit = await instantiate({
      "astrolabe:client/logger": { log },
      "astrolabe:client/token-store": { get: () => undefined, put() {} },
    });
    return { wit, close() {} };
  },
  [
    ["the time limit ends a call that gets no answer", DROPPED],
    ["when all that wait for a token have given up, its request ends", DROPPED],
  ],
);
