"""Where ghost text may stand, what it quotes, and the words that name a note."""

from __future__ import annotations

from pathlib import Path

import pytest
from vaults import indexed

from recall_lsp.notes.read import read_text
from recall_lsp.recall import continuation, logistic, naming, offers
from recall_lsp.recall.foretold import Foretold
from recall_lsp.recall.writable import ends_line, in_prose, parts_word, repeats


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("Some words ", True),
        ("# A heading", True),
        ("- an item of **bold** ", True),
        ("See [[Bread]] ", True),
        ("---\ntitle: Some wo", False),
        ("```\nsome code ", False),
        ("Text with `some code", False),
        ("See [[Some no", False),
        ("See [this](some/pa", False),
        ("Look at https://example.org/som", False),
        ("A #tag", False),
    ],
)
def test_prose_only(before: str, expected: bool) -> None:
    assert in_prose(read_text("now.md", before), before, len(before)) is expected


def test_what_follows_the_cursor() -> None:
    assert ends_line('"Quoted"', 7) and ends_line("a\nb", 1) and not ends_line("a b", 1)
    assert parts_word("bread", 2) and not parts_word("bread ", 5)
    assert repeats("Wait until the morning comes.", 5, "until the morning")
    assert not repeats("Wait \n\nAnother paragraph", 5, "until the morning")


def offered(root: Path, notes: dict[str, str], typed: str) -> list[str]:
    vault = indexed(root, dict(notes))
    return [one.text for one in continuation.continuations(vault, "now.md", typed, len(typed), "")]


@pytest.mark.parametrize(
    ("past", "typed", "expected"),
    [
        ("Bring the kettle to Møller & Søn, Åboulevard 7.", "Bring the kettle to M", "øller & Søn, Åboulevard 7."),
        ("Read the *old* [list of tools](tools.md) again.", "Read the old ", "[list of tools](tools.md) again."),
        ("Read the [list of all tools](tools.md) again.", "Read the [list of ", "all tools](tools.md) again."),
        ("[Meals should be short, quiet and small](a.md) here.", "Meals should be short, ", "quiet and small here."),
        ("**Never leave a knife in the sink** at night.", "Never leave a knife ", "in the sink at night."),
        ("Lock the shed, then feed the hens.", "Lock the shed, ", "then feed the hens."),
        ("東京の本屋で本を買いました。", "東京の本屋で", "本を買いました。"),
    ],
)
def test_quoted_exactly(root: Path, past: str, typed: str, expected: str) -> None:
    assert expected in offered(root, {"a.md": past}, typed)


def test_other_punctuation_is_no_precedent(root: Path) -> None:
    assert offered(root, {"a.md": "Lock the shed then feed the hens."}, "Lock the shed, ") == []


@pytest.mark.parametrize("end", ["", " "])
def test_who_walks_a_long_path_is_sure_after_a_space_too(root: Path, end: str) -> None:
    """How many words a vault has, any of which could follow a space, is no doubt."""
    past = "What I owe the kitchen is that I never leave a knife in the sink where a hand may find it first."
    others = " ".join(f"{one}{two}{three}" for one in "bdfgklmnpr" for two in "aeiou" for three in "bdfgklmnprst")
    vault = indexed(root, {"a.md": past, "b.md": others})
    typed = past[: past.index(" where")] + end
    best = continuation.continuations(vault, "now.md", typed, len(typed), "en")[0]
    assert best.text.lstrip() == "where a hand may find it first." and best.chance > 0.85


def test_a_sure_one_brings_its_alternatives(root: Path) -> None:
    typed = "As he used to say when he lent me his saw, measure the board twice "
    notes: dict[str, str | bytes] = {f"{name}.md": f"{typed}and cut it once." for name in "abcdef"}
    vault = indexed(root, notes | {"g.md": f"{typed}before you pay for it."})
    place = (vault, "now.md", typed, len(typed), "en")
    asked = offers.continued(*place, 0.6)
    assert [offer.text for offer in asked] == ["and cut it once.", "before you pay for it."]
    assert asked[0].chance > 0.6 > asked[1].chance
    assert offers.continued(*place, 0.6, Foretold()) == asked
    assert offers.continued(*place, 0.99, Foretold()) == []


def test_names(root: Path) -> None:
    notes: dict[str, str | bytes] = {
        "Bread oven.md": "Hot.",
        "b.md": "---\ntitle: Lime\naliases: [quick lime]\n---\nWhite.\n\n## Slaking it\n\nSlow.",
    }
    vault = indexed(root, notes)
    for typed, path in (
        ("The bread oven ", "Bread oven.md"),
        ("Our BREAD OVEN, ", "Bread oven.md"),
        ("Some quick lime. ", "b.md"),
        ("After slaking it ", "b.md"),
        ("The bread oven", None),
        ("[the bread oven ", None),
        ("a-bread oven ", None),
        ("The oven ", None),
    ):
        found = naming.named_note(vault, "now.md", typed, len(typed), "", ())
        assert (found.path if found else None) == path, typed
    assert naming.named_note(vault, "Bread oven.md", "The bread oven ", 15, "", ()) is None


def test_weights_fit_the_features() -> None:
    for model, features in (("continuation", continuation.FEATURES), ("link", naming.FEATURES)):
        assert set(logistic.ghost_weights(model)) == {*features, "intercept"}
