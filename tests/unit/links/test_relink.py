"""After any renames, each link that led to a note leads to it still, and nothing else in any file has changed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from vaults import indexed

from recall_lsp.index.graph import Graph
from recall_lsp.links.edits import Plan, applied
from recall_lsp.links.move import move, moved_path
from recall_lsp.links.notebook import Notebook, named
from recall_lsp.links.overlay import Overlay
from recall_lsp.links.rename import rename_note
from recall_lsp.notes.anchor import find_heading
from recall_lsp.notes.link_site import link_site
from recall_lsp.notes.model import Span
from recall_lsp.notes.read import read_text

NAMES = ["Plan", "plan b", "Ölung", "2021-03-04", "a.b", "x_y", "日記", "R&D (2)", "50% off", "note"]
FOLDERS = ["", "a/", "a/b/", "Größe/", "_posts/"]


def name_of(where: str) -> str:
    return where.rpartition("/")[2].rpartition(".")[0]


stem = st.sampled_from(NAMES)
folder = st.sampled_from(FOLDERS)
path = st.builds(
    lambda where, name, ending: where + name + ending, folder, stem, st.sampled_from([".md", ".md", ".org"])
)


@st.composite
def link(draw: st.DrawFn) -> str:
    """A link that may lead to one of the notes, in one of the many ways in which people write them."""
    where, name = draw(folder), draw(stem)
    encoded = name.replace("%", "%25").replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    up = draw(st.sampled_from(["", "./", "../", "/"]))
    written: str = draw(
        st.sampled_from(
            [
                f"[[{name}]]",
                f"[[{where}{name}]]",
                f"![[{name}#Part]]",
                f"[[{name}.md|label]]",
                f"[[{name}#{name}|x]]",
                f"[[Title {name}]]",
                f"[[{up}{where}{name}]]",
                f"[a label]({up}{where}{encoded}.md)",
                f"[b]({up}{where}{encoded}.md#part 'title')",
                f"[c](<{up}{where}{name}.md>)",
                f"[d]({encoded})",
                f'<a href="{up}{where}{encoded}.md">e</a>',
                f"[[file:{up}{where}{name}.org][f]]",
                f"[ref{name}]\n\n[ref{name}]: {where}{encoded}.md\n",
            ]
        )
    )
    return written


@st.composite
def notes(draw: st.DrawFn) -> dict[str, str]:
    made = {}
    for where in draw(st.lists(path, min_size=2, max_size=7, unique_by=str.casefold)):
        links = "\n\nand then ".join(draw(st.lists(link(), max_size=6)))
        title = draw(st.sampled_from(["", f"# Title {draw(stem)}\n\n", f"# {name_of(where)}\n\n", "## Part\n\n"]))
        made[where] = (title if where.endswith(".md") else "") + links + "\n\nlast words\n"
    return made


@st.composite
def moves(draw: st.DrawFn) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """A vault, and files or a folder of it with where they go."""
    vault = draw(notes())
    taken = {name.casefold() for name in vault}
    folders = sorted({name.split("/")[0] for name in vault if "/" in name})
    by_folder: bool = draw(st.booleans())
    if folders and by_folder:
        return vault, [(draw(st.sampled_from(folders)), draw(st.sampled_from(["moved", "moved/deeper"])))]
    found = []
    for old in draw(st.lists(st.sampled_from(sorted(vault)), min_size=1, max_size=3, unique=True)):
        ending = "." + old.rpartition(".")[2]
        new = draw(folder) + draw(stem) + ending
        if new.casefold() not in taken:
            taken.add(new.casefold())
            found.append((old, new))
    return vault, found


@given(moves())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_links_keep_their_notes(case: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    texts, pairs = case
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "notes"
        vault = indexed(root, texts)
        plan = move(Notebook(vault, {}), pairs)
        after = {moved_path(name, pairs): applied(text, plan.edits.get(name, ())) for name, text in texts.items()}
        check_untouched(texts, plan)
        check_links(texts, after, plan, pairs)
        vault.close()


@given(notes(), stem, st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_heading_that_follows_a_name_loses_no_link(texts: dict[str, str], name: str, data: st.DataObject) -> None:
    old = data.draw(st.sampled_from(sorted(texts)))
    new = old.replace(name_of(old), name)
    assume(new.casefold() not in {where.casefold() for where in texts})
    with tempfile.TemporaryDirectory() as folder:
        vault = indexed(Path(folder) / "notes", texts)
        plan = rename_note(Notebook(vault, {}), old, name)
        vault.close()
    after = {moved_path(at, plan.moves): applied(text, plan.edits.get(at, ())) for at, text in texts.items()}
    note, changed = read_text(old, texts[old]), read_text(new, after[new])
    follows = old.endswith(".md") and texts[old].startswith(f"# {name_of(old)}\n")
    assert [one.text for one in changed.headings] == ([name] if follows else [one.text for one in note.headings])
    check_untouched(texts, plan, old if follows else "")
    check_links(texts, after, plan, list(plan.moves), old if follows else "")


def check_untouched(texts: Mapping[str, str], plan: Plan, retitled: str = "") -> None:
    """Every edit stands exactly on a link's target; or on the heading of a retitled note, or what links name of it."""
    for name, edits in plan.edits.items():
        note = read_text(name, texts[name])
        sites = [site for found in note.links if (site := link_site(texts[name], found)) is not None]
        allowed = {site.target for site in sites}
        if retitled:
            allowed |= {site.fragment for site in sites if site.link.fragment}
        if name == retitled:
            allowed.add(Span(2, 2 + len(name_of(name))))
        assert {edit.span for edit in edits} <= allowed


def check_links(
    texts: Mapping[str, str], after: Mapping[str, str], plan: Plan, pairs: list[tuple[str, str]], retitled: str = ""
) -> None:
    """Link by link, in the vault as it was and in the vault as it is then."""
    before = Overlay(Graph(), (), [named(name, text) for name, text in texts.items()])
    now = Overlay(Graph(), (), [named(name, text) for name, text in after.items()])
    for name, text in texts.items():
        new = moved_path(name, pairs)
        old_links, new_links = read_text(name, text).links, read_text(new, after[new]).links
        assert len(old_links) == len(new_links), (name, after[new])
        for one, other in zip(old_links, new_links, strict=True):
            target = before.resolve(one, name)
            if one.fragment != other.fragment:
                assert target == retitled and find_heading(read_text(name, texts[retitled]).headings, one.fragment) == 0
                moved = read_text(new, after[moved_path(retitled, pairs)])
                assert find_heading(moved.headings, other.fragment) == 0
            if target is not None and name not in plan.unwritable:
                assert now.resolve(other, new) == moved_path(target, pairs), (name, new, one, other)
