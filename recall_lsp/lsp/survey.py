"""The diagnostics of a whole vault, followed note by note: a change costs the notes that it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from recall_lsp.lsp.features.diagnostic import SEVERITIES, diagnostics
from recall_lsp.lsp.navigation import Asked, Places, open_notebook

if TYPE_CHECKING:
    from recall_lsp.config import Options
    from recall_lsp.index.rows import Entry
    from recall_lsp.index.vault import Vault
    from recall_lsp.links.notebook import Notebook

_A_BITE = 40
"""Notes checked at a time, some 10 ms: other questions come in between."""
_START = types.Range(types.Position(0, 0), types.Position(0, 0))


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in a note or file; `number` is another when that is another."""

    uri: str
    number: str
    found: list[types.Diagnostic]


class Survey:
    """`findings` by path: of what never had anything to tell there is none."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self._seen: dict[int, tuple[Entry, tuple[str, ...]]] = {}
        self._due: dict[str, None] = {}
        self._files: dict[str, frozenset[str]] = {}
        """The files that each note names, by its path."""
        self._orphans: frozenset[str] = frozenset()
        self._revision = -1
        self._options: Options | None = None
        self._number = 0

    def step(self, vault: Vault, places: Places, options: Options) -> bool:
        """Check the next few notes; True when there are more."""
        if (self._revision, self._options) != (vault.notes_revision, options):
            if self._options != options:
                self._seen.clear()
            self._follow(vault)
            self._revision, self._options = vault.notes_revision, options
        if not self._due:
            return False
        notebook = open_notebook(vault, places)
        for path in list(self._due)[:_A_BITE]:
            del self._due[path]
            self._check(notebook, places, options, path)
        if not self._due:
            self._take_orphans(vault.root, options)
        return bool(self._due)

    def _follow(self, vault: Vault) -> None:
        """What has changed, and what links to anything by a name that it has or had."""
        first, names = not self._seen, set[str]()
        for note in [note for note in self._seen if note not in vault.entries]:
            entry, had = self._seen.pop(note)
            names.update(had)
            self._due[entry.path] = None
        for note, entry in vault.entries.items():
            seen, had = self._seen.get(note, (None, ()))
            if seen is not entry:
                has = vault.graph.names(note)
                names.update(() if first else (*had, *has))  # at first all are due anyway
                if seen is not None and seen.path != entry.path:
                    self._due[seen.path] = None
                self._seen[note] = entry, has
                self._due[entry.path] = None
        for name in names:
            self._due |= {vault.graph.path(note): None for note in vault.graph.mentioning(name)}

    def _check(self, notebook: Notebook, places: Places, options: Options, path: str) -> None:
        from recall_lsp.links.attachments import names_in

        page = notebook.page(path) if notebook.exists(path) else None
        self._files.pop(path, None)
        if page is None:
            self._put(places.root, path, [])
            return
        if options.orphan_attachments != "off":
            self._files[path] = names_in(page.text)
        self._put(places.root, path, diagnostics(Asked(notebook, page, places.snapshot(page), places, options)))

    def _take_orphans(self, root: Path, options: Options) -> None:
        from recall_lsp.links.attachments import attachments

        orphans: frozenset[str] = frozenset()
        severity = SEVERITIES.get(options.orphan_attachments)
        if severity is not None:
            named = frozenset().union(*self._files.values())
            files = attachments(root)
            orphans = frozenset(path for path in files if path.rpartition("/")[2].casefold() not in named)
        for path in self._orphans | orphans:
            message = "No note shows this file or links to it."
            orphan = types.Diagnostic(_START, message, severity, "orphan-attachment", source="recall")
            self._put(root, path, [orphan] if path in orphans else [])
        self._orphans = orphans

    def _put(self, root: Path, path: str, found: list[types.Diagnostic]) -> None:
        before = self.findings.get(path)
        if found != (before.found if before else []):
            self._number += 1
            uri = before.uri if before else (root / path).as_uri()
            self.findings[path] = Finding(uri, str(self._number), found)
