// Whether a text is the address that it seems to be: by what the platform itself finds in it, since a login goes there.

/** URL leaves out or rewrites these; whoever else reads the text may not. */
const REWRITTEN = /[\s\\\p{Cc}]/u;

function parsed(text) {
  if (REWRITTEN.test(text) || !/^https?:\/\//i.test(text)) return null;
  return URL.parse(text);
}

/** A name below localhost may lead anywhere: not every resolver keeps those on this machine. */
const isThisMachine = (hostname) => hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);

const isSafe = ({ protocol, hostname }) => protocol === "https:" || isThisMachine(hostname);

/** https, or http that does not leave this machine; without user name, query and fragment. */
export function isSafeAddress(text) {
  const url = parsed(text);
  return url !== null && isSafe(url) && url.href === url.origin + url.pathname;
}

/** As a browser writes it into the header Origin; to URL, an asterisk is a letter like others. */
export function isSafeOrigin(text) {
  const url = parsed(text);
  return url !== null && isSafe(url) && url.origin === text && !text.includes("*");
}

export const isHostName = (text) => parsed(`https://${text}`)?.hostname === text;
