// Where scripts/component-tools has put what it installs.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const toolchain = fileURLToPath(new URL("../../scripts/toolchain.sh", import.meta.url));
const folder = execFileSync("bash", ["-c", `. "${toolchain}" && printf %s "$component_tools"`], { encoding: "utf8" });
const tool = (name) => join(folder, "bin", name);

export const wasmTools = tool("wasm-tools");
export const wasmtime = tool("wasmtime");
export const python = tool("python");
