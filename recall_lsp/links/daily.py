"""Daily notes: where this vault keeps them, how it names them, and which day is meant by a few words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache

from recall_lsp.config import Options
from recall_lsp.links.create import filled
from recall_lsp.links.notebook import Notebook

_FORMATS = {
    re.compile(r"\d{4}-\d\d-\d\d"): "%Y-%m-%d",
    re.compile(r"\d{4}_\d\d_\d\d"): "%Y_%m_%d",
    re.compile(r"\d{8}"): "%Y%m%d",
    re.compile(r"\d{4}\.\d\d\.\d\d"): "%Y.%m.%d",
    re.compile(r"\d\d-\d\d-\d{4}"): "%d-%m-%Y",
    re.compile(r"daily\.journal\.\d{4}\.\d\d\.\d\d"): "daily.journal.%Y.%m.%d",
}


def day_meant(words: str, today: date) -> date | None:
    """The day that words like `today`, `next monday` or `3 days ago` mean; None for any other words."""
    words = " ".join(words.split())
    if len(words) < 3 or not any(letter.isalpha() for letter in words):
        return None
    found, kind = _calendar().parseDT(words, sourceTime=datetime.combine(today, time(12)))
    return found.date() if kind in (1, 3) and _whole(words) else None


def daily_path(notebook: Notebook, day: date, options: Options) -> str:
    """The path of a day's note, there or not: in the folder and by the format of most that are there."""
    folder, pattern, ending = _habit(tuple(notebook.vault.ids)) or (
        ("journals", "%Y_%m_%d", ".md") if notebook.logseq else ("", "%Y-%m-%d", notebook.vault.tally.extension)
    )
    folder = options.daily_folder.strip("/") or folder
    return (f"{folder}/" if folder else "") + day.strftime(pattern) + ending


def daily_text(notebook: Notebook, path: str, day: date, options: Options) -> str:
    """What a new daily note begins with."""
    return filled(notebook, path, path.rpartition("/")[2].rpartition(".")[0], options.template, day)


@lru_cache(maxsize=4)
def _habit(paths: Iterable[str]) -> tuple[str, str, str] | None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for path in paths:
        folder, _, name = path.rpartition("/")
        stem, dot, ending = name.rpartition(".")
        for pattern, form in _FORMATS.items():
            if dot and pattern.fullmatch(stem) and _is_day(stem, form):
                counts[folder, form, f".{ending}"] += 1
    return counts.most_common(1)[0][0] if counts else None


def _is_day(stem: str, form: str) -> bool:
    try:
        return 1900 <= datetime.strptime(stem, form).year <= 2200
    except ValueError:
        return False


_DATE_WORD = re.compile(
    r"today|tomorrow|yesterday|next|last|this|in|ago|from|now|the|on|of|a|an|\d+(?:st|nd|rd|th)?|days?|weeks?|months?"
    r"|years?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    re.I,
)


def _whole(words: str) -> bool:
    """Whether all of the words tell of a day: "sun" in "sunday roast" does not make that a date."""
    parts = re.findall(r"[^\s,]+", words)
    return all(_DATE_WORD.fullmatch(part) for part in parts) and (
        len(parts) > 1 or words.lower().endswith(("day", "tomorrow"))
    )


@lru_cache(maxsize=1)
def _calendar():  # type: ignore[no-untyped-def]
    """Made when first needed: it is seldom."""
    from parsedatetime import Calendar

    return Calendar()
