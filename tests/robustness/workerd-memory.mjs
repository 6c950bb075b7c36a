// What the processes of workerd that this one has begun hold in memory, in bytes; Linux only.
import { readFileSync, readdirSync } from "node:fs";

export function workerdBytes() {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const fields = (pid) => {
    try {
      return Object.fromEntries(
        readFileSync(`/proc/${pid}/status`, "utf8")
          .split("\n")
          .map((line) => line.split(/:\s*/)),
      );
    } catch {
      return {}; // it has ended since
    }
  };
  return pids
    .map(fields)
    .filter(({ Name, PPid }) => Name === "workerd" && Number(PPid) === process.pid)
    .reduce((sum, { VmRSS }) => sum + parseInt(VmRSS) * 1024, 0);
}
