/** The status bar item: quiet when all is well, progress while indexing, and what to do when something is wrong. */

import { StatusBarAlignment, ThemeColor, window, type Disposable, type StatusBarItem } from "vscode";

interface Progress {
  kind: "begin" | "report" | "end";
  message?: string;
  percentage?: number;
}

const INDEXING = "indexing";

export class Status implements Disposable {
  private readonly item: StatusBarItem;
  private paused = false;
  private problem = "";
  private working: "" | "starting" | `${typeof INDEXING}${string}` = "";

  constructor() {
    this.item = window.createStatusBarItem("recall.status", StatusBarAlignment.Right, 90);
    this.item.name = "Recall";
    this.item.command = "recallServer.menu";
    this.show();
    this.item.show();
  }

  get indexing(): boolean {
    return this.working.startsWith(INDEXING);
  }

  starting(): void {
    this.problem = "";
    this.working = "starting";
    this.show();
  }

  running(): void {
    this.problem = this.working = "";
    this.show();
  }

  failed(problem: string): void {
    this.problem = problem;
    this.working = "";
    this.show();
  }

  progress(progress: Progress): void {
    const percent = progress.percentage === undefined ? "" : ` ${Math.round(progress.percentage)} %`;
    this.working = progress.kind === "end" ? "" : `${INDEXING}${percent}`;
    this.show();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.show();
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(): void {
    const [icon, text, tooltip] = this.problem
      ? ["warning", "", this.problem]
      : this.paused
        ? ["debug-pause", "paused", "Recall is paused: nothing comes unasked. Click to resume."]
        : this.working
          ? ["sync~spin", this.working, `Recall is ${this.working}.`]
          : ["history", "", "Recall looks into your past notes while you write."];
    this.item.text = `$(${icon}) Recall${text ? `: ${text}` : ""}`;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = this.problem ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.accessibilityInformation = { label: `Recall. ${tooltip}` };
  }
}
