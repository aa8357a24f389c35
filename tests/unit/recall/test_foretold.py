"""What the writer types where something was foretold teaches how sure to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recall_lsp.index.assurance import Assurance, Assured
from recall_lsp.recall.foretold import Foretold, learned, surer, unsure

FORETOLD = " and cut it once"
BEGUN = "Measure the board twice"


@pytest.mark.parametrize(
    ("now", "answers"),
    [
        (BEGUN, []),
        (f"{BEGUN} and", []),
        (f"{BEGUN} and cut it", [(0.6, True)]),
        (f"{BEGUN} and cut it to pieces.\nThen", [(0.6, True)]),
        (f"{BEGUN} and cu.", [(0.6, False)]),
        (f"{BEGUN} or", [(0.6, False)]),
        (f"{BEGUN}\n", [(0.6, False)]),
        ("Measure the boards twice", []),
        ("", []),
    ],
)
def test_what_came(now: str, answers: list[tuple[float, bool]]) -> None:
    foretold = Foretold()
    foretold.foretell("now.md", BEGUN, len(BEGUN), FORETOLD, 0.6)
    foretold.foretell("now.md", BEGUN + " a", len(BEGUN) + 2, FORETOLD[2:], 0.7)  # the same, a letter later
    assert list(foretold.answers("other.md", "Something else.", 15)) == []
    assert list(foretold.answers("now.md", now, len(now))) == answers
    passed_by = answers == [(0.6, False)]
    assert foretold.was_passed_by("I measure the board twice", 25, FORETOLD) is passed_by
    assert not foretold.was_passed_by("I measure the board twice", 25, " and cut off")


def test_a_slip_that_is_erased_passes_nothing_by() -> None:
    foretold = Foretold()
    foretold.foretell("now.md", BEGUN, len(BEGUN), FORETOLD, 0.6)
    slip = f"{BEGUN} x"
    assert list(foretold.answers("now.md", slip, len(slip))) == [(0.6, False)]
    assert list(foretold.answers("other.md", BEGUN, len(BEGUN))) == []
    assert foretold.was_passed_by(BEGUN, len(BEGUN), FORETOLD)
    assert list(foretold.answers("now.md", BEGUN, len(BEGUN))) == []
    assert not foretold.was_passed_by(BEGUN, len(BEGUN), FORETOLD)


def test_the_shift_follows_the_writer() -> None:
    def after(*answers: bool) -> float:
        assurance = Assurance()
        for right in answers:
            assurance = learned(assurance, surer(assurance, 0.7), right)
        return surer(assurance, 0.7)

    assert after(False) < 0.7 < after(True)
    assert after(*[False] * 12) < 0.3
    assert after(*[True] * 12) > 0.8
    # Of many answers six in ten are right: so is the chance.
    assert after(*([True, False, True, False, True] * 60)) == pytest.approx(0.6, abs=0.06)
    some = learned(Assurance(), 0.7, False)
    assert unsure(some, surer(some, 0.42)) == pytest.approx(0.42)


def test_it_is_kept_without_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECALL_DATA_DIR", str(tmp_path / "data"))
    assured = Assured(tmp_path)
    assured.keep()
    assert not (tmp_path / "data").exists()
    assured.learn(Assurance(-0.5, 3.0))
    assured.keep()
    assert Assured(tmp_path).known() == Assurance(-0.5, 3.0)
    [path] = (tmp_path / "data" / "ghost").iterdir()
    assert json.loads(path.read_text()) == {"shift": -0.5, "known": 3.0}
    for broken in ("", "[]", '{"shift": 1e999, "known": 2}', '{"shift": "x"}'):
        path.write_text(broken)
        assert Assured(tmp_path).known() == Assurance()
