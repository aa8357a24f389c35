"""What `inline.py` recorded as tables and a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np
from inline_links import LinkRecord, habit
from inline_replay import Array, Outcome, Record, outcome

REPORT = Path(__file__).parent / "INLINE.md"
SCALE, CHANGED = "## In a vault of all of them", "## A changed note"
"""The headings of what `inline_scale.py` and `inline_fresh.py` write."""
PICTURE = Path(__file__).parent / "inline.svg"
DEFAULT = 0.6
LINK_DEFAULT = 0.7
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
GOAL = 0.6
_LEAST_OFFERS = 5
_HISTORY = (3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0)
_CURVE = (*(step / 20 for step in range(1, 20)), 0.97, 0.99)
_SYSTEMS = {"ours": "#2b6cb0", "n-gram": "#c05621", "history": "#718096"}
Tables = Mapping[str, Array]
Curve = list[tuple[float, Outcome]]


def write_report(
    records: Mapping[str, Record],
    links: Mapping[str, LinkRecord],
    chances: Mapping[str, Array],
    link_chances: Mapping[str, Array],
    *,
    write: bool,
) -> None:
    """`chances` and `link_chances` are those that weights give which have not seen the vault."""
    systems = {name: {vault: record.tables[name] for vault, record in records.items()} for name in _SYSTEMS}
    for vault, table in systems["ours"].items():
        systems["ours"][vault] = np.column_stack([table[:, 0], chances[vault], table[:, 2:]])
    curves = {
        name: _curve(records, tables, _HISTORY if name == "history" else _CURVE, learning=name == "ours")
        for name, tables in systems.items()
    }
    lines = [_HEAD, *_pooled(records, systems, curves), *_by_vault(records, systems["ours"])]
    lines += [*_links(links, link_chances), *_latency(records)]
    report = "\n".join(lines)
    print(report)
    if write:
        others = [part for part in _parts() if part.startswith((SCALE, CHANGED))]
        REPORT.write_text("\n\n".join([report, *others]) + "\n", encoding="utf-8")
        PICTURE.write_text(picture(curves), encoding="utf-8")


def write_part(heading: str, told: str) -> None:
    """Put what begins with this heading in its place in the report, or at its end."""
    kept = [told if part.startswith(heading) else part for part in _parts()]
    REPORT.write_text("\n\n".join(kept if told in kept else [*kept, told]) + "\n", encoding="utf-8")


def _parts() -> list[str]:
    """The report cut before each heading of the second level."""
    return [part.strip("\n") for part in re.split(r"(?m)^(?=## )", REPORT.read_text(encoding="utf-8"))]


_HEAD = """# Is the ghost text what the writer writes next?

The newest tenth of each vault's notes (by date where most notes tell one, else by hash) is left out of the index and
its prose typed key by key; of large vaults a sample of them, by hash. An offer is right when its first three words, or
all where it has fewer, are letter for letter what came next; a right one is accepted at once and saves the letters that
came; a ghost that stays while it is typed into is one offer. Offers of less than four letters, and within links,
addresses and code, are shown by no system. Our weights have not seen the vault that they are tested on (nor its
translations); from the first key on, what is typed where something was foretold teaches how sure to be there, as in the
server. The baselines: the vault's own n-grams of order five with Witten-Bell back-off, one to three words as probable
as the threshold; and, as in a shell's history, the rest of the newest line or sentence that begins with what was typed,
from so many letters on. What guards the end of an offer (whole words, no function word, no full stop after one word)
was made after reading what went wrong in four of the vaults: deepfates-notebook, dendron-site, foam-docs and
kmaasrud-brain.

![precision against keys saved](inline.svg)
"""


def _summed(records: Mapping[str, Record], tables: Tables, threshold: float, *, learning: bool = False) -> Outcome:
    parts = [outcome(record, tables[vault], threshold, learning=learning) for vault, record in records.items()]
    return Outcome(*(sum(getattr(part, name) for part in parts) for name in Outcome.__slots__))


def _curve(records: Mapping[str, Record], tables: Tables, thresholds: Sequence[float], *, learning: bool) -> Curve:
    return [(threshold, _summed(records, tables, threshold, learning=learning)) for threshold in thresholds]


def _pooled(records: Mapping[str, Record], systems: Mapping[str, Tables], curves: Mapping[str, Curve]) -> list[str]:
    lines = [
        "## All vaults together", "",
        "| system | threshold | offers per 1,000 keys | precision | all of it right | keys saved |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    ours = {one: _summed(records, systems["ours"], one, learning=True) for one in THRESHOLDS}
    lines += [_row("ours", threshold, one) for threshold, one in ours.items()]
    lines.append(_row("ours, had it learned nothing", DEFAULT, _summed(records, systems["ours"], DEFAULT)))
    told = []
    for name in ("n-gram", "history"):
        precise = [(one.saved, threshold, one) for threshold, one in curves[name] if _precision(one) >= GOAL]
        if not precise:
            most = max(_precision(one) for _, one in curves[name])
            told.append(f"{name} is nowhere right {GOAL:.0%} of the time ({most:.1%} at the most)")
            continue
        _, threshold, best = max(precise, key=lambda row: row[:2])
        lines.append(_row(f"{name}, at its best from a precision of {GOAL} on", threshold, best))
        told.append(f"{ours[DEFAULT].saved / max(best.saved, 1):.1f} times {name}'s")
    return [*lines, "", f"Keys saved at the default threshold of {DEFAULT}: {', '.join(told)}.", ""]


def _precision(one: Outcome) -> float:
    return one.right / max(one.offers, 1)


def _likely(one: Outcome) -> str:
    """Wilson's interval of the precision."""
    if not one.offers:
        return "–"
    share, z, n = _precision(one), 1.96, one.offers
    middle, half = share + z * z / 2 / n, z * ((share * (1 - share) + z * z / 4 / n) / n) ** 0.5
    return f"{(middle - half) / (1 + z * z / n):.2f} to {(middle + half) / (1 + z * z / n):.2f}"


def _per_key(one: Outcome) -> float:
    return 1_000 * one.offers / max(one.keys, 1)


def _row(name: str, threshold: float, one: Outcome) -> str:
    per_key = 1_000 * one.offers / one.keys
    whole = one.whole / max(one.offers, 1)
    return (
        f"| {name} | {threshold:g} | {per_key:.1f} | {_precision(one):.3f} | {whole:.3f} | {one.saved / one.keys:.1%} |"
    )


def _by_vault(records: Mapping[str, Record], ours: Tables) -> list[str]:
    shown = (0.5, DEFAULT, 0.7, 0.8)
    lines = ["## By vault: offers per 1,000 keys / precision / keys saved", ""]
    thresholds = " | ".join(f"{threshold}" for threshold in shown)
    lines += [f"| vault | keys | right at {DEFAULT}, 95 % interval | {thresholds} |", "|---" * 7 + "|"]
    for vault, record in records.items():
        cells = [outcome(record, ours[vault], threshold, learning=True) for threshold in shown]
        told = [f"{_per_key(one):.1f} / {_precision(one):.2f} / {one.saved / max(one.keys, 1):.1%}" for one in cells]
        default = cells[shown.index(DEFAULT)]
        counted = f"{default.right} of {default.offers}, {_likely(default)}"
        lines.append(f"| {vault} | {len(record.places)} | {counted} | " + " | ".join(told) + " |")
    return [*lines, ""]


def _links(links: Mapping[str, LinkRecord], chances: Mapping[str, Array]) -> list[str]:
    bounded = {vault: np.minimum(chances[vault], habit(record.features)) for vault, record in links.items()}
    made = sum(record.made for record in links.values())
    named = sum(int(record.right.sum()) for record in links.values())
    keys = sum(record.keys for record in links.values())
    lines = [
        "## Links", "",
        "The links of up to 60 held-out notes a vault are taken off, and their words typed. An offer is right where",
        f"the writer truly linked those words to that note. Of {made} links to notes that exist, {named} have words",
        f"that name the note. The default threshold is {LINK_DEFAULT}.", "",
        "| threshold | offers per 1,000 keys | precision | recall of all links | of those whose words name the note |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for threshold in THRESHOLDS:
        shown = {vault: bounded[vault] >= threshold for vault in links}
        offers = sum(int(some.sum()) for some in shown.values())
        right = sum(int(links[vault].right[some].sum()) for vault, some in shown.items())
        precision = right / max(offers, 1)
        recall = f"{right / max(made, 1):.3f} | {right / max(named, 1):.3f}"
        lines.append(f"| {threshold} | {1000 * offers / max(keys, 1):.2f} ({offers}) | {precision:.3f} | {recall} |")
    return [*lines, ""]


def _latency(records: Mapping[str, Record]) -> list[str]:
    seconds = np.concatenate([record.seconds for record in records.values()])
    median, late = np.percentile(seconds * 1e3, [50, 95])
    return [
        f"A key took {median:.1f} ms of processor time (p95 {late:.1f} ms) with every candidate made, whatever its",
        "chance; the server makes only those above the threshold.",
    ]


_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW = 560, 320, 56, 16, 44


def picture(curves: Mapping[str, Curve]) -> str:
    """Precision against keys saved, one line a system, as SVG."""
    most = 1.05 * max(one.saved / one.keys for curve in curves.values() for _, one in curve)
    across, down = _WIDTH - _LEFT - 16, _HEIGHT - _TOP - _BELOW

    def at(saved: float, precision: float) -> tuple[float, float]:
        return _LEFT + across * saved / most, _TOP + down * (1 - precision)

    font = 'font-family="sans-serif" font-size="12"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {font}>']
    parts.append(f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>')
    for step in range(6):
        _, y = at(0, step / 5)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{across}" stroke="#e2e8f0"/>')
        parts.append(f'<text x="{_LEFT - 26}" y="{y + 4:.1f}">{step / 5:.1f}</text>')
    for percent in range(0, int(100 * most) + 1, 2):
        x, _ = at(percent / 100, 0)
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 26}" text-anchor="middle">{percent}%</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" text-anchor="middle">keys saved</text>')
    parts.append(f'<text transform="translate(14 {_HEIGHT / 2})rotate(-90)" text-anchor="middle">precision</text>')
    for number, (name, curve) in enumerate(curves.items()):
        places = [at(one.saved / one.keys, _precision(one)) for _, one in curve if one.offers >= _LEAST_OFFERS]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        colour = _SYSTEMS[name]
        if places:
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_WIDTH - 90}" y="{_TOP + 18 + 18 * number}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])
