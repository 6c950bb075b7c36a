// Bundled into a page that the stand-in serves; scenarios.test.mjs calls runScenario in it.
import { runScenario } from "../scenarios/harness.mjs";

export const scenarioPage = (astrolabe) => {
  globalThis.runScenario = (name, standIn) => runScenario(name, astrolabe, standIn);
};
