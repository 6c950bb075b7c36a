// One measure, in a process of its own, so that none meets the heap and the compiled code of another.
//   node --expose-gc benches/tools/own-process.mjs cached-token '{"quick":true}'     by hand, such as under --cpu-prof
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);

/** What measures/`name`.mjs finds. */
export async function inOwnProcess(name, context) {
  const child = fork(self, [name, JSON.stringify(context)], { execArgv: ["--expose-gc"] });
  const result = once(child, "message");
  result.catch(() => {});
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the measure ${name} failed`);
  return (await result)[0];
}

if (process.argv[1] === self) {
  const [name, context = "{}"] = process.argv.slice(2);
  const { measure } = await import(`../measures/${name}.mjs`);
  const result = await measure(JSON.parse(context));
  if (process.send) process.send(result, () => process.exit());
  else console.log(JSON.stringify(result, null, 2));
}
