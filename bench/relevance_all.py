"""Everything about relevance anew, in order: questions, weights, and each section of RELEVANCE.md and SILENCE.md.

    python bench/relevance_all.py DATA LINKBENCH OUT [--txtai PYTHON]

DATA holds vaults/, links/ and ir/; the vaults are indexed with the default model first, where they are not.  OUT keeps
the questions, the weights that have not seen each vault, and what is measured already, so that it goes on where it was
stopped; begin with an empty one.  Some two hours on two quiet cores.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from fit import LEFT_OUT

BENCH = Path(__file__).parent
_MOST = 220


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("linkbench", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--txtai", type=Path, metavar="PYTHON", help="a Python that has txtai")
    args = parser.parse_args()
    source, left_out = [args.data, args.linkbench], args.out / LEFT_OUT
    if not left_out.exists():
        few = args.out / "few"
        _run("questions.py", *source, args.out, "--max", _MOST)
        _run("few.py", args.data, few)
        _run("questions.py", few, args.linkbench, args.out, "--max", _MOST, "--others", args.data)
        _run("fit.py", args.out, "--write")
    _run("silence.py", args.out, "--write")
    txtai = ["--txtai", args.txtai] if args.txtai else []
    parts = ["--parts", args.out / "parts"]
    _run("relevance.py", *source, "--max", _MOST, "--left-out", left_out, *parts, *txtai, "--write")
    _run("keystrokes.py", *source, "--left-out", left_out, "--write")
    _run("ir.py", args.data / "ir", args.out / "ir", "--write")


def _run(program: str, *arguments: object) -> None:
    subprocess.run([sys.executable, str(BENCH / program), *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
