import { parentPort } from "node:worker_threads";
import { startStandIn } from "../nextcloud/stand-in.mjs";

const { url, clients, accounts } = await startStandIn();
parentPort.postMessage({ url, clients, accounts });
