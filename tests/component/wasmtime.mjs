// The component under the wasmtime command, with the face that jco gives it in Node: tests/component/program/, composed with it,
// calls it for whoever writes to its standard input.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isMainThread, MessageChannel, parentPort, receiveMessageOnPort, Worker, workerData } from "node:worker_threads";

/** How long a call may say nothing. */
const LIMIT_MS = 20_000;

const SHARED_NOTICE = 0;

if (!isMainThread && workerData?.wasmtime) serve(workerData);

/** The thread that talks with the process, while the one that asks is held up. */
function serve({ wasmtime, program, port, notice }) {
  const child = spawn(wasmtime, ["run", "-S", "http", program], { stdio: ["pipe", "pipe", "inherit"] });
  const tell = (message) => {
    port.postMessage(message);
    Atomics.store(notice, SHARED_NOTICE, 1);
    Atomics.notify(notice, SHARED_NOTICE);
  };
  createInterface({ input: child.stdout }).on("line", (line) => tell(JSON.parse(line)));
  child.on("error", (error) => tell({ ended: String(error) }));
  child.on("exit", (code, signal) => tell({ ended: `wasmtime ended with ${code ?? signal}` }));
  child.stdin.on("error", () => {});
  port.on("message", (line) => child.stdin.write(`${line}\n`));
  parentPort.on("message", () => {
    child.on("exit", () => process.exit());
    child.kill();
  });
}

const pascal = (name) => name.replace(/(^|-)(.)/g, (_, dash, letter) => letter.toUpperCase());
const kebab = (name) => name.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** Fields that hold a case of an enum, which is a text in both forms. */
const ENUMS = new Set(["method", "code"]);

/** jco's form of a value into serde's. */
function toSerde(value, field) {
  if (value instanceof Resource) return value.handle;
  if (Array.isArray(value)) return value.map((item) => toSerde(item));
  if (typeof value === "object" && value !== null) {
    if ("tag" in value) return value.val === undefined ? pascal(value.tag) : { [pascal(value.tag)]: toSerde(value.val) };
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [snake(name), toSerde(member, name)]));
  }
  return ENUMS.has(field) && value !== undefined ? pascal(value) : value;
}

/** And back. */
function fromSerde(value, field) {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((item) => fromSerde(item));
  if (typeof value === "object") {
    for (const [name, tag] of [["Ok", "ok"], ["Err", "err"]]) if (name in value) return { tag, val: fromSerde(value[name]) };
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), fromSerde(member, camel(name))]));
  }
  return ENUMS.has(field) ? kebab(value) : value;
}

class Resource {
  constructor(handle) {
    this.handle = handle;
  }
}

/** Functions of WIT that give an object. */
const MAKERS = new Set(["tokenCache", "getBackgroundSyncStatuses", "getAllBackgroundSyncStatuses", "listUsers"]);

/** Starts `program`. Its calls return when they are done, as jco's do. @param {{ log: (level: string, line: string) => void }} host */
export async function startWasmtime(wasmtime, program, { log }) {
  const notice = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { wasmtime, program, port: port2, notice }, transferList: [port2] });
  await once(worker, "online");
  port.unref();

  function nextMessage() {
    for (;;) {
      Atomics.store(notice, SHARED_NOTICE, 0);
      const received = receiveMessageOnPort(port);
      if (received) return received.message;
      if (Atomics.wait(notice, SHARED_NOTICE, 0, LIMIT_MS) === "timed-out") throw new Error(`wasmtime said nothing for ${LIMIT_MS} ms`);
    }
  }

  let ended;
  function call(handle, name, values) {
    if (ended) throw new Error(ended);
    port.postMessage(JSON.stringify([handle, name, values.map((value) => toSerde(value) ?? null)]));
    for (;;) {
      const message = nextMessage();
      if (message.ended) throw new Error((ended = message.ended));
      if (message.log) log(...message.log);
      else if ("Err" in message) throw fromSerde(message.Err);
      else return message.Ok;
    }
  }

  const objectOf = (handle) =>
    new Proxy(new Resource(handle), {
      get(own, name) {
        if (name === "handle") return own.handle;
        if (name === (Symbol.dispose ?? Symbol.for("dispose"))) return () => call(own.handle, "drop", []);
        return (...values) => {
          const given = call(own.handle, kebab(name), values);
          return MAKERS.has(name) ? objectOf(given) : fromSerde(given);
        };
      },
    });

  const wit = {
    Client: { create: (...values) => objectOf(call(0, "client.create", values)) },
    TokenCache: class {
      constructor() {
        return objectOf(call(0, "token-cache.constructor", []));
      }
      static fromJson = (json) => objectOf(call(0, "token-cache.from-json", [json]));
    },
  };
  return { wit, close: () => (worker.postMessage("end"), once(worker, "exit")) };
}
