"""Dates in words."""

from __future__ import annotations

from datetime import date


def ago(written: date, today: date) -> str:
    """As in "3 years ago", "yesterday" or "in 2 days"; the largest unit of the calendar that is full."""
    days = abs((today - written).days)
    if days <= 1:
        return {0: "today", 1: "yesterday", -1: "tomorrow"}[(today - written).days]
    early, late = sorted((written, today))
    months = 12 * (late.year - early.year) + late.month - early.month - (late.day < early.day)
    units = ((months // 12, "year"), (months, "month"), (days // 7, "week"), (days, "day"))
    count, unit = next((count, unit) for count, unit in units if count)
    words = f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{words} ago" if written < today else f"in {words}"
