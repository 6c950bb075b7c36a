// The commands 'login' and 'logout'.
import { openInBrowser } from "./browser.js";
import { checkLogin, headersOf, readLoginFile, serverOf } from "./configuration.js";
import { CommandError, EXIT } from "./failures.js";
import { wrong } from "./files.js";
import { withHeaders } from "./headers.js";
import { asker, deleteAppPassword, LIFETIME_MS, LoginFlow } from "./login-flow.js";
import { Draft, remove } from "./login-file.js";
import { Progress } from "./progress.js";

const LOGINS = {
  csv: {
    head: ["nextcloudHost", "username", "file", "password"],
    fields: ({ nextcloudHost, username, file, password }) => [nextcloudHost, username, file, password],
  },
  lines({ nextcloudHost, username, file, password }) {
    if (file !== null) return [`Logged in to ${nextcloudHost} as ${username}. The login is kept in ${file}`];
    const variables = { NEXTCLOUD_HOST: nextcloudHost, NEXTCLOUD_USERNAME: username, NEXTCLOUD_PASSWORD: password };
    return Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  },
};

/** For a shell, where that is needed. */
const quoted = (text) => (/^[\w.:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const login = {
  shape: LOGINS,
  begin({ environment, options, fetch }) {
    const { address, config, print, insecureHttp, timeoutMs } = options;
    if (!process.stderr.isTTY) {
      throw new CommandError("no_terminal", "'login' needs a terminal, with a person before it (over ssh: ssh -t). Programs get their login by NEXTCLOUD_HOST and the other variables, or by a file.", EXIT.configuration);
    }
    const nextcloudHost = serverOf(environment, address, insecureHttp);
    const readFile = print ? () => null : () => readLoginToReplace(environment, config);
    return { subject: { nextcloudHost, file: readFile(), readFile, insecureHttp, timeoutMs, fetch: withHeaders(headersOf(environment), nextcloudHost, fetch) } };
  },
  async *records({ nextcloudHost, file, readFile, ...network }, { signal, quiet, isDumb, tell, written }) {
    const draft = file && new Draft(file.path, file.isUsual);
    try {
      const flow = await LoginFlow.begin(nextcloudHost, { ...network, signal });
      const elsewhere = flow.isElsewhere() ? `\nIt is at another address than the one that you gave.` : "";
      tell(`Open this address in a browser, on any machine, and agree there:\n\n  ${flow.page}\n${elsewhere}`);
      openInBrowser(flow.page, process);
      const given = await waited(flow, { signal, quiet, isDumb, tell });
      let former;
      try {
        signal.throwIfAborted();
        checkGiven({ nextcloudHost, ...given }, network.insecureHttp);
        // Another login to the same file may have come first.
        former = readFile()?.options;
        draft?.commit({ nextcloudHost, ...given });
        yield { nextcloudHost, username: given.username, file: file?.path ?? null, password: file ? null : given.password };
        // What was printed and did not arrive is nowhere else.
        if (!file) await written();
      } catch (error) {
        await takeBack(flow, given, tell);
        throw error;
      }
      if (former) await deleteFormer(former, network, { signal, tell });
    } finally {
      draft?.discard();
    }
  },
  exitCode: () => EXIT.ok,
};

/** Where it is to be kept. */
function readLoginToReplace(environment, config) {
  const file = readLoginFile(environment, config);
  if (file.options && !file.isLogin) throw wrong(`${file.path} holds other settings than those of a login, and is not overwritten: name another file by --config, or take --print.`);
  return file;
}

/** By the rules of who is to read it. */
function checkGiven(login, insecureHttp) {
  try {
    checkLogin(login, "what the server gave", insecureHttp);
  } catch ({ message }) {
    throw new CommandError("unexpected_response", `The server gave a login that no command could use: ${message}`, EXIT.other);
  }
}

/** Says what becomes of an app password that nobody is going to use; the reason is told by whoever has it. */
async function takeBack(flow, given, tell) {
  try {
    await flow.delete(given);
    tell("The app password that was made is deleted again.");
  } catch ({ message }) {
    tell(message);
  }
}

/** The app password, with a sign of life until it is there. */
async function waited(flow, { signal, quiet, isDumb, tell }) {
  const endsAt = Date.now() + LIFETIME_MS;
  const line = () => `Waiting until you have agreed there (${minutes(endsAt - Date.now())} left; Ctrl-C gives up)`;
  const progress = quiet || isDumb ? undefined : new Progress(process.stderr, line);
  if (isDumb && !quiet) tell(line());
  try {
    return await flow.wait(signal).finally(() => progress?.end());
  } catch (error) {
    // What comes of giving up is more than that somebody gave up.
    if (signal.aborted && error !== signal.reason) tell(error.message);
    throw error;
  }
}

function minutes(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** It would stay in the account's list of devices. */
async function deleteFormer(former, { fetch, timeoutMs, insecureHttp }, { signal, tell }) {
  const { isGone, said } = await deletedFormer(former, insecureHttp, asker(fetch, timeoutMs), signal);
  if (!isGone) tell(`The app password of the former login at ${former.nextcloudHost} could not be deleted (${said}): delete it in the settings of ${former.username} there, under Security.`);
}

async function deletedFormer(former, insecureHttp, ask, signal) {
  try {
    checkLogin(former, "the file", insecureHttp);
  } catch ({ message }) {
    return { isGone: false, said: message };
  }
  return deleteAppPassword(former, ask, { signal });
}

const STEPS = {
  csv: { head: ["step", "isDone", "message"], fields: ({ step, isDone, message }) => [step, isDone, message] },
  // What was not done is the error at the end.
  lines: ({ isDone, message }) => (isDone ? [message] : []),
};

export const logout = {
  shape: STEPS,
  begin({ environment, options, fetch }) {
    const { config, insecureHttp, timeoutMs } = options;
    const file = readLoginFile(environment, config);
    if (!file.options) throw wrong(`There is no login to end: there is no ${file.path}.`);
    if (!file.isLogin) throw wrong(`${file.path} holds other settings than those of a login: 'logout' is for what 'login' has made.`);
    const { nextcloudHost } = file.options;
    checkLogin(file.options, file.path, insecureHttp);
    return { subject: { ...file, ask: asker(withHeaders(headersOf(environment), nextcloudHost, fetch), timeoutMs) } };
  },
  async *records({ path, options: login, ask }, { signal }) {
    const itsPassword = `The app password of ${login.username} at ${login.nextcloudHost}`;
    const { isGone, isNone, said } = await deleteAppPassword(login, ask, { signal });
    signal.throwIfAborted();
    if (isNone) throw wrong(`What ${path} holds is no app password, so there is none to delete at the server. If the file is not needed, delete it.`);
    const left = isGone ? null : `${itsPassword} could not be deleted: ${said}. It may be still valid: delete it in the settings there, under Security.`;
    yield { step: "app_password", isDone: isGone, message: left ?? `${itsPassword} is gone: ${said}.` };
    const problem = remove(path);
    const kept = problem && `${path} cannot be deleted (${problem}).`;
    yield { step: "file", isDone: problem === null, message: kept ?? `${path} is deleted.` };
    if (left || kept) throw new CommandError("logout_incomplete", [left, kept].filter(Boolean).join(" "), left ? EXIT.unavailable : EXIT.other);
  },
  exitCode: () => EXIT.ok,
};
