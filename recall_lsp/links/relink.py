"""When notes answer to other names, by a move or another title: the edits that keep each link at its note.

A link is touched only if it would else lead elsewhere, or if it names the file by a path or name that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from recall_lsp.links.edits import Edit
from recall_lsp.links.notebook import Notebook, Page
from recall_lsp.links.overlay import Named, Overlay
from recall_lsp.links.spelling import leads, spellings
from recall_lsp.notes.link_site import LinkSite, link_site, rewritten, written_target
from recall_lsp.notes.model import Link
from recall_lsp.notes.resolve import link_keys, note_keys


@dataclass(frozen=True, slots=True)
class Renamed:
    """A note as it will be: its path and title from now on."""

    path: str
    title: str
    aliases: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


class Relinking:
    """Links before and after `changed`, which maps the paths of notes to what they will be, and notes `added`."""

    def __init__(self, notebook: Notebook, changed: Mapping[str, Renamed], added: Iterable[Named] = ()) -> None:
        self.notebook = notebook
        self.changed = changed
        self.unwritable: list[str] = []
        named = {
            path: Named(new.path, note_keys(new.path, new.title, new.aliases, new.ids)) for path, new in changed.items()
        }
        kept = [note for note in notebook.overlay.put if note.path not in changed]
        vault = notebook.vault
        hidden = notebook.overlay.hidden | {vault.ids[path] for path in changed if path in vault.ids}
        new = [*named.values(), *added]
        self.after = Overlay(vault.graph, hidden, [*kept, *new])
        self.names = {key for path in changed for key in notebook.names(path)}
        self.names |= {key for note in new for key in note.names}

    def edits(self) -> Iterator[tuple[str, Edit]]:
        """Edits by path, for all notes with a link that is concerned."""
        for source in sorted(self.notebook.overlay.mentioning(self.names) | self.changed.keys()):
            page = self.notebook.page(source)
            if page is not None:
                for link in page.note.links:
                    edit = self._edit(page, link)
                    if edit is not None:
                        yield source, edit

    def path_of(self, path: str) -> str:
        return self.changed[path].path if path in self.changed else path

    def _edit(self, page: Page, link: Link) -> Edit | None:
        """The edit that a link needs, if any."""
        source, new_source = page.path, self.path_of(page.path)
        keys = link_keys(link, source)
        if link.kind == "block" or not link.target or (source == new_source and self.names.isdisjoint(keys)):
            return None
        before = self.notebook.overlay.follow(keys, source)
        if before is None:
            return None
        path = self.path_of(before[0])
        after = self.after.follow(link_keys(link, new_source), new_source)
        stands = after is not None and after[0] == path
        # What was a path from the linking note's folder stays one: other programs know no other.
        led = "/" in link.target or link.kind in ("markdown", "org")
        led = led and leads(link.target, before[0], source) and not leads(link.target, path, new_source)
        if after is not None and stands and not led and (_by_file(after[1], path) or not _by_file(*before[::-1])):
            return None
        site = link_site(page.text, link)
        if site is None or "://" in page.text[site.target.start : site.target.end]:
            if not stands:
                self.unwritable.append(source)
            return None
        target = self.target(page, link, site, before, path, new_source)
        if target is None:
            if not stands:
                self.unwritable.append(source)
            return None
        return Edit(site.target, target)

    def target(
        self, page: Page, link: Link, site: LinkSite, before: tuple[str, str], path: str, new_source: str
    ) -> str | None:
        """The first spelling by which the link, in `new_source`, leads to the note at `path`, as it is written."""
        old_path, key = before
        new = self.changed.get(old_path)
        by_title = [new.title] if new and key.startswith(("title:", "~")) and not _by_file(key, old_path) else []
        by_path = spellings(site.form, link.target, old_path, path, page.path, new_source)
        last = [new.title, *new.aliases] if new and site.form in ("wiki", "org") else []
        for spelling in [*by_title, *by_path, *last]:
            written = written_target(page.text, site, spelling)
            found = rewritten(link, site, written)
            if found is None or not found.target or "\n" in written or found.fragment != link.fragment:
                continue
            moved = link._replace(target=found.target)
            reached = self.after.follow(link_keys(moved, new_source), new_source)
            if reached is not None and reached[0] == path:
                return written
        return None


def rebased_links(notebook: Notebook, page: Page, path: str) -> Iterator[Edit]:
    """The edits that the links of a note's text need once it stands in another note, which keeps its own name."""
    relinking = Relinking(notebook, {})
    for link in page.note.links:
        site = link_site(page.text, link) if link.target and link.kind != "block" else None
        before = notebook.overlay.follow(link_keys(link, page.path), page.path) if site else None
        if site is None or before is None or "://" in page.text[site.target.start : site.target.end]:
            continue
        after = notebook.overlay.follow(link_keys(link, path), path)
        led = leads(link.target, before[0], page.path) and not leads(link.target, before[0], path)
        by_path = link.kind in ("markdown", "org") or "/" in link.target
        if after is not None and after[0] == before[0] and not (by_path and led):
            continue
        target = relinking.target(page, link, site, before, before[0], path)
        if target is not None:
            yield Edit(site.target, target)


def _by_file(key: str, path: str) -> bool:
    """Whether a link was followed by the file's path or name rather than by the note's title, alias or id."""
    return not key.startswith(("title:", "id:")) and key in note_keys(path, "", (), ())
