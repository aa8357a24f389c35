/** The view beside the draft: a webview that paints what it is told and tells what was pressed. */

import { randomBytes } from "node:crypto";
import {
  commands, Uri, type CancellationToken, type Disposable, type Webview, type WebviewView, type WebviewViewProvider,
} from "vscode";
import type { FromPanel, View } from "./model";

export const PANEL = "recallPanel";

export class Panel implements WebviewViewProvider, Disposable {
  private view: WebviewView | undefined;
  private shown: View = { cards: [], message: "", hint: "", offer: undefined, paused: false };

  constructor(
    private readonly root: Uri,
    private readonly on: (message: FromPanel) => void,
    private readonly appeared: () => void,
  ) {}

  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  resolveWebviewView(view: WebviewView, _context: unknown, _token: CancellationToken): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [this.root] };
    view.webview.onDidReceiveMessage((message: FromPanel) => {
      if (message.kind === "ready") this.post();
      this.on(message);
    });
    view.onDidChangeVisibility(() => view.visible && this.appeared());
    view.onDidDispose(() => (this.view = undefined));
    view.webview.html = page(view.webview, this.root);
  }

  show(state: View): void {
    this.shown = state;
    this.post();
  }

  /** Open the view; with the keyboard in it, or leaving the focus where it is. */
  async reveal(focus: boolean): Promise<void> {
    if (focus) {
      await commands.executeCommand(`${PANEL}.focus`);
      await this.view?.webview.postMessage({ kind: "focus" });
    } else if (this.view) this.view.show(true);
    else await commands.executeCommand(`${PANEL}.open`, { preserveFocus: true });
  }

  dispose(): void {
    this.view = undefined;
  }

  private post(): void {
    void this.view?.webview.postMessage({ kind: "view", view: this.shown });
  }
}

/** Nothing of a note is in the page: its text arrives as messages and is set as text. */
function page(webview: Webview, root: Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const style = webview.asWebviewUri(Uri.joinPath(root, "media", "panel.css"));
  const script = webview.asWebviewUri(Uri.joinPath(root, "dist", "panel.js"));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Related notes</title>
</head>
<body>
<main>
<ul id="cards" aria-label="Related notes"></ul>
<p id="message" role="status"></p>
<p id="offer" role="status"></p>
<p id="count" role="status"></p>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
