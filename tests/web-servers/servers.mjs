// nginx and Apache as child processes on ports of this machine, each with all its files in a folder of its own, before the
// stand-in for Nextcloud: set up as Nextcloud's administration manual says (manual/), with a snippet of a document in it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "../free-port.mjs";
import { startPhpHandler } from "./php-handler.mjs";

const START_MS = 15_000;
const STOP_MS = 5_000;

const isRoot = process.getuid?.() === 0;

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function find(what, names) {
  const path = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  return path ?? assert.fail(`no ${what} on this machine: scripts/setup installs it on Debian; elsewhere install it, so that ${names.join(" or ")} is in the PATH`);
}

/** A file or folder that packages put in different places. */
const firstOf = (what, ...paths) => paths.find(existsSync) ?? assert.fail(`there is no ${what}: none of ${paths.join(", ")}`);

const manual = (name) => readFile(new URL(`manual/${name}`, import.meta.url), "utf8");

const filled = (template, values) => template.replace(/(?<![%$])\{(\w+)\}/g, (whole, name) => values[name] ?? assert.fail(`${whole} is not known`));

/** Files of PHP that the rules look for; nobody reads them. */
const PHP_FILES = ["index.php", "status.php", "remote.php", "public.php", "cron.php", "ocs/v1.php", "ocs/v2.php"];

async function writeNextcloud(folder, base) {
  for (const name of PHP_FILES) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), "<?php\n");
  }
  await writeFile(join(folder, ".htaccess"), filled(await manual("htaccess"), { base: `${base}/` }));
}

async function nginxCommand({ folder, host }) {
  const config = `
daemon off;
${isRoot ? "user root;" : ""}
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/log warn;
events { worker_connections 64; }
http {
    access_log off;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
    ${host}
}
`;
  await writeFile(join(folder, "nginx.conf"), config);
  return [find("nginx", ["nginx"]), "-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "log")];
}

// mod_mpm_event and its like: one of what Debian has as files and others build in.
const APACHE_MODULES = ["mpm_event", "unixd", "authz_core", "alias", "dir", "mime", "env", "setenvif", "rewrite", "proxy", "proxy_fcgi", "proxy_http"];

async function apacheCommand({ folder, host, port, modules }) {
  const path = find("Apache", ["apache2", "httpd"]);
  const from = firstOf("folder of Apache's modules", "/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules");
  const files = [...APACHE_MODULES, ...modules].map((name) => [`${name}_module`, join(from, `mod_${name}.so`)]).filter(([, file]) => existsSync(file));
  const config = `
${files.map(([name, file]) => `LoadModule ${name} ${file}`).join("\n")}
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ServerName localhost
Listen 127.0.0.1:${port}
${isRoot ? "User #65534\nGroup #65534" : ""}
StartServers 1
ErrorLog ${folder}/log
LogLevel warn
TypesConfig ${firstOf("list of MIME types", "/etc/mime.types", "/etc/apache2/mime.types", "/etc/httpd/conf/mime.types")}
<Directory />
    Require all denied
</Directory>
${host}
`;
  await writeFile(join(folder, "apache.conf"), config);
  return [path, "-f", join(folder, "apache.conf"), "-DFOREGROUND"];
}

const commands = { nginx: nginxCommand, apache: apacheCommand };

const running = new Set();
const killAll = () => {
  for (const child of running) kill(child, "SIGKILL");
};
process.once("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

// In a group of their own: the server and the processes that it starts.
function kill(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * `kind`: "nginx" or "apache". `layout`: which file of manual/ it is set up by, "webroot", "subfolder" or "relaying".
 * `snippet`: what is added to it. `modules`: Apache's, besides those that it always has.
 */
export async function startServer(kind, { layout, snippet, standIn, modules = ["headers"] }) {
  const folder = await mkdtemp(join(tmpdir(), `astrolabe-${kind}-`));
  const closing = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    // Apache reads as nobody.
    await chmod(folder, 0o755);
    const base = layout === "subfolder" ? "/nextcloud" : "";
    const root = join(folder, "www");
    const nextcloud = join(root, "nextcloud");
    await writeNextcloud(nextcloud, base);
    await mkdir(join(root, "html"));

    const handler = await startPhpHandler(standIn.url);
    closing.push(handler.close);
    const port = await freePort();
    const values = { snippet, nextcloud, php: handler.address, standIn: standIn.url, listen: `127.0.0.1:${port}` };
    // In the manual the root of a sub-folder's server is the folder above.
    values.root = kind === "nginx" && layout === "webroot" ? nextcloud : root;
    if (kind === "nginx") {
      values.mime = firstOf("list of MIME types of nginx", "/etc/nginx/mime.types", "/usr/local/etc/nginx/mime.types", "/opt/homebrew/etc/nginx/mime.types");
      values.fastcgi_params = join(values.mime, "../fastcgi_params");
    }
    const host = filled(await manual(`${kind}-${layout}.conf`), values);

    const [path, ...args] = await commands[kind]({ folder, host, port, modules });
    const log = join(folder, "log");
    const output = await open(log, "a");
    closing.push(() => output.close());
    const child = spawn(path, args, { cwd: folder, detached: true, stdio: ["ignore", output.fd, output.fd] });
    running.add(child);
    const ended = once(child, "exit");
    closing.push(async () => {
      kill(child, "SIGTERM");
      const timer = setTimeout(() => kill(child, "SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
      running.delete(child);
    });

    const origin = `http://127.0.0.1:${port}`;
    for (const end = Date.now() + START_MS; ; ) {
      assert.equal(child.exitCode, null, `${kind} did not start: ${await readFile(log, "utf8")}`);
      if (await fetch(`${origin}/robots.txt`, { signal: AbortSignal.timeout(1_000) }).then(() => true, () => false)) break;
      assert.ok(Date.now() < end, `${kind} did not answer: ${await readFile(log, "utf8")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { kind, layout, origin, nextcloudHost: origin + base, base, close };
  } catch (error) {
    await close();
    throw error;
  }
}
