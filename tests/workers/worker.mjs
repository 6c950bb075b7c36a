// A Worker that runs the scenario it is asked for.
import { runScenario } from "../scenarios/harness.mjs";

export const scenarioWorker = (astrolabe) => ({
  async fetch(request) {
    const { name, standIn } = await request.json();
    try {
      await runScenario(name, astrolabe, standIn);
      return Response.json({});
    } catch (error) {
      return Response.json({ error: String(error?.stack ?? error) });
    }
  },
});
