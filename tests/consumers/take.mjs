// One consumer takes the tarball: a fresh folder, a stand-in of its own, and nothing left over.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStandIn } from "../nextcloud/stand-in.mjs";
import { Folder } from "./folder.mjs";
import { EXPECTED } from "./job.mjs";

/** What was in the way, or null. The folder stays where something was, and is named in it. */
export async function take({ packages = {}, run }, tarball) {
  const path = await mkdtemp(join(tmpdir(), "astrolabe-consumer-"));
  const standIn = await startStandIn({ static: { "/page/": path } });
  const folder = new Folder(path, standIn);
  try {
    await folder.install(packages, tarball);
    const said = await run(folder);
    if (said !== EXPECTED) return `said ${JSON.stringify(said)}, in ${path}`;
  } catch (error) {
    return `${error?.message ?? error}\nin ${path}`;
  } finally {
    await folder.end();
    await standIn.close();
  }
  await rm(path, { recursive: true });
  return null;
}
