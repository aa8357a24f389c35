"""`recall-lsp check`: is the index whole?  Each finding in one line; `--repair` mends what is broken."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from recall_lsp.commands.build import build
from recall_lsp.config import Options, load_options
from recall_lsp.index.check import Finding, check, held, repair
from recall_lsp.index.refusal import refusal

_TRIES = 3


def run(folder: Path, mend: bool, json_out: bool) -> int:
    """0: all is well (now); 1: it is not; 2: the folder cannot be one of notes."""
    console = Console(stderr=json_out)
    why_not = refusal(folder)
    if why_not:
        console.print(f"[red]{why_not}[/]")
        return 2
    root = folder.resolve()
    options, _ = load_options(root)
    findings, kept = _look(root, options, mend)
    mended: list[Finding] = []
    if mend and findings and not kept:
        if build(root, console) is None:
            return 1
        mended = findings
        findings, kept = _look(root, options, False)
    if json_out:
        told = {"findings": _told(findings), "mended": _told(mended), "kept": kept}
        print(json.dumps(told, ensure_ascii=False))
    else:
        _show(console, root, findings, mended, kept)
    return 1 if findings else 0


def _look(root: Path, options: Options, mend: bool) -> tuple[list[Finding], bool]:
    """(findings, whether another process keeps the index); with `mend`, what is broken is removed."""
    with held(root) as ours:
        findings = check(root, options)
        if ours and mend:
            repair(root, findings)
    # A keeper at work moves what is looked at: what is so still after a second and a third look is so.
    for _ in range(0 if ours else _TRIES - 1):
        if not findings:
            break
        again = check(root, options)
        findings = [finding for finding in again if finding.part in {known.part for known in findings}]
    return findings, not ours


def _told(findings: list[Finding]) -> list[dict[str, object]]:
    return [
        {name: value for name, value in asdict(finding).items() if name in ("part", "what", "broken")}
        for finding in findings
    ]


def _show(console: Console, root: Path, findings: list[Finding], mended: list[Finding], kept: bool) -> None:
    for finding in mended:
        console.print(f"[green]✓[/] [bold]{finding.part}[/]  mended: {finding.what}", highlight=False)
    for finding in findings:
        console.print(f"[red]✗[/] [bold]{finding.part}[/]  {finding.what} {_advice(finding, kept)}", highlight=False)
    if not findings:
        console.print(f"[green]✓[/] The index of {root} is whole.", highlight=False)
    elif kept:
        console.print("[dim]An editor keeps this index just now, or it cannot be written.[/]")


def _advice(finding: Finding, kept: bool) -> str:
    if not finding.broken:
        return "It is being made up." if kept else "`recall-lsp index` or your editor makes that up."
    return ("Close the editor that keeps it, then: " if kept else "") + "`recall-lsp check --repair` mends it."
