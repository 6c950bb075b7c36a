// What goes wrong on purpose: a list of faults, used up one request after the other.
import { setTimeout as sleep } from "node:timers/promises";
import { readdress, recording, replay } from "./recordings.mjs";
import { ROUTES } from "./request-log.mjs";

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

// What a fault does: what its value must be, whether it lets the real answer be made, and what becomes of the request.
const actions = {
  recorded: { allows: (value) => Boolean(recording(value)), play: ({ value, send, url }) => send(recordedAnswer(value, url)) },
  respond: { allows: (value) => isObject(value) && isCount(value.status), play: ({ value, send }) => send(givenAnswer(value)) },
  hang: { allows: (value) => value === true, play: () => {} },
  cut: { allows: (value) => value === true, play: ({ response }) => cut(response) },
  mergeJson: { allows: isObject, real: true, play: ({ value, send, answer }) => send(merged(answer, value)) },
  cutBody: { allows: (value) => value === true, real: true, play: ({ response, start, answer }) => cutBody(response, start, answer) },
  delayMs: { allows: isCount, real: true, play: ({ send, answer }) => send(answer) },
  dripMs: { allows: isCount, real: true, play: ({ value, response, start, answer }) => drip(response, start, answer, value) },
  headers: { allows: isObject, real: true, play: ({ value, send, answer }) => send({ ...answer, headers: { ...answer.headers, ...value } }) },
};

export class Faults {
  #list = [];
  #url;

  constructor(url) {
    this.#url = url;
  }

  replace(list) {
    if (!Array.isArray(list)) throw new Error("faults must be a list");
    this.#list = list.map((fault) => checked(JSON.parse(JSON.stringify(fault).replaceAll("{url}", this.#url))));
  }

  /**
   * The fault that this request meets, if any: the first in the list that is for it and not used up. A fault counts
   * the requests that reach it, so several for one route happen one after the other.
   */
  next(route, userId) {
    for (const fault of this.#list) {
      if (fault.on !== "any" && fault.on !== route) continue;
      if (fault.user !== undefined && fault.user !== userId) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.times === 0) continue;
      if (fault.times !== null) fault.times -= 1;
      return fault;
    }
    return null;
  }

  /** Lets `fault` happen. `start` sends the head of an answer, `send` all of it, `realAnswer` makes the real one. */
  async play({ action, value }, { response, start, send, bodyRead, realAnswer }) {
    if (action === "delayMs") await sleep(value);
    if (response.destroyed) return;
    const answer = actions[action].real ? await realAnswer() : await bodyRead();
    await actions[action].play({ value, response, start, send, answer, url: this.#url });
  }
}

function checked(fault) {
  if (!isObject(fault)) throw new Error("a fault must be an object");
  const { on, user, skip = 0, times = 1, ...rest } = fault;
  if (on !== "any" && !ROUTES.includes(on)) throw new Error(`a fault cannot be on ${JSON.stringify(on)}`);
  if (user !== undefined && typeof user !== "string") throw new Error("a fault's user must be a string");
  if (!isCount(skip)) throw new Error("a fault's skip must be a number of requests");
  if (times !== null && !isCount(times)) throw new Error("a fault's times must be a number of requests, or null");
  const names = Object.keys(rest);
  const unknown = names.find((name) => !Object.hasOwn(actions, name));
  if (unknown) throw new Error(`a fault cannot do ${JSON.stringify(unknown)}`);
  if (names.length !== 1) throw new Error(`a fault does one of ${Object.keys(actions).join(", ")}`);
  const [action] = names;
  if (!actions[action].allows(rest[action])) throw new Error(`a fault's ${action} cannot be ${JSON.stringify(rest[action])}`);
  return { on, user, skip, times, action, value: rest[action] };
}

function recordedAnswer(name, url) {
  const answer = replay(name);
  const headers = { ...answer.headers };
  if (headers.Location) headers.Location = readdress(headers.Location, name, url);
  return { ...answer, headers, body: readdress(answer.body, name, url) };
}

function givenAnswer({ status, headers = {}, body = "" }) {
  if (typeof body === "string") return { status, headers, body };
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function merged(answer, { $delete = [], ...changes }) {
  const json = { ...JSON.parse(answer.body), ...changes };
  for (const key of $delete) delete json[key];
  return { ...answer, body: JSON.stringify(json) };
}

function cut(response) {
  response.cutByStandIn = true;
  response.destroy();
}

function cutBody(response, start, answer) {
  const body = Buffer.from(answer.body);
  start(answer);
  // Destroyed only once the half is on its way, or nothing at all would arrive.
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => cut(response));
}

async function drip(response, start, answer, pauseMs) {
  start(answer);
  for (const byte of Buffer.from(answer.body)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(pauseMs);
  }
  response.end();
}
