"""The day a note itself tells: from its front matter or its file name.  Impossible days are refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_MONTHS = {name: number for number, name in enumerate(
    "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}  # fmt: skip
_ISO = re.compile(r"(?<!\d)(\d{4})([-/._])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<![\w])(\d{4})(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?)?(?![0-9A-Za-z])")
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[ .-]+([A-Za-z]{3})[a-z]*\.?,?[ .-]+(\d{4})(?!\d)")
_MONTH_DAY = re.compile(r"\b([A-Za-z]{3})[a-z]*\.?[ ]+(\d{1,2})(?:st|nd|rd|th)?,?[ ]+(\d{4})(?!\d)")
_CJK = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_NAME_DATE = re.compile(r"(?<!\d)(\d{4})([-_.])(\d{2})\2(\d{2})(?!\d)")


def written_in(value: object) -> date | None:
    """The date in a front matter value: ISO, `Dec 13th, 2022`, `3 May 2020`, `20210304`, seconds or milliseconds."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()[:100] if isinstance(value, (str, int, float)) else ""
    if match := _EPOCH.fullmatch(text):
        return _from_epoch(int(match[1]))
    if match := _ISO.search(text):
        return _day(match[1], match[3], match[4])
    if match := _CJK.search(text):
        return _day(match[1], match[2], match[3])
    if match := _COMPACT.search(text):
        return _day(match[1], match[2], match[3])
    if match := _MONTH_DAY.search(text):
        return _day(match[3], _MONTHS.get(match[1].lower()), match[2])
    if match := _DAY_MONTH.search(text):
        return _day(match[3], _MONTHS.get(match[2].lower()), match[1])
    return None


def written_in_name(path: str) -> date | None:
    """The date in a file's name: `2021-03-04-x.md`, `2020_09_20.md`, `daily.2021.03.04.md`, `202103041530.md`."""
    name = path.rpartition("/")[2]
    if not any(map(str.isdigit, name)):
        return None
    stem = name.rpartition(".")[0] or name
    if match := _NAME_DATE.search(stem):
        return _day(match[1], match[3], match[4])
    if match := _COMPACT.search(stem):
        return _day(match[1], match[2], match[3])
    return None


def _from_epoch(seconds: int) -> date | None:
    day = datetime.fromtimestamp(seconds, UTC).date()
    return day if 1970 < day.year < 2200 else None


def _day(year: str, month: str | int | None, day: str) -> date | None:
    try:
        found = date(int(year), int(month or 0), int(day))
    except ValueError:
        return None
    return found if 1800 <= found.year <= 2200 else None
