// The file in which 'login' keeps a login: one of --config, written and read by its owner alone.
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, fsyncSync, lstatSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { wrong } from "./files.js";

const NAMES = ["nextcloudHost", "username", "password"];

/** Whether it is one that 'login' has written: with these three and nothing else. */
export const isLogin = (options) => Object.keys(options).length === NAMES.length && NAMES.every((name) => typeof options[name] === "string");

/** Where it is unless --config says otherwise; undefined where nobody has a home. */
export function usualPlace({ XDG_CONFIG_HOME, APPDATA }) {
  const folder = settingsFolder(process.platform === "win32" ? APPDATA : XDG_CONFIG_HOME);
  return folder && join(folder, "astrolabe-client", "login.json");
}

function settingsFolder(named) {
  // The XDG specification has a relative one ignored.
  if (named && isAbsolute(named)) return named;
  try {
    const home = os.homedir();
    return isAbsolute(home) ? join(home, process.platform === "win32" ? "AppData/Roaming" : ".config") : undefined;
  } catch {
    return undefined;
  }
}

export const exists = (path) => path !== undefined && existsSync(path);

function isLink(path) {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The file itself, where `path` is a link to it, as tools that look after settings make them. */
function placeOf(path) {
  if (isLink(path) && !existsSync(path)) throw wrong(`${path} is a link to a file that is not there: delete the link, or name another place by --config.`);
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

/**
 * A file beside the one that it is to become, made before there is anything to write: where that cannot be, it is found out
 * in time. `isUsual`: its folder is this program's own.
 */
export class Draft {
  #path;
  #place;
  #file;

  constructor(path, isUsual) {
    this.#place = placeOf(path);
    this.#path = `${this.#place}.${randomBytes(6).toString("hex")}`;
    this.#do(() => {
      mkdirSync(dirname(this.#place), { recursive: true, mode: 0o700 });
      // Where a link leads, the folder may be others' as well.
      if (isUsual && !isLink(path) && !isLink(dirname(path))) chmodSync(dirname(this.#place), 0o700);
      this.#file = openSync(this.#path, "wx", 0o600);
    });
  }

  /** All of it or nothing is there, whenever this ends. */
  commit(login) {
    this.#do(() => {
      writeFileSync(this.#file, `${JSON.stringify(login, NAMES, 2)}\n`);
      fsyncSync(this.#file);
      this.#close();
      renameSync(this.#path, this.#place);
    });
  }

  /** What has not been committed. */
  discard() {
    this.#close();
    rmSync(this.#path, { force: true });
  }

  /** Once: by then its number may be that of another file. */
  #close() {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #do(action) {
    try {
      action();
    } catch ({ code }) {
      throw wrong(`${this.#place} cannot be written (${code}). Name another place by --config, or take --print.`);
    }
  }
}

/** Where it is a link, the link and what it leads to. What stood against it, or null. */
export function remove(path) {
  try {
    const place = realpathSync(path);
    unlinkSync(place);
    if (isLink(path)) unlinkSync(path);
    return null;
  } catch ({ code }) {
    return code;
  }
}
