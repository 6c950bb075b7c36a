// A proxy between the client and the stand-in that does to an answer what networks, servers and attackers do, and knows
// what a client may make of it.
import { once } from "node:events";
import { Agent, createServer, request as ask } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { findRoute } from "../nextcloud/routes.mjs";

const HUGE_BYTES = 100_000_000;
/** What an address ends with that redirects to itself whenever it is asked for. */
const FOR_EVER = "?redirected-for-ever";
const bomb = gzipSync(Buffer.alloc(HUGE_BYTES));

/** What an answer is taken for that cannot be read, by the route. */
const UNREADABLE = { discovery: ["discovery_failed"], token: ["invalid_token_response"], other: ["unexpected_response"] };
const FAILED = { discovery: ["discovery_failed", "server_error"], token: ["token_request_failed", "server_error"], other: ["server_error"] };

// Each fault ends its connection, or the client does.
const head = ({ status, headers }, more = {}) =>
  `HTTP/1.1 ${status} Status\r\n${Object.entries({ ...headers, connection: "close", ...more })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
const whole = (answer) => Buffer.concat([Buffer.from(head(answer)), answer.body]);
const withBody = (answer, body) => ({ ...answer, headers: { ...answer.headers, "content-length": Buffer.byteLength(body) }, body: Buffer.from(body) });
const changed = (answer, change) => withBody(answer, change(answer.body.toString()));
const half = ({ body }) => body.subarray(0, body.length >> 1);
const without = (answer) => head(answer, { "content-length": undefined });

// A reset while the end is being sent would never close the socket, and Node.js could not end (20.20).
const written = (socket, bytes) => new Promise((resolve) => socket.write(bytes, resolve));

/** Writes `bytes` a piece at a time until the other side has had enough; gives how many went out. */
async function pour(socket, piece, bytes) {
  let sent = 0;
  while (sent < bytes && !socket.destroyed) {
    sent += piece.length;
    if (!socket.write(piece)) await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
  }
  return sent;
}

/**
 * Each does one thing to a socket; `codes` are the errors that a client may give for it, by route, where no further try
 * mends it. Those without codes spoil nothing: the answer counts.
 */
const FAULTS = {
  "cut before the answer": { codes: ["network"], play: (socket) => socket.destroy() },
  "cut in the body": { codes: ["network"], play: (socket, answer) => written(socket, head(answer) + half(answer)).then(() => socket.destroy()) },
  "reset in the body": { codes: ["network"], play: (socket, answer) => written(socket, head(answer) + half(answer)).then(() => socket.resetAndDestroy()) },
  "reset in the head": { codes: ["network"], play: (socket, answer) => written(socket, head(answer).slice(0, 20)).then(() => socket.resetAndDestroy()) },
  "a delay": {
    async play(socket, answer) {
      await sleep(100 * Math.random());
      socket.write(whole(answer));
    },
  },
  "a delay without end": { codes: ["timeout"], play() {} },
  "a byte a second": {
    codes: ["timeout"],
    async play(socket, answer) {
      for (const byte of whole(answer)) {
        if (socket.destroyed) return;
        socket.write(Buffer.of(byte));
        await sleep(1000);
      }
    },
  },
  "a piece at a time": {
    async play(socket, answer) {
      for (const bytes = whole(answer), at = { now: 0 }; at.now < bytes.length && !socket.destroyed; at.now += 97) {
        socket.write(bytes.subarray(at.now, at.now + 97));
        await sleep(1);
      }
    },
  },
  "too long a length, then the end": { codes: ["network"], play: (socket, answer) => socket.end(head(answer, { "content-length": answer.body.length + 10 }) + answer.body) },
  "too long a length, then nothing": { codes: ["timeout"], play: (socket, answer) => socket.write(head(answer, { "content-length": answer.body.length + 10 }) + answer.body) },
  "no length, and the end": { play: (socket, answer) => socket.end(without(answer) + answer.body) },
  "100 MB": {
    codes: ["response_too_large"],
    async play(socket, answer, seen) {
      socket.write(without(answer));
      seen.bytes = Math.max(seen.bytes, await pour(socket, Buffer.alloc(65_536, " "), HUGE_BYTES));
      socket.destroy();
    },
  },
  "100 MB, announced": {
    codes: ["response_too_large"],
    async play(socket, answer, seen) {
      socket.write(head(answer, { "content-length": HUGE_BYTES }));
      seen.bytes = Math.max(seen.bytes, await pour(socket, Buffer.alloc(65_536, " "), HUGE_BYTES));
      socket.destroy();
    },
  },
  "100 MB, compressed": {
    codes: ["response_too_large"],
    play: (socket, answer) => socket.write(Buffer.concat([Buffer.from(head(answer, { "content-length": bomb.length, "content-encoding": "gzip" })), bomb])),
  },
  "compressed, but it is not": { codes: ["network"], play: (socket, answer) => socket.end(head(answer, { "content-encoding": "gzip" }) + answer.body) },
  "a redirect for ever": { codes: ["unexpected_redirect"], play: (socket, answer, seen, url) => socket.write(whole(withBody({ status: 302, headers: { location: url + FOR_EVER } }, ""))) },
  "invalid UTF-8": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole(withBody(answer, Buffer.concat([Buffer.of(0xff, 0xfe), answer.body])))) },
  "JSON 10,000 deep before the answer": { play: (socket, answer) => socket.write(whole(changed(answer, (body) => body.replace("{", `{"deep":${"[".repeat(10_000)}${"]".repeat(10_000)},`)))) },
  "JSON 10,000 deep in place of the answer": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole(withBody(answer, "[".repeat(10_000) + "]".repeat(10_000)))) },
  "JSON 10,000 deep, and cut": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole(withBody(answer, '{"a":'.repeat(10_000)))) },
  "1e999 in place of each number": { codes: UNREADABLE, isLoose: true, play: (socket, answer) => socket.write(whole(changed(answer, (body) => body.replace(/(?<=[:,]) ?-?\d+(\.\d+)?(?=[,}])/g, "1e999")))) },
  "half a JSON": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole(withBody(answer, half(answer)))) },
  "nothing": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole(withBody(answer, ""))) },
  "a page": { codes: UNREADABLE, play: (socket, answer) => socket.write(whole({ ...withBody(answer, "<!DOCTYPE html><title>Log in</title>"), headers: { "content-type": "text/html", "content-length": 36 } })) },
  "500": { codes: FAILED, play: (socket) => socket.write(whole(withBody({ status: 500, headers: { "content-type": "text/html" } }, "<html>"))) },
  "502": { codes: FAILED, play: (socket) => socket.write(whole(withBody({ status: 502, headers: {} }, "bad gateway"))) },
  "503, come back at once": { codes: FAILED, play: (socket) => socket.write(whole(withBody({ status: 503, headers: { "retry-after": "0" } }, ""))) },
  "429, come back at once": { codes: ["rate_limited"], play: (socket) => socket.write(whole(withBody({ status: 429, headers: { "retry-after": "0" } }, "{}"))) },
  "429, come back in a time that is none": { codes: ["rate_limited"], play: (socket) => socket.write(whole(withBody({ status: 429, headers: { "retry-after": "1e999, -5" } }, "{}"))) },
  "no HTTP": { codes: ["network"], play: (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n") },
  "a head without end": {
    codes: ["network", "timeout"],
    async play(socket) {
      socket.write("HTTP/1.1 200 OK\r\nx: ");
      await pour(socket, Buffer.alloc(4096, "x"), 1_000_000);
    },
  },
  // workerd takes them for the answer.
  "early hints first": { workerdCodes: { discovery: ["discovery_failed"], token: ["token_request_failed"], other: ["request_rejected"] }, play: (socket, answer) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${head(answer)}${answer.body}`) },
};

/** These spoil what comes after them on the same connection, too; so what they do to a call is not known of it alone. */
const CONFUSING_CODES = ["network", "timeout", "user_mismatch", "unexpected_response", "invalid_token_response", "discovery_failed", "token_request_failed"];
const CONFUSING = {
  "the answer twice": { codes: CONFUSING_CODES, play: (response, answer) => response.writeHead(answer.status, answer.headers).end(answer.body, () => response.socket?.write(whole(answer))) },
  "too short a length": { codes: CONFUSING_CODES, play: (response, answer) => response.writeHead(answer.status, { ...answer.headers, "content-length": Math.max(0, answer.body.length - 7) }).end(answer.body) },
};

export const faultNames = (isConfusing) => Object.keys(isConfusing ? CONFUSING : FAULTS);

/** Even numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {{ url: string }} standIn
 * @param {{ runtime: string, seed: number, share: number, isConfusing: boolean }} options `share`: of the requests that meet a fault
 */
export async function startFaultProxy(standIn, { runtime, seed, share, isConfusing = false }) {
  const random = numbers(seed);
  const faults = Object.entries(isConfusing ? CONFUSING : FAULTS);
  // Dealt like cards: each is met as often as any other.
  const deck = [];
  const deal = () => {
    if (deck.length === 0) deck.push(...faults);
    return deck.splice(Math.floor(random() * deck.length), 1)[0];
  };
  /** What was met: `{ name, userId, route, isLoose, codes, atMs }`; `userId` is null for a login. */
  const met = [];
  const seen = { bytes: 0, counts: {} };
  const sockets = new Set();
  const held = new Set();
  const agent = new Agent({ keepAlive: true });
  let requests = 0;

  const server = createServer();
  // Told to the client, which ends an idle connection a second before.
  server.keepAliveTimeout = 4000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("request", async (request, response) => {
    requests += 1;
    const isForEver = request.url.endsWith(FOR_EVER);
    const chosen = isForEver ? ["a redirect for ever", FAULTS["a redirect for ever"]] : random() < share ? deal() : undefined;
    const answer = await forward(request).catch(() => undefined);
    const { socket } = request;
    if (!answer || socket.destroyed) return socket.destroy();
    if (!chosen) {
      response.writeHead(answer.status, answer.headers);
      return response.end(answer.body);
    }
    const [name, { codes = [], workerdCodes = [], isLoose = false, play }] = chosen;
    const { route, userId = null } = findRoute(request.method, request.url.replace(/\?.*/, ""));
    const ofRoute = (codes) => (Array.isArray(codes) ? codes : (codes[route] ?? codes.other));
    met.push({ name, route, userId, isLoose, codes: [...ofRoute(codes), ...(runtime === "workerd" ? ofRoute(workerdCodes) : [])], atMs: Date.now() });
    seen.counts[name] = (seen.counts[name] ?? 0) + 1;
    if (isConfusing && !isForEver) return play(response, answer);
    // From here on the connection is nobody's: the server must not think that it still has to answer.
    response.detachSocket(socket);
    await play(socket, answer, seen, `http://${request.headers.host}${request.url.replace(FOR_EVER, "")}`);
    if (!codes.includes?.("timeout")) return socket.destroySoon();
    if (socket.destroyed) return;
    held.add(socket);
    socket.on("close", () => held.delete(socket));
    // Read, or its end would not be seen.
    socket.on("end", () => socket.destroy()).resume();
  });

  function forward(request) {
    return new Promise((resolve, reject) => {
      const headers = { ...request.headers, host: new URL(standIn.url).host };
      const upstream = ask(standIn.url + request.url, { method: request.method, headers, agent }, async (answer) => {
        const body = Buffer.from(Buffer.concat(await answer.toArray()).toString().replaceAll(standIn.url, proxy.url));
        const { "content-type": type = "text/plain", location } = answer.headers;
        resolve({ status: answer.statusCode, headers: { "content-type": type, "content-length": body.length, ...(location && { location }) }, body });
      });
      upstream.on("error", reject);
      request.pipe(upstream);
    });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = {
    url: `http://127.0.0.1:${server.address().port}`,
    met,
    seen,
    requests: () => requests,
    openSockets: () => sockets.size,
    /** Connections that only the client can end: its time is up. */
    held: () => held.size,
    async close() {
      server.close();
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
  return proxy;
}
