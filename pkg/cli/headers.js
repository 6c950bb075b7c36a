// Headers besides the client's own: what a proxy before the Nextcloud wants, such as the token of a service.
import { wrong } from "./files.js";

/** What the client sends by itself; another one of these would be another login. */
const TAKEN = new Set(["authorization", "cookie", "host", "ocs-apirequest", "accept", "content-type", "content-length"]);

/** `headers` as they were given, and what they are called in a message. Values are never repeated: they are secrets. */
export function checkHeaders(headers, name) {
  if (headers === null || typeof headers !== "object" || Array.isArray(headers) || !Object.values(headers).every((value) => typeof value === "string")) {
    throw wrong(`${name} must be a JSON object of names and values, such as {"CF-Access-Client-Id": "…", "CF-Access-Client-Secret": "…"}.`);
  }
  for (const [header, value] of Object.entries(headers)) {
    if (TAKEN.has(header.toLowerCase())) throw wrong(`${name} must not contain ${header}: the client sends it by itself.`);
    try {
      new Headers([[header, value]]);
    } catch {
      throw wrong(`${name} has a name or a value in it that no header can have.`);
    }
  }
  return headers;
}

/** A fetch that sends them to this server, and to no other, as an identity provider elsewhere. */
export function withHeaders(headers, server, fetch = globalThis.fetch) {
  const { origin } = new URL(server);
  return (url, init) => {
    if (!headers || new URL(url).origin !== origin) return fetch(url, init);
    const all = new Headers(init.headers);
    for (const [header, value] of Object.entries(headers)) all.set(header, value);
    return fetch(url, { ...init, headers: all });
  };
}
