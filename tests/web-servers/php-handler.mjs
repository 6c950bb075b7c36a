// Stands where php-fpm does behind a web server: takes requests by FastCGI and lets the stand-in for Nextcloud answer them,
// at the address that the caller asked for, as PHP's REQUEST_URI has it.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:net";

// https://fastcgi-archives.github.io/FastCGI_Specification.html
const BEGIN_REQUEST = 1;
const END_REQUEST = 3;
const PARAMS = 4;
const STDIN = 5;
const STDOUT = 6;
const KEEP_CONNECTION = 1;
const LONGEST_CONTENT = 0xffff;

export async function startPhpHandler(standIn) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    socket.on("error", () => socket.destroy());
    serve(socket, standIn);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** One request at a time: neither nginx nor Apache sends several on one connection. */
function serve(socket, standIn) {
  let received = Buffer.alloc(0);
  let begun;
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 8) {
      const end = 8 + received.readUInt16BE(4) + received[6];
      if (received.length < end) return;
      take(received[1], received.readUInt16BE(2), received.subarray(8, 8 + received.readUInt16BE(4)));
      received = received.subarray(end);
    }
  });

  function take(type, id, content) {
    if (type === BEGIN_REQUEST) begun = { keep: (content[2] & KEEP_CONNECTION) !== 0, params: [], body: [] };
    else if (type === PARAMS) begun.params.push(content);
    else if (type === STDIN && content.length > 0) begun.body.push(content);
    else if (type === STDIN) {
      const { keep, params, body } = begun;
      answerOf(standIn, paramsOf(Buffer.concat(params)), Buffer.concat(body)).then((answer) => {
        for (let at = 0; at < answer.length; at += LONGEST_CONTENT) socket.write(record(STDOUT, id, answer.subarray(at, at + LONGEST_CONTENT)));
        socket.write(record(STDOUT, id, Buffer.alloc(0)));
        socket.write(record(END_REQUEST, id, Buffer.alloc(8)));
        if (!keep) socket.end();
      }, (error) => socket.destroy(error));
    }
  }
}

function record(type, id, content) {
  const head = Buffer.from([1, type, id >> 8, id & 0xff, content.length >> 8, content.length & 0xff, 0, 0]);
  return Buffer.concat([head, content]);
}

function paramsOf(bytes) {
  const params = {};
  let at = 0;
  const length = () => (bytes[at] < 0x80 ? bytes[at++] : ((at += 4), bytes.readUInt32BE(at - 4) & 0x7fffffff));
  while (at < bytes.length) {
    const [name, value] = [length(), length()];
    params[bytes.toString("latin1", at, at + name)] = bytes.toString("latin1", at + name, at + name + value);
    at += name + value;
  }
  return params;
}

// What the web server writes itself, or what is of this one connection.
const NOT_PASSED_ON = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "date"]);

// The stand-in's identity provider says its address by the host that is asked for.
const OF_THE_WEB_SERVER = new Set(["HTTP_CONNECTION", "HTTP_HOST"]);

async function answerOf(standIn, params, body) {
  // As php-fpm does it; Apache writes before the path where it passes the request.
  if (!existsSync(params.SCRIPT_FILENAME.replace(/^proxy:fcgi:\/\/[^/]+/, ""))) return Buffer.from("Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\nFile not found.\n");
  const headers = Object.entries(params)
    .filter(([name, value]) => name.startsWith("HTTP_") && !OF_THE_WEB_SERVER.has(name) && value !== "")
    .map(([name, value]) => [name.slice(5).replaceAll("_", "-").toLowerCase(), value]);
  if (params.CONTENT_TYPE) headers.push(["content-type", params.CONTENT_TYPE]);
  if (body.length > 0) headers.push(["content-length", String(body.length)]);
  const { hostname, port } = new URL(standIn);
  const sent = httpRequest({ hostname, port, method: params.REQUEST_METHOD, path: params.REQUEST_URI, headers: Object.fromEntries(headers), timeout: 10_000 });
  sent.on("timeout", () => sent.destroy(new Error("the stand-in did not answer")));
  sent.end(body);
  const [response] = await once(sent, "response");
  const chunks = await response.toArray();
  const lines = [`Status: ${response.statusCode} ${response.statusMessage}`];
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    const [name, value] = response.rawHeaders.slice(index, index + 2);
    if (!NOT_PASSED_ON.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), ...chunks]);
}
