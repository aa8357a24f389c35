/** The live panel: follows the writer's place, and does what is asked of a card. */

import {
  commands, Location, Position, Range, Selection, Uri, ViewColumn, window, workspace,
  type ExtensionContext, type TextDocument, type TextEditor,
} from "vscode";
import { Pause } from "./live";
import type { Action, FromPanel, Hit, Offer, Taught, View } from "./model";
import { Panel } from "./panel";
import { Pins } from "./pins";
import type { Server } from "./server";
import { searchNotes } from "./search";
import { cardsOf, quotation, spaced, utf16 } from "./text";

const LANGUAGES = ["markdown", "plaintext", "org"];
const PAUSED = "paused";
const NO_SERVER: Offer = { text: "Recall needs its server, and does not find it.", label: "How to install it", action: "install" };
/** The cursor that moves by a key tells so after the text: milliseconds in which that is no event of its own. */
const SAME_KEY = 60;

export class Recall {
  readonly panel: Panel;
  private readonly pause: Pause;
  private editor: TextEditor | undefined;
  private hits: Hit[] = [];
  private readonly pins: Pins;
  private chosen = "";
  private told: Offer | undefined;
  private changed = 0;
  private asked = false;
  private place: { uri: Uri; position: Position } | undefined;

  constructor(
    private readonly context: ExtensionContext,
    private readonly server: () => Server,
    private readonly onPause: (paused: boolean) => void,
  ) {
    this.pins = new Pins(context.workspaceState, server);
    this.panel = new Panel(context.extensionUri, (message) => void this.hear(message), () => this.follow(0));
    this.pause = new Pause(
      (signal, over) => this.refresh(signal, over),
      () => workspace.getConfiguration("recall").get("pauseBeforeRefresh", 250),
    );
    if (window.activeTextEditor && isNote(window.activeTextEditor.document)) this.editor = window.activeTextEditor;
    context.subscriptions.push(
      this.panel,
      window.onDidChangeActiveTextEditor((editor) => this.setEditor(editor)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.editor && Date.now() - this.changed > SAME_KEY) this.follow();
      }),
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document !== this.editor?.document) return;
        this.changed = Date.now();
        this.follow();
      }),
      workspace.onDidRenameFiles(() => void this.followPins()),
      { dispose: () => this.pause.cancel() },
    );
    void this.setPaused(this.paused);
  }

  get paused(): boolean {
    return this.context.workspaceState.get(PAUSED, false);
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.context.workspaceState.update(PAUSED, paused);
    await commands.executeCommand("setContext", "recall.paused", paused);
    this.onPause(paused);
    this.show();
    if (!paused) this.follow(0);
  }

  /** Look again, after a pause in the typing unless `ms` says otherwise. */
  follow(ms?: number): void {
    this.place = undefined;
    if (!this.paused) this.pause.touch(ms);
  }

  /** The index has changed: other notes may have become right, or have other names. */
  async indexChanged(): Promise<void> {
    if (!this.paused) this.pause.touch();
    await this.followPins();
  }

  /** The related notes of a place that was pointed at, as a code lens does. */
  async showAt(uri: Uri, position: Position): Promise<void> {
    await this.panel.reveal(false);
    this.place = { uri, position };
    this.pause.touch(0);
  }

  search(): void {
    searchNotes(this.server(), this.editor?.document.uri, (hit, column) => this.open(hit, column));
  }

  async openPage(): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    const line = editor.selection.active.line;
    const name = editor.document.uri.path.split("/").at(-1)?.replace(/\.\w+$/, "") ?? "this";
    const query = `uri=${encodeURIComponent(editor.document.uri.toString())}&line=${line}`;
    const page = Uri.from({ scheme: "recall", path: `/Related to ${name}.md`, query });
    await window.showTextDocument(await workspace.openTextDocument(page), { viewColumn: ViewColumn.Beside, preview: true });
  }

  async act(action: Action, key = this.chosen): Promise<void> {
    const hit = [...this.hits, ...this.pins.hits].find((one) => one.uri === key) ?? this.hits[0];
    switch (action) {
      case "resume":
        return this.setPaused(false);
      case "pause":
        return this.setPaused(!this.paused);
      case "undo":
        return this.takeBack();
      case "editor":
        return this.toEditor();
      case "install":
        return void (await commands.executeCommand("recallServer.install"));
    }
    if (!hit) return;
    switch (action) {
      case "open":
        return this.open(hit, this.editor?.viewColumn);
      case "beside":
        return this.open(hit, ViewColumn.Beside);
      case "peek":
        return this.peek(hit);
      case "link":
        return this.insertLink(hit);
      case "quote":
        return this.insertQuote(hit);
      case "pin":
        return this.pin(hit);
      case "dismiss":
        return this.hide(hit, "recall.dismiss", `“${hit.title}” is not shown here any more.`);
      case "never":
        return this.hide(hit, "recall.neverShow", `“${hit.title}” is not shown anywhere any more.`);
    }
  }

  /** What the user hid, to be shown again by choosing it. */
  async chooseHidden(): Promise<void> {
    const answer = await this.server().command<{ hidden: Taught[] }>("recall.hidden");
    const items = (answer?.hidden ?? []).map((one) => ({
      label: one.title,
      description: one.near ? `not near ${decodeURIComponent(one.near.split("/").at(-1) ?? "")}` : "nowhere",
      id: one.id,
    }));
    if (!items.length) return void window.showInformationMessage("Recall: no note is hidden.");
    const chosen = await window.showQuickPick(items, { title: "Show a note again", matchOnDescription: true });
    if (chosen) await this.takeBack(chosen.id);
  }

  private setEditor(editor: TextEditor | undefined): void {
    if (!editor || !isNote(editor.document)) return; // the last note stays at hand while another thing has the focus
    const another = editor.document !== this.editor?.document;
    this.editor = editor;
    this.follow(0);
    if (!another) return;
    this.told = undefined; // “not here” was said of the other
    void this.followPins();
  }

  private async refresh(signal: AbortSignal, over: Promise<void>): Promise<void> {
    const server = this.server();
    if (!this.panel.visible || !this.editor || !server.running) return this.show();
    const uri = this.place?.uri ?? this.editor.document.uri;
    const position = this.place?.position ?? this.editor.selection.active;
    const params = { textDocument: { uri: uri.toString() }, position };
    const answer = await server.request<{ hits: Hit[] }>("recall/related", params, signal);
    await over;
    if (!answer || signal.aborted) return;
    this.hits = answer.hits;
    this.asked = true;
    this.show();
  }

  private show(): void {
    const cards = cardsOf(this.paused ? [] : this.hits, this.pins.hits);
    const offer = this.server().missing ? NO_SERVER : this.told;
    this.panel.show({ cards, ...this.words(cards.length), offer, paused: this.paused });
  }

  private words(cards: number): Pick<View, "message" | "hint"> {
    if (this.paused) return { message: "Recall is paused.", hint: "Press s here, or resume above." };
    if (!workspace.workspaceFolders?.length) return { message: "Open a folder of notes to begin.", hint: "" };
    if (cards || !this.asked) return { message: "", hint: "" };
    const message = this.server().indexing ? "Nothing yet: your notes are still being read." : "Nothing from before is near this.";
    return { message, hint: "Keep writing." };
  }

  private async hear(message: FromPanel): Promise<void> {
    if (message.kind === "ready") this.follow(0);
    else if (message.kind === "chosen") this.chosen = message.key;
    else await this.act(message.action, message.key || this.chosen);
  }

  private async toEditor(selection?: Selection): Promise<void> {
    if (!this.editor) return;
    const { document, viewColumn } = this.editor;
    const options = viewColumn === undefined ? {} : { viewColumn };
    this.editor = await window.showTextDocument(document, selection ? { ...options, selection } : options);
  }

  private async open(hit: Hit, viewColumn: ViewColumn | undefined): Promise<void> {
    const document = await workspace.openTextDocument(Uri.parse(hit.uri));
    await window.showTextDocument(document, { viewColumn: viewColumn ?? ViewColumn.Active, selection: rangeOf(document, hit) });
  }

  private async peek(hit: Hit): Promise<void> {
    const document = await workspace.openTextDocument(Uri.parse(hit.uri));
    await this.toEditor();
    if (!this.editor) return;
    const place = [new Location(document.uri, rangeOf(document, hit))];
    const { document: here, selection } = this.editor;
    await commands.executeCommand("editor.action.peekLocations", here.uri, selection.active, place, "peek");
  }

  private async insertLink(hit: Hit): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    const at = editor.selection.active;
    const line = editor.document.lineAt(at.line).text;
    await this.insert(at, spaced(line.slice(0, at.character), hit.link, line.slice(at.character)), hit, "link");
  }

  private async insertQuote(hit: Hit): Promise<void> {
    const editor = this.editor;
    if (!editor) return;
    const lines = editor.document.getText().split(/\r\n|\r|\n/);
    const { line, text } = quotation(lines, editor.selection.active.line, hit.quote);
    await this.insert(editor.document.lineAt(line).range.end, text, hit, "quote");
  }

  /** Put text into the draft, and the writer after it. */
  private async insert(at: Position, text: string, hit: Hit, how: "link" | "quote"): Promise<void> {
    await this.toEditor(new Selection(at, at));
    const editor = this.editor;
    if (!editor || !(await editor.edit((edit) => edit.insert(at, text)))) return;
    const end = editor.document.positionAt(editor.document.offsetAt(at) + withLineEnds(text, editor.document).length);
    editor.selection = new Selection(end, end);
    await this.server().command("recall.accepted", { uri: editor.document.uri.toString(), note: hit.uri, how });
  }

  private async pin(hit: Hit): Promise<void> {
    await this.pins.toggle(hit);
    this.show();
  }

  private async followPins(): Promise<void> {
    if (this.server().running) await this.pins.follow(this.editor?.document.uri.toString() ?? "");
    this.show();
  }

  private async hide(hit: Hit, command: string, told: string): Promise<void> {
    const uri = this.editor?.document.uri.toString() ?? "";
    const taught = await this.server().command<Taught>(command, command === "recall.dismiss" ? { uri, note: hit.uri } : { note: hit.uri });
    if (!taught) return;
    this.told = { text: told, label: "Undo", action: "undo" };
    await this.pins.drop(hit.uri);
    this.hits = this.hits.filter((one) => one.uri !== hit.uri);
    this.show();
    this.pause.touch(0);
  }

  private async takeBack(id = ""): Promise<void> {
    const taught = await this.server().command<Taught | null>("recall.undo", { id });
    this.told = undefined;
    if (!taught) void window.showInformationMessage("Recall: there is nothing to undo.");
    this.show();
    this.pause.touch(0);
  }
}

export function isNote(document: TextDocument): boolean {
  return LANGUAGES.includes(document.languageId) && ["file", "untitled"].includes(document.uri.scheme);
}

/** The sentence's place in the note; its line where the file has changed since. */
function rangeOf(document: TextDocument, hit: Hit): Range {
  const text = document.getText();
  const start = document.positionAt(utf16(text, hit.span.start));
  const end = document.positionAt(utf16(text, hit.span.end));
  return start.line === hit.line ? new Range(start, end) : new Range(hit.line, 0, hit.line, 0);
}

function withLineEnds(text: string, document: TextDocument): string {
  return document.eol === 2 ? text.replace(/\n/g, "\r\n") : text;
}
