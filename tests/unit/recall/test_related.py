"""The whole of recall: on small vaults by words alone, and on the sample vault with the default model."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from vaults import Sample, found, indexed, read_vault, recall, write_notes

from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import decode, read_text
from recall_lsp.recall.model import Hit
from recall_lsp.recall.moment import moment_at
from recall_lsp.recall.related import related

MOMENTS = (
    "I keep wanting the new project to hurry up. Some things only get good if you leave them alone for a while.",
    "Nobody looks up from the map any more; being lost used to teach you the town.",
    "She wrote the whole review in one evening and then let the draft lie until morning.",
    "おかみさんはぬか床を毎日かきまぜる。",
    "Vokabeln auf Karten schreiben, damit nichts verloren geht.",
)


def letters(text: str) -> str:
    return re.sub(r"\W+", "", text)


def check_hit(root: Path, hit: Hit) -> None:
    """The sentence stands in the file, at its span and line, but for its markup."""
    text = decode((root / hit.path).read_bytes())
    assert text is not None
    place = re.sub(r"\[\[(?:[^]|]*\|)?([^]]*)\]\]", r"\1", text[hit.span.start : hit.span.end])
    place = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", place)
    assert letters(hit.sentence) == letters(place)
    before = text[: hit.span.start]
    assert hit.line == len(re.findall(r"\r\n|\r|\n", before))
    assert hit.sentence.replace("\n", " ") in hit.passage.replace("\n", " ")
    for (start, end), word in zip(hit.marks, [hit.sentence[a:b] for a, b in hit.marks], strict=True):
        assert 0 <= start < end <= len(hit.sentence)
        assert word in hit.shared
    assert 0 <= hit.score <= 1
    assert hit.found_by


# The sample vault, with the default model


@pytest.mark.parametrize("text", MOMENTS)
def test_every_hit_can_be_shown(sample: Sample, text: str) -> None:
    hits = recall(sample.vault, text)
    assert len(hits) == 10
    for hit in hits:
        check_hit(sample.root, hit)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (MOMENTS[1], "threads/2018-07-22 A week with a paper map.txt"),
        (MOMENTS[3], "nukadoko.md"),
        ("待つあいだが仕事", "nukadoko.md"),
        (MOMENTS[4], "Vergessen.md"),
        ("The plaster must dry slowly, breathing with the old wall.", "Lime.md"),
        ("You put in what you could not use and turn the heap.", "Compost.md"),
    ],
)
def test_the_note_meant_is_among_the_first(sample: Sample, text: str, path: str) -> None:
    assert path in found(sample.vault, text, limit=3)


def test_meaning_finds_what_shares_no_word(sample: Sample) -> None:
    hits = recall(sample.vault, "Yeast dough fermenting in a refrigerator over a weekend", limit=5)
    assert {"The two-day loaf.md", "Feeding the starter.md"} & {hit.path for hit in hits}
    assert all("meaning" in hit.found_by for hit in hits[:1])


@pytest.mark.parametrize("text", MOMENTS)
def test_the_same_moment_gives_the_same_hits(sample: Sample, text: str) -> None:
    once = recall(sample.vault, text)
    assert recall(sample.vault, text) == once
    recall(sample.vault, "Something else in between.")
    assert recall(sample.vault, text) == once


@pytest.mark.parametrize("path", ["Compost.md", "Lime.md", "nukadoko.md"])
def test_the_own_note_is_never_a_hit(sample: Sample, path: str) -> None:
    text = (sample.root / path).read_text()
    assert path in found(sample.vault, text, path="copy of it.md", limit=3)
    assert path not in found(sample.vault, text, path=path, limit=50)


@pytest.mark.parametrize("text", MOMENTS)
def test_silence(sample: Sample, text: str) -> None:
    assert recall(sample.vault, text, quiet=1.0) == ()
    every = recall(sample.vault, text, limit=50)
    for quiet in (0.05, 0.2, 0.5):
        assert all(hit.score >= quiet for hit in recall(sample.vault, text, quiet=quiet))
    assert len(every) > len(recall(sample.vault, text, limit=50, quiet=0.5))


def test_what_has_nothing_to_do_with_the_vault_is_met_with_silence(sample: Sample) -> None:
    text = "kubectl rollout restart deployment/ingress-nginx-controller --namespace ingress"
    assert recall(sample.vault, text, quiet=0.5) == ()


@pytest.mark.parametrize("text", ["", "   \n\n", "---\n---\n", "![](x.png)"])
def test_nothing_written_recalls_nothing(sample: Sample, text: str) -> None:
    assert recall(sample.vault, text) == ()


def test_the_limit(sample: Sample) -> None:
    ten = found(sample.vault, MOMENTS[0])
    assert found(sample.vault, MOMENTS[0], limit=3) == ten[:3]
    assert len(set(ten)) == 10, "a note comes once"


def test_the_place_in_the_buffer_matters(sample: Sample) -> None:
    text = "The plaster must dry slowly on the old wall.\n\nNobody reads a paper map to find the town any more.\n"
    note = read_text("new.md", text)
    first, second = (related(sample.vault, moment_at(note, text, text.index(w)), 3) for w in ("wall", "town"))
    assert "Lime.md" in [hit.path for hit in first]
    assert first[0].path != second[0].path


# Small vaults, by words alone


def test_by_words_alone(root: Path) -> None:
    vault = indexed(root, {"a.md": "The ferry crossed at night.", "b.md": "Glaciers."})
    [hit] = recall(vault, "A night on the ferry.")
    assert (hit.path, hit.found_by) == ("a.md", ("words",))
    assert {"ferry", "night"} <= set(hit.shared)
    check_hit(root, hit)


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\n---\n\n# Head\n\nFirst here. Then the **ferry** crossed [the *river*](r.md) at night. Last.\n",
        "First line.\r\n\r\n- an item\r\n- the ferry &amp; the night\r\n\r\nLast.\r\n",
        "Astral 🜛🜛 letters.\n\n日本語の文。The ferry at night 🜛 was late.\n",
        "\ufeffFirst.\n\nThe ferry at night was late.\n",
        "* org-like\n\nThe ferry at night was late.\n",
        "Wrapped text with the ferry\nthat went on at night\nover lines. Then more.\n",
        "| a | b |\n|---|---|\n| ferry | night |\n",
    ],
)
def test_the_span_is_the_sentence_whatever_the_markup(root: Path, text: str) -> None:
    vault = indexed(root, {"note.md": text})
    [hit] = recall(vault, "The ferry, at night.")
    on_disk = decode((root / "note.md").read_bytes())
    assert on_disk is not None
    place = on_disk[hit.span.start : hit.span.end]
    assert "ferry" in place and "ferry" in hit.sentence
    assert place[0] == hit.sentence[0] and place[-1] == hit.sentence[-1]
    lines = re.split(r"\r\n|\r|\n", on_disk)
    assert hit.sentence.split()[0] in lines[hit.line]


def test_a_file_changed_since_it_was_indexed_breaks_nothing(root: Path) -> None:
    vault = indexed(root, {"note.md": "First.\n\nSome words. The ferry at night was late.\n"})
    for content in (b"short", b"\0\0\0", b""):
        write_notes(root, {"note.md": content})
        [hit] = recall(vault, "The ferry, at night.")
        assert hit.sentence == "The ferry at night was late."
    (root / "note.md").unlink()
    assert recall(vault, "The ferry, at night.")[0].sentence == "The ferry at night was late."


def test_links_on_disk_that_left_the_buffer_do_not_count(root: Path) -> None:
    notes = {"here.md": "About the ferry. [[there]]", "there.md": "The ferry at night."}
    vault = indexed(root, notes)
    [without] = recall(vault, "About the ferry.", path="here.md")
    [linked] = recall(vault, "About the ferry. [[there]]", path="here.md")
    assert (without.linked, linked.linked) == (False, True)


def test_near_identical_passages_are_shown_once(root: Path, tiny: str) -> None:
    same = "The night train and the river road to the island, with salt and bread."
    notes = {f"copy-{number}.md": same for number in range(5)} | {"other.md": "A book of memory. The river."}
    vault = indexed(root, notes, model=tiny)
    hits = found(vault, "A night train to the river.")
    assert "other.md" in hits
    assert sum(path.startswith("copy") for path in hits) == 1


def test_accents_stems_and_scripts(root: Path) -> None:
    notes = {
        "ja.md": "でも、待つあいだが仕事なんです。むずかしいのは毎日手を入れることです。",
        "fr.md": "Un café près de la rivière, où l'on parlait des étoiles toute la nuit.",
        "en.md": "She was remembering the rivers of her childhood, and all of the ferries on them.",
    }
    vault = indexed(root, notes)
    assert found(vault, "待つあいだに")[0] == "ja.md"
    assert found(vault, "cafe, riviere")[0] == "fr.md"
    assert found(vault, "I remember a river and its ferry.")[0] == "en.md"


def test_dates_and_titles_come_along(root: Path) -> None:
    vault = indexed(root, {"2015-01-18 Brick.md": "# A brick of bread\n\nFlat and heavy ferry."})
    [hit] = recall(vault, "ferry")
    assert (hit.title, str(hit.written)) == ("A brick of bread", "2015-01-18")
    assert hit.headings == ("A brick of bread",)


def test_before_there_is_an_index_there_is_silence(root: Path) -> None:
    assert recall(read_vault(root), "The ferry at night.") == ()


def test_a_note_gone_from_the_catalog_but_not_from_the_view_is_no_hit(root: Path) -> None:
    vault: Vault = indexed(root, {"a.md": "The ferry at night.", "b.md": "The ferry by day."})
    note = vault.ids.pop("a.md")
    del vault.entries[note]
    vault.traits.remove(note)
    assert found(vault, "ferry") == ["b.md"]


def test_what_the_user_hid_makes_room_for_the_next(root: Path) -> None:
    vault = indexed(root, {f"{name}.md": f"The ferry at night, {name}." for name in ("one", "two", "three", "four")})
    first, second, third, _ = found(vault, "The ferry at night.")
    vault.feedback.record("dismissed", first, "buffer.md")
    vault.feedback.record("never", second)
    assert found(vault, "The ferry at night.", limit=2)[0] == third
    assert first not in found(vault, "The ferry at night.")
    elsewhere = found(vault, "The ferry at night.", path="else.md")
    assert first in elsewhere and second not in elsewhere
    assert second in [one.path for one in vault.suggest(second.removesuffix(".md"), 5)]
    vault.feedback.undo()
    vault.feedback.undo()
    assert found(vault, "The ferry at night.") == [first, second, third, *found(vault, "The ferry at night.")[3:]]


def test_hits_are_plain_data(sample: Sample) -> None:
    hit = recall(sample.vault, MOMENTS[0])[0]
    assert replace(hit) == hit
    assert hash(hit) == hash(replace(hit))
