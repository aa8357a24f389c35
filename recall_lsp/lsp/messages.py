"""The requests of our own, beside LSP's: `recall/related`, `recall/backlinks` and `recall/status`.

`recall/related` asks for the past notes related to a place in a document, or to a text:

    {"textDocument": {"uri": ...}, "position": {...}}                 the paragraph at the position
    {"textDocument": {"uri": ...}, "selection": {"start":..,"end":..}} the selected text
    {"text": "...", "textDocument"?: ...}                             this text instead of the document's

with `limit` (1 to 50) and `quiet` (0 to 1; 0 where the user asks for it and silence is no answer), by default those of
the settings.  The answer is `{"hits": [...]}`, best first, each a
`RelatedHit`.  `recall/status` takes nothing and answers `{"version", "folders": [FolderStatus]}`.
`recall/backlinks` takes a textDocument and maybe a position, and answers `{"backlinks": [Backlink]}`: the links to
what stands there, else to the note.  The commands `recall.related` and `recall.backlinks` (with that object as their
one argument) and `recall.status` do the same for clients that cannot send requests of their own.

`recall.daily` (a `DailyParams`) and `recall.newNote` (a `NewNoteParams`) have the client create a note where there is
none yet, and show it; they answer `{"uri"}`.  An accepted completion of a block in another note brings
`recall.markBlock` (a `MarkBlockParams`) along, which puts the block's new id there.  One that replaces something after
the cursor too, such as a `]]`, brings `recall.takeOutRest` (a `TakeOutRestParams`): some clients replace what stands
before the cursor alone.

The other commands take one object too, in which documents and notes are named by their URI, and answer a `Taught`:

    recall.dismiss    {"uri": document, "note": ...}            this note is not shown near that document again
    recall.neverShow  {"note": ...}                             it is not shown anywhere; `[[` still finds it by name
    recall.accepted   {"uri": document, "note": ..., "how"?: "link"}  it was inserted
    recall.pin        {"note": ...}                             it is to stay at hand, which is the client's to do
    recall.undo       {"id"?: ...}                              takes back that, or the newest dismissal; null for none
    recall.hidden     nothing                                   answers `{"hidden": [Taught]}`, newest first
    recall.pinned     {"uri"?: document}                        answers `{"pinned": [Pinned]}`, oldest first

All of this goes with a note that is renamed or moved, in the editor or outside.

An accepted ghost text of ours brings `recall.accepted` along, or for words that become a link `recall.link` with a
`LinkParams`, which puts the link in their place and counts as accepting it.

A client that shows hits all the time says `experimental: {"recallChanged": true}` among its capabilities.  It then gets
the notification `recall/changed`, `{"uri": folder}`, whenever another answer may have become right without an edit: the
index has been loaded or has grown, or the settings are others.
"""

from __future__ import annotations

import re
from typing import Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from lsprotocol import types
from pygls.protocol import default_converter

RELATED = "recall/related"
STATUS = "recall/status"
BACKLINKS = "recall/backlinks"
RELATED_COMMAND = "recall.related"
STATUS_COMMAND = "recall.status"
CHANGED = "recall/changed"
PAUSE_COMMAND = "recall.pauseIndexing"
RESUME_COMMAND = "recall.resumeIndexing"
LINK_COMMAND = "recall.link"
BACKLINKS_COMMAND = "recall.backlinks"
DAILY = "recall.daily"
NEW_NOTE = "recall.newNote"
MARK_BLOCK = "recall.markBlock"
TAKE_OUT_REST = "recall.takeOutRest"
DISMISS = "recall.dismiss"
NEVER_SHOW = "recall.neverShow"
ACCEPTED = "recall.accepted"
UNDO = "recall.undo"
PIN = "recall.pin"
PINNED = "recall.pinned"
HIDDEN = "recall.hidden"
SHOW_RELATED = "recall.showRelated"
"""The client's own command, on a code lens: takes a `RelatedParams` and shows its hits."""
SHOW_REFERENCES = "recall.showReferences"
"""The same for `textDocument/references` at the place."""


@attrs.frozen
class RelatedParams:
    text_document: types.TextDocumentIdentifier | None = None
    position: types.Position | None = None
    selection: types.Range | None = None
    limit: int | None = None
    text: str | None = None
    quiet: float | None = None


@attrs.frozen
class DismissParams:
    uri: str
    note: str


@attrs.frozen
class NeverShowParams:
    note: str


@attrs.frozen
class PinParams:
    note: str


@attrs.frozen
class AcceptedParams:
    uri: str
    note: str
    how: str = "link"


@attrs.frozen
class UndoParams:
    id: str = ""


@attrs.frozen
class Taught:
    """`kind` is "dismissed", "never", "pinned" or "accepted", `near` the one document that it holds for, if so."""

    id: str
    kind: str
    note: str
    title: str
    near: str | None


@attrs.frozen
class HiddenResult:
    hidden: list[Taught]


@attrs.frozen
class PinnedParams:
    uri: str = ""


@attrs.frozen
class Pinned:
    """`link` is what to insert into the document asked from; it and `title` are "" for a note that is not there."""

    id: str
    note: str
    title: str
    link: str


@attrs.frozen
class PinnedResult:
    pinned: list[Pinned]


@attrs.frozen
class LinkParams:
    """Where `text` stands in the document from `start` on, `link` to the `note` takes its place."""

    uri: str
    note: str
    start: types.Position
    text: str
    link: str


@attrs.frozen
class Span:
    """Half-open; code points into the note's file, or into `sentence` where it marks words."""

    start: int
    end: int


@attrs.frozen
class RelatedHit:
    """`line` is 0-based, `written` an ISO date, `ago` the same in words, `band` "strong", "likely" or "maybe";
    `why` is the reasons, as the card has them.

    `link` and `quote` are what to insert: the link as this vault writes links, the sentence with its source and date.
    """

    uri: str
    path: str
    title: str
    written: str | None
    ago: str
    headings: list[str]
    passage: str
    sentence: str
    span: Span
    line: int
    marks: list[Span]
    shared: list[str]
    found_by: list[str]
    why: str
    score: float
    band: str
    linked: bool
    link: str
    quote: str


@attrs.frozen
class RelatedResult:
    hits: list[RelatedHit]


@attrs.frozen
class DailyParams:
    """`when` in words, as `next monday` or `3 days ago`; `uri` is of any file in the folder meant, "" for the first."""

    when: str = "today"
    uri: str = ""


@attrs.frozen
class NewNoteParams:
    """`folder` and `template` are paths in the vault, "" for those of the settings; `uri` as in `DailyParams`."""

    title: str
    folder: str = ""
    template: str = ""
    uri: str = ""


@attrs.frozen
class MarkBlockParams:
    """The block of a note that ends with `line` there gets the id `name` behind its last word."""

    uri: str
    line: str
    name: str


@attrs.frozen
class TakeOutRestParams:
    """`rest` is taken out at `position`, where the accepted text ends, if `after` code points follow it in the line."""

    uri: str
    position: types.Position
    rest: str
    after: int


@attrs.frozen
class BacklinksParams:
    text_document: types.TextDocumentIdentifier
    position: types.Position | None = None


@attrs.frozen
class Backlink:
    """`sentence` is the one around the link, on one line."""

    uri: str
    path: str
    title: str
    range: types.Range
    sentence: str


@attrs.frozen
class BacklinksResult:
    backlinks: list[Backlink]


@attrs.frozen
class PathMessage:
    path: str
    message: str


@attrs.frozen
class FolderStatus:
    """`embedded` of the `passages` have the model's vector, `rough` of them a rough one until then.

    `state` is "empty", "reading", "embedding" or "ready"; `keeper` "working", "idle", "waiting" (for another window
    that keeps the folder), "paused" or "stopped".
    """

    uri: str
    notes: int
    passages: int
    embedded: int
    rough: int
    skipped: list[PathMessage]
    failed: list[PathMessage]
    problems: list[PathMessage]
    model: str
    state: str
    message: str
    keeper: str


@attrs.frozen
class StatusResult:
    version: str
    folders: list[FolderStatus]


@attrs.frozen
class RelatedRequest:
    id: int | str
    params: RelatedParams
    method: str = RELATED
    jsonrpc: str = "2.0"


@attrs.frozen
class BacklinksRequest:
    id: int | str
    params: BacklinksParams
    method: str = BACKLINKS
    jsonrpc: str = "2.0"


@attrs.frozen
class StatusRequest:
    id: int | str
    method: str = STATUS
    params: Any = None
    jsonrpc: str = "2.0"


REQUESTS: dict[str, type[Any]] = {RELATED: RelatedRequest, BACKLINKS: BacklinksRequest, STATUS: StatusRequest}

_CLASSES = (
    LinkParams,
    Span,
    DailyParams, NewNoteParams, MarkBlockParams, TakeOutRestParams,
    BacklinksParams, Backlink, BacklinksResult, RelatedParams, RelatedHit, RelatedResult, PathMessage,
    FolderStatus, StatusResult,
    DismissParams, NeverShowParams, AcceptedParams, PinParams, UndoParams, Taught, HiddenResult,
    PinnedParams, Pinned, PinnedResult,
)  # fmt: skip


def converter() -> Converter:
    """pygls' converter, which also knows the classes above: snake_case here, camelCase on the wire."""
    made: Converter = default_converter()  # type: ignore[no-untyped-call]
    made.register_structure_hook(int | str, lambda value, _: value)
    made.register_structure_hook(types.InlineCompletionTriggerKind, lambda value, _: _trigger_kind(value))
    for cls in _CLASSES:
        attrs.resolve_types(cls)
        names = {
            field.name: override(rename=re.sub(r"_(\w)", lambda match: match[1].upper(), field.name))
            for field in attrs.fields(cls)
        }
        made.register_structure_hook(cls, make_dict_structure_fn(cls, made, **names))  # type: ignore[arg-type]
        made.register_unstructure_hook(cls, make_dict_unstructure_fn(cls, made, **names))  # type: ignore[arg-type]
    for request in REQUESTS.values():
        attrs.resolve_types(request)
    return made


def _trigger_kind(value: int) -> types.InlineCompletionTriggerKind:
    """Older clients count from 0, as VS Code does itself; 1 means "by hand" to the others, so only 0 can be told."""
    return types.InlineCompletionTriggerKind(value or 1)
