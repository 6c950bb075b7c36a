// Starts the stand-in from the command line: node server.mjs [--port N]. Prints one line of JSON and runs until it is stopped.
import { parseArgs } from "node:util";
import { startStandIn } from "./stand-in.mjs";

const { port } = parseArgs({ options: { port: { type: "string", default: "0" } } }).values;
const { url, issuer, clients, accounts, close } = await startStandIn({ port: Number(port) });
console.log(JSON.stringify({ url, issuer, clients, admin: accounts.admin, alice: accounts.alice }));

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, close);
