// diagnose(): what to ask and what the answers mean is the wasm's; here it is asked.
import { run } from "./call.js";
import { DIAGNOSE, SERVER_STATUS, askCore } from "./core.js";
import { AstrolabeError } from "./error.js";

/** The id that the Astrolabe route is asked about. Whether a user of that name exists makes no difference. */
const PROBE_USER_ID = "astrolabe-client-diagnose";

export async function diagnose(service, options) {
  const checks = [];
  let question = {};
  for (;;) {
    const given = askCore(DIAGNOSE, service.setup, { ...question, nowMs: Date.now() });
    const hasNoLogin = given.pop();
    const operation = given.pop();
    for (let at = 0; at < given.length; at += 4) {
      const [name, passed, seen, toDo] = given.slice(at);
      checks.push({ name, passed: JSON.parse(passed), seen, toDo: toDo || null });
    }
    if (operation === " ") return checks;
    question = { operation, hasNoLogin, begunMs: Date.now() };
    try {
      const isLoggedIn = operation !== SERVER_STATUS && !hasNoLogin;
      const [seen, inMaintenance, needsUpgrade, serverMs] = await run(service, operation, { subject: PROBE_USER_ID, isLoggedIn }, options);
      Object.assign(question, { seen, inMaintenance, needsUpgrade, serverMs });
    } catch (error) {
      // Failures are checks that did not pass; to be aborted is none.
      if (options.signal?.aborted || !(error instanceof AstrolabeError)) throw error;
      Object.assign(question, { code: error.code, message: error.message });
    }
  }
}
