/** Start and stop, and the commands. */

import { commands, Position, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import type { FolderStatus } from "./model";
import { Recall } from "./recall";
import { PANEL } from "./panel";
import { Server } from "./server";
import { Status } from "./status";
import { Typing } from "./typing";

const INSTALL_PAGE = "media/walk-server.md";
const WELCOMED = "welcomed";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Recall", { log: true });
  const status = new Status();
  const typing = new Typing();
  const recall: Recall = new Recall(context, () => running, (paused) => status.pause(paused));
  const running = new Server(log, status, typing, () => recall.paused, () => void recall.indexChanged());
  server = running;
  context.subscriptions.push(
    log,
    status,
    typing,
    window.registerWebviewViewProvider(PANEL, recall.panel),
    ...registered({
      "recallPanel.show": () => recall.panel.reveal(true),
      "recallPanel.pause": () => recall.setPaused(true),
      "recallPanel.resume": () => recall.setPaused(false),
      "recallPanel.openPage": () => recall.openPage(),
      "recallPanel.insertLink": () => recall.act("link"),
      "recallPanel.insertQuote": () => recall.act("quote"),
      "recallPanel.undo": () => recall.act("undo"),
      "recallPanel.hidden": () => recall.chooseHidden(),
      "recallPanel.search": () => recall.search(),
      "recallServer.restart": () => running.restart(),
      "recallServer.log": () => log.show(true),
      "recallServer.install": () => commands.executeCommand("markdown.showPreview", Uri.joinPath(context.extensionUri, INSTALL_PAGE)),
      "recallServer.menu": () => menu(recall, running),
      "recall.showRelated": (asked: Asked) => recall.showAt(Uri.parse(asked.textDocument.uri), place(asked)),
      "recall.showReferences": (asked: Asked) => showReferences(Uri.parse(asked.textDocument.uri), place(asked)),
    }),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("recall.serverPath") && void running.restart()),
    workspace.onDidGrantWorkspaceTrust(() => void running.restart()),
    window.onDidChangeWindowState(({ focused }) => focused && void running.startIfFound()),
  );
  void running.start();
  void welcome(context, recall);
}

export function deactivate(): Thenable<void> | undefined {
  return server?.stop();
}

/** What a code lens carries. */
interface Asked {
  textDocument: { uri: string };
  position: { line: number; character: number };
}

/** The list of the links to a place, as "Go to references" shows it. */
async function showReferences(uri: Uri, at: Position): Promise<void> {
  const found = await commands.executeCommand("vscode.executeReferenceProvider", uri, at);
  await commands.executeCommand("editor.action.showReferences", uri, at, found);
}

function place(asked: Asked): Position {
  return new Position(asked.position.line, asked.position.character);
}

function registered(table: Record<string, (argument: never) => unknown>): Disposable[] {
  return Object.entries(table).map(([name, work]) => commands.registerCommand(name, work));
}

/** The first time, the panel opens by itself; the focus stays in the note. */
async function welcome(context: ExtensionContext, recall: Recall): Promise<void> {
  if (context.globalState.get(WELCOMED) || !workspace.workspaceFolders?.length) return;
  await context.globalState.update(WELCOMED, true);
  await recall.panel.reveal(false);
}

async function menu(recall: Recall, server: Server): Promise<void> {
  const told = server.running ? await server.request<{ folders: FolderStatus[] }>("recall/status", null) : undefined;
  const folders = (told?.folders ?? []).map((folder) => ({
    label: `$(folder) ${decodeURIComponent(folder.uri.split("/").at(-1) ?? "")}`,
    description: folder.message,
    detail: folder.skipped.length ? `${folder.skipped.length} files are not read` : undefined,
    run: "",
  }));
  const actions: { label: string; description?: string; detail?: string; run: string }[] = [
    { label: "$(history) Go to the related notes", run: "recallPanel.show" },
    { label: "$(search) Search your notes…", run: "recallPanel.search" },
    recall.paused
      ? { label: "$(debug-start) Resume", run: "recallPanel.resume" }
      : { label: "$(debug-pause) Pause", run: "recallPanel.pause" },
    { label: "$(eye-closed) Notes that are not shown…", run: "recallPanel.hidden" },
    { label: "$(output) Show the log", run: "recallServer.log" },
    { label: "$(refresh) Restart the server", run: "recallServer.restart" },
    { label: "$(cloud-download) How to install the server", run: "recallServer.install" },
    { label: "$(gear) Settings", run: "settings" },
  ];
  const title = server.running ? "Recall" : "Recall: the server does not run";
  const items = folders.map(({ detail, ...rest }) => (detail === undefined ? rest : { ...rest, detail }));
  const chosen = await window.showQuickPick([...items, ...actions], { title });
  if (chosen?.run === "settings") await commands.executeCommand("workbench.action.openSettings", "@ext:recall-lsp.recall-lsp");
  else if (chosen?.run) await commands.executeCommand(chosen.run);
}
