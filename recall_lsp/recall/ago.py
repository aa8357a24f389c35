"""Dates in words."""

from __future__ import annotations

from datetime import date

_UNITS = (("year", 365.25), ("month", 30.44), ("week", 7.0), ("day", 1.0))


def ago(written: date, today: date) -> str:
    """As in "3 years ago", "yesterday" or "in 2 days"; the largest unit that is full."""
    days = (today - written).days
    if abs(days) <= 1:
        return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
    unit, length = next((unit, length) for unit, length in _UNITS if abs(days) >= length)
    count = int(abs(days) / length)
    words = f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{words} ago" if days > 0 else f"in {words}"
