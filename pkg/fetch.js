// Sends one request by the platform's fetch and reads the answer, up to a limit. The one file that does I/O.

/** The headers of an answer that matter, as RESPONSE_HEADERS of src/http.rs has them. */
const RESPONSE_HEADERS = ["content-type", "date", "location", "retry-after", "x-nextcloud-maintenance-mode"];

// Only browsers have cookies to leave out; workerd refuses the option.
const credentials = globalThis.Request && "credentials" in Request.prototype ? { credentials: "omit" } : {};

/** What `fetch` returned cannot be read: `what` is empty for no Response, else how many bytes are too many. */
export class Unreadable extends Error {
  constructor(what = "") {
    super();
    this.what = what;
  }
}

/**
 * @param {{ fetch?: typeof fetch, maxResponseBytes: number }} settings
 * @param {(status: number) => void} onStatus called as soon as the status is known
 * @returns {Promise<{ status: number, url: string, headers: string[], body: string }>} rejects with what the platform throws
 */
export async function send({ fetch = globalThis.fetch, maxResponseBytes }, url, init, onStatus) {
  const response = await fetch(url, { ...credentials, ...init });
  const { headers } = Object(response);
  const status = statusOf(response);
  if (status === undefined || Object(headers) !== headers) throw new Unreadable();
  onStatus(status);
  const texts = RESPONSE_HEADERS.map((name) => {
    const value = headers.get(name);
    return typeof value === "string" ? value : "";
  });
  const body = status === 0 ? "" : await readBody(response, headers, maxResponseBytes);
  return { status, url: init.redirect === "follow" ? response.url : "", headers: texts, body };
}

/** 0 for a redirect that the platform does not let a program read. */
function statusOf(response) {
  const { status, type } = Object(response);
  return status >= 100 && status <= 599 ? status : type === "opaqueredirect" ? 0 : undefined;
}

async function readBody(response, headers, maxBytes) {
  const { body } = response;
  if (body === null) return "";
  // The platform reads no more than Content-Length, so a small one needs no watching; unless it is encoded, and grows.
  // And the `fetch` of an application may return a response whose body is no web stream.
  const length = headers.get("content-length");
  const isSmall = length !== null && length !== "" && +length <= maxBytes && headers.get("content-encoding") === null;
  if (isSmall || typeof body?.getReader !== "function") {
    const text = await response.text();
    if (typeof text !== "string") throw new Unreadable();
    if (text.length > maxBytes) throw new Unreadable(maxBytes);
    return text;
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value?.byteLength;
    if (bytes > maxBytes) {
      // The rest is not wanted; whether that can be said does not matter.
      reader.cancel().catch(() => {});
      throw new Unreadable(maxBytes);
    }
    try {
      text += decoder.decode(value, { stream: true });
    } catch {
      throw new Unreadable();
    }
  }
}
