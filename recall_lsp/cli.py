"""The command line: one table of commands, each in a file of its own under `commands/`, imported when it is called."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from recall_lsp import __version__

app = typer.Typer(
    name="recall-lsp",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)

Folder = Annotated[Path, typer.Argument(help="The notes folder.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of words, for programs.")]
Limit = Annotated[int, typer.Option(min=1, max=50, help="How many notes to show.")]


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"recall-lsp {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Your past notes come back while you write."""


@app.command()
def index(
    folder: Annotated[Path | None, typer.Argument(help="The notes folder; the sample vault without one.")] = None,
    text: Annotated[str, typer.Option(help="Show what comes back for this text instead of your newest note.")] = "",
) -> None:
    """Build or refresh a folder's index, show what comes back, and say how to set up an editor."""
    from recall_lsp.commands import index as command

    _exit(command.run(folder, text))


@app.command()
def related(
    folder: Folder,
    text: Annotated[str, typer.Argument(help="What is being written; standard input without it.")] = "",
    as_json: Json = False,
    limit: Annotated[int | None, typer.Option(min=1, max=50, help="How many notes; else the folder's setting.")] = None,
    quiet: Annotated[float | None, typer.Option(min=0, max=1, help="Least probability shown.")] = None,
) -> None:
    """Show the past notes related to a text.

    With --json and no text: a JSON request a line on standard input, {"path", "text", "line", "character", "limit"},
    an answer a line on standard output, with as many hits as `limit` allows, however improbable.  Lines and characters
    count from 0, in code points.
    """
    from recall_lsp.commands import related as command

    _exit(command.run(folder, text, as_json, limit, quiet))


@app.command()
def search(folder: Folder, query: str, as_json: Json = False, limit: Limit = 10) -> None:
    """Search a folder by words and by meaning."""
    from recall_lsp.commands import search as command

    _exit(command.run(folder, query, as_json, limit))


@app.command()
def graph(
    folder: Folder,
    what: Annotated[str, typer.Option(help="json, svg, tags, orphans or most-linked.")] = "json",
    note: Annotated[str, typer.Option(help="Only what is around this note: its path or title.")] = "",
    steps: Annotated[int, typer.Option(min=1, max=5, help="How many links away from the note.")] = 1,
) -> None:
    """Print the notes and their links, a picture of a note's neighbourhood, or lists of tags and notes."""
    from recall_lsp.commands import graph as command

    if what not in get_args(command.What):
        raise typer.BadParameter(f"it takes {', '.join(get_args(command.What))}", param_hint="--what")
    _exit(command.run(folder, cast(command.What, what), note, steps))


@app.command()
def status(folder: Folder, as_json: Json = False) -> None:
    """Say what is indexed, embedded and skipped, and why."""
    from recall_lsp.commands import status as command

    _exit(command.run(folder, as_json))


@app.command()
def check(
    folder: Folder,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what is broken; nothing whole is made again.")] = False,
    as_json: Json = False,
) -> None:
    """Compare a folder's index with itself and with the folder; 0 when all is well, 1 when not."""
    from recall_lsp.commands import check as command

    _exit(command.run(folder, repair, as_json))


@app.command()
def evaluate(folder: Folder, as_json: Json = False) -> None:
    """Say how well recall works on these notes: links are hidden, and the linked notes should come up."""
    from recall_lsp.commands import evaluate as command

    _exit(command.run(folder, as_json))


@app.command()
def forget(
    folder: Folder,
    learned: Annotated[bool, typer.Option("--learned", help="What was learned there too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a folder's index from this machine; the notes stay."""
    from recall_lsp.commands import forget as command

    _exit(command.run(folder, learned, yes))


@app.command()
def tune(
    folder: Folder,
    undo: Annotated[bool, typer.Option("--undo", help="Forget what was learned; the defaults rank again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Use what was learned without asking, if it helps.")] = False,
    settings: Annotated[str, typer.Option(hidden=True)] = "{}",
) -> None:
    """Learn from these notes' own links how to rank them; used only if notes not learned from gain by it."""
    from recall_lsp.commands import tune as command

    _exit(command.undo(folder) if undo else command.run(folder, yes, _settings(settings)))


@app.command()
def doctor() -> None:
    """Check Python, the model, the caches and the system's limits, and say what to do."""
    from recall_lsp.commands import doctor as command

    _exit(command.run())


model = typer.Typer(help="Models of meaning.", no_args_is_help=True)
app.add_typer(model, name="model")


@model.command()
def get(name: Annotated[str, typer.Argument(help="As on the hub: all-MiniLM-L6-v2, organisation/model.")]) -> None:
    """Fetch a Sentence-Transformers model from the Hugging Face hub and compile it: the only use of the network."""
    from recall_lsp.commands import model as command

    _exit(command.get(name))


@app.command()
def serve(
    tcp: Annotated[str, typer.Option(help="Listen on HOST:PORT instead of standard input and output.")] = "",
    stdio: Annotated[bool, typer.Option("--stdio", hidden=True, help="The default; many clients say so.")] = True,
) -> None:
    """Serve an editor over the language server protocol."""
    from recall_lsp.lsp.server import serve as run

    _exit(run(_address(tcp)))


@app.command(hidden=True)
def keep(folder: Folder, settings: Annotated[str, typer.Option()] = "{}") -> None:
    """Keep a folder's index until standard input closes (the server starts this)."""
    from recall_lsp.commands import keep as command

    _exit(command.run(folder, _settings(settings)))


def main() -> None:
    os.umask(0o077)  # whatever is written from here on is the user's alone; nothing is ever written into the vault
    app(prog_name="recall-lsp")


def _exit(code: int) -> None:
    raise typer.Exit(code)


def _address(tcp: str) -> tuple[str, int] | None:
    if not tcp:
        return None
    host, _, port = tcp.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter("it takes HOST:PORT, as in 127.0.0.1:7777", param_hint="--tcp")
    return host, int(port)


def _settings(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except ValueError:
        table = None
    if not isinstance(table, dict):
        raise typer.BadParameter("it takes a JSON object", param_hint="--settings")
    return table
