// Any work on what a server, a store, a file or a user wrote is linear in its length. Measured is growth, and not time: four times
// the input may take four times as long, and a search that begins anew at each character takes sixteen times as long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { consumer } from "../consumer.mjs";

const command = (file) => import(pathToFileURL(join(consumer.package, "pkg/cli", file)));
const worker = (file) => import(new URL(`../../examples/worker/src/${file}`, import.meta.url));

const { formats } = await command("formats.js");
const { ProxyVariables } = await command("proxy.js");
const { asText } = await command("spreadsheet.js");
const { Table } = await command("table.js");
const { cut, inTheWay, printable, widthOf, wrapped } = await command("text.js");
const { readUserIds } = await command("user-ids.js");
const { default: example } = await worker("index.js");
const dashboard = (file) => import(new URL(`../../www/src/${file}`, import.meta.url));
const { tidyAddress } = await dashboard("login/address.js");
const { rootOf } = await dashboard("server.js");
const { folded } = await dashboard("users/selection.js");
const { installationOf } = await worker("relay.js");
const { requireSettings } = await worker("settings.js");
const { clientFor } = await worker("client.js");

const { AstrolabeClient, TokenCache } = await consumer.import();

const SECRET = "a-secret-of-the-service-aaaaaaaa";
const HOST = "https://cloud.example.com";
const clientOf = (login, answer) =>
  new AstrolabeClient({ nextcloudHost: HOST, maxRetries: 0, maxResponseBytes: 100_000_000, fetch: async (url) => answer(url), ...login });
const asUser = (answer) => clientOf({ accessToken: SECRET }, answer);
const asService = (answer, more) => clientOf({ clientId: "service", clientSecret: SECRET, ...more }, answer);
const METADATA = { issuer: HOST, token_endpoint: `${HOST}/token` };
const unless = (rejects) => rejects.then((value) => assert.fail(`it was ${JSON.stringify(value)?.slice(0, 60)}`), () => {});

/** What the server says of a user, in an error unless `status` is 200. */
const body = (write, status = 200) => (text) => unless(asUser(() => new Response(write(text), { status })).getBackgroundSyncStatus("alice"));
const message = body((message) => JSON.stringify({ message }), 500);
const header = (name, status = 503) => (text) => unless(asUser(() => new Response("{}", { status, headers: { [name]: text } })).getBackgroundSyncStatus("alice"));
const discovery = (metadata, more) => (text) => unless(asService(() => Response.json(metadata(text)), more).getAccessToken());
const tokenAnswer = (answer, status = 200) => (text) =>
  unless(asService((url) => (url.endsWith("/token") ? Response.json(answer(text), { status }) : Response.json(METADATA))).getAccessToken());
const redirect = (text) => unless(asService(() => new Response(null, { status: 302, headers: { Location: text } })).getAccessToken());
const page = (users) => Response.json({ ocs: { meta: { statuscode: 200 }, data: { users } } });

async function listed(text) {
  const ids = text.split(" ");
  // As from a server that does not heed the limit.
  const pages = [ids, ids.slice(1).toReversed(), []];
  for await (const _ of asUser(() => page(pages.shift())).listUsers());
}

const provisioned = (users) => asUser(() => new Response(`{"success":true,"capped":false,"users":[${users}]}`)).getProvisioning().catch(() => {});
const capable = (types) =>
  asUser(() => new Response(`{"ocs":{"data":{"capabilities":{"astrolabe":{"semantic_search":{"sources":[],"enabled_doc_types":[${types}""]}}}}}}`)).getSearchCapabilities();

const stored = (text) => asService((url) => (url.endsWith("/token") ? Response.json({ access_token: "t", expires_in: 60 }) : Response.json(METADATA)), { tokenStore: { get: async () => text, put: async () => {} } }).getAccessToken();
const refused = (make) => (text) => {
  try {
    make(text);
  } catch {}
};

const repeat = (part) => (size) => part.repeat(size / part.length);
const between = (first, part, last) => (size) => first + part.repeat(size / part.length) + last;
const GRAPHEMES = "é👩‍👩‍👧";
const FLAGS = "🇩";
const MARKS = (size) => `a${"\u0301".repeat(size / 2)}${"\u0316".repeat(size / 2)}`;

const TABLE = { head: ["CHECK", "SEEN"], wraps: true, cells: ({ texts }) => ({ texts, notes: [texts[1]] }) };
const tableOf = (width) => (text) => {
  const table = new Table(TABLE, { width, hasColors: false });
  return table.row({ texts: [text, text] }) + table.end();
};
const csv = (text) => formats.csv({ csv: { head: ["userId"], fields: (record) => [record] } }).row(text);

async function readAll(text) {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
  }
  for await (const _ of readUserIds(chunks()));
}

const notedBy = (env) => {
  const variables = new ProxyVariables({ env: { HTTPS_PROXY: "http://proxy.example", ...env }, versions: { node: "22.0.0" }, execArgv: [] });
  variables.fetch?.("https://unanswered.invalid").catch(() => {});
  return variables.note();
};

const ENV = { NEXTCLOUD_HOST: "https://cloud.example.com", ALLOWED_ORIGINS: "https://dashboard.example.org" };
const FROM_PAGE = { Origin: "https://dashboard.example.org" };
/** Nothing is sent: what is asked is refused before, for its path ends in a slash. */
const relayed = (text) => example.fetch(new Request(`https://worker.example/relay/apps/astrolabe/api/v1/background-sync/credentials/${text}%2f`, { headers: FROM_PAGE }), ENV);
const withEnv = (env) => {
  try {
    requireSettings({ ...ENV, ...env });
  } catch {}
};
const withLogin = (Authorization) => {
  try {
    clientFor({ headers: new Map([["Authorization", Authorization]]) }, ENV).free();
  } catch {}
};

/** `size`: code units of the smaller input. `text(size)` makes it; `run(text)` is measured. One more is one more line. */
const kinds = [
  ...[
    ["the beginning of a secret", repeat("a-secret-of-the-")],
    ["nearly the end of one", repeat("a")],
    ["what is percent-encoded", repeat("%25")],
    ["what is percent-encoded, nearly", repeat("%")],
    ["entities", repeat("&amp;")],
    ["entities, nearly", repeat("&#")],
    ["escapes", repeat("\\u005c")],
    ["characters that begin no line", repeat("\u202e")],
  ].map(([name, text]) => ({ name: `a server's message: ${name}`, size: 200_000, text, run: message })),
  { name: "members of an answer", size: 200_000, text: repeat('"a":1,'), run: body((text) => `{${text}"b":1}`) },
  { name: "members of one name", size: 200_000, text: repeat('"user_id":"a",'), run: body((text) => `{${text}"b":1}`) },
  { name: "brackets in an answer", size: 200_000, text: (size) => `{"a":${"[".repeat(size / 2)}${"]".repeat(size / 2)}}`, run: body(String) },
  { name: "brackets that stay open", size: 200_000, text: between('{"a":', "[", ""), run: body(String) },
  { name: "escapes in an answer", size: 200_000, text: repeat("\\u0061"), run: body((text) => `{"user_id":"${text}"}`) },
  { name: "halves of surrogate pairs", size: 200_000, text: repeat("\\ud83d"), run: body((text) => `{"user_id":"${text}"}`) },
  { name: "digits of a time", size: 200_000, text: repeat("9"), run: body((text) => `{"user_id":"alice","has_background_access":true,"provisioned_at":${text}}`) },
  { name: "blanks before an answer", size: 200_000, text: repeat(" "), run: body((text) => `${text}[]`) },
  { name: "a page in place of an answer", size: 200_000, text: repeat("</b> on line <"), run: body((text) => `<${text}`, 503) },
  { name: "a page about an upgrade, nearly", size: 200_000, text: repeat("data-requesttoke"), run: body((text) => `<${text}`, 503) },
  { name: "the header Retry-After", size: 100_000, text: repeat("9"), run: header("Retry-After") },
  { name: "the header Content-Type", size: 100_000, text: repeat("htm"), run: header("Content-Type") },
  { name: "the header Location", size: 100_000, text: between("https://idp.example/", "../", ""), run: redirect },
  { name: "the header Location, encoded", size: 100_000, text: between("https://idp.example/", "%25", ""), run: redirect },
  { name: "the header X-User-Id", size: 100_000, text: repeat("a"), run: header("X-User-Id", 403) },
  { name: "token_endpoint", size: 200_000, text: between("https://", "a.", ""), run: discovery((token_endpoint) => ({ token_endpoint })) },
  { name: "issuer", size: 200_000, text: repeat("a"), run: discovery((issuer) => ({ ...METADATA, issuer }), { issuer: HOST }) },
  { name: "grants of a provider", size: 200_000, text: repeat("a "), run: discovery((text) => ({ issuer: HOST, grant_types_supported: text.split(" ") })) },
  { name: "access_token", size: 200_000, text: repeat("a"), run: tokenAnswer((access_token) => ({ access_token })) },
  { name: "a token_type", size: 200_000, text: repeat("a"), run: tokenAnswer((token_type) => ({ access_token: "t", token_type })) },
  { name: "error and error_description", size: 200_000, text: repeat("a-secret-of-the-"), run: tokenAnswer((error) => ({ error, error_description: error }), 400) },
  { name: "pages of users", size: 20_000, text: (size) => Array.from({ length: size / 8 }, (_, at) => `user${at}`).join(" "), run: listed },
  { name: "users in one answer", size: 20_000, text: (size) => Array.from({ length: size / 80 }, (_, at) => `{"uid":"user${at}","display_name":"User ${at}","has_background_access":true}`).join(), run: provisioned },
  { name: "one user in one answer", size: 200_000, text: repeat('{"a":['), run: provisioned },
  { name: "capabilities", size: 200_000, text: repeat('"file",'), run: capable },
  { name: "an entry of the token store", size: 200_000, text: repeat("."), run: stored },
  { name: "an entry of the token store, in base64", size: 20_000, text: between("AAAAAAAAAAAAAAAA.", "AAAA", ""), run: stored },
  { name: "the JSON of a cache", size: 200_000, text: repeat("a"), run: refused((accessToken) => TokenCache.fromJSON(JSON.stringify({ accessToken }))) },
  { name: "nextcloudHost", size: 200_000, text: between("https://cloud.example.com/", "/", "x"), run: refused((nextcloudHost) => new AstrolabeClient({ nextcloudHost, accessToken: "t" }).free()) },
  { name: "a user id", size: 200_000, text: repeat("../"), run: (text) => unless(asUser(() => page([])).getBackgroundSyncStatus(text)) },
  { name: "clientId and clientSecret", size: 200_000, text: repeat("a&"), run: refused((text) => new AstrolabeClient({ nextcloudHost: HOST, clientId: text, clientSecret: text }).free()) },
  { name: "tokenParameters", size: 20_000, text: repeat("a&"), run: refused((text) => new AstrolabeClient({ nextcloudHost: HOST, clientId: "a", clientSecret: "b", tokenParameters: Object.fromEntries(Array.from({ length: text.length / 20 }, (_, at) => [`p${at}`, text.slice(at, at + 20)])) }).free()) },
  { name: "the width of many characters", size: 4_000, text: repeat(GRAPHEMES), run: widthOf },
  { name: "the width of half flags", size: 4_000, text: repeat(FLAGS), run: widthOf },
  { name: "the width of one character with many marks", size: 16_384, text: MARKS, run: widthOf },
  { name: "a cell that is cut", size: 4_000, text: repeat(GRAPHEMES), run: (text) => cut(text, text.length / 6) },
  { name: "words on one line", size: 4_000, text: repeat("word "), run: (text) => wrapped(text, Infinity) },
  { name: "words on many lines", size: 5_000, text: repeat("wörd "), run: (text) => wrapped(text, 80) },
  { name: "blanks to be wrapped", size: 20_000, text: repeat(" "), run: (text) => wrapped(text, 80) },
  { name: "a table for a terminal", size: 5_000, text: repeat("wörd "), run: tableOf(80) },
  { name: "a table for a file", size: 1_000, text: repeat("wörd "), run: tableOf(Infinity) },
  { name: "control characters", size: 20_000, text: repeat("\u001b"), run: printable },
  { name: "quotation marks in CSV", size: 20_000, text: repeat('"'), run: csv },
  { name: "marks that NFKC would sort", size: 4_000, text: MARKS, run: asText },
  { name: "half-width marks that NFKC would sort", size: 20_000, text: repeat("ﾞ\u0301"), run: asText },
  { name: "blanks after a digit", size: 20_000, text: between("1", " ", "x"), run: asText },
  { name: "blanks before a formula", size: 20_000, text: between("", " ", "x"), run: asText },
  { name: "digits, and what could be a part of the day", size: 20_000, text: repeat("1 a"), run: asText },
  { name: "exponents", size: 20_000, text: repeat("1e1"), run: asText },
  { name: "a fault of a spreadsheet, nearly", size: 20_000, text: between("#", "a", ""), run: asText },
  { name: "letters between digits", size: 20_000, text: between("1", "jan ", ""), run: asText },
  { name: "line breaks about a value", size: 20_000, text: (size) => `${"\n".repeat(size)}x${"\n".repeat(size)}`, run: inTheWay },
  { name: "line breaks in a value", size: 20_000, text: between("x", "\n", "x"), run: inTheWay },
  { name: "one line on standard input", size: 2_000_000, text: repeat("a"), run: readAll },
  { name: "lines on standard input", size: 20_000, text: repeat("a\r\n"), run: readAll },
  { name: "carriage returns on standard input", size: 20_000, text: repeat("\r"), run: readAll },
  { name: "NO_PROXY", size: 20_000, text: repeat("[]:1"), run: (text) => notedBy({ NO_PROXY: text }) },
  { name: "NO_PROXY, of many names", size: 20_000, text: repeat("a.b:1,"), run: (text) => notedBy({ NO_PROXY: text }) },
  { name: "the Worker's path", size: 20_000, text: repeat("a/"), run: (text) => example.fetch(new Request(`https://worker.example/${text}`), ENV) },
  { name: "a path to the relay", size: 20_000, text: repeat("/index.php"), run: (text) => example.fetch(new Request(`https://worker.example/relay${text}`, { headers: FROM_PAGE }), ENV) },
  { name: "a user id to the relay", size: 20_000, text: repeat("a"), run: relayed },
  { name: "a user id to the relay, encoded twice", size: 20_000, text: repeat("%2541"), run: relayed },
  { name: "a header Authorization, blanks in it", size: 20_000, text: between("Basic", " ", ""), run: withLogin },
  { name: "a header Authorization, of one word", size: 20_000, text: repeat("a"), run: withLogin },
  { name: "a header Authorization, colons in it", size: 20_000, text: (size) => `Basic ${btoa(":".repeat(size))}`, run: withLogin },
  { name: "slashes of NEXTCLOUD_HOST", size: 20_000, text: between("https://cloud.example.com/", "/", "x"), run: (text) => withEnv({ NEXTCLOUD_HOST: text }) },
  { name: "slashes of NEXTCLOUD_HOST, where it is relayed to", size: 20_000, text: between("https://cloud.example.com/", "/", "x"), run: (text) => installationOf({ NEXTCLOUD_HOST: text }) },
  { name: "an address that is typed into the page", size: 20_000, text: between("cloud.example.com/", "/", "x"), run: tidyAddress },
  { name: "an address of a page of Nextcloud's", size: 20_000, text: between("cloud.example.com", "/login", ""), run: tidyAddress },
  { name: "slashes of an address in the page", size: 20_000, text: between("https://cloud.example.com/", "/", "x"), run: rootOf },
  { name: "a user id in the page's list", size: 20_000, text: MARKS, run: folded },
  { name: "ALLOWED_ORIGINS", size: 20_000, text: repeat("https://a.example "), run: (text) => withEnv({ ALLOWED_ORIGINS: text }) },
  { name: "digits of SCAN_USER_LIMIT", size: 20_000, text: repeat("1"), run: (text) => withEnv({ SCAN_USER_LIMIT: text }) },
];

const RUNS = 3;
/** Below this the clock, the collector and the compiler are what is measured. */
const LEAST_MS = 4;

async function once(run, text, times) {
  const begun = performance.now();
  for (let time = 0; time < times; time += 1) await run(text);
  return performance.now() - begun;
}

const MOST = 8;
const ATTEMPTS = 4;
/** No time limit ends what does not pause; so whatever has taken so long is not measured again. */
const ENOUGH_MS = 3_000;

/**
 * How many times as long it takes for four times the input: what is least of several measurements, for whatever else the
 * machine does adds to one. A square is above MOST in each.
 */
async function growth({ size, text, run }) {
  const [small, large] = [text(size), text(4 * size)];
  await run(large); // compiled, and in the cache
  let times = 1;
  while ((await once(run, small, times)) < LEAST_MS) times *= 2;
  let least = Infinity;
  const begun = performance.now();
  for (let attempt = 0; attempt < ATTEMPTS && least >= MOST && performance.now() - begun < ENOUGH_MS; attempt += 1) least = Math.min(least, await measured(run, small, large, times));
  return least;
}

async function measured(run, small, large, times) {
  let [ofSmall, ofLarge] = [Infinity, Infinity];
  for (let each = 0; each < RUNS; each += 1) {
    ofSmall = Math.min(ofSmall, await once(run, small, times));
    ofLarge = Math.min(ofLarge, await once(run, large, times));
  }
  return ofLarge / ofSmall;
}

const options = { timeout: 60_000 };

for (const kind of kinds) {
  test(`linear: ${kind.name}`, options, async () => {
    const found = await growth(kind);
    assert.ok(found < MOST, `four times the input takes ${found.toFixed(1)} times as long`);
  });
}

for (const [what, text, run] of [
  ["a search that begins anew at each slash", between("", "/", "x"), (text) => text.replace(/\/+$/, "")],
  ["marks in NFKC", MARKS, (text) => text.normalize("NFKC")],
  ["a text that is looked through again with each word", repeat("word "), (text) => text.split(" ").reduce((line, word) => (/^[a-z ]*$/.test(line) ? `${line} ${word}` : word))],
]) {
  test(`noticed: ${what}`, options, async () => assert.ok((await growth({ size: 4_000, text, run })) > MOST));
}
