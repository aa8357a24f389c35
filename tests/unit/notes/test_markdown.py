"""Markdown: each link style, tags, blocks, front matter, and what is prose."""

from __future__ import annotations

from datetime import date

import pytest

from recall_lsp.notes.model import Note
from recall_lsp.notes.read import read_text


def note(text: str, path: str = "a/note.md") -> Note:
    return read_text(path, text)


def prose(text: str) -> str:
    return "\n".join(passage.text for passage in note(text).passages)


def extra(text: str) -> str:
    return "\n".join(passage.extra for passage in note(text).passages)


@pytest.mark.parametrize(
    ("text", "target", "fragment", "label", "kind"),
    [
        ("[[a]]", "a", "", "a", "wiki"),
        ("[[a|b]]", "a", "", "b", "wiki"),
        ("[[a#h]]", "a", "h", "a#h", "wiki"),
        ("[[a#h#deeper]]", "a", "deeper", "a#h#deeper", "wiki"),
        ("[[a#^id]]", "a", "^id", "a#^id", "wiki"),
        ("[[a^id]]", "a", "^id", "a^id", "wiki"),
        ("[[#h]]", "", "h", "#h", "wiki"),
        ("![[a]]", "a", "", "a", "embed"),
        ("[[ファイル|名]]", "ファイル", "", "名", "wiki"),
        ("| [[a\\|b]] | c |\n|---|---|\n", "a", "", "b", "wiki"),
        ("[x](rel/path.md#h)", "rel/path.md", "h", "x", "markdown"),
        ("[x](<path with space.md>)", "path with space.md", "", "x", "markdown"),
        ("[x](path%20with%20space.md)", "path with space.md", "", "x", "markdown"),
        ("[x](../%E3%83%95.md)", "../フ.md", "", "x", "markdown"),
        ("[x](#part)", "", "part", "x", "markdown"),
        ("[x][ref]\n\n[ref]: other.md", "other.md", "", "x", "markdown"),
        ("[ref]\n\n[ref]: other.md", "other.md", "", "ref", "markdown"),
        ("[x]({% post_url 2013-01-02-slug %})", "2013-01-02-slug", "", "x", "markdown"),
        ("<p>see <a href='b.md'>b</a></p>", "b.md", "", "", "markdown"),
    ],
)
def test_each_link_style(text: str, target: str, fragment: str, label: str, kind: str) -> None:
    before = "é 🧵 and then:\n\n"
    (link,) = note(before + text).links
    assert (link.target, link.fragment, link.text, link.kind) == (target, fragment, label, kind)
    assert link.line == 2
    assert (before + text)[link.span.start : link.span.end].startswith(("[", "!", "<"))


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://example.org/a.md)",
        "<https://example.org>",
        "![alt](picture.png)",
        "![[picture.png|300]]",
        "[m](mailto:a@example.org)",
        "`[[code]]`",
        "```\n[[code]]\n```",
    ],
)
def test_what_is_no_link_to_a_note(text: str) -> None:
    assert note(text).links == ()


def test_the_words_of_a_web_address_are_searched_not_shown() -> None:
    text = "Try [it](https://threads.example.org/how-to-sail) or https://bare.example.org/knots now."
    assert prose(text) == "Try it or  now."
    assert "sail" in extra(text)
    assert "knots" in extra(text)


def test_dendron_puts_the_label_first() -> None:
    front = "---\nid: e56k4ih40\ntitle: T\nupdated: 1646152951747\ncreated: 1646109207637\n---\n"
    read = note(front + "[[Some Label|dendron://some.vault/topic.pods#^x]]")
    (link,) = read.links
    assert (link.target, link.fragment, link.text) == ("topic.pods", "^x", "Some Label")
    assert read.passages[0].text == "Some Label"
    assert read.written == date(2022, 3, 1)


def test_a_blog_links_to_its_own_pages_by_address() -> None:
    front = "---\nlayout: post\n---\n"
    body = "[x](http://blog.example.org/2012/12/08/dropping-the-stick/)"
    assert [link.target for link in note(front + body).links] == ["/2012/12/08/dropping-the-stick"]
    assert note(body).links == ()


def test_what_a_link_shows_is_no_tag() -> None:
    text = "#one [[#Heading]] and [[#Two|#two]], [#three `#x` #y](a.md) #four ![[#five]] [#six](https://a.b/#c) #last\n"
    assert note(text).tags == ("one", "four", "last")


def test_tags() -> None:
    text = (
        "---\ntags: [one, '#two']\ncategories: three, four five\n---\n"
        "# Head #no\n#six, a/b #a/b #été #12 `#no`\n\n    #no\n"
    )
    assert note(text).tags == ("one", "two", "three", "four five", "six", "a/b", "été")


def test_aliases_title_and_date_of_the_front_matter() -> None:
    read = note("---\ntitle: 'My title'\naliases: [A, B c]\ndate: 2021-03-04 10:00:00 +0100\n---\n# Other\n\nText.")
    assert (read.title, read.aliases, read.written) == ("My title", ("A", "B c"), date(2021, 3, 4))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Head *one*\n\ntext", "Head one"),
        ("text first\n\n# Head", "note"),
        ("## Part\n\ntext", "note"),
        ("", "note"),
        ("---\ntitle: caf‚Äîe\n---\n", "caf—e"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert note(text).title == title


@pytest.mark.parametrize(
    "front",
    [
        "title: [unclosed",
        "title: My: title\n  tags: : x",
        "- a\n- b",
        "title: *nowhere",
        "a: " + "[" * 5000,
        "\n".join(" " * n + "a:" for n in range(300)),
        "\tx: 1",
        "? [a]\n: b",
    ],
)
def test_broken_front_matter_is_reported_and_the_note_still_read(front: str) -> None:
    read = note(f"---\n{front}\n---\n# Head\n\nThe body.")
    assert read.passages[0].text == "The body."
    assert len(read.problems) <= 1
    assert read.problems or front.count("a:") == 300


def test_the_title_of_broken_front_matter_is_saved() -> None:
    read = note("---\ntitle: Sails: a history\ntags: [one, two]\n---\nText.")
    assert read.title == "Sails: a history"
    assert read.tags == ("one", "two")
    assert "line 2" in read.problems[0]


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("date: 2021-02-30", ("front matter: `date` is not a day of the calendar",)),
        ("created: 2021-13-01", ("front matter: `created` is not a day of the calendar",)),
        ("date: 2021-02-28", ()),
        ("date: soon", ()),
        ("date: '{{date}}'", ()),
    ],
)
def test_an_impossible_date_is_reported(line: str, problems: tuple[str, ...]) -> None:
    assert note(f"---\n{line}\n---\nText.").problems == problems


def test_an_alias_bomb_is_defused() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    read = note(f"---\n{bomb}tags: *a39\n---\nText.")
    assert read.passages[0].text == "Text."
    assert len(read.passages[0].extra) < 200_000


def test_blocks() -> None:
    text = "A line. ^one\n\n- item ^two-2\n\n```\nno ^three\n```\n2^n is\n"
    read = note(text)
    assert [(block.id, block.line) for block in read.blocks] == [("one", 0), ("two-2", 2)]
    assert [text[b.span.start : b.span.end] for b in read.blocks] == ["^one", "^two-2"]
    assert "^one" not in read.passages[0].text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** _it_ ~~no~~ ==high== `code`", "bold it no high code"),
        ("- one\n- two\n  - [x] three", "one\ntwo\nthree"),
        ("| a | b |\n|---|---|\n| c | d |", "a b\nc d"),
        ("Fish &amp; chips\\*", "Fish & chips*"),
        ("A<b>b</b> foot[^1].\n\n[^1]: Note.", "Ab foot.\nNote."),
        ("<div>\n<p>In &lt;html&gt;</p>\n<script>no()</script>\n</div>", "In <html>"),
        ("> [!tip]+ Take care\n> of it", "Take care\nof it"),
        ("{% include x.html %}\n\n{{ site.name }} text", "text"),
        ("short line\nanother", "short line\nanother"),
        ("%%hidden%% shown", "shown"),
    ],
)
def test_prose(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_a_wrapped_line_goes_on_and_code_is_searched_only() -> None:
    text = "a long line that an editor has wrapped where it was full\ngoes on\n\n```py\nimport sails\n```\n$$x^2$$\n"
    assert prose(text) == "a long line that an editor has wrapped where it was full goes on"
    assert "import sails" in extra(text)
    assert "x^2" in extra(text)


def test_a_note_without_prose_has_one_empty_passage_with_its_words() -> None:
    read = note("---\ndescription: of sails\n---\n")
    assert [(passage.text, passage.extra) for passage in read.passages] == [("", "of sails")]


def test_headings_and_their_paths() -> None:
    filler = " ".join(["word"] * 40) + "."
    text = f"# A\r\n\r\n{filler}\r\n\r\n## B `c`\r\n\r\n{filler}\r\n\r\n# D\r\n\r\n{filler}\r\n"
    read = note(text)
    assert [(h.text, h.level, h.line) for h in read.headings] == [("A", 1, 0), ("B c", 2, 4), ("D", 1, 8)]
    assert [p.headings for p in read.passages] == [("A",), ("A", "B c"), ("D",)]
    assert [p.line for p in read.passages] == [2, 6, 10]
    assert [text[p.span.start : p.span.end] for p in read.passages] == [filler] * 3


def test_mojibake_is_repaired_and_spans_stay() -> None:
    text = "Models ‚Äî like nets ‚Äîare. It‚Äôs **now** â€”Â\xa0so ðŸ§µ end"
    passage = note(text).passages[0]
    assert passage.text == "Models — like nets —are. It’s now —\xa0so 🧵 end"
    for word in ("like", "are", "now", "so", "end"):
        at = passage.text.index(word)
        span = passage.in_file(at, at + len(word))
        assert text[span.start : span.end] == word
