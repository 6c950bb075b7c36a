// Prints a JavaScript module that holds the wasm file named as text.
import { readFileSync } from "node:fs";

console.log(`export default "${readFileSync(process.argv[2]).toString("base64")}";`);
