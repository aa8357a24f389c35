"""Which language is this text in?  One of those that the lexical view can treat well, or "" when unsure."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from recall_lsp.index.terms import STEMMERS
from recall_lsp.notes.model import Note

_UNSPACED = {"ja": "[\u3040-\u30ff]", "ko": "[\uac00-\ud7af]", "th": "[\u0e00-\u0e7f]", "zh": "[\u4e00-\u9fff]"}
_SAMPLE = 600
_LEAST = 40


def detect_language(text: str) -> str:
    """ISO 639-1 code, from the first 600 characters that are told (some 0.15 ms; the first call loads 0.7 s).

    Chinese, Japanese, Korean and Thai are told by their script, the others by py3langid; "" below 40 letters.
    """
    sample = text[:_SAMPLE]
    if not sample.isascii():
        letters = sum(map(str.isalpha, sample))
        for language, script in _UNSPACED.items():
            # Half as many kana as letters make a text Japanese even where Han outnumber them.
            if len(re.findall(script, sample)) > (0.15 if language == "ja" else 0.4) * letters:
                return language
    if sum(map(str.isalpha, sample)) < _LEAST:
        return ""
    return str(_identifier().classify(sample)[0])


def note_language(note: Note) -> str:
    """The language of a note's prose, "" when there is too little of it."""
    return detect_language(" ".join(passage.text for passage in note.passages[:3]) or note.title)


@cache
def _identifier() -> Any:
    import py3langid

    py3langid.set_languages(sorted(STEMMERS))
    return py3langid
