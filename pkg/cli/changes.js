// The commands that change something at the server: provision, deprovision, self-provisioning. Each change is sent once, and
// awaited to its end, whatever happens meanwhile: nobody is left half done.
import { checkThatItCanAsk, confirm } from "./confirm.js";
import { exitCodeOf, EXIT } from "./failures.js";
import { collectUserIds } from "./user-ids.js";
import { count, numberOfUsers } from "./text.js";

/** So many are named in a question. */
const NAMED = 10;

/** What concerns one user alone; after anything else nobody else is tried. */
const OF_ONE_USER = new Set(["unknown_user", "invalid_argument"]);
/** With these the server has certainly not done it. */
const REFUSALS = new Set([
  ...OF_ONE_USER, "unauthorized", "forbidden", "not_supported", "app_not_available", "maintenance", "rate_limited", "request_rejected",
  "unexpected_redirect", "discovery_failed", "issuer_mismatch", "insecure_endpoint", "client_assertion_failed", "grant_not_supported", "token_request_failed", "invalid_token_response",
]);

const COLORS = { done: "green", failed: "red", unknown: "red", not_attempted: "gray" };

const CHANGES = {
  csv: {
    head: ["userId", "outcome", "partialSuccess", "message", "errorCode", "errorMessage"],
    fields: ({ userId, outcome, partialSuccess, message, error }) => [userId, outcome, partialSuccess, message, error?.code ?? null, error?.message ?? null],
  },
  table: {
    head: ["USER", "OUTCOME", "MESSAGE"],
    wraps: true,
    cells: ({ userId, outcome, message, error }) => ({ texts: [userId, outcome.replace("_", " "), error ? `${error.code}: ${error.message}` : (message ?? "")], color: COLORS[outcome] }),
  },
};

const record = (userId, outcome, { partialSuccess = null, message = null, error = null } = {}) => ({ userId, outcome, partialSuccess, message, error });

/** `change(client, userId)` makes one change; `question(users, server)` is what is asked before all of them. */
const changeOfUsers = ({ change, question }) => ({
  shape: CHANGES,
  check: (options) => checkThatItCanAsk(options, options.userIds === "-"),
  async *records(client, options) {
    const { signal, onProgress, plain, inWords, tell, quiet, server } = options;
    const userIds = [...new Set(await collectUserIds(options))];
    if (userIds.length === 0) return;
    await confirm(question(nameAll(userIds), server), options);
    const total = userIds.length;
    let [done, failed] = [0, 0];
    let end = null; // what keeps it from going on
    const sayThatItWaits = () => !quiet && signal.reason.code === "interrupted" && tell("Waiting for the end of the change that is under way.");
    for (const userId of userIds) {
      if (signal.aborted || end) {
        yield record(userId, "not_attempted");
        continue;
      }
      signal.addEventListener("abort", sayThatItWaits);
      let row;
      try {
        // Not with the signal: what was sent may be done, and only its answer says so.
        const { partialSuccess, message } = Object(await change(client, userId));
        row = record(userId, "done", { partialSuccess, message: message && inWords({ message, serverMessage: message }) });
      } catch (error) {
        failed += 1;
        if (!OF_ONE_USER.has(error.code)) end = error;
        row = record(userId, REFUSALS.has(error.code) ? "failed" : "unknown", { error: plain(error) });
      }
      signal.removeEventListener("abort", sayThatItWaits);
      onProgress({ done: (done += 1), failed, total });
      yield row;
    }
    signal.throwIfAborted();
    if (end) throw end;
  },
  exitCode: ({ error }) => (error ? exitCodeOf(error) : EXIT.ok),
  summary({ all, done = 0, failed = 0, unknown = 0, not_attempted: left = 0 }) {
    const rest = [[unknown, "unknown"], [left, "not attempted"]].filter(([number]) => number > 0).map(([number, what]) => `, ${count(number)} ${what}`);
    return `${numberOfUsers(all)}: ${count(done)} done, ${count(failed)} failed${rest.join("")}`;
  },
});

function nameAll(userIds) {
  const named = userIds.slice(0, NAMED).join(", ");
  return `${numberOfUsers(userIds.length)} (${named}${userIds.length > NAMED ? ", …" : ""})`;
}

export const provision = changeOfUsers({
  change: (client, userId) => client.provisionUser(userId),
  question: (users, server) => `Give background services access to the files of ${users} at ${server}? Nextcloud makes a new app password for each, also where there was access.`,
});

export const deprovision = changeOfUsers({
  change: (client, userId) => client.deprovisionUser(userId),
  question: (users, server) => `Take from background services the access to the files of ${users} at ${server}? Their app passwords for that become invalid.`,
});

export const selfProvisioning = {
  shape: {
    csv: { head: ["selfProvisioningAllowed"], fields: ({ selfProvisioningAllowed }) => [selfProvisioningAllowed] },
    lines: ({ selfProvisioningAllowed }) => [selfProvisioningAllowed ? "Users may give access by themselves." : "Users may not give access by themselves any more. Access that was given stays."],
  },
  check: (options) => checkThatItCanAsk(options),
  async *records(client, options) {
    const { isAllowed, server } = options;
    await confirm(isAllowed ? `Let users of ${server} give access by themselves?` : `Keep users of ${server} from giving access by themselves? Access that was given stays.`, options);
    await client.setSelfProvisioning(isAllowed);
    yield { selfProvisioningAllowed: isAllowed };
  },
  exitCode: () => EXIT.ok,
};
