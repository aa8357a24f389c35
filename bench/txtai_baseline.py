"""txtai's hybrid index (BM25 and vectors, fused by its own defaults) over given passages: a baseline for relevance.py.

    python bench/txtai_baseline.py < REQUEST > ANSWER

A process of its own, since txtai brings torch and faiss: any Python with `txtai` will do (relevance.py --txtai PYTHON).
The request is one JSON object {"model": folder, "passages": [[path, text], ...], "questions": [text, ...]}; the answer
{"version": ..., "ranked": [[path, ...], ...]}, each note by its best passage.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version

_PASSAGES = 200

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "TQDM_DISABLE": "1"}


def main() -> None:
    from txtai.embeddings import Embeddings

    request = json.load(sys.stdin)
    paths = [path for path, _ in request["passages"]]
    embeddings = Embeddings(path=request["model"], hybrid=True)
    embeddings.index((at, text, None) for at, (_, text) in enumerate(request["passages"]))
    # Line ends are no words.
    questions = [" ".join(question.split()) for question in request["questions"]]
    ranked = [list(dict.fromkeys(paths[int(at)] for at, _ in embeddings.search(text, _PASSAGES))) for text in questions]
    json.dump({"version": version("txtai"), "ranked": ranked}, sys.stdout)


if __name__ == "__main__":
    main()
