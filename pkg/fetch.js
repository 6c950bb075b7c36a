// Sends one request by the platform's fetch and reads the answer, up to a limit. The one file that does I/O.

// Only browsers have cookies to leave out; workerd refuses the option.
const credentials = globalThis.Request && "credentials" in Request.prototype ? { credentials: "omit" } : {};

/**
 * @param {{ fetch?: typeof fetch, maxResponseBytes: number }} service
 * @param {RequestInit} init
 * @param {() => AbortSignal} signal may throw, as fetch may
 * @returns {Promise<{ status: number, url: string, header: (name: string) => string, body: string }>} `status` is 0 for a
 *   redirect that the platform does not let a program read; rejects with `{ code, message, status, cause }`
 */
export async function send({ fetch = globalThis.fetch, maxResponseBytes }, url, init, signal) {
  let status;
  let ours; // what is thrown here, and not by the platform
  const unreadable = (code, message) => (ours = { code, message, status });
  const noResponse = () => unreadable("unexpected_response", "fetch returned something that is no Response: check the fetch that was given to this client");
  const tooLarge = () => unreadable("response_too_large", `the answer is larger than ${maxResponseBytes} bytes: this is not what the route answers, or maxResponseBytes is too low`);
  try {
    const response = Object(await fetch(url, { ...credentials, ...init, signal: signal() }));
    const { headers: given, type } = response;
    if (typeof response.status === "number" && response.status >= 100 && response.status <= 599) status = response.status;
    else if (type === "opaqueredirect") return { status: 0, url: "", header: () => "", body: "" };
    if (!status || typeof given?.get !== "function") throw noResponse();
    const header = (name) => {
      try {
        const value = given.get(name);
        return typeof value === "string" ? value : "";
      } catch {
        return "";
      }
    };
    const answer = { status, url: response.url, header, body: "" };
    const { body } = response;
    if (body === null) return answer;
    // The platform reads no more than Content-Length, so a small one needs no watching; unless it is encoded, and
    // grows. And the `fetch` of an application may return a response whose body is no web stream.
    const length = header("content-length");
    const isSmall = length !== "" && +length <= maxResponseBytes && header("content-encoding") === "";
    if (isSmall || typeof body?.getReader !== "function") {
      answer.body = await response.text();
      if (typeof answer.body !== "string") throw noResponse();
      if (answer.body.length * 3 > maxResponseBytes && new TextEncoder().encode(answer.body).length > maxResponseBytes) throw tooLarge();
      return answer;
    }
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let bytes = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        answer.body += decoder.decode();
        return answer;
      }
      if (!(value instanceof Uint8Array)) throw noResponse();
      // What is empty counts, too: there may be no end of it.
      bytes += value.length || 1;
      if (bytes > maxResponseBytes) {
        // The rest is not wanted; whether that can be said does not matter.
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      answer.body += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    throw cause === ours && ours
      ? ours
      : {
          code: "network",
          message:
            "there was no complete answer: check the address, DNS, TLS and the network; in a page, that the server allows its origin (CORS); with a fetch of your own, what it threw (the cause)",
          status,
          cause,
        };
  }
}
