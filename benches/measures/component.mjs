// What the component does itself for a status call, in Node by jco, beside the npm package: there is no network behind either.
import { AstrolabeClient } from "astrolabe-client";
import { load, standalone } from "../../tests/component/component.mjs";
import { COMPONENT, OURS } from "../names.mjs";
import { medians, takeTurns, withinRounds } from "../tools/rounds.mjs";
import { ResponsePool, STATUS, stubbed } from "../tools/stubbed-fetch.mjs";
import { stubbedWasi } from "../tools/stubbed-wasi.mjs";

export async function measure({ quick }) {
  const pool = new ResponsePool();
  const { options: { nextcloudHost, fetch }, userId } = stubbed(pool.take);
  const accessToken = "a-token-of-the-stub";
  const npm = new AstrolabeClient({ nextcloudHost, accessToken, fetch });

  const bytes = new TextEncoder().encode(STATUS);
  const answer = { status: 200, headers: [["content-type", "application/json; charset=utf-8"]], bytes };
  const { Client } = await (await load(standalone))(stubbedWasi(() => answer));
  const component = Client.create({ nextcloudHost, login: { tag: "access-token", val: accessToken }, allowInsecureHttp: false, usesTokenStore: false });

  const calls = quick ? 500 : 3000;
  const took = { [OURS]: () => npm.getBackgroundSyncStatus(userId), [COMPONENT]: () => component.getBackgroundSyncStatus(userId) };
  pool.fill(1);
  for (const call of Object.values(took)) if ((await call()).hasAccess !== true) throw new Error("the stub was not believed");
  const microseconds = await takeTurns(Object.keys(took), quick ? 5 : 25, async (name) => {
    pool.fill(calls);
    const start = performance.now();
    for (let call = 0; call < calls; call++) await took[name]();
    return ((performance.now() - start) / calls) * 1000;
  });
  return {
    goals: [{ id: "component-own-work", ...withinRounds(microseconds[COMPONENT], microseconds[OURS]) }],
    each: { "own work for a status call, as a component, µs": medians(microseconds) },
  };
}
