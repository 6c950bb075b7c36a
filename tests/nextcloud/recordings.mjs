// The recorded answers of a real Nextcloud, ready to be sent again.
import { readFileSync } from "node:fs";

// Nextcloud names its session cookie after the installation. Two were recorded; the stand-in is the first.
export const SESSION_COOKIE = "ocbemtcj5jgt";
const OTHER_SESSION_COOKIE = "oc7j78nf8ojq";

// What belongs to the recorded connection, or is worked out anew when an answer is sent.
const NOT_REPLAYED = new Set(["connection", "content-length", "transfer-encoding", "date"]);

const exchanges = JSON.parse(readFileSync(new URL("./recordings/exchanges.json", import.meta.url), "utf8"));
const byCase = new Map(exchanges.map((exchange) => [exchange.case, prepare(exchange)]));

function prepare({ request, response }) {
  const [, status, statusMessage] = /^HTTP\/1\.1 (\d+) (.*)$/.exec(response.status);
  const headers = {};
  const cookies = [];
  for (const [name, value] of response.headers) {
    if (name === "Set-Cookie") {
      // Nextcloud sets this one where somebody has just logged in with a login password; here it says nothing.
      if (!value.startsWith("cookie_test=")) cookies.push(value.replace(OTHER_SESSION_COOKIE, SESSION_COOKIE));
    } else if (!NOT_REPLAYED.has(name.toLowerCase())) headers[name] = value;
  }
  const host = request.headers.find(([name]) => name === "Host")[1];
  return { status: Number(status), statusMessage, headers, cookies, body: response.body ?? "", origin: `http://${host}` };
}

export function recording(name) {
  const found = byCase.get(name);
  if (!found) throw new Error(`no recording is called ${JSON.stringify(name)}`);
  return found;
}

/**
 * The recorded answer as this installation would give it: with its cookies and, in a sub-folder, with their path.
 * `headers` and `body` replace what is the caller's own: X-User-Id, Location, a body with another user's data.
 */
export function replay(name, { base = "", session = "", headers, body } = {}) {
  const { status, statusMessage, headers: recorded, cookies, body: recordedBody } = recording(name);
  const answer = { status, statusMessage, headers: { ...recorded, ...headers }, body: body ?? recordedBody };
  if (cookies.length > 0) answer.headers["Set-Cookie"] = cookies.map((cookie) => fillIn(cookie, base, session));
  return answer;
}

function fillIn(cookie, base, session) {
  const name = cookie.slice(0, cookie.indexOf("="));
  const value = name === SESSION_COOKIE ? session : name.startsWith("nc_sameSite") ? "true" : "stand-in";
  const filled = cookie.replace("<value>", value);
  return base ? filled.replace(/path=\//i, `path=${base}`) : filled;
}

/** Puts this installation's address where the recording has the recorded server's, in plain text and in PHP's JSON. */
export function readdress(text, name, url) {
  const { origin } = recording(name);
  return text.replaceAll(origin, url).replaceAll(slashesEscaped(origin), slashesEscaped(url));
}

function slashesEscaped(text) {
  return text.replaceAll("/", "\\/");
}

/** JSON as PHP's json_encode writes it: slashes escaped, nothing but ASCII. */
export function phpJson(value) {
  return slashesEscaped(JSON.stringify(value)).replace(
    /[\u0080-\uffff]/g,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
