"""Hits for human eyes (rich) and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from recall_lsp.recall.ago import ago
from recall_lsp.recall.band import band, falling
from recall_lsp.recall.model import Hit
from recall_lsp.recall.why import reasons


def on_one_line(path: str) -> str:
    """A path for a list: a file's name may hold line ends and other signs that move the cursor."""
    return "".join([sign if sign.isprintable() else repr(sign)[1:-1] for sign in path])


def show_hits(console: Console, hits: Sequence[Hit], today: date) -> None:
    """Each hit with its title, age, sentence (shared words bold) and why it came."""
    if not hits:
        console.print("[dim]Nothing comes back for this. Silence is an answer too.[/]")
    for number, hit in enumerate(falling(hits), 1):
        head = Text(f"{number}. ", style="dim")
        head.append(hit.title, style="bold")
        if hit.written:
            head.append(f"  {ago(hit.written, today)}", style="cyan")
            head.append(f"  {hit.written.isoformat()}", style="dim")
        if hit.linked:
            head.append("  linked already", style="dim")
        console.print(head)
        if hit.sentence:
            sentence = Text(hit.sentence, style="default")
            for start, end in hit.marks:
                sentence.stylize("bold yellow", start, end)
            console.print(Padding(sentence, (0, 0, 0, 3)))
        place = f"{on_one_line(hit.path)}:{hit.line + 1}"
        why = " · ".join((band(hit.score), *reasons(hit)))
        console.print(Padding(Text(f"{why}  —  {place}", style="dim"), (0, 0, 1, 3)))


def as_json(hit: Hit) -> dict[str, Any]:
    """The stable form of a hit; `line` and offsets are 0-based, offsets in code points of the file."""
    return {
        "path": hit.path,
        "title": hit.title,
        "date": hit.written.isoformat() if hit.written else None,
        "sentence": hit.sentence,
        "line": hit.line,
        "span": [hit.span.start, hit.span.end],
        "headings": list(hit.headings),
        "shared": list(hit.shared),
        "close": [list(pair) for pair in hit.close],
        "found_by": list(hit.found_by),
        "score": round(hit.score, 4),
        "linked": hit.linked,
    }


def progress_bars(console: Console) -> Progress:
    """Bars with a count and the time left, on `console` (standard error, where the output is for programs)."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<26}"),
        BarColumn(bar_width=36),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
    )


@contextmanager
def counting(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """One bar while the body runs; each call of what it is given is one step of `total`, the most there may be."""
    with progress_bars(console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
        progress.update(task, completed=total)
