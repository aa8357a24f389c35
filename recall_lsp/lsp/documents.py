"""Open documents: what the editor holds, saved or not."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from lsprotocol import types

from recall_lsp.lsp.positions import Encoding, column, split_lines, units


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a document; offsets are code points into `text`, `starts` the offset of each line."""

    uri: str
    text: str
    starts: tuple[int, ...]
    encoding: Encoding

    def line(self, number: int) -> str:
        """The line with its line end."""
        return self.text[slice(*self.line_span(number))]

    def line_span(self, number: int) -> tuple[int, int]:
        """Where the line begins and, with its line end, ends."""
        last = number + 1 >= len(self.starts)
        return self.starts[number], len(self.text) if last else self.starts[number + 1]

    def offset(self, position: types.Position) -> int:
        """A place past the end of its line or of the text is clamped, as LSP asks."""
        if position.line >= len(self.starts):
            return len(self.text)
        return self.starts[position.line] + column(self.line(position.line), position.character, self.encoding)

    def line_at(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def position(self, offset: int) -> types.Position:
        number = self.line_at(offset)
        return types.Position(number, units(self.line(number), offset - self.starts[number], self.encoding))

    def range(self, start: int, end: int) -> types.Range:
        return types.Range(self.position(start), self.position(end))


class Document:
    """A list of lines: a keystroke costs the line it touches, not the document."""

    def __init__(self, uri: str, text: str, version: int, encoding: Encoding) -> None:
        self.uri = uri
        self.version = version
        self._encoding = encoding
        self._lines = split_lines(text)
        self._snapshot: Snapshot | None = None

    def change(self, version: int, changes: list[types.TextDocumentContentChangeEvent]) -> None:
        self.version = version
        self._snapshot = None
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                self._replace(change.range, change.text)
            else:
                self._lines = split_lines(change.text)

    def snapshot(self) -> Snapshot:
        """The document as it stands; made once a version."""
        if self._snapshot is None:
            starts = tuple(accumulate(map(len, self._lines[:-1]), initial=0))
            self._snapshot = Snapshot(self.uri, "".join(self._lines), starts, self._encoding)
        return self._snapshot

    def _replace(self, range_: types.Range, text: str) -> None:
        first, start = self._place(range_.start)
        last, end = self._place(range_.end)
        if (last, end) < (first, start):
            first, start, last, end = last, end, first, start
        chunk = self._lines[first][:start] + text + self._lines[last][end:]
        if first > 0 and chunk.startswith("\n") and self._lines[first - 1].endswith("\r"):
            first -= 1
            chunk = self._lines[first] + chunk  # a CR and a LF that now meet are one line end
        lines = split_lines(chunk)
        if last + 1 < len(self._lines):
            lines.pop()  # the chunk ends with the line end of `last`: what follows it stands already
        self._lines[first : last + 1] = lines

    def _place(self, position: types.Position) -> tuple[int, int]:
        """Line and code points into it, clamped to the document."""
        if position.line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        return position.line, column(self._lines[position.line], position.character, self._encoding)
