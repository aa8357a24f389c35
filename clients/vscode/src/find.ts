/** Where the server may be.  Pure but for the question whether a file can be run. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";

export interface Places {
  /** The user's setting; "" for none. */
  setting: string;
  /** The interpreter of the selected Python environment; "" for none, or in an untrusted folder. */
  python: string;
  path: string;
  home: string;
  windows: boolean;
}

export type Found = { command: string; from: "setting" | "python" | "path" | "home" } | { missing: "setting" | "all" };

export async function findServer(places: Places, runs: (file: string) => Promise<boolean> = canRun): Promise<Found> {
  if (places.setting) {
    const command = expanded(places.setting, places.home);
    return (await runs(command)) ? { command, from: "setting" } : { missing: "setting" };
  }
  for (const [from, file] of candidates(places)) {
    if (await runs(file)) return { command: file, from };
  }
  return { missing: "all" };
}

export function candidates(places: Places): ["python" | "path" | "home", string][] {
  const name = places.windows ? "recall-lsp.exe" : "recall-lsp";
  const found: ["python" | "path" | "home", string][] = [];
  if (places.python) found.push(["python", join(dirname(places.python), name)]);
  for (const folder of places.path.split(delimiter)) if (folder) found.push(["path", join(folder, name)]);
  // uv and pipx both put programs there; a VS Code started from a desktop often has no such PATH.
  if (places.home) found.push(["home", join(places.home, ".local", "bin", name)]);
  return found;
}

export function expanded(path: string, home: string): string {
  return path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
}

async function canRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
