"""Columns in code units and code points, and lines that end where LSP says."""

from __future__ import annotations

import pytest

from recall_lsp.lsp.positions import Encoding, column, split_lines, units


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\r\r\n\n", ["\r", "\r\n", "\n", ""]),
        ("a\u2028b\x0cc\x85d\u2029e", ["a\u2028b\x0cc\x85d\u2029e"]),
    ],
)
def test_lines_end_at_lf_crlf_and_cr_only(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines
    assert "".join(split_lines(text)) == text


@pytest.mark.parametrize(
    ("line", "encoding", "given", "expected"),
    [
        ("abc\n", "utf-16", 2, 2),
        ("abc\r\n", "utf-8", 9, 3),
        ("abc", "utf-32", 9, 3),
        ("a😀b\n", "utf-16", 0, 0),
        ("a😀b\n", "utf-16", 1, 1),
        ("a😀b\n", "utf-16", 2, 1),  # inside the surrogate pair
        ("a😀b\n", "utf-16", 3, 2),
        ("a😀b\n", "utf-16", 4, 3),
        ("a😀b\n", "utf-16", 99, 3),
        ("😀😀", "utf-16", 3, 1),
        ("😀😀", "utf-16", 4, 2),
        ("a😀b\n", "utf-8", 5, 2),
        ("a😀b\n", "utf-8", 3, 1),  # inside the four bytes
        ("a😀b\n", "utf-32", 2, 2),
        ("über\n", "utf-8", 2, 1),
        ("über\n", "utf-8", 1, 0),
        ("日本\n", "utf-16", 1, 1),
        ("\ud83d!", "utf-8", 3, 1),  # half a pair, as broken clients send it
        ("\ud83d!", "utf-16", 1, 1),
    ],
)
def test_column(line: str, encoding: Encoding, given: int, expected: int) -> None:
    assert column(line, given, encoding) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("line", ["plain\n", "a😀b👩‍👩‍👧c\r\n", "ünïcödé 日本語\n", "\ud83d!\n", ""])
def test_units_and_columns_are_inverse(line: str, encoding: Encoding) -> None:
    for place in range(len(line.rstrip("\r\n")) + 1):
        assert column(line, units(line, place, encoding), encoding) == place
