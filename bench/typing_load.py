"""A writer at work: unsaved buffers made from a vault's own notes, a change of the paragraph before each request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, gcd
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from stdio_client import Client

from recall_lsp.lsp.positions import split_lines, units, without_end
from recall_lsp.notes.model import Note
from recall_lsp.notes.read import decode, read_text

NOTES = ("*.md", "*.org", "*.txt")
_SHORTEST = 60
_WORDS = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A request: `typed` stands behind the words at the end of the line, the cursor `back` characters before it."""

    name: str
    method: str
    typed: str = ""
    back: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


def _typed(character: str) -> dict[str, Any]:
    return {"context": {"triggerKind": 2, "triggerCharacter": character}}


LIVE = (
    Kind("completion, [[", "textDocument/completion", " [[", more=_typed("[")),
    Kind("completion, ;;", "textDocument/completion", " ;;", more=_typed(";")),
    Kind("hover on prose", "textDocument/hover", back=2),
    Kind("related, 5 notes", "recall/related", more={"limit": 5}),
)
MORE = (
    Kind("completion, [[ and letters", "textDocument/completion", " [[the", more={"context": {"triggerKind": 3}}),
    Kind("related, 20 notes", "recall/related", more={"limit": 20}),
)


@dataclass(slots=True)
class Buffer:
    """An open document: the line that is being written as it stands on disk and as it stands now."""

    uri: str
    text: str
    line: int
    begun: str
    now: str
    link: tuple[int, int] | None
    version: int = 0


@dataclass(slots=True)
class Timings:
    """Milliseconds of each request; how many of them brought something."""

    milliseconds: list[float] = field(default_factory=list)
    found: int = 0

    def add(self, seconds: float, result: Any) -> None:
        self.milliseconds.append(seconds * 1e3)
        self.found += something(result)

    def row(self) -> list[float]:
        """p50, p95, most."""
        ranked = sorted(self.milliseconds)
        return [median(ranked), p95(ranked), ranked[-1]]


Measured = dict[str, Timings]


class Writer:
    """Has buffers open in one client and writes in them in turn; no two of its texts are the same."""

    def __init__(self, client: Client, buffers: Sequence[Buffer], phrases: Sequence[str]) -> None:
        self._client, self.buffers, self._phrases = client, buffers, phrases
        self._turn = 0
        for buffer in buffers:
            buffer.now, buffer.version = buffer.begun, 0
            document = {"uri": buffer.uri, "languageId": "markdown", "version": 0, "text": buffer.text}
            client.notify("textDocument/didOpen", {"textDocument": document})

    async def ask(self, kind: Kind, repeat: bool = False) -> tuple[Any, float]:
        """Change a paragraph and ask; with `repeat`, ask once more without a change, and time that."""
        buffer = self.buffers[self._turn % len(self.buffers)]
        self._change(buffer, f"{buffer.begun} {self._phrases[self._turn % len(self._phrases)]}{kind.typed}")
        self._turn += 1
        place = {"line": buffer.line, "character": units(buffer.now, len(buffer.now) - kind.back, "utf-16")}
        params = {"textDocument": {"uri": buffer.uri}, "position": place, **kind.more}
        answer = await self._client.request(kind.method, params)
        return await self._client.request(kind.method, params) if repeat else answer

    async def follow_link(self) -> tuple[Any, float] | None:
        """Hover on a link of the next buffer that has one; None where no buffer has."""
        linked = [buffer for buffer in self.buffers if buffer.link is not None]
        if not linked:
            return None
        buffer = linked[self._turn % len(linked)]
        self._turn += 1
        assert buffer.link is not None
        place = {"line": buffer.link[0], "character": buffer.link[1]}
        params = {"textDocument": {"uri": buffer.uri}, "position": place}
        self._change(buffer, f"{buffer.begun} {self._phrases[self._turn % len(self._phrases)]}")
        return await self._client.request("textDocument/hover", params)

    def _change(self, buffer: Buffer, line: str) -> None:
        buffer.version += 1
        end = units(buffer.now, len(buffer.now), "utf-16")
        place = {"start": {"line": buffer.line, "character": 0}, "end": {"line": buffer.line, "character": end}}
        document = {"uri": buffer.uri, "version": buffer.version}
        params = {"textDocument": document, "contentChanges": [{"range": place, "text": line}]}
        self._client.notify("textDocument/didChange", params)
        buffer.now = line


async def write_on(writer: Writer, going: Callable[[], bool], rate: float, measured: Measured) -> None:
    """The LIVE requests in turn, `rate` a second, while `going()`."""
    turn = 0
    while going():
        kind = LIVE[turn % len(LIVE)]
        turn += 1
        started = perf_counter()
        result, seconds = await writer.ask(kind)
        measured.setdefault(kind.name, Timings()).add(seconds, result)
        await asyncio.sleep(max(0.0, 1 / rate - (perf_counter() - started)))


async def write_each(writer: Writer, count: int, pause: float, *, repeat: bool) -> Measured:
    """`count` requests of every kind; with `repeat` those that ask again without a change between."""
    measured: Measured = {}
    for kind in LIVE if repeat else (*LIVE, *MORE):
        timings = measured.setdefault(kind.name, Timings())
        for _ in range(count):
            result, seconds = await writer.ask(kind, repeat)
            timings.add(seconds, result)
            await asyncio.sleep(pause)
    for _ in range(0 if repeat else count):
        followed = await writer.follow_link()
        if followed is not None:
            measured.setdefault("hover on a link", Timings()).add(followed[1], followed[0])
        await asyncio.sleep(pause)
    return measured


def p95(ranked: Sequence[float]) -> float:
    """By nearest rank, of figures in ascending order."""
    return ranked[ceil(0.95 * len(ranked)) - 1]


def something(result: Any) -> bool:
    """Whether a completion, hover or related answer holds anything."""
    if not isinstance(result, dict):
        return bool(result)
    return bool(result.get("items") or result.get("hits") or result.get("contents"))


def note_files(vault: Path) -> list[Path]:
    return sorted(path for pattern in NOTES for path in vault.rglob(pattern) if path.is_file())


def make_buffers(vault: Path, count: int) -> list[Buffer]:
    """Buffers of notes evenly spread over the vault that have a line of prose to write in."""
    files = note_files(vault)
    made: list[Buffer] = []
    for path in files[:: max(1, len(files) // (2 * count))]:
        text = decode(path.read_bytes())
        note = None if text is None else read_text(path.relative_to(vault).as_posix(), text)
        if isinstance(note, Note) and text is not None and (buffer := _buffer(path, text, note)) is not None:
            made.append(buffer)
    return made[:count]


def make_phrases(buffers: Sequence[Buffer]) -> list[str]:
    """Short runs of words from the buffers' own lines, each once, their number prime to that of the buffers."""
    words = [word for buffer in buffers for word in buffer.begun.split() if word.isalpha()]
    phrases = list(dict.fromkeys(" ".join(words[at : at + _WORDS]) for at in range(0, len(words) - _WORDS, _WORDS)))
    while len(phrases) > 1 and gcd(len(phrases), len(buffers)) > 1:
        phrases.pop()
    return phrases or ["and so on"]


def _buffer(path: Path, text: str, note: Note) -> Buffer | None:
    lines = [without_end(line) for line in split_lines(text)]
    prose = {passage.line: passage for passage in note.passages if len(passage.text) >= _SHORTEST}
    line = next((at for at in sorted(prose) if at < len(lines) and len(lines[at]) >= _SHORTEST), None)
    if line is None:
        return None
    link = next((link for link in note.links if text.count("\n", 0, link.span.start) != line), None)
    place = None
    if link is not None:
        start = text.rfind("\n", 0, link.span.start) + 1
        number = text.count("\n", 0, start)
        place = (number, units(lines[number], link.span.start - start + 3, "utf-16"))
    return Buffer(path.as_uri(), text, line, lines[line], lines[line], place)
