"""Logseq, org, plain text and threads; which is which; encodings."""

from __future__ import annotations

from datetime import date

import pytest

from recall_lsp.notes.model import Note, Skipped
from recall_lsp.notes.read import decode, dialect_of, read_bytes, read_text

_UUID = "60a78b6b-a0ff-49fe-822f-87216fbf79ff"


@pytest.mark.parametrize(
    ("path", "text", "dialect"),
    [
        ("a.txt", "---\ntitle: x\n---\ntext", "markdown"),
        ("a.txt", "title:: x\nauthor:: y\n\n- text", "logseq"),
        ("a.md", "type:: [[Feature]]\n\n- text", "logseq"),
        ("a.md", "- a\n  id:: x\n", "logseq"),
        ("journals/2020_01_02.md", "- a", "logseq"),
        ("a.md", "- a\n- b", "markdown"),
        ("a.org", "just text", "org"),
        ("a.txt", "#+title: x\n\n* Head", "org"),
        ("a.txt", ":PROPERTIES:\n:ID: x\n:END:\n", "org"),
        ("a.txt", "# Head\n\ntext", "markdown"),
        ("a.txt", "see [[other]]", "markdown"),
        ("a.txt", "1/ a thread\n2/ goes on", "plain"),
        ("a.txt", "", "plain"),
        ("a.md", "", "markdown"),
    ],
)
def test_dialect(path: str, text: str, dialect: str) -> None:
    assert dialect_of(path, text) == dialect


def test_logseq_page() -> None:
    text = (
        "title:: My (highlights)\nalias:: [[Other name]], Third\ntags:: #one, [[two words]]\n"
        "author:: [[Some One]]\ncreated:: [[Dec 13th, 2022]]\n\n"
        f"- ## Part\n\t- First block #three #[[four five]]\n\t  id:: {_UUID}\n"
        "\t\t- under ((60a78b6b-688c-4ced-9104-60784597daf9))\n"
    )
    note = read_text("pages/x.md", text)
    assert (note.title, note.aliases) == ("My (highlights)", ("Other name", "Third"))
    assert set(note.tags) == {"one", "two words", "three", "four five"}
    assert note.written == date(2022, 12, 13)
    assert [(block.id, block.line) for block in note.blocks] == [(_UUID, 8)]
    assert [(link.target, link.kind) for link in note.links] == [
        ("Other name", "wiki"),
        ("two words", "wiki"),
        ("Some One", "wiki"),
        ("Dec 13th, 2022", "wiki"),
        ("four five", "wiki"),
        ("60a78b6b-688c-4ced-9104-60784597daf9", "block"),
    ]
    assert [text[link.span.start : link.span.end][:2] for link in note.links] == ["[["] * 5 + ["(("]
    assert note.passages[0].text == "First block #three  four five\nunder"
    assert note.passages[0].headings == ("Part",)


@pytest.mark.parametrize(
    ("path", "title"),
    [("pages/term___page.md", "term/page"), ("pages/a%2Fb.md", "a/b"), ("journals/2020_09_20.md", "2020_09_20")],
)
def test_logseq_names(path: str, title: str) -> None:
    assert read_text(path, "- # A heading\n- text").title == title


def test_an_outline_under_a_bare_heading_is_no_code() -> None:
    note = read_text("pages/a.md", "type:: x\n\n## Head\n\t- See [[Other]]\n\t\t- deeper")
    assert [link.target for link in note.links] == ["Other"]
    assert note.passages[0].text == "See Other\ndeeper"


def test_org_file() -> None:
    text = (
        ':PROPERTIES:\n:ID:       b7503ab8\n:ROAM_ALIASES: "Other name" Third\n:END:\n#+title: Software\n'
        "#+filetags: :one:two:\n#+date: [2021-03-04 Thu]\n\n"
        "* TODO Head /one/ :three:\n:PROPERTIES:\n:ID: c1\n:END:\n"
        "See [[id:abc][the *other* note]] and\n"
        "[[file:b c.org::*Part][that]], [[*Head one]], [[https://example.org/knots][web]].\n\n"
        "- item [fn:1] =code=\n- [ ] two\n"
        "#+begin_src py\nimport sails\n#+end_src\n| a | b |\n|---+---|\n| c | d |\n# comment\n"
    )
    note = read_text("x.org", text)
    assert (note.title, note.aliases, note.tags) == ("Software", ("Other name", "Third"), ("one", "two", "three"))
    assert note.written == date(2021, 3, 4)
    assert [(block.id, block.line) for block in note.blocks] == [("b7503ab8", 1), ("c1", 10)]
    assert [(h.text, h.level, h.line) for h in note.headings] == [("Head one", 1, 8)]
    assert [(link.target, link.fragment) for link in note.links] == [
        ("id:abc", ""),
        ("b c.org", "Part"),
        ("", "Head one"),
    ]
    assert [text[link.span.start : link.span.start + 2] for link in note.links] == ["[["] * 3
    assert note.passages[0].text == "See the other note and\nthat, *Head one, web.\nitem  code\ntwo\na b\nc d"
    assert "import sails" in note.passages[0].extra
    assert "knots" in note.passages[0].extra


@pytest.mark.parametrize(
    ("text", "target", "label"),
    [
        (r"[[file:a\[1\].org][x]]", "a[1].org", "x"),
        (r"[[file:a\\b\[1\].org][x]]", r"a\b[1].org", "x"),
        (r"[[file:a\b.org][x]]", r"a\b.org", "x"),
    ],
)
def test_brackets_in_an_org_link(text: str, target: str, label: str) -> None:
    (link,) = read_text("x.org", f"See {text}.").links
    assert (link.target, link.text) == (target, label)


def test_a_thread_as_copied_from_its_page() -> None:
    text = (
        "1/ First thought.\n-\n-\n2/ Second thought.\nShow this thread -\n"
        "3/6 Third.\nEnd of conversation\nNew conversation -\n"
    )
    note = read_text("thread.txt", text)
    assert note.passages[0].text == "First thought.\nSecond thought.\nThird."
    assert note.title == "thread"


def test_plain_text_with_a_title() -> None:
    note = read_text("x.txt", "On sails\n\nThey are old.\n\nAnd good.")
    assert note.title == "On sails"
    assert note.passages[0].text == "On sails\nThey are old.\nAnd good."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("né".encode(), "né"),
        ("né".encode("utf-8-sig"), "né"),
        ("né".encode("utf-16"), "né"),
        (b"\xfe\xff" + "né".encode("utf-16-be"), "né"),
        ("né".encode("latin-1"), "né"),
        ("“n”".encode("cp1252"), "“n”"),
        (b"n\x81\xe9", "n\x81é"),
        (b"", ""),
        (b"a\0b", None),
        (b"\x89PNG\r\n\x1a\n\x01\x02\x03\x04\xff\xfe", None),
    ],
)
def test_decode(data: bytes, text: str | None) -> None:
    assert decode(data) == text


def test_skipped_files_say_why() -> None:
    assert read_bytes("a.md", b"\0") == Skipped("a.md", "not a text file")
    assert read_bytes("a.md", b"x" * 11, max_bytes=10) == Skipped("a.md", "larger than 10 bytes")
    assert isinstance(read_bytes("a.md", b"x" * 10, max_bytes=10), Note)


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("journals/2020_09_20.md", date(2020, 9, 20)),
        ("daily.journal.2021.03.04.md", date(2021, 3, 4)),
        ("x/2021-03-04.md", date(2021, 3, 4)),
        ("_posts/2021-03-04-x.md", date(2021, 3, 4)),
        ("20210304.md", date(2021, 3, 4)),
        ("20210304153059-slug.org", date(2021, 3, 4)),
        ("202103041530 Zettel.md", date(2021, 3, 4)),
        ("2021-13-45.md", None),
        ("99999999.md", None),
        ("12345678901.md", None),
        ("v1.2.3.md", None),
        ("note.md", None),
    ],
)
def test_date_in_the_name(path: str, written: date | None) -> None:
    assert read_text(path, "text").written == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2021-03-04T10:26:20+00:00", date(2021, 3, 4)),
        ("2021/3/4", date(2021, 3, 4)),
        ("20210304", date(2021, 3, 4)),
        ("March 4, 2021", date(2021, 3, 4)),
        ("4 Mar 2021", date(2021, 3, 4)),
        ("Dec 13th, 2022", date(2022, 12, 13)),
        ("1646109207637", date(2022, 3, 1)),
        ("2021年3月4日", date(2021, 3, 4)),
        ("2021-02-30", None),
        ("soon", None),
    ],
)
def test_date_in_the_front_matter(value: str, written: date | None) -> None:
    assert read_text("a.md", f"---\ndate: {value}\n---\ntext").written == written


@pytest.mark.parametrize("value", ["false", "False", "no", "off", "0", "nil"])
@pytest.mark.parametrize(
    "form",
    ["---\nrecall: {}\n---\nText.", "---\nRecall: '{}'\ntags: [a, *b\n---\nText.", "recall:: {}\n\n- Text.",
     "- Text.\n  recall:: {}", "#+RECALL: {}\nText.", "* A\n:PROPERTIES:\n:RECALL: {}\n:END:\nText."],
)  # fmt: skip
def test_a_note_can_ask_not_to_be_recalled(form: str, value: str) -> None:
    path = "a.org" if form[0] in "#*" else "a.md"
    assert read_text(path, form.format(value)).private
    assert not read_text(path, form.format("true")).private
