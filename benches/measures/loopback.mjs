// Status calls over loopback, one after another and 64 under way. Many short turns instead of a few long ones: the
// server and the machine have their ups and downs, which then meet all alike.
import { makeLoggedInClients } from "../contenders.mjs";
import { OPENID_CLIENT, OURS } from "../names.mjs";
import { inParallel } from "../tools/in-parallel.mjs";
import { medians, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { reset, userIds } from "../tools/stand-in.mjs";

export async function measure({ quick, standIn }) {
  // Before the clients log in: it takes back all tokens.
  await reset(standIn, 500);
  const clients = await makeLoggedInClients(standIn);
  const callsPerSecond = (calls, concurrency) =>
    takeTurns(Object.keys(clients), quick ? 3 : 41, async (name) => {
      const client = clients[name];
      const start = performance.now();
      await inParallel(userIds(calls), concurrency, (userId) => client.getBackgroundSyncStatus(userId));
      return (calls / (performance.now() - start)) * 1000;
    });
  const oneByOne = await callsPerSecond(quick ? 50 : 150, 1);
  const together = await callsPerSecond(quick ? 200 : 500, 64);
  return {
    goals: [
      { id: "loopback-one-by-one", ...withinRounds(oneByOne[OURS], oneByOne[OPENID_CLIENT]) },
      { id: "loopback-64", ...withinRounds(together[OURS], together[OPENID_CLIENT]) },
    ],
    each: { "status calls one after another, /s": medians(oneByOne), "status calls 64 under way, /s": medians(together) },
  };
}
