// The address of the server, as people copy it: without https://, or from the middle of their Nextcloud.
import { withoutSlashes } from "../plain.js";

/** What Nextcloud's own pages have in their addresses, behind that of the server. */
const BEHIND = /\/(index\.php\/.*|apps\/.*|login(\/.*)?|settings\/.*|f\/\d+|status\.php|remote\.php(\/.*)?)$/;

/** The address as the client takes it; what cannot be put right stays as it is, for the client to say so. */
export function tidyAddress(typed) {
  const text = typed.trim();
  if (text === "") return text;
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`);
    if (url.username || url.password) return text;
    return url.origin + withoutSlashes(url.pathname.replace(BEHIND, ""));
  } catch {
    return text;
  }
}
