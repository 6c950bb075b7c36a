// Refuses what pages of other sites have a browser ask, which sends its login along: by Origin, and by Fetch Metadata
// (https://www.w3.org/TR/fetch-metadata/), for a browser sends no Origin with an image, a script, a link or a navigation.
import { allowsOrigin } from "./cors.js";
import { Problem } from "./problem.js";

/**
 * @param {boolean} isForPages whether only pages have a use for the route
 * @throws {Problem} unless the request comes from a page that may ask, from a person, or from a program
 */
export function requireSender({ headers }, { url, env, isForPages }) {
  const origin = headers.get("Origin");
  if (allowsOrigin(origin, env)) return;
  if (origin !== null && origin !== url.origin) {
    throw refusal(`the origin ${origin} is not one of ALLOWED_ORIGINS: add it there, exactly as the browser sends it`);
  }
  const site = headers.get("Sec-Fetch-Site");
  if (site === "same-origin") return;
  // A browser from before Fetch Metadata.
  if (origin !== null && site === null) return;
  if (isForPages) throw refusal("no page of ALLOWED_ORIGINS has sent this: the relay is for those; ask Nextcloud itself instead");
  const isProgram = site === null && !headers.has("Cookie");
  if (!isProgram && !isNavigationOfAPerson(headers)) {
    throw refusal("another site, or a browser that does not say which, has sent this: open the address by hand, or add the page's origin to ALLOWED_ORIGINS");
  }
}

/** Typed, or out of the bookmarks; no page has led there. */
const isNavigationOfAPerson = (headers) =>
  headers.get("Sec-Fetch-Site") === "none" && headers.get("Sec-Fetch-Mode") === "navigate" && headers.get("Sec-Fetch-Dest") === "document";

const refusal = (message) => new Problem(403, "origin_not_allowed", message);
