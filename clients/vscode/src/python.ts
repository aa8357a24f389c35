/** The interpreter chosen in the Python extension, where there is one. */

import { extensions, type Disposable, type Event, type Uri } from "vscode";

/** The Python extension is waited for no longer, in milliseconds. */
const PATIENCE = 5000;

interface Environments {
  getActiveEnvironmentPath(): { path: string };
  resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: Uri } } | undefined>;
  onDidChangeActiveEnvironmentPath?: Event<unknown>;
}

/** Its path; "" for none. */
export async function selectedPython(): Promise<string> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const found = (async () => {
    const known = await environments();
    return known?.resolveEnvironment(known.getActiveEnvironmentPath());
  })();
  try {
    return (await Promise.race([found, late]))?.executable.uri?.fsPath ?? "";
  } catch {
    return "";
  }
}

export async function onPythonSelected(work: () => void): Promise<Disposable | undefined> {
  try {
    return (await environments())?.onDidChangeActiveEnvironmentPath?.(work);
  } catch {
    return undefined;
  }
}

async function environments(): Promise<Environments | undefined> {
  const python = extensions.getExtension<{ environments?: Environments }>("ms-python.python");
  return (await python?.activate())?.environments;
}
