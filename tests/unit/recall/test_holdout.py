"""Questions that a vault asks of itself."""

from __future__ import annotations

from pathlib import Path

from vaults import LINKED_SUBJECTS, SAMPLE, indexed, linked_notes

from recall_lsp.notes.read import read_text
from recall_lsp.recall.baselines import by_words, full
from recall_lsp.recall.holdout import Question, half_of, questions_in, questions_of
from recall_lsp.recall.measure import found, ndcg_at, rank_all, recall_at, silence
from recall_lsp.recall.strangers import foreign, lorem

PROSE = "A starter wants flour, water and a warm corner, and more patience than most recipes admit."
TITLES = {"starter.md": "Feeding", "river.md": "The river", "oven.md": "Oven"}


def ask(text: str, path: str = "buffer.md", *, named: bool = False) -> list[Question]:
    def resolve(link: object) -> str | None:
        return {"feeding": "starter.md", "river": "river.md", "oven": "oven.md"}.get(getattr(link, "target", ""))

    return list(questions_in(read_text(path, text), text, resolve, TITLES, named=named))


def test_the_link_goes_with_its_words_and_the_rest_of_the_note_stays() -> None:
    (question,) = ask(f"# Bread\n\n{PROSE} See [[feeding|how I do it]] again.\n\nLast words of the note.\n")
    assert question.text == f"# Bread\n\n{PROSE} See again.\n\nLast words of the note.\n"
    assert question.text[: question.offset].endswith("again.")
    assert question.gold == {"starter.md"}
    assert question.moment().paragraph == f"{PROSE} See again."


def test_markdown_and_org_links_are_hidden_too() -> None:
    (question,) = ask(f"{PROSE} See [how](feeding) and [[river]].\n")
    assert question.text == f"{PROSE} See and.\n"
    assert question.gold == {"starter.md", "river.md"}
    (question,) = ask(f"#+title: Bread\n\n{PROSE} See [[file:feeding][how]].\n", "buffer.org")
    assert question.text == f"#+title: Bread\n\n{PROSE} See.\n"


def test_named_the_words_stay_where_the_link_was() -> None:
    (question,) = ask(f"{PROSE} See [[feeding|how I do it]], or [[river]].\n", named=True)
    assert question.text == f"{PROSE} See how I do it, or river.\n"
    assert question.gold == {"starter.md", "river.md"}
    assert question.offset == len(question.text) - 1


def test_a_note_linked_elsewhere_too_is_no_gold() -> None:
    (question,) = ask(f"{PROSE} See [[feeding]] and [[river]].\n\nAgain [[feeding]].\n")
    assert question.gold == {"river.md"}


def test_what_says_the_title_or_too_little_is_not_asked() -> None:
    assert not ask(f"{PROSE} Oven heat matters: [[oven]].\n")
    assert not ask("Short: [[feeding]].\n")
    assert not ask("- [[feeding]]\n- [[river]]\n")
    assert not ask(f"{PROSE} See [[nowhere]].\n")


def test_a_vault_asks_itself_the_same_questions_each_time(root: Path) -> None:
    vault = indexed(root, linked_notes())
    questions = questions_of(vault, 100)
    assert len(questions) == 8
    assert questions == questions_of(vault, 100)
    assert len(few := questions_of(vault, 3)) == 3 and all(question in questions for question in few)
    halves = [questions_of(vault, 100, half) for half in ("learn", "held")]
    assert sorted(q.path for half in halves for q in half) == sorted(q.path for q in questions)
    assert all(half_of(question.path) == "held" for question in halves[1])


def test_links_on_disk_do_not_answer_the_question(tmp_path: Path) -> None:
    answers = []
    for swapped in ("", "dough"):
        vault = indexed(tmp_path / f"notes{swapped}", linked_notes(swapped))
        text = LINKED_SUBJECTS["dough"][1]
        own = Question("day of dough.md", text, len(text), frozenset({"on dough.md"}))
        answers.append(rank_all(vault, [own], {"full": full()}, lambda: None)["full"])
    assert answers[0] == answers[1]


def test_ranking_is_measured_as_the_field_does(root: Path) -> None:
    assert recall_at(["a", "b", "c"], {"b", "x"}, 2) == 0.5
    assert ndcg_at(["b"], {"b"}, 10) == 1.0
    assert round(ndcg_at(["a", "b"], {"b"}, 10), 3) == 0.631
    vault = indexed(root, linked_notes())
    questions = questions_of(vault, 100)
    answers = rank_all(vault, questions, {"words": by_words, "nothing": lambda *_: []}, lambda: None)
    assert found(questions, answers["words"]).recall_5 == 1.0
    assert found(questions, answers["nothing"]).ndcg_10 == 0.0


def test_strangers_are_many_and_silent_ones_are_counted(root: Path) -> None:
    vault = indexed(root, linked_notes())
    assert len(set(lorem(20))) == 20
    texts = [LINKED_SUBJECTS["canoe"][0], "qwx zzyv kkrp"]
    assert silence(vault, texts, 0.0, lambda: None) == 0.5
    assert silence(vault, texts, 1.0, lambda: None) == 1.0


def test_the_sample_is_no_stranger_to_itself(root: Path) -> None:
    assert len(foreign(30, root)) == 30
    assert foreign(30, SAMPLE) == []
