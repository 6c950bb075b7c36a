// Linear memory after many calls, many of them under way at a time.
import { OURS } from "../names.mjs";
import { inParallel } from "../tools/in-parallel.mjs";
import { later, stubbed } from "../tools/stubbed-fetch.mjs";

const UNDER_WAY = 1000;

/** The package as everybody imports it, and the memory of the wasm that it starts. */
async function importWithMemory() {
  const { Instance } = WebAssembly;
  const instances = [];
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      instances.push(this);
    }
  };
  const { AstrolabeClient } = await import("astrolabe-client");
  WebAssembly.Instance = Instance;
  if (instances.length !== 1) throw new Error(`the package made ${instances.length} instances`);
  return { AstrolabeClient, memory: instances[0].exports.memory };
}

export async function measure({ quick }) {
  const { AstrolabeClient, memory } = await importWithMemory();
  const { options, userId } = stubbed(later);
  const { issuer, ...own } = options;
  const client = new AstrolabeClient(own);
  const calls = quick ? 10_000 : 100_000;
  const kibibytes = () => memory.buffer.byteLength / 1024;

  const atStart = kibibytes();
  let afterTenth;
  let done = 0;
  let underWay = 0;
  let mostUnderWay = 0;
  await inParallel(Array.from({ length: calls }), UNDER_WAY, async () => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    await client.getBackgroundSyncStatus(userId);
    underWay -= 1;
    done += 1;
    if (done === calls / 10) afterTenth = kibibytes();
  });
  const atEnd = kibibytes();
  if (mostUnderWay !== UNDER_WAY) throw new Error(`only ${mostUnderWay} calls were under way`);
  return {
    goals: [{ id: "memory", median: atEnd, isFlat: afterTenth === atEnd }],
    each: { "linear memory, KiB": { [OURS]: atEnd } },
    memory: { calls, underWay: UNDER_WAY, atStartKiB: atStart, afterTenthKiB: afterTenth, atEndKiB: atEnd },
  };
}
