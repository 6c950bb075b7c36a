// Under the wasmtime command.
import { join } from "node:path";
import { built } from "./component.mjs";
import { runScenarios } from "./scenarios.mjs";
import { wasmtime } from "./tools.mjs";
import { startWasmtime } from "./wasmtime.mjs";

runScenarios((log) => startWasmtime(wasmtime, join(built, "scenarios.wasm"), { log }));
