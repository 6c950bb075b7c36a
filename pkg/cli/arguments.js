// Reads the command line, and says by name what is wrong with it. Values are never repeated: one may be a secret.
import { parseArgs } from "node:util";
import { CommandError, EXIT } from "./failures.js";

const TYPES = {
  all: { type: "boolean" },
  search: { type: "string" },
  concurrency: { type: "string" },
  timeout: { type: "string" },
  format: { type: "string" },
  config: { type: "string" },
  ids: { type: "string" },
  print: { type: "boolean" },
  yes: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  "insecure-http": { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
};
const EVERYWHERE = ["timeout", "format", "config", "quiet", "insecure-http", "help", "version"];
/** The options that each command takes beside those. */
const COMMANDS = {
  login: ["print"],
  logout: [],
  diagnose: [],
  status: ["all", "ids", "search", "concurrency"],
  users: ["search"],
  provision: ["ids", "yes"],
  deprovision: ["ids", "yes"],
  "self-provisioning": ["yes"],
  capabilities: [],
  help: [],
};

export const FORMATS = ["table", "ndjson", "json", "csv"];

const MAX_CONCURRENCY = 1_000;
/** What a timer can hold: nearly 25 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

// Names that people try when they want to log in, -u and -p among them.
const OF_A_LOGIN = /^-[pu]$|pass|pw|secret|token|assertion|cred|auth|bearer|user|login|client|host|url|server|issuer|scope|key/i;
const OF_THE_ENVIRONMENT = /^(NEXTCLOUD|ASTROLABE)_\w*=/;

const usage = (message) => new CommandError("usage", `${message} See: astrolabe-client --help`, EXIT.configuration);

const loginInArguments = () =>
  usage("The server and the login are not given as arguments, which others on this machine can see: set NEXTCLOUD_HOST and the other variables before the command, or name a file by --config.");

/**
 * `{ command, options }`; `command` is also "help", with the `topic` it is about, or "version". Among the options is what
 * the command is about: the `address` of a server, or `userIds`, a list, or "-" for standard input, or "all".
 */
export function readArguments(args) {
  // Not strict: the errors of parseArgs() are made for programmers.
  const { values, positionals, tokens } = parseArgs({ args, options: TYPES, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) if (token.kind === "option") checkOption(token);
  if (positionals.some((text) => OF_THE_ENVIRONMENT.test(text))) throw loginInArguments();

  const [command, ...rest] = positionals;
  if (values.version) return { command: "version" };
  if (command !== undefined && !Object.hasOwn(COMMANDS, command)) throw noSuchCommand();
  if (values.help) return { command: "help", topic: command };
  if (command === undefined) throw usage("No command was given.");
  if (command === "help") return { command, topic: readTopic(rest) };

  const others = Object.keys(values).filter((name) => !EVERYWHERE.includes(name) && !COMMANDS[command].includes(name));
  if (others.length > 0) throw usage(`'${command}' takes no --${others[0]}.`);
  const operands = OPERANDS[command]?.(rest, values) ?? readNothing(command, rest);

  if (values.format !== undefined && !FORMATS.includes(values.format)) throw usage(`--format must be one of ${FORMATS.join(", ")}.`);
  const options = {
    ...operands,
    ids: values.ids,
    print: values.print ?? false,
    yes: values.yes ?? false,
    search: values.search,
    format: values.format,
    config: values.config,
    quiet: values.quiet ?? false,
    insecureHttp: values["insecure-http"] ?? false,
    concurrency: readConcurrency(values.concurrency),
    timeoutMs: readTimeout(values.timeout),
  };
  return { command, options };
}

function checkOption({ name, rawName, value, inlineValue }) {
  if (!Object.hasOwn(TYPES, name)) throw OF_A_LOGIN.test(rawName) ? loginInArguments() : usage(`There is no option ${rawName}.`);
  if (TYPES[name].type === "boolean") {
    if (value !== undefined) throw usage(`${rawName} takes no value.`);
    // One that looks like the next option most often is it.
  } else if (!value || (!inlineValue && value.startsWith("-"))) {
    throw usage(`${rawName} needs a value${value ? `; where that begins with a dash, write ${rawName}=VALUE` : ""}.`);
  }
}

const noSuchCommand = () => usage(`There is no such command; there are ${Object.keys(COMMANDS).join(", ")}.`);

function readTopic([topic, ...rest]) {
  if (rest.length > 0 || (topic !== undefined && !Object.hasOwn(COMMANDS, topic))) throw noSuchCommand();
  return topic;
}

const OPERANDS = {
  login([address, ...rest]) {
    if (rest.length > 0) throw usage("'login' takes one address.");
    return { address };
  },
  status(ids, { all, search, ids: file }) {
    if (all) {
      if (ids.length > 0 || file !== undefined) throw usage("'status' takes user ids or --all, not both.");
      return { userIds: "all" };
    }
    if (search !== undefined) throw usage("--search goes with 'status --all'.");
    return readUserIds("status", ids, file, "or --all, ");
  },
  provision: (ids, { ids: file }) => readUserIds("provision", ids, file),
  deprovision: (ids, { ids: file }) => readUserIds("deprovision", ids, file),
  "self-provisioning"([word, ...rest]) {
    if (rest.length > 0 || !["on", "off"].includes(word)) throw usage("'self-provisioning' takes on or off.");
    return { isAllowed: word === "on" };
  },
};

function readNothing(command, operands) {
  if (operands.length > 0) throw usage(`'${command}' takes no arguments beside its options.`);
  return {};
}

function readUserIds(command, ids, file, orAll = "") {
  if (file !== undefined) {
    if (ids.length > 0) throw usage(`'${command}' takes user ids or --ids, not both.`);
    return {};
  }
  if (ids.length === 0) throw usage(`'${command}' needs user ids, ${orAll}or --ids FILE, or - to read ids from standard input.`);
  if (!ids.includes("-")) return { userIds: ids };
  if (ids.length > 1) throw usage(`'${command} -' reads all user ids from standard input, and takes no others.`);
  return { userIds: "-" };
}

function readConcurrency(text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_CONCURRENCY) return number;
  throw usage(`--concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}.`);
}

function readTimeout(text) {
  if (text === undefined) return undefined;
  const milliseconds = Math.round(Number(text) * 1000);
  if (/^\d+(\.\d+)?$/.test(text) && milliseconds >= 1 && milliseconds <= MAX_TIMEOUT_MS) return milliseconds;
  throw usage(`--timeout must be a number of seconds from 0.001 to ${Math.floor(MAX_TIMEOUT_MS / 1000)}.`);
}
