"""Repair of text that was decoded with the wrong code page (`â€”`, `‚Äî`), place by place."""

from __future__ import annotations

import re

from ftfy import fix_encoding
from ftfy.badness import is_bad

from recall_lsp.notes.prose import Prose, edited

# A mangled character is a run of non-ASCII ones, at times with a space that was a no-break space.
_RUN = re.compile(r"[^\x00-\x7f]{2,200}(?:(?<=Ã) )?|Ã ")
# First characters of mangled UTF-8 in the code pages met with; far cheaper than asking ftfy of each text.
_SUSPECT = re.compile(r"[ÂÃÅÄâãäåæçèéðÐÑŠ√‚¬Œŧ€Γ╬╧├][^\x00-\x7f]|‚Ä|Ã ")


def is_suspect(text: str) -> bool:
    """Whether `repaired` could change the text."""
    return not text.isascii() and _SUSPECT.search(text) is not None and is_bad(text)


def repaired_text(text: str) -> str:
    """`text` with its mangled characters mended, for titles and names."""
    return _RUN.sub(lambda run: _mended(run[0]), text) if is_suspect(text) else text


def repaired(prose: Prose) -> Prose:
    """As `repaired_text`; each mended place is anchored where the mangled characters stand."""
    if not is_suspect(prose.text):
        return prose
    edits = [(run.start(), run.end(), _mended(run[0])) for run in _RUN.finditer(prose.text)]
    changed = [edit for edit in edits if prose.text[edit[0] : edit[1]] != edit[2]]
    return edited(prose, changed) if changed else prose


def _mended(run: str) -> str:
    return fix_encoding(run) if is_bad(run) else run
