// What a run has measured, for docs/threats.md: scripts/robustness says where to write it.
import { appendFileSync } from "node:fs";

/** @param {Record<string, string | number>} figures */
export function report(name, figures) {
  const file = process.env.ASTROLABE_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify({ name, figures })}\n`);
}
