// The dashboard's words: each there is in each language, and for all that the client can say.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import de from "../../www/src/l10n/de.js";

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

test("every code of an error and every check has words", () => {
  const words = read("www/src/words.js");
  const types = read("pkg/wasm/astrolabe_client.d.ts");
  const codes = [.../type AstrolabeErrorCode =([^]*?");/.exec(types)[1].matchAll(/"([a-z_]+)"/g)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  // The page gives no function for a token, and stores no app password.
  const unreachable = new Set(["token_function_failed", "app_password_rejected"]);
  for (const code of codes) if (!unreachable.has(code)) assert.match(words, new RegExp(`\\b${code}: \\(\\) =>`), code);
  const [, checks] = /interface DiagnosticCheck \{[^}]*?\bname: ([^;]*);/.exec(types);
  for (const [, name] of checks.matchAll(/"(\w+)"/g)) assert.match(words, new RegExp(`\\b${name}: \\(\\) => \\[`), name);
});
