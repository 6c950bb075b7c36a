// diagnose(): what to ask and what the answers mean is the wasm's; here it is asked.
import { run } from "./call.js";
import { ask } from "./core.js";

const PASSED = { true: true, false: false, null: null };

export async function diagnose(service, options) {
  const checks = [];
  let progress = ["", "", 1];
  let seen = [1];
  for (;;) {
    const [, operation, stage, begunAtMs, hasLogin, ...found] = ask(["diagnose", ...service.fields, Date.now(), ...progress, ...seen]);
    for (let at = 0; at < found.length; at += 4) {
      checks.push({ name: found[at], passed: PASSED[found[at + 1]], seen: found[at + 2], toDo: found[at + 3] || null });
    }
    if (operation === "") return checks;
    progress = [stage, begunAtMs, hasLogin];
    try {
      seen = ["", "", "", "", ...(await run(service, +operation, {}, options))];
    } catch (error) {
      // Failures are checks that did not pass; to be aborted is none.
      if (options.signal?.aborted) throw error;
      seen = ["", error.message, error.code, error.retryable ? 1 : ""];
    }
  }
}
