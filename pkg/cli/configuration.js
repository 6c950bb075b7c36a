// Which server, and which login: from the environment and from a file, never from arguments.
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { AstrolabeClient } from "astrolabe-client";
import { CommandError, EXIT } from "./failures.js";

const VARIABLES = {
  NEXTCLOUD_HOST: "nextcloudHost",
  NEXTCLOUD_OIDC_CLIENT_ID: "clientId",
  NEXTCLOUD_OIDC_CLIENT_SECRET: "clientSecret",
  NEXTCLOUD_OIDC_ISSUER: "issuer",
  NEXTCLOUD_OIDC_DISCOVERY_URL: "discoveryUrl",
  NEXTCLOUD_OIDC_SCOPE: "scope",
  NEXTCLOUD_ACCESS_TOKEN: "accessToken",
  NEXTCLOUD_USERNAME: "username",
  NEXTCLOUD_PASSWORD: "password",
};
const LOGINS = ["clientId", "clientSecret", "accessToken", "username", "password"];
// A parameter of the token request may be one, such as a client assertion.
const SECRETS = ["clientSecret", "accessToken", "password", "tokenParameters"];

const wrong = (message) => new CommandError("configuration", message, EXIT.configuration);

export function createClient(environment, { config = environment.ASTROLABE_CONFIG, timeoutMs, insecureHttp }) {
  const options = { ...(config ? readFile(config) : {}), ...readEnvironment(environment) };
  if (timeoutMs !== undefined) options.timeoutMs = timeoutMs;
  if (insecureHttp) options.allowInsecureHttp = true;
  if (!options.nextcloudHost) throw wrong("No server is named: set NEXTCLOUD_HOST, or write nextcloudHost into the file that --config names.");
  if (!LOGINS.some((name) => name in options)) {
    throw wrong("There is no login: set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET, or NEXTCLOUD_ACCESS_TOKEN, or NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD; or write a login into the file that --config names.");
  }
  // It knows best which options there are and what they may be.
  return new AstrolabeClient(options);
}

/** Cron and container files often set what they do not use to nothing: an empty variable counts as none. */
function readEnvironment(environment) {
  const set = Object.entries(VARIABLES).filter(([variable]) => environment[variable]);
  return Object.fromEntries(set.map(([variable, option]) => [option, environment[variable]]));
}

function readFile(path) {
  const { text, mode } = contents(path);
  const options = parse(text);
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw wrong(`${path} must hold one JSON object with the options of AstrolabeClient, such as {"nextcloudHost": "https://cloud.example.com", …}.`);
  }
  // Windows keeps who may read a file elsewhere.
  if (process.platform !== "win32" && mode & 0o077 && SECRETS.some((name) => name in options)) {
    throw wrong(`${path} holds a secret, and others may read or write it. Let nobody but its owner: chmod 600 ${path}`);
  }
  return options;
}

function contents(path) {
  let file;
  try {
    file = openSync(path, "r");
    // Of the file that is open, whatever becomes of the name.
    return { mode: fstatSync(file).mode, text: readFileSync(file, "utf8") };
  } catch (error) {
    throw wrong(`${path} cannot be read (${error.code}).`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** `null` where it is no JSON: the parser's own message would repeat the text, and so the secret. */
function parse(text) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return null;
  }
}
