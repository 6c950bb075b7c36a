// What each command asks the client, and what its records look like in each format. A record is plain data, and has all
// of its properties always. `exitCode` says how it went for one; `summary` is for the end, and for a progress bar to be shown.
// `begin`, where that is no client, gives as `subject` what the records are made with; `check`, of those that ask first, refuses
// before that.
import { deprovision, provision, selfProvisioning } from "./changes.js";
import { CommandError, EXIT, exitCodeOf } from "./failures.js";
import { login, logout } from "./login.js";
import { count, numberOfUsers } from "./text.js";
import { userIdsOf } from "./user-ids.js";

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
  summary: ({ all }) => numberOfUsers(all),
};

const status = {
  shape: STATUSES,
  async *records(client, options) {
    const { userIds, search, concurrency, signal, onProgress, plain } = options;
    const how = { concurrency, signal, onProgress };
    const rows = userIds === "all" ? client.getAllBackgroundSyncStatuses({ search, ...how }) : client.getBackgroundSyncStatuses(userIdsOf(options), how);
    for await (const { userId, status, error } of rows) yield record(userId, status, error && plain(error));
  },
  exitCode: ({ error }) => (error ? exitCodeOf(error) : EXIT.ok),
  summary: ({ all, withAccess, failed }) =>
    `${numberOfUsers(all)}: ${count(withAccess)} with access, ${count(all - withAccess - failed)} without, ${count(failed)} failed`,
};

const capabilities = {
  shape: {
    csv: {
      head: ["app", "isEnabled", "docTypes", "enabledDocTypes"],
      fields: ({ app, isEnabled, docTypes, enabledDocTypes }) => [app, isEnabled, docTypes.join(" "), enabledDocTypes.join(" ")],
    },
    table: {
      head: ["APP", "ENABLED", "KINDS"],
      cells: ({ app, isEnabled, docTypes }) => ({ texts: [app ?? "", isEnabled ? "yes" : "no", docTypes.join(", ")], color: isEnabled ? "green" : "gray" }),
    },
  },
  async *records(client, { signal }) {
    const found = await client.getSearchCapabilities({ signal });
    if (!found) throw new CommandError("not_supported", "This server does not say what services may index: Astrolabe does from version 0.16 on.", EXIT.configuration);
    const enabled = new Set(found.enabledDocTypes);
    for (const { app, docTypes, isEnabled } of found.sources) {
      yield { app, isEnabled, docTypes, enabledDocTypes: docTypes.filter((docType) => enabled.has(docType)) };
      for (const docType of docTypes) enabled.delete(docType);
    }
    // Of no app that the server names.
    if (enabled.size > 0) yield { app: null, isEnabled: true, docTypes: [...enabled], enabledDocTypes: [...enabled] };
  },
  exitCode: () => EXIT.ok,
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

export const commands = { login, logout, diagnose, status, users, provision, deprovision, "self-provisioning": selfProvisioning, capabilities };
