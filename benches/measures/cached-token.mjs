// How often a second the token can be had that is already there.
import { makeClients } from "../contenders.mjs";
import { OURS, PLAIN } from "../names.mjs";
import { medians, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { stubbed } from "../tools/stubbed-fetch.mjs";

const CALLS_AT_A_TIME = 1000;

export async function measure({ quick }) {
  const clients = makeClients(stubbed().options);
  const ms = quick ? 30 : 200;
  const callsPerSecond = await takeTurns(Object.keys(clients), quick ? 5 : 25, async (name) => {
    const client = clients[name];
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < ms) {
      for (let call = 0; call < CALLS_AT_A_TIME; call++) await client.getAccessToken();
      calls += CALLS_AT_A_TIME;
    }
    return (calls / (performance.now() - start)) * 1000;
  });
  return {
    goals: [{ id: "cached-token", ...withinRounds(callsPerSecond[OURS], callsPerSecond[PLAIN]) }],
    each: { "cached token, calls/s": medians(callsPerSecond) },
  };
}
