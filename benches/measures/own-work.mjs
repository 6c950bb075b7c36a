// What a client itself does for a status call: there is no network, and the Responses are made beforehand. Most of it
// is reading the Response's body, whoever does it; bare fetch shows how much.
import { makeLoggedInClients } from "../contenders.mjs";
import { OURS, PLAIN } from "../names.mjs";
import { medians, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { ResponsePool, stubbed } from "../tools/stubbed-fetch.mjs";

export async function measure({ quick }) {
  const pool = new ResponsePool();
  const { options, userId } = stubbed(pool.take);
  const clients = await makeLoggedInClients(options);
  const calls = quick ? 500 : 3000;
  const microseconds = await takeTurns(Object.keys(clients), quick ? 5 : 25, async (name) => {
    pool.fill(calls);
    const client = clients[name];
    const start = performance.now();
    for (let call = 0; call < calls; call++) await client.getBackgroundSyncStatus(userId);
    return ((performance.now() - start) / calls) * 1000;
  });
  return {
    goals: [{ id: "own-work", ...withinRounds(microseconds[OURS], microseconds[PLAIN]) }],
    each: { "own work for a status call, µs": medians(microseconds) },
  };
}
