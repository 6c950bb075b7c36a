// A `wasi:http` and what belongs to it without a network, for the component by jco: each request is answered at once.

/** How an import of jco's says that a stream is at its end. */
const CLOSED = { tag: "closed" };

class Pollable {
  isReady = true;
}

/** A time limit, which is never reached. */
class Timer extends Pollable {
  isReady = false;
}

class InputStream {
  #bytes;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  subscribe = () => new Pollable();
  read() {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    if (bytes === undefined) throw CLOSED;
    return bytes;
  }
}

class OutputStream {
  subscribe = () => new Pollable();
  checkWrite = () => 65_536n;
  write() {}
  flush() {}
}

class Fields {
  #values = new Map();
  static of(values) {
    const fields = new Fields();
    for (const [name, value] of values) fields.append(name, new TextEncoder().encode(value));
    return fields;
  }
  append(name, value) {
    this.#values.set(name.toLowerCase(), value);
  }
  get(name) {
    const value = this.#values.get(name);
    return value === undefined ? [] : [value];
  }
}

class OutgoingBody {
  write = () => new OutputStream();
  static finish() {}
}

class OutgoingRequest {
  setMethod() {}
  setScheme() {}
  setAuthority() {}
  setPathWithQuery(path) {
    this.path = path;
  }
  body = () => new OutgoingBody();
}

class IncomingBody {
  #bytes;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  stream = () => new InputStream(this.#bytes);
}

class IncomingResponse {
  #answer;
  constructor(answer) {
    this.#answer = answer;
  }
  status = () => this.#answer.status;
  headers = () => Fields.of(this.#answer.headers);
  consume = () => new IncomingBody(this.#answer.bytes);
}

class FutureIncomingResponse {
  #response;
  constructor(answer) {
    this.#response = new IncomingResponse(answer);
  }
  subscribe = () => new Pollable();
  get = () => ({ tag: "ok", val: { tag: "ok", val: this.#response } });
}

/** @param {(path: string) => { status: number, headers: [string, string][], bytes: Uint8Array }} answer */
export const stubbedWasi = (answer) => ({
  "wasi:http/outgoing-handler": { handle: (request) => new FutureIncomingResponse(answer(request.path)) },
  "wasi:http/types": { Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, OutgoingBody, OutgoingRequest, RequestOptions: class {} },
  "wasi:io/poll": { Pollable, poll: (pollables) => Uint32Array.from(pollables.keys()).filter((at) => pollables[at].isReady) },
  "wasi:io/streams": { InputStream, OutputStream },
  "wasi:clocks/monotonic-clock": { now: () => BigInt(Math.round(performance.now() * 1e6)), subscribeDuration: () => new Timer(), subscribeInstant: () => new Timer() },
});
