// Which server, and which login: from the environment and from files, never from arguments.
import { AstrolabeClient } from "astrolabe-client";
import { CommandError, EXIT } from "./failures.js";
import { checkOwner, checkThatNotAllCanRead, checkThatOthersCannotWrite, readSettingsFile, wrong } from "./files.js";
import { checkHeaders } from "./headers.js";
import { exists, isLogin, usualPlace } from "./login-file.js";
import { rootOf } from "./login-flow.js";
import { shellWords } from "./shell-words.js";
import { inTheWay } from "./text.js";

const VARIABLES = {
  NEXTCLOUD_HOST: "nextcloudHost",
  NEXTCLOUD_OIDC_CLIENT_ID: "clientId",
  NEXTCLOUD_OIDC_CLIENT_SECRET: "clientSecret",
  NEXTCLOUD_OIDC_PRIVATE_KEY: "clientPrivateKey",
  NEXTCLOUD_OIDC_KEY_ID: "clientKeyId",
  NEXTCLOUD_OIDC_CLIENT_ASSERTION: "clientAssertion",
  NEXTCLOUD_OIDC_CLIENT_AUTHENTICATION: "clientAuthentication",
  NEXTCLOUD_OIDC_ISSUER: "issuer",
  NEXTCLOUD_OIDC_DISCOVERY_URL: "discoveryUrl",
  NEXTCLOUD_OIDC_SCOPE: "scope",
  NEXTCLOUD_OIDC_TOKEN_PARAMETERS: "tokenParameters",
  NEXTCLOUD_OIDC_EARLY_REFRESH_SECONDS: "earlyRefreshSeconds",
  NEXTCLOUD_ACCESS_TOKEN: "accessToken",
  NEXTCLOUD_USERNAME: "username",
  NEXTCLOUD_PASSWORD: "password",
  NEXTCLOUD_HEADERS: "headers",
  NEXTCLOUD_MAX_RETRIES: "maxRetries",
  NEXTCLOUD_MAX_RESPONSE_BYTES: "maxResponseBytes",
};
const OF_A_SERVICE = ["clientId", "clientSecret", "clientPrivateKey", "clientAssertion"];
const LOGINS = [...OF_A_SERVICE, "accessToken", "username", "password"];
// A parameter of the token request may be one, and a header, such as a proxy's service token.
const SECRETS = ["clientSecret", "clientPrivateKey", "clientAssertion", "accessToken", "password", "tokenParameters", "headers"];
/** PEM text and JSON have lines. */
const HAS_LINES = new Set(["clientPrivateKey"]);

/** What is no text, of the text of a variable. */
const READ = {
  tokenParameters: (text) => [...new URLSearchParams(text)],
  headers: (text, variable) => checkHeaders(parse(text), variable),
  earlyRefreshSeconds: number,
  maxRetries: number,
  maxResponseBytes: number,
};

function number(text, variable) {
  if (!/^\d{1,10}$/.test(text)) throw wrong(`${variable} must be a whole number.`);
  return Number(text);
}

/**
 * `{ options, headers, nameOf, kept }`: the constructor's options, headers to send besides, how an option is called where it was
 * set, and the file of 'login' if it counts.
 */
export function readSettings(environment, { config, timeoutMs, insecureHttp }) {
  const path = configurationFile(environment, config);
  const named = path ? readFile(path) : {};
  const own = readEnvironment(environment);
  const said = { ...named, ...own.options };
  const kept = hasLogin(said) ? null : readKeptLogin(environment, said.nextcloudHost);
  const { headers, ...options } = { ...kept?.options, ...said };
  // Of no meaning for another way in, and then only a variable that is there and empty.
  if (options.scope === "" && !OF_A_SERVICE.some((name) => name in options)) delete options.scope;
  if (timeoutMs !== undefined) options.timeoutMs = timeoutMs;
  if (insecureHttp) options.allowInsecureHttp = true;
  if (!options.nextcloudHost) throw wrong("No server is named: run 'astrolabe-client login' once, or set NEXTCLOUD_HOST, or write nextcloudHost into the file that --config names.");
  if (!hasLogin(options)) {
    throw wrong("There is no login: run 'astrolabe-client login' once; or set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET, or NEXTCLOUD_ACCESS_TOKEN, or NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD; or write a login into the file that --config names.");
  }
  const isInFile = (option) => path !== undefined || Object.hasOwn(kept?.options ?? {}, option);
  const nameOf = (option) => own.names[option] ?? (isInFile(option) ? option : variableOf(option));
  return { options, headers, nameOf, kept };
}

const hasLogin = (options) => LOGINS.some((name) => name in options);

const variableOf = (option) => Object.keys(VARIABLES).find((variable) => VARIABLES[variable] === option) ?? option;

const configurationFile = (environment, config) => config ?? (checked("ASTROLABE_CONFIG", environment.ASTROLABE_CONFIG) || undefined);

/** What 'login' has kept, where there is something. It is for one server. */
function readKeptLogin(environment, nextcloudHost) {
  const path = usualPlace(environment);
  if (!exists(path)) return null;
  const options = readFile(path);
  if (!isLogin(options)) throw wrong(`${path} is not as 'astrolabe-client login' writes it. Delete it, or name it by --config.`);
  // An address that is none is the client's to refuse.
  if (URL.canParse(nextcloudHost) && placeOf(nextcloudHost) !== placeOf(options.nextcloudHost)) {
    throw wrong(`There is no login for this server: that of 'astrolabe-client login' is for ${options.nextcloudHost}.`);
  }
  return { path, options };
}

const placeOf = (address) => new URL(rootOf(address)).href;

/** The headers of the environment, for 'login' and 'logout', to which no other settings belong. */
export function headersOf(environment) {
  const { options } = readEnvironment(environment);
  return options.headers;
}

/** `{ path, isUsual, options, isLogin }`: the file for 'login' and 'logout'; `options` is undefined where there is none. */
export function readLoginFile(environment, config) {
  const named = configurationFile(environment, config);
  const path = named ?? usualPlace(environment);
  if (path === undefined) throw wrong("There is no folder for settings, as nobody has a home here: name a file by --config, or take --print.");
  const options = exists(path) ? readFile(path) : undefined;
  return { path, isUsual: named === undefined, options, isLogin: options !== undefined && isLogin(options) };
}

/** The address for 'login': that of its argument, or of the environment. */
export function serverOf(environment, address, allowInsecureHttp) {
  const nextcloudHost = checked("The address", address) || valueOf(environment, "NEXTCLOUD_HOST");
  if (!nextcloudHost) throw wrong("No server is named: give its address, such as 'astrolabe-client login https://cloud.example.com', or set NEXTCLOUD_HOST.");
  checkWithClient({ nextcloudHost, username: "-", password: "-" }, allowInsecureHttp, (option) => (address && option === "nextcloudHost" ? "the address" : variableOf(option)));
  return nextcloudHost;
}

/** Refuses what no command would take out of the file, or the environment, in which it is to be kept; `of` is what it is of. */
export function checkLogin(login, of, allowInsecureHttp) {
  checkTexts(of, login);
  checkWithClient(login, allowInsecureHttp, (option) => `${option} in ${of}`);
}

/** It knows best what is an address, and whether a login may go there. */
function checkWithClient(login, allowInsecureHttp, nameOf) {
  try {
    new AstrolabeClient({ ...login, allowInsecureHttp }).free();
  } catch (error) {
    throw new CommandError(error.code, shellWords(nameOf)(error), EXIT.configuration);
  }
}

/** The value, if there is nothing about it that a file or a shell has put there. */
function checked(name, value, hasLines = false) {
  const what = value && inTheWay(hasLines ? value.trim().replace(/\s+/g, " ") : value);
  if (what) throw wrong(`${name} ${what}: give the value alone. Docker's --env-file keeps quotation marks, and Windows ends lines with CR LF.`);
  return value;
}

/** `{ options, names }`: what is set, and by which variable. */
function readEnvironment(environment) {
  const options = {};
  const names = {};
  for (const [variable, option] of Object.entries(VARIABLES)) {
    const canBeEmpty = option === "scope";
    const value = valueOf(environment, variable, canBeEmpty);
    // Cron and container files often set what they do not use to nothing: an empty variable counts as none, where none can be empty.
    if (!value && !(value === "" && canBeEmpty)) continue;
    names[option] = environment[variable] ? variable : fileVariable(environment, variable);
    options[option] = READ[option]?.(value, names[option]) ?? value;
    // One that is mounted, as a service account of Kubernetes has it, is replaced long before it ends.
    if (option === "clientAssertion" && names[option] !== variable) options[option] = async () => valueOf(environment, variable);
  }
  return { options, names };
}

const fileVariable = (environment, variable) => (environment[`${variable}_FILE`] ? `${variable}_FILE` : variable);

/** Of the variable, or of the file that the variable with _FILE after its name names. */
function valueOf(environment, variable, canBeEmpty) {
  const ofFile = `${variable}_FILE`;
  const path = checked(ofFile, environment[ofFile]);
  const hasLines = HAS_LINES.has(VARIABLES[variable]);
  if (!path) return checked(variable, environment[variable], hasLines);
  if (environment[variable]) throw wrong(`${variable} and ${ofFile} are both set. Set one of them.`);
  const value = readValueFile(path, ofFile, hasLines);
  if (value === "" && !canBeEmpty) throw wrong(`${path}, which ${ofFile} names, is empty.`);
  return value;
}

/** Its owner and its readers are the business of whoever mounts it: Kubernetes and Docker do so as root, readable by all. */
function readValueFile(path, variable, hasLines) {
  const file = readSettingsFile(path);
  checkThatOthersCannotWrite(path, file);
  // The end of the line, as editors put it there, is not part of the value.
  return checked(`What ${variable} names`, file.text.replace(/\n$/, ""), hasLines);
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
  if ("headers" in options) checkHeaders(options.headers, `headers in ${path}`);
  checkTexts(path, options);
  return options;
}

/** Of the options, and of the token request's parameters; `of` is the file. */
function checkTexts(of, options) {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "string") checked(`${name} in ${of}`, value, HAS_LINES.has(name));
    else if (name === "tokenParameters" && value !== null && typeof value === "object") checkTexts(of, value);
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
