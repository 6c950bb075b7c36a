// Files that settings come from, and who may write or read them.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { CommandError, EXIT } from "./failures.js";

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

export const wrong = (message) => new CommandError("configuration", message, EXIT.configuration);

/** `{ text, mode, uid }`, all of the file that was opened, whatever becomes of its name. */
export function readSettingsFile(path) {
  let file;
  try {
    // Not waiting for anybody: a pipe into which nobody writes would hold it up for ever.
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    const stat = fstatSync(file);
    if (!stat.isFile() && !stat.isDirectory()) throw wrong(`${path} is no file, but a pipe, a device or the like.`);
    const { mode, uid } = stat;
    return { text: decoded(readFileSync(file), path), mode, uid };
  } catch (error) {
    throw error instanceof CommandError ? error : wrong(`${path} cannot be read (${error.code}).`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Strict, and without a byte order mark. */
function decoded(bytes, path) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw wrong(`${path} is not UTF-8.`);
  }
}

// Windows keeps who may do what elsewhere.
const hasModes = process.platform !== "win32";

/** Whoever can write it says where the login goes. */
export function checkThatOthersCannotWrite(path, { mode }) {
  if (hasModes && mode & 0o022) {
    throw wrong(`${path} can be written by others than its owner, who could change what it says. Take that from them: chmod go-w ${path}`);
  }
}

export function checkOwner(path, { uid }) {
  if (hasModes && uid !== 0 && uid !== process.geteuid()) {
    throw wrong(`${path} belongs to another user, who could change what it says. It must be yours or root's.`);
  }
}

/** The group may: that is how Kubernetes mounts a secret. */
export function checkThatNotAllCanRead(path, { mode }) {
  if (hasModes && mode & 0o004) throw wrong(`${path} holds a secret, and all users of this machine may read it. Let nobody but its owner: chmod 600 ${path} (a volume of Kubernetes: defaultMode 0440).`);
}
