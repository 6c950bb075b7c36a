// The file in which 'login' keeps a login: one of --config, written and read by its owner alone.
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, unlinkSync, writeSync } from "node:fs";
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

/**
 * A file beside the one that it is to become, made before there is anything to write: where that cannot be, it is found out
 * in time. `isUsual`: its folder is this program's own.
 */
export class Draft {
  #path;
  #place;
  #file;

  constructor(path, isUsual) {
    this.#place = resolve(path);
    this.#path = `${this.#place}.${randomBytes(6).toString("hex")}`;
    this.#do(() => {
      mkdirSync(dirname(this.#place), { recursive: true, mode: 0o700 });
      if (isUsual) chmodSync(dirname(this.#place), 0o700);
      this.#file = openSync(this.#path, "wx", 0o600);
    });
  }

  /** All of it or nothing is there, whenever this ends. */
  commit(login) {
    this.#do(() => {
      writeSync(this.#file, `${JSON.stringify(login, NAMES, 2)}\n`);
      fsyncSync(this.#file);
      closeSync(this.#file);
      renameSync(this.#path, this.#place);
      this.#file = undefined;
    });
  }

  /** If it has not been committed. */
  discard() {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
    this.#file = undefined;
  }

  #do(action) {
    try {
      action();
    } catch ({ code }) {
      throw wrong(`${this.#place} cannot be written (${code}). Name another place by --config, or take --print.`);
    }
  }
}

/** What stood against it, or null. */
export function remove(path) {
  try {
    unlinkSync(path);
    return null;
  } catch ({ code }) {
    return code;
  }
}
