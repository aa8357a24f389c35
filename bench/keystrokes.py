"""Keystrokes to recall: how much of a paragraph must be typed before the linked note is among the first five?

    python bench/keystrokes.py DATA LINKBENCH [--left-out FILE] [--write]

The paragraphs are those of linkbench's hidden questions, typed at the end of what stands before them in their note, up
to 500 characters, and asked about at word ends near 20, 40, 60, 90, 130, 180, 250, 350 and 500.  A note counts as found
from the first time that it is among the first five.  `typed` is the mean of characters typed until then, all of them
for what is never found.  With --left-out (written by `fit.py`) recall has weights that have not seen the vault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from questions import asked, load_linkbench, moment_of, opened
from relevance import left_out_weights, vault_arguments, write_relevance

from recall_lsp.index.vault import Vault
from recall_lsp.recall.baselines import Ranking, by_meaning, by_words, full, fused
from recall_lsp.recall.query import make_query

STOPS = (20, 40, 60, 90, 130, 180, 250, 350, 500)
_FIRST = 5
_LONG_WORD = 20

Typed = tuple[int, int]
"""(characters after which the note was found, or NEVER; characters of the paragraph)"""
NEVER = 1 << 30


def prefixes(request: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(characters typed, request) as the paragraph grows; nothing stands after it."""
    lines = request["text"].split("\n")[: request["line"] + 1]
    text = lines[-1]
    ends = [_word_end(text, stop) for stop in STOPS if stop < len(text)]
    for end in dict.fromkeys(ends if len(text) > STOPS[-1] else [*ends, len(text)]):
        yield end, {**request, "text": "\n".join([*lines[:-1], text[:end]]), "character": end}


def _word_end(text: str, stop: int) -> int:
    """The last one before `stop`; in a script without spaces any place will do."""
    end = text.rfind(" ", 0, stop + 1)
    return end if end > stop - _LONG_WORD else stop


def typed(vault: Vault, row: dict[str, Any], systems: Mapping[str, Ranking]) -> dict[str, Typed]:
    """When each system finds the first of the linked notes."""
    found: dict[str, int] = {}
    whole = 0
    for end, request in prefixes(row["request"]):
        whole = end
        moment = moment_of(request)
        query = make_query(vault, moment)
        for name in systems.keys() - found.keys():
            paths = (vault.entries[note].path for note in systems[name](vault, moment, query) if note in vault.entries)
            ranked = [path for path in paths if path != request["path"]]
            if not row["gold"].isdisjoint(ranked[:_FIRST]):
                found[name] = end
    return {name: (found.get(name, NEVER), whole) for name in systems}


def _report(results: Mapping[str, Mapping[str, Sequence[Typed]]]) -> list[str]:
    systems = list(next(iter(results.values())))
    lines = ["## Keystrokes to recall", "", *(__doc__ or "").strip().splitlines()[2:], ""]
    stops = [*STOPS, NEVER - 1]
    heads = [*(f"by {stop}" for stop in STOPS), "in all", "typed"]
    lines += ["Means over the vaults of the share found:", ""]
    lines += ["| system | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for system in systems:
        shares = [fmean(_share(rows[system], stop) for rows in results.values()) for stop in stops]
        cells = [
            *(f"{share:.2f}" for share in shares),
            f"{fmean(_mean(rows[system]) for rows in results.values()):.0f}",
        ]
        lines.append(f"| {system} | " + " | ".join(cells) + " |")
    lines += ["", "Characters typed, by vault:", "", "| vault | paragraphs | " + " | ".join(systems) + " |"]
    lines += ["|---" * (len(systems) + 2) + "|"]
    for name, rows in results.items():
        cells = [f"{_mean(rows[system]):.0f}" for system in systems]
        lines.append(f"| {name} | {len(rows[systems[0]])} | " + " | ".join(cells) + " |")
    return lines


def _share(rows: Sequence[Typed], stop: int) -> float:
    return fmean(end <= stop for end, _ in rows)


def _mean(rows: Sequence[Typed]) -> float:
    return fmean(min(end, whole) for end, whole in rows)


def main() -> None:
    args = vault_arguments(__doc__, 60).parse_args()
    linkbench = load_linkbench(args.linkbench)
    results: dict[str, dict[str, list[Typed]]] = {}
    for name in args.vaults:
        vault = opened(args.data / "vaults" / name)
        recall = full(left_out_weights(args.left_out, name))
        systems = {"BM25": by_words, "MiniLM": by_meaning, "RRF": fused, "recall": recall}
        rows = asked(linkbench, args.data / "vaults" / name, args.data / "links" / f"{name}.jsonl", "hidden", args.max)
        each = [typed(vault, row, systems) for row in rows]
        results[name] = {system: [one[system] for one in each] for system in systems}
        print(name, {system: round(_mean(some)) for system, some in results[name].items()}, flush=True)
        vault.close()
    lines = _report(results)
    print("\n".join(lines))
    if args.write:
        write_relevance("keystrokes", lines)


if __name__ == "__main__":
    main()
