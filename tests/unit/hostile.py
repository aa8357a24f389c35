"""Notes made to break things, by hand and by chance, and what must hold of everything shown of them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

import pyromark
from wire import Wire

from recall_lsp.index.vault import Vault
from recall_lsp.notes.read import read_bytes

SECONDS = 1.0
"""What a note may cost of the processor, to read or to answer in."""

LINKS = (
    "[a](../../../../etc/passwd) [[../../secret]] ![[/etc/passwd]] [b](file:///etc/passwd) [[file:/etc/passwd][c]] "
    "[d](command:workbench.action.terminal.new?%5B%22x%22%5D) [e](javascript:alert(1)) [f](data:text/html,<script>x) "
    "<javascript:alert(1)> [g](vscode://x/y) [h](\\\\server\\share) [[C:\\Windows\\x]] [i](%2e%2e/%2e%2e/etc/passwd) "
    "[j](\u0000.md) [k](.. / ..) [[a|b|c#^d]] [[]] [[ ]] [l](<a b>) ![m](x.png) [n]: command:x\n\n[n] ((nothing))"
)
HTML = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <a href='command:x'>y</a> <!-- <b> --> &lt;b&gt; <br/> "
    "<details open ontoggle=x><summary>s</summary></details> <iframe src='javascript:x'> $(theme-icon) ![x](command:y)"
)
LIVE = "**b** `c` ~~d~~ | a | b |\n|---|---|\n| c | d |\n\n# h\n> q\n- i\n1. j\n***\n\n```js\nx\n```\n\nwww.x.yz a@b.cd"
BIDI = "\u202egnp.exe\u2066 \u200f\u200e\u2069 \u2028line\u2029 \ufeff \x1b[31mred \x07 \x7f \x85 \u00ad \u200b"
YAML_BOMB = "---\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
WORDS = "bread soup night river island ferry patience garden memory sleep".split()


def nasties() -> dict[str, bytes]:
    """Relative paths to bytes.  Each note says "bread and soup", so that each can come back."""
    texts: dict[str, str] = {
        "yaml bomb.md": f"{YAML_BOMB}---\n",
        "yaml tags.md": "---\na: !!python/object/apply:os.system ['x']\nb: !!set x\n? {c: d}\n: !<t:x> e\n<<: *f\n---",
        "yaml deep.md": "---\na: " + "[" * 10_000 + "\n---\n",
        "yaml indented.md": "---\n" + "".join(" " * depth + "a:\n" for depth in range(300)) + "---\n",
        "yaml endless.md": "---\n" + "a: b\n" * 20_000,
        "lists.md": "".join("  " * min(depth, 3_000) + "- a\n" for depth in range(10_000)),
        "list in line.md": "- " * 10_000 + "a",
        "quotes.md": "> " * 10_000 + "a",
        "quotes below.md": "".join(">" * depth + " a\n" for depth in range(1, 1_500)),
        "brackets.md": "[" * 10_000 + "]" * 10_000,
        "links.md": "[[" * 10_000,
        "link ends.md": "[a](" * 10_000,
        "emphasis.md": "*a **b " * 5_000 + "_" * 10_000,
        "ticks.md": "".join("`" * length + "a" for length in range(1, 500)),
        "angles.md": "<" * 20_000 + "<a " * 10_000,
        "comments.md": "<!-- " * 10_000 + "%%" * 9_999 + "{{" * 9_999,
        "table.md": "|" * 10_000 + "\n" + "|-" * 10_000 + "\n" + "| a " * 10_000,
        "headings.md": "# a\n" * 8_000,
        "fences.md": "```\n~~~\n" * 5_000,
        "footnotes.md": "".join(f"[^{number}]: [^{number + 1}]\n\n" for number in range(5_000)),
        "tags.md": "#a/" * 20_000 + " #b" * 20_000,
        "word.md": "x" * 1_000_000,
        "marks.md": "e" + "\u0301" * 100_000,
        "wide word.md": "日" * 300_000,
        "spaces.md": " " * 500_000 + "a" + "\t" * 500_000,
        "lines.md": "\n" * 500_000 + "\r" * 400_000,
        "numbers.md": "1/ a\n" * 20_000,
        "properties.md": "a:: b\n" * 20_000,
        "outline.md": "- a\n  id:: b\n" * 10_000,
        "logbook.md": "- a\n  :LOGBOOK:\n" * 5_000,
        "deep.org": "".join("*" * depth + " a\n" for depth in range(1, 1_500)),
        "drawers.org": ":PROPERTIES:\n:ID: x\n" * 5_000,
        "blocks.org": "#+begin_src\n#+begin_quote\n" * 5_000,
        "org links.org": "[[a][" * 5_000 + "[[file:../../../etc/passwd][x]] [[elisp:(x)][y]] [[shell:x][z]]",
        "org marks.org": "*a /b =c ~d " * 5_000,
        "dates.md": "---\ndate: 99999999999999999999\ncreated: 0000-00-00\n---\n",
        "links out.md": LINKS,
        "html.md": HTML,
        "live.md": LIVE,
        "bidi.md": BIDI,
        "title <script>&**[x](command:y).md": "# <img src=x> [x](command:y) **b** \u202egnp\n\n",
        "new\nline.md": "# a\n",
        "emoji 👩‍👩‍👧‍👦🏳️‍🌈.md": "",
        "-rf %2e%2e #x ^y |z [[w]].md": "",
        "x" * 252 + ".md": "",
        "日" * 84 + ".md": "",
        "a'\"`$(touch x);.md": "",
    }
    said = {path: f"{text}\n\nBread and soup {path[:4]}." for path, text in texts.items()}
    encoded = {path: text.encode() for path, text in said.items()}
    encoded |= {
        "nul.md": b"Bread \0 soup",
        "surrogates.md": "Bread and soup \ud800 \udfff \ud83d.".encode("utf-8", "surrogatepass"),
        "utf8 cut.md": "Bread and soup é".encode()[:-1],
        "utf8 overlong.md": b"Bread and soup \xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80",
        "utf16.md": "Bread and soup".encode("utf-16"),
        "utf16 odd.md": "Bread and soup".encode("utf-16")[:-1],
        "utf16 half.md": b"\xff\xfe" + b"B\0\x00\xd8x\0",
        "utf32.md": "Bread and soup".encode("utf-32"),
        "bom.md": b"\xef\xbb\xbf\xef\xbb\xbfBread and soup",
        "binary.md": bytes(range(256)) * 100,
        "empty.md": b"",
        os.fsdecode(b"\xff\xfe name.md"): b"Bread and soup",
    }
    return encoded


_PIECES = (
    LINKS, HTML, LIVE, BIDI, YAML_BOMB, "\u0301" * 50, "x" * 3_000, "---\n", "...\n", "\n\n", "\r", "\r\n", "\t",
    "- ", "  - ", "> ", "# ", "* ", "** TODO ", "[[", "]]", "](", "[", "]", "(", ")", "![", "`", "```\n", "~~~",
    "$$", "|", "==", "%%", "{{", "}}", "{%", "%}", "((", "))", "<", ">", "<!--", "-->", "&#x202e;", "&lt;", "\\",
    "^id", "::", "a:: b", "id:: x", "#tag", "#[[x]]", ":PROPERTIES:\n", ":END:\n", ":LOGBOOK:", "#+begin_src\n",
    "#+end_src\n", "#+TITLE: x\n", "[fn:1]", "title: ", "tags: [", "aliases: ", "date: 2020-13-45", "recall: true\n",
    "!!python/name:x", "&a *a", "\x00", "\x1b[2J", "\ud800", "\udfff", "\u202e", "\u2066", "日本語。", "ไทย", "اللغة",
    "👩‍👩‍👧‍👦", "â€™", "Ã©", "1/ ", "2020-01-01", "99999999999", "http://x.yz/a_(b)", "www.x.yz", "mailto:a@b.cd",
    "a@b.cd", "command:x", "javascript:x", "data:text/html,x", "file:///etc/passwd", "../../x", "C:\\x", "\u2028",
    "\ufeff",
)  # fmt: skip
_NAMES = (
    "{}.md", "{}.org", "{}.txt", "journals/{}.md", "pages/a___{}.md", "new\nline {}.md", "{} [[x]]#^|.md",
    "🏳️‍🌈 {}.mdx",
)  # fmt: skip


def generated(seed: int) -> tuple[str, bytes]:
    """A path and the bytes of a note put together by chance; the same ones for the same seed."""
    chance = Random(seed)
    parts: list[str] = []
    for _ in range(chance.randint(1, 60)):
        piece = chance.choice(_PIECES) if chance.random() < 0.6 else " ".join(chance.choices(WORDS, k=5))
        parts.append(piece * (chance.randint(1, 80) if chance.random() < 0.05 and len(piece) < 20 else 1))
    text = (" " if chance.random() < 0.5 else "").join([*parts, f" {chance.choice(WORDS)} and soup."])
    if chance.random() < 0.1:
        text = f"---\n{text}"
    data = text.encode(chance.choice(("utf-8", "utf-8", "utf-8", "utf-16")), "surrogatepass")
    if chance.random() < 0.05:
        at = chance.randrange(len(data))
        data = data[:at] + chance.randbytes(3) + data[at + 1 :]
    return chance.choice(_NAMES).format(seed), data


def reading_times(notes: Mapping[str, bytes]) -> dict[str, float]:
    """Seconds of the processor that each note took to be read."""
    times: dict[str, float] = {}
    for path, data in notes.items():
        started = time.process_time()
        read_bytes(path, data)
        times[path] = time.process_time() - started
    return times


class TimedWire(Wire):
    """`times`: seconds of the processor that each method took, at the most."""

    def __init__(self, vault: Any) -> None:
        super().__init__(vault)
        self.times: dict[str, float] = {}

    async def request(self, method: str, params: Any = None) -> Any:
        started = time.process_time()
        answer = await super().request(method, params)
        self.times[method] = max(self.times.get(method, 0.0), time.process_time() - started)
        return answer


async def check_all(vault: Vault, notes: Mapping[str, bytes]) -> dict[tuple[str, str], float]:
    """Every note as an open buffer: what the server says there holds nothing live, and leads nowhere outside.  The
    seconds of the processor that each request on each note took."""
    times: dict[tuple[str, str], float] = {}
    wire = TimedWire(vault)
    await wire.initialize(vault.root.as_uri(), model="none", quiet=0)
    for path, data in notes.items():
        text = data[:200_000].decode("utf-8", "replace") + "\n\nBread and soup. [[so"
        uri = (vault.root / path).as_uri()
        wire.open(text, uri)
        wire.times.clear()
        try:
            await _check_note(wire, vault, uri, text)
        except AssertionError as error:
            raise AssertionError(f"{path!r}: {error}") from error
        times |= {(path, method): taken for method, taken in wire.times.items()}
        wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        wire.sent = [message for message in wire.sent if "method" not in message]
    await wire.session.close()
    return times


async def _check_note(wire: Wire, vault: Vault, uri: str, text: str) -> None:
    lines = re.split("\r\n|\r|\n", text)
    last = len(lines) - 1
    document = {"textDocument": {"uri": uri}}
    at = {**document, "position": {"line": last, "character": len(lines[-1])}}
    above = {**document, "position": {"line": last, "character": 3}}
    for hit in (await wire.request("recall/related", {**above, "limit": 50}))["hits"]:
        _check_uri(vault.root, hit["uri"])
    for place in (above, {**document, "position": {"line": 0, "character": 2}}):
        card = await wire.request("textDocument/hover", place)
        if card is not None:
            check_card(vault.root, card["contents"]["value"])
    items = (await wire.request("textDocument/completion", {**at, "context": {"triggerKind": 1}}))["items"]
    for item in items:
        for shown in (item["label"], item["detail"], item["labelDetails"]["description"], item["textEdit"]["newText"]):
            assert not _ODD.search(shown), f"odd characters in an item: {shown!r}"
    for item in items[:3]:
        resolved = await wire.request("completionItem/resolve", item)
        if "documentation" in resolved:
            check_card(vault.root, resolved["documentation"]["value"])
    for link in await wire.request("textDocument/documentLink", document) or ():
        if link.get("target"):
            _check_uri(vault.root, link["target"])
    await wire.request("textDocument/documentSymbol", document)


_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ODD_BUT_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BARE_LINK = re.compile(r"(?<!\\)(://|www\.|mailto:)", re.IGNORECASE)


def check_card(root: Path, card: str) -> None:
    """A card as Markdown: no HTML, no image, no link but to files of the vault."""
    assert not _ODD_BUT_LINES.search(card), f"odd characters in a card: {card!r}"
    for event in _events(card):
        if not isinstance(event, dict):
            continue
        assert not {"Html", "InlineHtml"} & event.keys(), f"HTML in a card: {card!r}"
        start = event.get("Start")
        if isinstance(start, dict):
            assert "Image" not in start and "CodeBlock" not in start, f"live markup in a card: {card!r}"
            if "Link" in start:
                _check_uri(root, start["Link"]["dest_url"])
    assert not _BARE_LINK.search(re.sub(r"\]\(file://[^()\s]*\)", "", card)), f"a bare link in a card: {card!r}"


def _events(card: str) -> Iterator[Any]:
    extensions = (
        pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_FOOTNOTES
    )
    return iter(pyromark.events(card, options=extensions))


def _check_uri(root: Path, uri: str) -> None:
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https", "mailto"):
        return
    assert parts.scheme == "file", f"a link to {uri[:100]!r}"
    path = Path(os.path.normpath(unquote(parts.path)))
    assert path.is_relative_to(root), f"a link out of the vault: {uri[:100]!r}"
