// The stand-in for Nextcloud, in a process of its own: client and server are not to share an event loop.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Accounts } from "../../tests/nextcloud/accounts.mjs";

const SERVER = fileURLToPath(new URL("../../tests/nextcloud/server.mjs", import.meta.url));

/** `options` are those of a client; issuer included, which some contenders take and others find. */
export async function startStandIn() {
  const server = spawn(process.execPath, [SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface(server.stdout), "line");
  const { url, issuer, clients } = JSON.parse(line);
  const { clientId, clientSecret } = clients.service;
  return { options: { nextcloudHost: url, issuer, clientId, clientSecret }, stop: () => server.kill() };
}

/** As at the start, but with so many users named as `userIds` names them. */
export async function reset({ nextcloudHost }, extraUsers = 0, settings = {}) {
  const response = await fetch(`${nextcloudHost}/stand-in/reset`, { method: "POST", body: JSON.stringify({ ...settings, extraUsers }) });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

/** How many users there are besides. */
export const ownUsers = new Accounts().list().length;

/** How many requests came in since then, by route. */
export async function requestCounts({ nextcloudHost }) {
  return (await (await fetch(`${nextcloudHost}/stand-in/log`)).json()).counts;
}

export const userIds = (count) => Array.from({ length: count }, (_, index) => `user${String(index + 1).padStart(5, "0")}`);
