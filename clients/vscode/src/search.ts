/** Searching all notes, by words and by meaning, from a quick pick. */

import { ThemeIcon, Uri, ViewColumn, window, workspace, type QuickPickItem } from "vscode";
import { Pause } from "./live";
import { inTurn } from "./text";
import type { Hit } from "./model";
import type { Server } from "./server";

const PAUSE = 150;
const MOST = 30;
const UNWRITTEN = "recall search.md";
const BESIDE = { iconPath: new ThemeIcon("split-horizontal"), tooltip: "Open beside" };

interface Found extends QuickPickItem {
  hit: Hit;
}

/** `near` is the document that is being written, if any. */
export function searchNotes(server: Server, near: Uri | undefined, open: (hit: Hit, column: ViewColumn) => Promise<void>): void {
  const pick = window.createQuickPick<Found>();
  Object.assign(pick, { title: "Search your notes", placeholder: "Some words, or what it was about", sortByLabel: false });
  const look = new Pause(async (signal) => {
    const hits = pick.value.trim() ? await find(server, pick.value, near, signal) : [];
    if (signal.aborted) return;
    pick.items = hits.map(found);
    pick.busy = false;
  }, () => PAUSE);
  const leave = (hit: Hit | undefined, column: ViewColumn): void => {
    pick.hide();
    if (hit) void open(hit, column);
  };
  pick.onDidChangeValue(() => {
    pick.busy = true;
    look.touch();
  });
  pick.onDidAccept(() => leave(pick.selectedItems[0]?.hit, ViewColumn.Active));
  pick.onDidTriggerItemButton(({ item }) => leave(item.hit, ViewColumn.Beside));
  pick.onDidHide(() => {
    look.cancel();
    pick.dispose();
  });
  pick.show();
}

/** In all folders.  Asked from a document that is not there, since the panel asks from the one that is. */
async function find(server: Server, text: string, near: Uri | undefined, signal: AbortSignal): Promise<Hit[]> {
  const here = near && workspace.getWorkspaceFolder(near);
  const folders = [...(workspace.workspaceFolders ?? [])].sort((one, other) => Number(other === here) - Number(one === here));
  const answers = folders.map((folder) => {
    const from = near && folder === here ? Uri.joinPath(near, "..", UNWRITTEN) : Uri.joinPath(folder.uri, UNWRITTEN);
    const asked = { text, textDocument: { uri: from.toString() }, limit: MOST, quiet: 0 };
    return server.request<{ hits: Hit[] }>("recall/related", asked, signal);
  });
  return inTurn((await Promise.all(answers)).map((answer) => answer?.hits ?? [])).slice(0, MOST);
}

/** Shown whatever was typed: the server has searched, the editor is not to sieve by letters once more. */
function found(hit: Hit): Found {
  return { label: hit.title, description: hit.ago, detail: hit.sentence, alwaysShow: true, buttons: [BESIDE], hit };
}
