// What each command asks the client, and what its records look like in each format. A record is plain data, and has all
// of its properties always. `exitCode` says how it went for one; `summary` is for the end, and for a progress bar to be shown.
// `begin`, where it is no client's, gives what the records are made with.
import { EXIT, exitCodeOf, systemCodeOf } from "./failures.js";
import { login, logout } from "./login.js";
import { count } from "./text.js";
import { readUserIds } from "./user-ids.js";

const USERS = {
  csv: { head: ["userId"], fields: ({ userId }) => [userId] },
  table: { head: ["USER"], cells: ({ userId }) => ({ texts: [userId] }) },
};

const STATUSES = {
  csv: {
    head: ["userId", "hasAccess", "credentialType", "provisionedAt", "errorCode", "errorMessage"],
    fields: ({ userId, hasAccess, credentialType, provisionedAt, error }) =>
      [userId, hasAccess, credentialType, provisionedAt, error?.code ?? null, error?.message ?? null],
  },
  table: {
    head: ["USER", "ACCESS", "CREDENTIAL", "SINCE"],
    cells({ userId, hasAccess, credentialType, provisionedAt, error }) {
      if (error) return { texts: [userId, "failed", `${labelled(error)}: ${error.message}`], color: "red" };
      return { texts: [userId, hasAccess ? "yes" : "no", credentialType ?? "", (provisionedAt ?? "").replace(".000Z", "Z")], color: hasAccess ? "green" : "gray" };
    },
  },
};

const labelled = ({ code, cause }) => (cause ? `${code}, ${cause}` : code);

const OUTCOMES = new Map([[true, ["ok", "green"]], [false, ["FAILED", "red"]], [null, ["-", "gray"]]]);

const CHECKS = {
  csv: { head: ["name", "passed", "seen", "toDo"], fields: ({ name, passed, seen, toDo }) => [name, passed, seen, toDo] },
  table: {
    head: ["CHECK", "RESULT", "SEEN"],
    wraps: true,
    cells({ name, passed, seen, toDo }) {
      const [outcome, color] = OUTCOMES.get(passed);
      return { texts: [name, outcome, seen], color, notes: toDo ? [`To do: ${toDo}`] : [] };
    },
  },
};

const diagnose = {
  shape: CHECKS,
  async *records(client, { signal, inWords }) {
    for (const { name, passed, seen, toDo, error } of await client.diagnose({ signal })) {
      yield { name, passed, seen: inWords({ ...error, message: seen }), toDo: toDo && inWords({ message: toDo }) };
    }
  },
  exitCode: ({ passed }) => (passed === false ? EXIT.partly : EXIT.ok),
};

const users = {
  shape: USERS,
  async *records(client, { search, signal, onProgress }) {
    let done = 0;
    for await (const userId of client.listUsers({ search, signal })) {
      onProgress({ done: (done += 1), failed: 0 });
      yield { userId };
    }
  },
  exitCode: () => EXIT.ok,
  summary: ({ done }) => numberOfUsers(done),
};

const status = {
  shape: STATUSES,
  async *records(client, { userIds, search, concurrency, signal, onProgress, input, inWords }) {
    let ids = userIds;
    if (ids === "all") ids = client.listUsers({ search, signal });
    if (ids === "-") ids = readUserIds(input());
    const rows = client.getBackgroundSyncStatuses(ids, { concurrency, signal, onProgress });
    for await (const { userId, status, error } of rows) yield record(userId, status, error && plain(error, inWords));
  },
  exitCode: ({ error }) => (error ? exitCodeOf(error) : EXIT.ok),
  summary: ({ done, withAccess, failed }) =>
    `${numberOfUsers(done)}: ${count(withAccess)} with access, ${count(done - withAccess - failed)} without, ${count(failed)} failed`,
};

function record(userId, status, error) {
  return {
    userId,
    hasAccess: status?.hasAccess ?? null,
    credentialType: status?.credentialType ?? null,
    provisionedAt: status?.provisionedAt?.toISOString() ?? null,
    error: error ?? null,
  };
}

function plain(error, inWords) {
  const { code, status = null, retryable, retryAfterMs = null } = error;
  return { code, message: inWords(error), status, retryable, retryAfterMs, cause: systemCodeOf(error) };
}

const numberOfUsers = (number) => `${count(number)} ${number === 1 ? "user" : "users"}`;

export const commands = { login, logout, diagnose, status, users };
