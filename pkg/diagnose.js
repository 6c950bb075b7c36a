// diagnose(): what to ask and what the answers mean is the wasm's; here it is asked.
import { run } from "./call.js";
import { DIAGNOSE, SERVER_STATUS, askCore } from "./core.js";
import { AstrolabeError } from "./error.js";

/** The id that the Astrolabe route is asked about. Whether a user of that name exists makes no difference. */
const PROBE_USER_ID = "astrolabe-client-diagnose";

/** How many fields of Field in src/exchange.rs stand between what is asked and what was seen. */
const OTHER_FIELDS = 11;

export async function diagnose(service, options) {
  const checks = [];
  let asked = "";
  let hasNoLogin = "";
  let seen = Array(7).fill("");
  let begunAtMs = "";
  for (;;) {
    const fields = [service.fields, "", asked, ...Array(OTHER_FIELDS), ...seen, begunAtMs, Date.now(), hasNoLogin];
    const given = askCore(DIAGNOSE, fields);
    hasNoLogin = given.pop();
    asked = given.pop();
    for (let at = 0; at < given.length; at += 4) {
      const [name, passed, seen, toDo] = given.slice(at);
      checks.push({ name, passed: JSON.parse(passed), seen, toDo: toDo || null });
    }
    if (asked === " ") return checks;
    begunAtMs = Date.now();
    try {
      const isLoggedIn = asked !== SERVER_STATUS && !hasNoLogin;
      const found = await run(service, asked, { subject: PROBE_USER_ID, isLoggedIn }, options);
      seen = ["", "", "", ...found.slice(0, 4), ...Array(Math.max(0, 4 - found.length))];
    } catch (error) {
      // Failures are checks that did not pass; to be aborted is none.
      if (options.signal?.aborted || !(error instanceof AstrolabeError)) throw error;
      seen = [error.code, error.message, error.retryable ? 1 : "", "", "", "", ""];
    }
  }
}
