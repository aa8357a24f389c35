/** The server's process and our connection to it: found, started, started again with back-off. */

import { homedir } from "node:os";
import {
  CancellationError, commands, CompletionTriggerKind, extensions, InlineCompletionTriggerKind, Uri, window, workspace,
  type Disposable, type InlineCompletionItem, type InlineCompletionList, type Location, type LogOutputChannel,
  type TextDocument, type WorkspaceConfiguration,
} from "vscode";
import {
  CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, State, type LanguageClientOptions, type StaticFeature,
} from "vscode-languageclient/node";
import { findServer, type Found } from "./find";
import { BackOff } from "./live";
import { onPythonSelected, selectedPython } from "./python";
import type { Status } from "./status";
import { serverSettings } from "./settings";
import { entering } from "./text";
import type { Typing } from "./typing";

const SELECTOR = ["markdown", "plaintext", "org"].flatMap((language) => [
  { scheme: "file", language },
  { scheme: "untitled", language },
]);
const INSTALL = "How to Install";
const SETTINGS = "Open Settings";
const LOG = "Show Log";
const RESTART = "Restart";
/** Ends in a row after which the user is told; the server is tried again all the same. */
const TELL_AFTER = 4;

/** Have the server say when other notes may have become right without an edit: the index has grown. */
const TELLS_CHANGES: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), recallChanged: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** Logs what went wrong; it is told in one message of ours, not one for each step that failed. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server {
  private client: LanguageClient | undefined;
  private readonly backOff = new BackOff();
  private stopping = false;
  /** Whether no server was found. */
  missing = false;
  private listening: Promise<Disposable | undefined> | undefined;

  constructor(
    private readonly log: LogOutputChannel,
    private readonly status: Status,
    private readonly typing: Typing,
    private readonly paused: () => boolean,
    private readonly ready: () => void,
  ) {}

  /** Whether notes are still being read or embedded. */
  get indexing(): boolean {
    return this.status.indexing;
  }

  get running(): boolean {
    return this.client?.state === State.Running;
  }

  /** The answer to a request; undefined while the server does not run, and when it refuses. */
  async request<T>(method: string, params: unknown, signal?: AbortSignal): Promise<T | undefined> {
    if (!this.running || signal?.aborted) return undefined;
    try {
      const answer = await this.client?.sendRequest<T>(method, params);
      return signal?.aborted ? undefined : answer;
    } catch (error) {
      this.log.warn(`${method}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** A command of the server's, whose refusal is shown. */
  async command<T>(name: string, argument?: unknown): Promise<T | undefined> {
    try {
      const params = { command: name, arguments: argument === undefined ? [] : [argument] };
      return await this.client?.sendRequest<T>("workspace/executeCommand", params);
    } catch (error) {
      void window.showWarningMessage(`Recall: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  async start(): Promise<void> {
    this.stopping = this.missing = false;
    this.status.starting();
    const found = await find();
    if ("missing" in found) return this.tellMissing(found.missing);
    this.log.info(`starting ${found.command} (found by ${found.from})`);
    const run = { command: found.command, args: ["serve"] };
    this.client = new QuietClient("recall", "Recall", run, this.options());
    this.client.registerFeature(TELLS_CHANGES);
    this.client.onNotification("recall/changed", () => this.ready());
    this.client.onDidChangeState(({ newState }) => this.changed(newState));
    try {
      await this.client.start();
    } catch (error) {
      this.log.error(`the server could not be started: ${error instanceof Error ? error.message : String(error)}`);
      this.status.failed("The server could not be started. See the log.");
      await this.tell("Recall: the server could not be started.");
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    void this.listening?.then((listening) => listening?.dispose());
    this.listening = undefined;
    const client = this.client;
    this.client = undefined;
    if (client) await client.dispose(2000).catch(() => undefined);
  }

  /** Start if what was missing is there now: it has been installed, or another environment selected. */
  async startIfFound(): Promise<void> {
    if (this.missing && !("missing" in (await find())) && this.missing) await this.restart();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.backOff.reset();
    await this.start();
  }

  private changed(state: State): void {
    if (state === State.Running) {
      this.status.running();
      this.ready();
    } else if (state === State.Starting) this.status.starting();
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
      middleware: {
        // What comes unasked is silent while recall is paused; what is asked for still answers.
        // VS Code asks for completions at every word; a menu there would take the writer's Enter.
        provideCompletionItem: (document, position, context, token, next) => {
          const before = document.lineAt(position.line).text.slice(0, position.character);
          const unasked = context.triggerKind === CompletionTriggerKind.Invoke && this.typing.justNow(document);
          if (unasked && !entering(before, configured("trigger", ";;"))) return [];
          return next(document, position, context, token);
        },
        // The client asks at each key; a link that is being typed is broken at each.
        provideDiagnostics: async (document, previous, token, next) => {
          if (!(document instanceof Uri)) await this.typing.settled(document);
          if (token.isCancellationRequested) throw new CancellationError();
          return next(document, previous, token);
        },
        // VS Code's own Markdown support lists a note's headings, and a heading among its references.
        provideDocumentSymbols: (document, token, next) => (knowsHeadings(document) ? [] : next(document, token)),
        provideReferences: async (document, position, options, token, next) => {
          const found = (await next(document, position, options, token)) ?? [];
          const itself = ({ uri, range }: Location): boolean =>
            uri.toString() === document.uri.toString() && range.contains(position);
          return knowsHeadings(document) ? found.filter((place) => !itself(place)) : found;
        },
        provideInlineCompletionItems: async (document, position, context, token, next) => {
          if (this.paused()) return undefined;
          const found = await next(document, position, context, token);
          return ghosts(found, document, context.triggerKind === InlineCompletionTriggerKind.Automatic);
        },
        provideCodeLenses: (document, token, next) => (this.paused() ? [] : next(document, token)),
        handleWorkDoneProgress: (_token, params) => {
          this.status.progress(params);
          if (params.kind === "end") this.ready();
        },
        workspace: {
          configuration: (params) =>
            params.items.map((item) =>
              item.section === "recall" ? settingsAt(item.scopeUri ? Uri.parse(item.scopeUri) : undefined) : null,
            ),
          // The server asks for what it needs, folder by folder.
          didChangeConfiguration: async () =>
            this.client?.sendNotification("workspace/didChangeConfiguration", { settings: null }),
        },
      },
    };
  }

  private async closed(): Promise<{ action: CloseAction; handled: boolean }> {
    if (this.stopping) return { action: CloseAction.DoNotRestart, handled: true };
    const wait = this.backOff.next(Date.now());
    this.log.warn(`the server has ended; it is started again in ${wait / 1000} s`);
    this.status.failed(`The server has ended. It is started again in ${Math.round(wait / 1000) || 1} s.`);
    if (this.backOff.count === TELL_AFTER) void this.tell("Recall: the server keeps ending.");
    await new Promise((resolve) => setTimeout(resolve, wait));
    return { action: this.stopping ? CloseAction.DoNotRestart : CloseAction.Restart, handled: true };
  }

  private async tell(message: string): Promise<void> {
    const chosen = await window.showErrorMessage(message, RESTART, LOG);
    if (chosen === RESTART) await this.restart();
    if (chosen === LOG) this.log.show(true);
  }

  private async tellMissing(missing: "setting" | "all"): Promise<void> {
    const inSetting = missing === "setting";
    this.missing = !inSetting;
    this.ready();
    if (this.missing && workspace.isTrusted) this.listening ??= onPythonSelected(() => void this.startIfFound());
    const message = inSetting
      ? "Recall: the program named in the setting recall.serverPath cannot be run."
      : "Recall needs its server, recall-lsp, and does not find it.";
    this.status.failed(`${message.replace("Recall: the", "The")} Click for what to do.`);
    this.log.error(message);
    const chosen = await window.showErrorMessage(message, inSetting ? SETTINGS : INSTALL, RESTART);
    if (chosen === INSTALL) await commands.executeCommand("recallServer.install");
    if (chosen === SETTINGS) await commands.executeCommand("workbench.action.openSettings", "recall.serverPath");
    if (chosen === RESTART) await this.restart();
  }
}

async function find(): Promise<Found> {
  const setting = configured("serverPath");
  return findServer({
    setting,
    python: setting || !workspace.isTrusted ? "" : await selectedPython(),
    path: process.env["PATH"] ?? "",
    home: homedir(),
    windows: process.platform === "win32",
  });
}

/**
 * Unasked, only the best: VS Code would show another for a moment where that fits the next letter typed.  No links at
 * several cursors, since the command that puts one in place of the words knows but one.
 */
function ghosts(
  found: InlineCompletionItem[] | InlineCompletionList | null | undefined,
  document: TextDocument,
  unasked: boolean,
): InlineCompletionItem[] {
  const items = Array.isArray(found) ? found : (found?.items ?? []);
  const editor = window.activeTextEditor;
  const several = editor?.document === document && editor.selections.length > 1;
  const fitting = several ? items.filter((item) => !item.command) : items;
  return unasked ? fitting.slice(0, 1) : fitting;
}

function knowsHeadings(document: TextDocument): boolean {
  return document.languageId === "markdown" && extensions.getExtension("vscode.markdown-language-features") !== undefined;
}

function configured(name: string, otherwise = ""): string {
  return workspace.getConfiguration("recall").get<string>(name, otherwise).trim();
}

function settingsAt(scope: Uri | undefined): Record<string, unknown> {
  const configuration: WorkspaceConfiguration = workspace.getConfiguration("recall", scope ?? null);
  return serverSettings((name) => configuration.inspect(name));
}
