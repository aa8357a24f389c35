/** Whether a key was pressed just now: tells what the editor asks by itself from what the writer asks for. */

import { workspace, type Disposable, type TextDocument } from "vscode";

const JUST_NOW = 300;

export class Typing implements Disposable {
  private readonly changed = new WeakMap<TextDocument, number>();
  private readonly listening = workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length) this.changed.set(document, Date.now());
  });

  justNow(document: TextDocument): boolean {
    return Date.now() - (this.changed.get(document) ?? 0) < JUST_NOW;
  }

  /** Resolves once no key has been pressed for a while; for a document that nobody types into, at once. */
  async settled(document: TextDocument): Promise<void> {
    while (this.justNow(document)) await new Promise((resolve) => setTimeout(resolve, JUST_NOW));
  }

  dispose(): void {
    this.listening.dispose();
  }
}
