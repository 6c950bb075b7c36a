// The folder of one consumer: what is in it, what runs in it, what is left of it in the end.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const LONGEST_MS = 180_000;

/** Builds the package and packs it, as scripts/test does. */
export async function makeTarball(root) {
  const folder = join(root, "target", "package");
  await run(join(root, "scripts/build"), ["--into", folder]);
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", join(root, "target"), folder]);
  return join(root, "target", stdout.trim());
}

export class Folder {
  #processes = [];

  constructor(path, standIn) {
    this.path = path;
    this.standIn = standIn;
  }

  async install(packages, tarball) {
    await this.write({ "package.json": JSON.stringify({ name: "consumer", private: true, dependencies: packages }) });
    await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline", tarball], { cwd: this.path, timeout: LONGEST_MS });
  }

  async write(files) {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }

  bin = (name) => join(this.path, "node_modules", ".bin", name);

  /** What is installed comes first, as for the scripts of npm: a Node.js, too. */
  #environment = (env) => ({ ...process.env, CI: "true", NO_COLOR: "1", PATH: `${this.bin("")}:${process.env.PATH}`, ...env });

  /** What a command prints. */
  async run(command, args, { env } = {}) {
    try {
      const { stdout } = await run(command, args, { cwd: this.path, timeout: LONGEST_MS, env: this.#environment(env) });
      return stdout.trim();
    } catch (error) {
      throw new Error(`${command} ${args.join(" ")}\n${error.stdout}\n${error.stderr}`);
    }
  }

  /** Starts a server and waits until `url` answers. */
  async serve(command, args, url, { env } = {}) {
    const child = spawn(command, args, { cwd: this.path, detached: true, stdio: ["ignore", "pipe", "pipe"], env: this.#environment(env) });
    this.#processes.push(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    for (const endsAt = Date.now() + LONGEST_MS; ; ) {
      if (await fetch(url).then(() => true, () => false)) return;
      if (child.exitCode !== null || Date.now() > endsAt) throw new Error(`${command} ${args.join(" ")}\n${said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async end() {
    for (const child of this.#processes) {
      if (child.exitCode !== null) continue;
      // And those that it started.
      process.kill(-child.pid, "SIGKILL");
      await once(child, "close");
    }
  }
}
