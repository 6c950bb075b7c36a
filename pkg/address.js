// What an address is to the platform that will use it.

/** Up to its query or fragment, either of which may hold a secret. */
export const withoutQuery = (url) => url.replace(/[?#].*/s, "");

/** This machine: `localhost`, `*.localhost` (RFC 6761 §6.3), 127.0.0.0/8 or `[::1]`. */
const LOOPBACK = /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/;

/** The URL that `text` is, if it is an absolute http(s) one and carries no user name, which would be a secret in a URL. */
export function parse(text) {
  // The platform forgives more than this, and reads another address than a person does.
  if (!/^https?:\/\/[^/?#\\\s\x00-\x20\x7f]+[^\\\s\x00-\x20\x7f]*$/i.test(text)) return undefined;
  try {
    const url = new URL(text);
    return url.username || url.password ? undefined : url;
  } catch {
    return undefined;
  }
}

export const isHttps = (url) => url?.protocol === "https:";

export const isThisMachine = (url) => url !== undefined && LOOPBACK.test(url.hostname);

/** `safe` for secrets or `unsafe`, `query` where it has one and must not; empty where it is no http(s) URL. */
export function kindOf(text, mayHaveQuery = true) {
  const url = parse(text);
  if (!url) return "";
  if (!mayHaveQuery && /[?#]/.test(text)) return "query";
  return isHttps(url) || isThisMachine(url) ? "safe" : "unsafe";
}
