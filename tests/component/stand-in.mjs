// The stand-in in a thread of its own: a call of the component holds up the one that it is made in.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

export async function startStandIn() {
  const thread = new Worker(new URL("stand-in-thread.mjs", import.meta.url));
  const [{ url, clients, accounts }] = await once(thread, "message");
  const ask = async (path, body) => {
    const response = await fetch(`${url}/stand-in/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`stand-in: ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    clients,
    accounts,
    reset: (settings = {}) => ask("reset", settings),
    revokeTokens: () => ask("revoke-tokens", {}),
    requests: async (route) => (await ask("log")).requests.filter((request) => request.route === route),
    close: () => thread.terminate(),
  };
}
