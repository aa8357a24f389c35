"""textDocument/rename and prepareRename in each dialect, and workspace/willRenameFiles, as files after the edit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from writing_desk import NOTES, Desk


def changed(root: Path, before: Mapping[str, str] = NOTES) -> dict[str, list[str]]:
    """The lines of each file that are others than before."""
    found = {}
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        path, text = file.relative_to(root).as_posix(), file.read_bytes().decode()
        old = before.get(path, "").split("\n")
        if path not in before or before[path] != text:
            found[path] = [line for line in text.split("\n") if line not in old]
    return found


async def renamed(desk: Desk, path: str, before: str, after: str, name: str) -> dict[str, list[str]]:
    desk.open(path)
    desk.at(before, after)
    await desk.apply(await desk.ask("rename", newName=name))
    return changed(desk.root)


async def test_a_note_takes_its_file_and_all_its_links_along(root: Path) -> None:
    desk = await Desk(root).start()
    desk.open("Starter.md")
    desk.at("[[Br", "ead#")
    prepared = await desk.ask("prepareRename")
    assert (desk.said(prepared["range"]), prepared["placeholder"]) == ("Bread", "Bread")
    found = await renamed(desk, "Starter.md", "[[Br", "ead#", "Sour loaf")
    assert not (root / "Bread.md").exists()
    assert (root / "Sour loaf.md").read_text() == NOTES["Bread.md"].replace("# Bread\n", "# Sour loaf\n")
    del found["Sour loaf.md"]
    assert found == {
        "Starter.md": ["Feed it before [[Sour loaf#The crust|the crust]] and [[The loaf]]."],
        "baking/Rye flour.md": [
            "Dark flour for [bread](../Sour%20loaf.md#crumb--holes), see [again][b] and ![[Sour loaf#^steam]].",
            "[b]: <../Sour loaf.md> 'loaf'",
        ],
        "pages/Oven.md": ["tags:: kitchen, [[Sour loaf]]", "- Then [[Sour loaf]] and #craft go in"],
        "journals/2021_03_04.md": ["- #[[Sour loaf]] was good"],
        "roam/mill.org": ["Grind [[file:../Sour loaf.md][for bread]]."],
    }


async def test_a_logseq_page_with_its_tags(root: Path) -> None:
    notes = {
        "logseq/config.edn": "{}",
        "pages/a___b.md": "- x\n  id:: 64f00000-0000-4000-8000-000000000001\n",
        "pages/c.md": "- [[a/b]] #a/b #[[a/b]] #other\n  key:: [[a/b]]\n",
    }
    desk = await Desk(root, notes).start()
    desk.open("pages/c.md")
    desk.at("- [[a", "/b]]")
    await desk.apply(await desk.ask("rename", newName="new/long name"))
    assert changed(root, notes) == {
        "pages/new___long name.md": ["- x", "  id:: 64f00000-0000-4000-8000-000000000001"],
        "pages/c.md": [
            "- [[new/long name]] #[[new/long name]] #[[new/long name]] #other",
            "  key:: [[new/long name]]",
        ],
    }


@pytest.mark.parametrize(
    ("path", "before", "after", "name", "expected"),
    [
        (
            "Bread.md", "## The cr", "ust", "The hard crust",
            {
                "Bread.md": ["## The hard crust", "See [flour](baking/Rye%20flour.md) and [[#The hard crust]]."],
                "Starter.md": ["Feed it before [[Bread#The hard crust|the crust]] and [[The loaf]]."],
            },
        ),
        (
            "baking/Rye flour.md", "#crumb--", "holes)", "Große Löcher",
            {
                "Bread.md": ["## Große Löcher"],
                "baking/Rye flour.md": [
                    "Dark flour for [bread](../Bread.md#gro%C3%9Fe-l%C3%B6cher), see [again][b] and ![[Bread#^steam]]."
                ],
            },
        ),
        (
            "Bread.md", "^ste", "am", "vapour",
            {
                "Bread.md": ["Steam makes it. ^vapour"],
                "baking/Rye flour.md": [
                    "Dark flour for [bread](../Bread.md#crumb--holes), see [again][b] and ![[Bread#^vapour]]."
                ],
            },
        ),
        (
            "Bread.md", "#kit", "chen", "cellar",
            {
                "Bread.md": ["tags: [cellar, craft/baking]", "Needs [[Starter]] and patience. #cellar"],
                "pages/Oven.md": ["tags:: cellar, [[Bread]]"],
                "roam/mill.org": ["#+filetags: :cellar:"],
            },
        ),
        (
            "pages/Oven.md", "#cra", "ft", "trade",
            {
                "Bread.md": ["tags: [kitchen, trade/baking]"],
                "baking/Rye flour.md": ["It drinks water.[^1] #trade/baking/rye"],
                "pages/Oven.md": ["- Then [[Bread]] and #trade go in"],
                "roam/mill.org": ["* Stones :trade:"],
            },
        ),
        (
            "baking/Rye flour.md", "water.[^", "1]", "wet",
            {"baking/Rye flour.md": ["It drinks water.[^wet] #craft/baking/rye", "[^wet]: More than wheat."]},
        ),
        (
            "roam/mill.org", "* Sto", "nes", "Two stones",
            {
                "roam/mill.org": ["* Two stones :craft:"],
                "roam/wind.org": [
                    "Turns [[id:mill-1][the mill]] and [[id:stones-1][its stones]], [[file:mill.org::*Two stones]]."
                ],
            },
        ),
    ],
)  # fmt: skip
async def test_rename(
    root: Path, path: str, before: str, after: str, name: str, expected: dict[str, list[str]]
) -> None:
    desk = await Desk(root).start()
    assert await renamed(desk, path, before, after, name) == expected


async def test_the_heading_that_titles_a_note_changes_the_links_by_title(root: Path) -> None:
    notes = {"z1.md": "# Old words\n", "b.md": "[[Old words]] [[z1]] [[z1#Old words|x]]\n"}
    desk = await Desk(root, notes).start()
    desk.open("z1.md", "# Old¦ words\n")
    await desk.apply(await desk.ask("rename", newName="New words"))
    assert changed(root, notes) == {"z1.md": ["# New words"], "b.md": ["[[New words]] [[z1]] [[z1#New words|x]]"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Old\n\n[[#Old]] [[Old#Old]] Old\n", "# New\n\n[[#New]] [[New#New]] Old\n"),
        ("---\ntitle: Old\n---\n# Old\n", None),
        ("# Older\n", None),
        ("## Old\n", None),
        ("Words\n\n# First\n\n# Old\n", None),
        ("#\n", None),
    ],
)
async def test_a_heading_that_is_the_notes_name_follows_it(root: Path, text: str, expected: str | None) -> None:
    notes = {"a/Old.md": text, "b.md": "[[Old]] [[Old#Old|x]] [y](a/Old.md#old)\n"}
    desk = await Desk(root, notes).start()
    await renamed(desk, "b.md", "[[O", "ld]]", "New")
    assert (root / "a/New.md").read_text() == (text if expected is None else expected)
    here = ("Old", "old") if expected is None else ("New", "new")
    assert (root / "b.md").read_text() == f"[[New]] [[New#{here[0]}|x]] [y](a/New.md#{here[1]})\n"


async def test_links_to_a_missing_note_are_renamed_too(root: Path) -> None:
    notes = {"a.md": "[[Some day]] [[x]]", "b.md": "[[Some day|later]]"}
    desk = await Desk(root, notes).start()
    desk.open("a.md", "[[Some¦ day]] [[x]]")
    await desk.apply(await desk.ask("rename", newName="Soon"))
    assert changed(root, notes) == {"a.md": ["[[Soon]] [[x]]"], "b.md": ["[[Soon|later]]"]}


@pytest.mark.parametrize(
    ("path", "before", "after", "name", "message"),
    [
        ("Bread.md", "[[Star", "ter]]", "Bread", "already"),
        ("Bread.md", "[[Star", "ter]]", "a?b", "No file can be called"),
        ("Bread.md", "[[Star", "ter]]", "../../out", "No file can be called"),
        ("Bread.md", "and pat", "ience", "x", "nothing to rename"),
        ("Bread.md", "#kit", "chen", "two words", "A tag holds no spaces"),
        ("Bread.md", "^ste", "am", "not good", "letters, digits"),
        ("pages/Oven.md", "id:: 64f0", "0000", "x", "made by a program"),
    ],
)
async def test_what_cannot_be_is_said(root: Path, path: str, before: str, after: str, name: str, message: str) -> None:
    desk = await Desk(root).start()
    desk.open(path)
    desk.at(before, after)
    params = {"textDocument": {"uri": desk.uri(path)}, "position": desk.cursor, "newName": name}
    error = await desk.wire.error("textDocument/rename", params)
    assert error["code"] == -32803 and message in error["message"]


async def moved(desk: Desk, moves: Mapping[str, str]) -> None:
    files = [{"oldUri": desk.uri(old), "newUri": desk.uri(new)} for old, new in moves.items()]
    edit = await desk.wire.request("workspace/willRenameFiles", {"files": files})
    if edit:
        await desk.apply(edit)
    for old, new in moves.items():
        (desk.root / new).parent.mkdir(parents=True, exist_ok=True)
        (desk.root / old).rename(desk.root / new)


async def test_links_follow_a_folder(root: Path) -> None:
    notes = {
        "a/one.md": "[two](two.md) [up](../top.md) ![p](img/p.png) [[two]] [[a/two]]\n",
        "a/two.md": "# Two\n",
        "a/img/p.png": "png",
        "img.png": "png",
        "a/three.md": "![i](../img.png) <img src='../img.png'>\n",
        "top.md": "[[one]] [[a/one]] [x](a/one.md#h) [y](/a/one) [z](./a/two.md)\n",
    }
    desk = await Desk(root, notes).start()
    await moved(desk, {"a": "deep/b"})
    assert (root / "deep/b/one.md").read_text() == (
        "[two](two.md) [up](../../top.md) ![p](img/p.png) [[two]] [[b/two]]\n"
    )
    assert (root / "deep/b/three.md").read_text() == "![i](../../img.png) <img src='../../img.png'>\n"
    assert (root / "top.md").read_text() == (
        "[[one]] [[b/one]] [x](deep/b/one.md#h) [y](/deep/b/one) [z](./deep/b/two.md)\n"
    )


async def test_a_name_that_another_note_takes_is_told_apart(root: Path) -> None:
    notes = {"x/Plan.md": "x", "y/Draft.md": "y", "x/a.md": "[[Plan]]", "y/b.md": "[[Plan]] [[Draft]]"}
    desk = await Desk(root, notes).start()
    await moved(desk, {"y/Draft.md": "y/Plan.md"})
    assert (root / "x/a.md").read_text() == "[[Plan]]"
    assert (root / "y/b.md").read_text() == "[[x/Plan]] [[Plan]]"


async def test_deleting_warns_of_the_links_that_are_left(root: Path) -> None:
    desk = await Desk(root).start()
    await desk.wire.request("workspace/willDeleteFiles", {"files": [{"uri": desk.uri("Bread.md")}]})
    (message,) = [sent for sent in desk.wire.sent if sent.get("method") == "window/showMessage"]
    assert message["params"]["message"].startswith("5 other notes linked to Bread.md")


async def test_an_edit_fits_the_file_as_it_is_and_not_as_it_was_indexed(root: Path) -> None:
    notes = {"a.md": "[[b]]\n", "b.md": "# B\n"}
    desk = await Desk(root, notes).start()
    (root / "a.md").write_text("Much was put before it: [[b]]\n")
    await moved(desk, {"b.md": "c.md"})
    assert (root / "a.md").read_text() == "Much was put before it: [[c]]\n"


async def test_a_new_file_draws_no_link_away(root: Path) -> None:
    notes = {
        "plans/Plan.md": "# Plan\n",
        "work/day.md": "See [[Plan]] and [[Plan|that]], [p](../plans/Plan.md), [[Unwritten]].\n",
        "Other.md": "[[plans/Plan]]\n",
    }
    desk = await Desk(root, notes).start()
    edit = await desk.wire.request("workspace/willCreateFiles", {"files": [{"uri": desk.uri("work/Plan.md")}]})
    await desk.apply(edit)
    assert (root / "work/day.md").read_text() == (
        "See [[plans/Plan]] and [[plans/Plan|that]], [p](../plans/Plan.md), [[Unwritten]].\n"
    )
    assert (root / "Other.md").read_text() == notes["Other.md"]
    for name in ("work/Unwritten.md", "work/picture.png"):
        assert await desk.wire.request("workspace/willCreateFiles", {"files": [{"uri": desk.uri(name)}]}) is None


async def test_a_picture_that_is_renamed_is_still_shown(root: Path) -> None:
    notes = {
        "a/one.md": "![p](img/my%20p.png) ![[my p.png|100]] ![[a/img/my p.png]] <img src='img/my p.png'> [[one]]\n",
        "two.md": "![p](<a/img/my p.png> 'title') and my p.png in words\n",
        "roam/x.org": "#+title: X\n\n[[file:../a/img/my p.png]]\n",
        "other.md": "![q](a/img/q.png)\n",
        "a/img/my p.png": "png",
        "a/img/q.png": "png",
    }
    desk = await Desk(root, notes).start()
    files = [{"oldUri": desk.uri("a/img/my p.png"), "newUri": desk.uri("pics/new p.png")}]
    await desk.apply(await desk.wire.request("workspace/willRenameFiles", {"files": files}))
    assert {name: (root / name).read_text() for name in ("a/one.md", "two.md", "roam/x.org", "other.md")} == {
        "a/one.md": (
            "![p](../pics/new%20p.png) ![[new p.png|100]] ![[pics/new p.png]] <img src='../pics/new p.png'> [[one]]\n"
        ),
        "two.md": "![p](<pics/new p.png> 'title') and my p.png in words\n",
        "roam/x.org": "#+title: X\n\n[[file:../pics/new p.png]]\n",
        "other.md": notes["other.md"],
    }
    folder = [{"oldUri": desk.uri("a/img"), "newUri": desk.uri("a/art")}]
    edit = await desk.wire.request("workspace/willRenameFiles", {"files": folder})
    await desk.apply(edit)
    assert (root / "other.md").read_text() == "![q](a/art/q.png)\n"


DENDRON = {
    "recipes.bread.md": "---\nid: aaaaaaaaaaaaaaaaaaaaaaa\ntitle: Bread\n---\n\n## Crust\n\nSteam. ^steam\n",
    "recipes.md": (
        "---\nid: bbbbbbbbbbbbbbbbbbbbbbb\ntitle: Recipes\n---\n"
        "[[The loaf|recipes.bread]] [[its crust|recipes.bread#crust]] ![[recipes.bread#^steam]] #kitchen\n"
    ),
    "journal.2021.03.04.md": "---\nid: ccccccccccccccccccccccc\ntitle: A day\n---\n[[dendron://notes/recipes.bread]]\n",
}


async def test_dendron_links_are_followed_checked_and_renamed(root: Path) -> None:
    desk = await Desk(root, DENDRON).start()
    desk.open("recipes.md", DENDRON["recipes.md"].replace("|recipes.bread]]", "|recipes.br¦ead]]"))
    assert (await desk.ask("diagnostic"))["items"] == []
    assert await desk.places("definition") == ["recipes.bread.md:0:0"]
    referring = await desk.places("references", context={"includeDeclaration": False})
    assert referring == ["journal.2021.03.04.md:4:0", "recipes.md:4:0", "recipes.md:4:27", "recipes.md:4:61"]
    await desk.apply(await desk.ask("rename", newName="recipes.rye.bread"))
    assert (root / "recipes.rye.bread.md").read_text() == DENDRON["recipes.bread.md"]
    assert (root / "recipes.md").read_text().splitlines()[4] == (
        "[[The loaf|recipes.rye.bread]] [[its crust|recipes.rye.bread#crust]] ![[recipes.rye.bread#^steam]] #kitchen"
    )
    assert (root / "journal.2021.03.04.md").read_text().endswith("\n[[dendron://notes/recipes.rye.bread]]\n")
