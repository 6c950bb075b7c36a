// Opens an address in a browser, where there is one to open: a help, and never needed.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** `{ command, args }`, of which the first that is there is taken; none where the browser is elsewhere. */
export function openers(address, { platform, env }) {
  // It would open at the other end, if anywhere.
  if (env.SSH_CONNECTION || env.SSH_CLIENT || env.SSH_TTY) return [];
  // No shell reads the address. In PowerShell's quotation marks only its own kind has a meaning.
  const powershell = { command: "powershell.exe", args: ["-NoProfile", "-NonInteractive", "-Command", `Start-Process '${address.replaceAll("'", "''")}'`] };
  if (platform === "darwin") return [{ command: "open", args: [address] }];
  if (platform === "win32") return [powershell];
  const ofWindows = isWsl(env) ? [{ command: "wslview", args: [address] }, powershell] : [];
  // Without a display it might begin a browser in this terminal.
  return [...ofWindows, ...(env.DISPLAY || env.WAYLAND_DISPLAY ? [{ command: "xdg-open", args: [address] }] : [])];
}

function isWsl(env) {
  if (env.WSL_DISTRO_NAME) return true;
  try {
    return /microsoft/i.test(readFileSync("/proc/sys/kernel/osrelease", "utf8"));
  } catch {
    return false;
  }
}

export function openInBrowser(address, process) {
  open(openers(address, process));
}

function open([opener, ...others]) {
  if (!opener) return;
  const child = spawn(opener.command, opener.args, { stdio: "ignore", detached: true, windowsHide: true });
  child.on("error", () => open(others));
  child.unref();
}
