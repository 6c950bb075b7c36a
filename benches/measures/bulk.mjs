// All users of a server, started cold: the bulk call against the seed's Python class, which is asked about fewer users,
// since it is slow, and compared by users a second. How many requests that takes is counted by the stand-in.
import { AstrolabeClient } from "astrolabe-client";
import { OURS, SEED } from "../names.mjs";
import { median, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { seedUsersPerSecond } from "../tools/seed.mjs";
import { requestCounts, reset, userIds } from "../tools/stand-in.mjs";

const CONCURRENCY = 64;

async function bulkUsersPerSecond({ issuer, ...options }, count) {
  const start = performance.now();
  const client = new AstrolabeClient(options);
  let statuses = 0;
  for await (const { error } of client.getBackgroundSyncStatuses(userIds(count), { concurrency: CONCURRENCY })) {
    if (error) throw error;
    statuses += 1;
  }
  if (statuses !== count) throw new Error(`${statuses} statuses of ${count} users`);
  return (count / (performance.now() - start)) * 1000;
}

export async function measure({ quick, standIn }) {
  const users = { bulk: quick ? 1000 : 10_000, oneByOne: quick ? 20 : 200, tasks: quick ? 128 : 1000 };
  const samplers = {
    bulk: () => bulkUsersPerSecond(standIn, users.bulk),
    oneByOne: () => seedUsersPerSecond(standIn, users.oneByOne, 1),
    tasks: () => seedUsersPerSecond(standIn, users.tasks, CONCURRENCY),
  };
  const requests = {};
  const usersPerSecond = await takeTurns(Object.keys(samplers), quick ? 1 : 3, async (name) => {
    await reset(standIn, users.bulk);
    const value = await samplers[name]();
    const { discovery, token, credentials } = await requestCounts(standIn);
    requests[name] = [discovery, token, credentials];
    return value;
  });
  return {
    goals: [
      { id: "bulk-one-by-one", ...withinRounds(usersPerSecond.bulk, usersPerSecond.oneByOne) },
      { id: "bulk-64-tasks", ...withinRounds(usersPerSecond.bulk, usersPerSecond.tasks) },
      { id: "requests", requests: requests.bulk, expected: [1, 1, users.bulk] },
    ],
    each: {
      "many users one by one, users/s": { [SEED]: median(usersPerSecond.oneByOne) },
      "many users 64 at a time, users/s": { [OURS]: median(usersPerSecond.bulk), [SEED]: median(usersPerSecond.tasks) },
    },
    users,
    requests,
  };
}
