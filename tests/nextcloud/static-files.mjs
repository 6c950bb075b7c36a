// Files of a folder, for pages that are tested from the stand-in's own origin.
import { readFile, stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Promises the answer with a file of one of the folders, `{ "/prefix/": "/its/folder" }`; null when the path is below none. */
export function staticFile(folders, path) {
  const prefix = Object.keys(folders).find((one) => path.startsWith(one));
  return prefix === undefined ? null : fileAnswer(resolve(folders[prefix]), path.slice(prefix.length));
}

async function fileAnswer(root, path) {
  const file = await fileBelow(root, path);
  if (!file) return { status: 404, headers: { "Content-Type": "text/plain" }, body: "no such file\n" };
  const contentType = CONTENT_TYPES[extname(file)] ?? "application/octet-stream";
  return { status: 200, headers: { "Content-Type": contentType, "Cache-Control": "no-store" }, body: await readFile(file) };
}

async function fileBelow(root, encoded) {
  try {
    let file = join(root, decodeURIComponent(encoded));
    if (file !== root && !file.startsWith(root + sep)) return null;
    if ((await stat(file)).isDirectory()) file = join(file, "index.html");
    return (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}
