/** The settings that concern the server: those that the user has set, under its own names. */

export const FOR_THE_SERVER = [
  "limit", "quiet", "codeLens", "hover", "trigger", "completion", "linkStyle", "ghost", "ghostSure", "ghostLinks", "ghostQuotes",
  "include", "exclude", "privateTags", "scope", "maxBytes", "model", "template", "newNoteFolder", "dailyFolder", "brokenLinks",
  "brokenFragments", "missingNotes", "ambiguousLinks", "duplicateIds",
  "orphanAttachments", "workspaceDiagnostics", "referenceLens", "inlayHints", "semanticTokens", "logLevel",
] as const;

export interface Inspected {
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}

/**
 * A default of VS Code's is no wish of the user's: sent, it would win over the folder's recall.toml.
 */
export function serverSettings(inspect: (name: string) => Inspected | undefined): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const name of FOR_THE_SERVER) {
    const found = inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined) chosen[snakeCase(name)] = value;
  }
  return chosen;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
