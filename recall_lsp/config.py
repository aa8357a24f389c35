"""Options: full defaults here; `recall.toml` in the vault and the editor's settings are laid over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from cattrs import Converter

Severity = Literal["off", "hint", "information", "warning", "error"]
SETTINGS_FILE = "recall.toml"


@dataclass(frozen=True, slots=True)
class Scope:
    """While a note that matches `writing` is written, none that matches `hide` is shown (gitignore patterns)."""

    writing: tuple[str, ...]
    hide: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """Everything a user can set.  The names are those of `recall.toml` and of the editor's settings."""

    model: str = "auto"
    """A Sentence-Transformers model by name or folder; "default" ships with us and knows English, "multilingual" is an
    extra, "auto" is whichever of the two fits the notes' languages, "none" recalls by words alone."""
    include: tuple[str, ...] = ("*.md", "*.markdown", "*.mdx", "*.org", "*.txt")
    """Files that are notes, as gitignore patterns."""
    exclude: tuple[str, ...] = ()
    """Files and folders that are not, as gitignore patterns; they win over `include`."""
    private_tags: tuple[str, ...] = ()
    """A note with one of these tags, or one below it (`private/health`), is not read into the index."""
    scope: tuple[Scope, ...] = ()
    """What is not shown while writing where."""
    max_bytes: int = 2_000_000
    """A larger file is skipped and listed in the status."""
    limit: int = 5
    """How many notes a hover or a related answer shows."""
    quiet: float = 0.6
    """Hits less probably related than this are not shown (0 shows all, 1 none)."""
    trigger: str = ";;"
    """Typed in a note, offers the related notes as completions; "" for none."""
    completion: Literal["all", "links"] = "all"
    """Whether the related notes are offered at plain words too; "links" is for an editor that asks at each letter."""
    link_style: Literal["auto", "wiki", "markdown", "org"] = "auto"
    """How an inserted link is written; "auto" follows what the vault mostly does."""
    template: str = ""
    """A file in the vault whose text, with `{{title}}` and `{{date}}`, new notes begin with."""
    new_note_folder: str = ""
    """Where new notes go; "" for the folder of the note that links to them."""
    daily_folder: str = ""
    """Where daily notes are; "" for the folder where most of them are already."""
    broken_links: Severity = "warning"
    """A link to a file, id or block that is not there."""
    broken_fragments: Severity = "warning"
    """A link to a heading or block that its note does not have."""
    missing_notes: Severity = "hint"
    """A wiki link to a note that is not written yet."""
    ambiguous_links: Severity = "information"
    """A link by a name that several notes have."""
    duplicate_ids: Severity = "warning"
    """An id of a block or note that stands twice."""
    orphan_attachments: Severity = "off"
    """A picture, recording or document that no note shows or links to; told with `workspace_diagnostics`."""
    workspace_diagnostics: bool = False
    """Tell the problems of notes that are not open too, to an editor that asks for them."""
    hover: Literal["all", "links", "off"] = "all"
    """What a hover card is shown on."""
    code_lens: Literal["off", "heading", "paragraph"] = "heading"
    """Over what a line tells how many notes are related; nothing is said where none are."""
    reference_lens: bool = True
    """Tell over a note and its headings how many links lead there; nothing is said where none do."""
    inlay_hints: bool = True
    """Show the title beside a link that shows only an id."""
    semantic_tokens: bool = False
    """Have the editor colour links, tags and properties."""
    ghost: Literal["on", "links", "off"] = "on"
    """Ghost text: how one went on before, and links for the words that name a note; the links alone; or nothing."""
    ghost_sure: float = 0.6
    """Ghost text less probably right than this is not shown."""
    ghost_links: bool = False
    """Offer a link behind a finished sentence to the note that belongs to it."""
    ghost_quotes: bool = False
    """Offer a quotation on the empty line below a paragraph."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"


def read_settings_file(root: Path) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The table in the vault's `recall.toml` ({} without one), and what is wrong with the file.

    While it is broken (half typed, say), what it held before goes on holding, since it may tell what is private;
    None where that is not known.
    """
    path = root / SETTINGS_FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        table = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return _last_whole.get(root), [f"{SETTINGS_FILE} cannot be used: {error}."]
    inner = table.get("recall")
    _last_whole[root] = inner if isinstance(inner, dict) and len(table) == 1 else table
    return _last_whole[root], []


_last_whole: dict[Path, Mapping[str, Any]] = {}


def overlay(options: Options, settings: Mapping[str, Any]) -> tuple[Options, list[str]]:
    """`options` with `settings` laid over; a wrong or unknown one keeps what was there and adds a warning."""
    known = {field.name: field.type for field in fields(Options)}
    warnings = [_unknown(name) for name in settings if name not in known]
    for name in known.keys() & settings.keys():
        try:
            options = replace(options, **{name: _structured(name, settings[name])})
        except _WrongError as error:
            warnings.append(f"setting '{name}' {error}; keeping {getattr(options, name)!r}")
    return options, sorted(warnings)


def load_options(root: Path, *layers: Mapping[str, Any]) -> tuple[Options, list[str]]:
    """Defaults, then the vault's `recall.toml`, then `layers` (the editor's settings), with all warnings."""
    table, warnings = read_settings_file(root)
    options, more = layered(table or {}, *layers)
    return options, warnings + more


def layered(*layers: Mapping[str, Any]) -> tuple[Options, list[str]]:
    """Defaults under these layers, the last on top, with all warnings."""
    options, warnings = Options(), []
    for layer in layers:
        options, more = overlay(options, layer)
        warnings += more
    return options, warnings


def _unknown(name: str) -> str:
    near = get_close_matches(name, [field.name for field in fields(Options)], n=1)
    return f"setting '{name}' is not known and is ignored" + (f"; did you mean '{near[0]}'?" if near else "")


class _WrongError(ValueError):
    pass


_BOUNDS = {"max_bytes": (1_000, 200_000_000), "limit": (1, 50), "quiet": (0.0, 1.0), "ghost_sure": (0.0, 1.0)}
_converter = Converter()


def _structured(name: str, value: Any) -> Any:
    default = getattr(Options(), name)
    if name == "scope":
        return tuple(_scope(table) for table in (value if isinstance(value, (list, tuple)) else [value]))
    if isinstance(default, tuple):
        return _strings(value)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise _WrongError("must be true or false")
        return value
    if isinstance(default, str):
        allowed = _choices(name)
        if not isinstance(value, str) or (allowed and value not in allowed):
            raise _WrongError(f"must be one of {', '.join(allowed)}" if allowed else "must be a string")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _WrongError("must be a number")
    low, high = _BOUNDS[name]
    if not low <= value <= high:
        raise _WrongError(f"must lie between {low} and {high}")
    return _converter.structure(value, type(default))


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise _WrongError("must be a list of strings")
    return tuple(value)


def _scope(table: Any) -> Scope:
    """A rule as written: either side may be one pattern alone."""
    if not isinstance(table, Mapping) or table.keys() != {"writing", "hide"}:
        raise _WrongError("must be tables with `writing` and `hide`")
    writing, hide = ([side] if isinstance(side, str) else side for side in (table["writing"], table["hide"]))
    return Scope(_strings(writing), _strings(hide))


def _choices(name: str) -> tuple[str, ...]:
    """The words that a `Literal` option allows; () for any other."""
    return get_args(get_type_hints(Options)[name])
