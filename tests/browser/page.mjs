// Bundled into a page that the stand-in serves; scenarios.test.mjs calls runScenario in it.
import * as astrolabe from "astrolabe-client";
import { runScenario } from "../scenarios/harness.mjs";

globalThis.runScenario = (name, standIn) => runScenario(name, astrolabe, standIn);
