"""YAML front matter, strictly bounded: strangers wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from recall_lsp.notes.dates import written_in
from recall_lsp.notes.draft import Draft, says_no, url_words
from recall_lsp.notes.model import Block, Span

MAX_FRONT_MATTER = 65_536
MAX_NESTING = 1_000
MAX_VALUES = 2_000

_OPENING = re.compile(r"---[ \t]*(?:\r\n?|\n)")
_CLOSING = re.compile(r"[\r\n](?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)")
_KEY_LINE = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*?))?[ \t\r]*$", re.M)
_INDICATORS = frozenset("-?:,[]{}#&*!|>%@`")
_SPACES = ("", " ", "\t")
_NUMBER = re.compile(r"\d{4}")
_INDENT = re.compile(r"^[ \t?:-]+", re.M)


def split(text: str) -> tuple[str, int]:
    """The front matter's YAML ("" without one) and the offset at which the note's body begins."""
    if not text.startswith("---"):
        return "", 0
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end() - 1, MAX_FRONT_MATTER) if opening else None
    return (text[opening.end() : closing.start() + 1], closing.end()) if opening and closing else ("", 0)


def parse(source: str) -> tuple[Mapping[str, Any], str]:
    """The mapping (all scalars are strings) and what is wrong with it, "" if nothing is."""
    simple = _parse_simple(source)
    if simple is not None:
        return simple, ""
    if _nesting(source) > MAX_NESTING:
        return _salvage(source), "front matter is nested too deeply"
    try:
        data = yaml.load(source, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = f"front matter is not valid YAML{_where(error)} and is read line by line"
        return _salvage(source), f"{told}: a value with any of [ ] {{ }} : # @ needs quotes"
    if data is None or data == "":
        return {}, ""
    if not isinstance(data, dict):
        return {}, "front matter is not a list of names and values"
    return {str(key).lower(): value for key, value in data.items()}, ""


def take(draft: Draft, fields: Mapping[str, Any]) -> None:
    """Front matter into the draft: known names into their places, other values into the words searched."""
    for name, value in fields.items():
        if name == "title" and isinstance(value, str):
            draft.title = value.strip()
        elif name in ("aliases", "alias"):
            draft.aliases += strings(value)
        elif name in ("tags", "tag", "categories", "category", "keywords"):
            spaced = name.startswith("tag") and isinstance(value, str) and "," not in value
            draft.tags += value.split() if spaced else strings(value)
        elif name in ("date", "created") and isinstance(value, str):
            day = written_in(value)
            draft.written = draft.written or day
            if day is None and _NUMBER.search(value):
                draft.problems.append(f"front matter: `{name}` is not a day of the calendar")
        elif name == "id" and isinstance(value, str) and value:
            draft.blocks.append(Block(value, Span(0, 0), 0))
        elif name == "recall":
            draft.private = draft.private or says_no(value)
        else:
            draft.permalinks = draft.permalinks or name == "layout"
            draft.extra += [url_words(word) if "://" in word else word for word in scalars(value)]


def strings(value: Any) -> list[str]:
    """A list of names as people write one: a YAML list, or a string with commas."""
    if isinstance(value, str):
        return [item for item in (part.strip() for part in value.split(",")) if item]
    return [item for item in scalars(value) if item]


def scalars(value: Any) -> list[str]:
    """The strings in a value, depth first; the number of steps is bounded, as YAML aliases could make it endless."""
    if isinstance(value, str):
        return [value.strip()]
    found: list[str] = []
    waiting = [value]
    for _ in range(MAX_VALUES):
        if not waiting:
            break
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item.strip())
        elif isinstance(item, (list, tuple)):
            waiting += item[MAX_VALUES::-1]
        elif isinstance(item, dict):
            waiting += list(item.values())[MAX_VALUES::-1]
    return found


def _parse_simple(source: str) -> dict[str, Any] | None:
    """Front matter of `name: scalar` lines and plain lists, as most is; None if there is more to it.

    Ten times as fast as the YAML parser, which costs more than the rest of a short note.
    """
    data: dict[str, Any] = {}
    name = ""
    for line in source.split("\n"):
        line = line.rstrip()
        item = line.lstrip(" ")
        if not item:
            continue
        if item.startswith("- "):
            scalar = _scalar(item[2:].lstrip())
            if scalar is None or not name:
                return None
            if data[name] == "":
                data[name] = []
            if not isinstance(data[name], list):
                return None
            data[name].append(scalar)
            continue
        name, colon, rest = line.partition(":")
        scalar = _scalar(rest.strip())
        if scalar is None or not colon or rest[:1] not in _SPACES or not name.replace("-", "_").isidentifier():
            return None
        name = name.lower()
        data[name] = scalar
    return data


def _scalar(text: str) -> str | None:
    """A scalar that means what it says; None for what is left to the YAML parser."""
    first = text[:1]
    if not first:
        return ""
    if first in "'\"":
        inner = text[1:-1]
        return inner if len(text) > 1 and text[-1] == first and first not in inner and "\\" not in inner else None
    if first in _INDICATORS or ": " in text or " #" in text or "\t" in text or text[-1] == ":":
        return None
    return text


def _salvage(source: str) -> dict[str, Any]:
    """The `name: value` lines of broken front matter, values as written, `[a, b]` as a list."""
    found: dict[str, Any] = {}
    for name, value in _KEY_LINE.findall(source)[:100]:
        items = value[1:-1] if value.startswith("[") and value.endswith("]") else value
        found[name.lower()] = items.strip().strip("'\"")
    return found


def _nesting(source: str) -> int:
    """An upper bound of the depth: libyaml's composer overruns the stack at some ten thousand."""
    flow = source.count("[") + source.count("{")
    return flow + max((len(match[0]) for match in _INDENT.finditer(source)), default=0)


def _where(error: Exception) -> str:
    """The line of the file where what is broken begins, if that is known, else where it was noticed."""
    mark = getattr(error, "context_mark", None) or getattr(error, "problem_mark", None)
    return f" (line {mark.line + 2})" if mark is not None else ""


_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
