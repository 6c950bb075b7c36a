// Which server, and which login: from the environment and from files, never from arguments.
import { AstrolabeClient } from "astrolabe-client";
import { checkOwner, checkThatNotAllCanRead, checkThatOthersCannotWrite, readSettingsFile, wrong } from "./files.js";
import { inTheWay } from "./text.js";

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

/** `fetch`, if it is given, is the client's; a file cannot name one. */
export function createClient(environment, { config, timeoutMs, insecureHttp }, fetch) {
  const path = config ?? checked("ASTROLABE_CONFIG", environment.ASTROLABE_CONFIG);
  const options = { ...(fetch && { fetch }), ...(path ? readFile(path) : {}), ...readEnvironment(environment) };
  // Of no meaning for another way in, and then only a variable that is there and empty.
  if (options.scope === "" && !("clientId" in options || "clientSecret" in options)) delete options.scope;
  if (timeoutMs !== undefined) options.timeoutMs = timeoutMs;
  if (insecureHttp) options.allowInsecureHttp = true;
  if (!options.nextcloudHost) throw wrong("No server is named: set NEXTCLOUD_HOST, or write nextcloudHost into the file that --config names.");
  if (!LOGINS.some((name) => name in options)) {
    throw wrong("There is no login: set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET, or NEXTCLOUD_ACCESS_TOKEN, or NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD; or write a login into the file that --config names.");
  }
  // It knows best which options there are and what they may be.
  return new AstrolabeClient(options);
}

/** The value, if there is nothing about it that a file or a shell has put there. */
function checked(name, value) {
  const what = value && inTheWay(value);
  if (what) throw wrong(`${name} ${what}: give the value alone. Docker's --env-file keeps quotation marks, and Windows ends lines with CR LF.`);
  return value;
}

function readEnvironment(environment) {
  const options = {};
  for (const [variable, option] of Object.entries(VARIABLES)) {
    const canBeEmpty = option === "scope";
    const value = valueOf(environment, variable, canBeEmpty);
    // Cron and container files often set what they do not use to nothing: an empty variable counts as none, where none can be empty.
    if (value || (value === "" && canBeEmpty)) options[option] = value;
  }
  return options;
}

/** Of the variable, or of the file that the variable with _FILE after its name names. */
function valueOf(environment, variable, canBeEmpty) {
  const ofFile = `${variable}_FILE`;
  const path = checked(ofFile, environment[ofFile]);
  if (!path) return checked(variable, environment[variable]);
  if (environment[variable]) throw wrong(`${variable} and ${ofFile} are both set. Set one of them.`);
  const value = readValueFile(path, ofFile);
  if (value === "" && !canBeEmpty) throw wrong(`${path}, which ${ofFile} names, is empty.`);
  return value;
}

/** Its owner and its readers are the business of whoever mounts it: Kubernetes and Docker do so as root, readable by all. */
function readValueFile(path, variable) {
  const file = readSettingsFile(path);
  checkThatOthersCannotWrite(path, file);
  // The end of the line, as editors put it there, is not part of the value.
  return checked(`What ${variable} names`, file.text.replace(/\n$/, ""));
}

function readFile(path) {
  const file = readSettingsFile(path);
  // Whatever is in it: the server to which the login goes may be.
  checkThatOthersCannotWrite(path, file);
  checkOwner(path, file);
  const options = parse(file.text);
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw wrong(`${path} must hold one JSON object with the options of AstrolabeClient, such as {"nextcloudHost": "https://cloud.example.com", …}.`);
  }
  if (SECRETS.some((name) => name in options)) checkThatNotAllCanRead(path, file);
  checkTexts(path, options);
  return options;
}

/** Of the options, and of the token request's parameters. */
function checkTexts(path, options) {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "string") checked(`${name} in ${path}`, value);
    else if (name === "tokenParameters" && value !== null && typeof value === "object") checkTexts(path, value);
  }
}

/** `null` where it is no JSON: the parser's own message would repeat the text, and so the secret. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
