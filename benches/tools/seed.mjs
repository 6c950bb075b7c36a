// The seed's Python class, in a process of its own.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { VENV_PYTHON } from "./prepare.mjs";

const SCRIPT = fileURLToPath(new URL("../seed/run.py", import.meta.url));

/** Users a second, from a cold start on; that of Python itself is not counted. */
export async function seedUsersPerSecond({ nextcloudHost, clientId, clientSecret }, users, tasks) {
  const { stdout } = await promisify(execFile)(VENV_PYTHON, [SCRIPT, nextcloudHost, clientId, clientSecret, String(users), String(tasks)]);
  return users / JSON.parse(stdout).seconds;
}
