// All users of a server whose Astrolabe lists them in one answer (500, its most), started cold: by that, and by asking about
// each, one after another.
import { AstrolabeClient } from "astrolabe-client";
import { OURS } from "../names.mjs";
import { median, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { ownUsers, reset } from "../tools/stand-in.mjs";

const USERS = 500;

async function atOnce(client) {
  let users = 0;
  for await (const { error } of client.getAllBackgroundSyncStatuses()) {
    if (error) throw error;
    users += 1;
  }
  return users;
}

async function oneByOne(client) {
  let users = 0;
  for await (const userId of client.listUsers()) {
    await client.getBackgroundSyncStatus(userId);
    users += 1;
  }
  return users;
}

export async function measure({ quick, standIn: { issuer, ...options } }) {
  const ways = { atOnce, oneByOne };
  const usersPerSecond = await takeTurns(Object.keys(ways), quick ? 1 : 5, async (name) => {
    await reset({ issuer, ...options }, USERS - ownUsers, { contract: "newer" });
    const start = performance.now();
    const users = await ways[name](new AstrolabeClient(options));
    if (users !== USERS) throw new Error(`${users} users of ${USERS}`);
    return (users / (performance.now() - start)) * 1000;
  });
  return {
    goals: [{ id: "all-users", ...withinRounds(usersPerSecond.atOnce, usersPerSecond.oneByOne) }],
    each: {
      "500 users in one answer, users/s": { [OURS]: median(usersPerSecond.atOnce) },
      "500 users one by one, users/s": { [OURS]: median(usersPerSecond.oneByOne) },
    },
  };
}
