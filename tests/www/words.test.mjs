// The dashboard's words: each there is in each language, and for all that the client can say.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "../browser/chromium.mjs";
import de from "../../www/src/l10n/de.js";
import { englishIn } from "./obstacles.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file) => readFileSync(join(root, file), "utf8");
const source = readdirSync(join(root, "www/src"), { recursive: true })
  .filter((name) => /\.(js|vue)$/.test(name) && !name.startsWith("l10n"))
  .map((name) => read(join("www/src", name)))
  .join("\n");

const texts = new Set([...source.matchAll(/\bt\(\s*(["'])((?:(?!\1).)*)\1/g)].map(([, , text]) => text));
for (const [, one, many] of source.matchAll(/\bn\(\s*"([^"]*)",\s*"([^"]*)"/g)) texts.add(`_${one}_::_${many}_`);

test("every text has a translation, and every translation its text", () => {
  assert.ok(texts.size > 100);
  assert.deepEqual([...texts].filter((text) => !Object.hasOwn(de, text)), []);
  assert.deepEqual(Object.keys(de).filter((text) => !texts.has(text)), []);
});

test("a translation has the same names in it", () => {
  const names = (text) => [...new Set(text.match(/\{\w+\}|%n/g))].toSorted();
  for (const [text, translated] of Object.entries(de)) {
    for (const form of [translated].flat()) if (!/failed one again/.test(text)) assert.deepEqual(names(form), names(text), text);
  }
});

const types = read("pkg/wasm/astrolabe_client.d.ts");
const namesIn = (text) => [...text.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name);
const codes = namesIn(/type AstrolabeErrorCode =([^]*?";)/.exec(types)[1]);
const checks = namesIn(/interface DiagnosticCheck \{[^}]*?\bname: ([^;]*);/.exec(types)[1]);

/** What tells one reason of a code from another, see www/src/reason.js: what the client's errors have as data. */
const ROUTE = "GET https://cloud.example.com/ocs/v2.php/cloud/users";
const FINER = [
  { code: "network", route: ROUTE },
  { code: "network", route: "POST https://login.example.com/token" },
  { code: "rate_limited", status: 429, retryAfterMs: 1_800_000, serverMessage: "Reached maximum delay" },
  { code: "unauthorized", status: 401, serverMessage: "Current user is not logged in" },
  { code: "unauthorized", status: 401, serverMessage: "Account disabled" },
  { code: "unauthorized", status: 401, serverMessage: "Nutzer deaktiviert" },
  { code: "token_request_failed", status: 401, oauthError: "invalid_client" },
  { code: "request_rejected", status: 400 },
  { code: "request_rejected", status: 400, serverMessage: "Trusted domain error." },
  { code: "request_rejected", status: 403 },
  { code: "server_error", status: 503 },
  ...["needs_upgrade", "no_nextcloud", "no_rewriting", "clocks_apart", "not_offered", "ended"].map((code) => ({ code })),
];

/** The page's own words.js in a browser of that language; `say` gets it, and what is serializable. */
async function inBrowser(locale, say, given) {
  const { outputFiles } = await build({ stdin: { contents: 'export * from "./words.js"; export { setUpLanguage } from "./l10n.js";', resolveDir: join(root, "www/src") }, bundle: true, write: false, format: "iife", globalName: "words" });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ locale });
    await page.evaluate(outputFiles[0].text);
    await page.evaluate(() => words.setUpLanguage());
    return await page.evaluate(say, given);
  } finally {
    await browser.close();
  }
}

function sayAll({ errors, checks }) {
  /* global words */
  const contexts = [{ nextcloudHost: "https://cloud.example.com", account: "amy", username: "amy" }, { nextcloudHost: "https://cloud.example.com/index.php", account: "0", username: "0" }, { nextcloudHost: "https://worker.example.com/relay", account: null, username: null }];
  const said = {};
  for (const context of contexts) {
    for (const error of errors) said[`${JSON.stringify(error)} ${context.nextcloudHost}`] = [words.explain(error, context), words.advise(error, context)];
    for (const name of checks) {
      const { title, passed, reason } = words.CHECKS[name]();
      said[`${name} ${context.nextcloudHost}`] = [title, passed({ ...context, seen: "Nextcloud 32.0.1" }), ...(reason ? [words.explain({ code: reason }, context), words.advise({ code: reason }, context)] : [])];
    }
  }
  return { said, unknown: words.explain({ code: "no such code" }, contexts[0]) };
}

test("every code of an error, each reason behind it, and every check has words in each language", async () => {
  assert.ok(codes.length > 20 && checks.length > 10);
  const given = { errors: [...codes.map((code) => ({ code })), ...FINER], checks };
  const english = await inBrowser("en-GB", sayAll, given);
  const german = await inBrowser("de-DE", sayAll, given);
  // The same in both, and right in both.
  const same = new Set(["Administrator", "Nextcloud 32.0.1"]);
  for (const [of, texts] of Object.entries(english.said)) {
    const translated = german.said[of];
    assert.equal(translated.length, texts.length, of);
    for (const [index, text] of texts.entries()) {
      assert.ok(text.length > 0 && text !== english.unknown, `${of}: no words`);
      assert.ok(same.has(text) || (translated[index] !== text && translated[index] !== german.unknown), `${of}: no German for ${text}`);
      assert.deepEqual(englishIn(translated[index]), [], of);
      assert.doesNotMatch(text + translated[index], /undefined|[“„]null|\{/, of);
    }
  }
});

test("a reason of its own for each thing that there is to do", async () => {
  const { said } = await inBrowser("en-GB", sayAll, { errors: [...codes.map((code) => ({ code })), ...FINER], checks: [] });
  const advice = (error) => said[`${JSON.stringify(error)} https://cloud.example.com`][1];
  for (const error of FINER.slice(0, 10)) assert.notEqual(advice(error), advice({ code: error.code }), JSON.stringify(error));
});

test("a sentence begins as one, and a name stays what it is", async () => {
  const sentences = await inBrowser("en-GB", (texts) => texts.map(words.sentence), ["check the password", "nextcloudHost is missing", "username is empty", "https://a is plain http", "GET https://a: it failed", "not looked at, because", "It is so.", "client_credentials is missing"]);
  assert.deepEqual(sentences, ["Check the password.", "nextcloudHost is missing.", "Username is empty.", "https://a is plain http.", "GET https://a: it failed.", "Not looked at, because.", "It is so.", "client_credentials is missing."]);
});
