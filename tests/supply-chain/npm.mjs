// What every package.json of this repository and the lock file beside it must hold.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const OWN = "astrolabe-client";

/** The packages that run a script when they are installed, and what for. */
export const reviewedScripts = {
  "core-js": "asks for donations",
  esbuild: "takes the binary that came as an optional package; downloads it only where that is missing",
  sharp: "builds itself only where the system has a libvips; the binary came as an optional package",
  workerd: "takes the binary that came as an optional package; downloads it only where that is missing",
};

const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));

/** Every folder with a package.json in git that names dependencies, with that and its lock file. */
export function npmFolders() {
  const listed = execFileSync("git", ["ls-files", "-z", "package.json", "*/package.json"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  return listed.map(dirname).map((folder) => ({ folder, manifest: readJson(folder, "package.json"), lock: existsSync(join(root, folder, "package-lock.json")) ? readJson(folder, "package-lock.json") : undefined }));
}

export function manifestProblems({ dependencies = {}, devDependencies = {}, optionalDependencies = {} }) {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([name, version]) => !(name === OWN ? /^file:(\.\.\/?)+$/ : /^\d+\.\d+\.\d+(-[\w.]+)?$/).test(version))
    .map(([name, version]) => `${name} ${version} is not an exact version`);
}

export function lockProblems(lock) {
  if (lock?.lockfileVersion !== 3) return ["there is no package-lock.json of version 3"];
  const locked = Object.entries(lock.packages).filter(([path]) => path.startsWith("node_modules/") && path !== `node_modules/${OWN}`);
  return locked.flatMap(([path, { resolved, integrity, hasInstallScript }]) => [
    ...(resolved === undefined || resolved.startsWith("https://registry.npmjs.org/") ? [] : [`${path} is not from the registry but from ${resolved}`]),
    ...(/^sha512-[\w+/]{86}==$/.test(integrity) ? [] : [`${path} has no SHA-512`]),
    ...(hasInstallScript && !(path.split("node_modules/").at(-1) in reviewedScripts) ? [`${path} has an install script that nobody has reviewed`] : []),
  ]);
}
