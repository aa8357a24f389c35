"""How fast do we encode, beside a bare onnxruntime loop over the same texts?  `python bench/encoding.py [FOLDER]`

FOLDER holds notes (the sample vault without one); `--model`, `--passages N`.  Prints: passages a second of the
encoder and of bare loops in batches of several sizes, sorted by length, with 1 and 2 threads, in turns within one run
(the machine's noise hits all alike); milliseconds of one query; resident memory.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import psutil
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from tokenizers import Tokenizer

from recall_lsp.index.encoder import MAX_TOKENS, compiled_model, load, run_compile

SAMPLE_VAULT = Path(__file__).parents[1] / "recall_lsp" / "sample"
ROUNDS = 3
Batch = dict[str, NDArray[np.int64]]


def read_passages(folder: Path, count: int) -> list[str]:
    """Up to `count` paragraphs, joined to some 600 characters, evenly spaced over the folder's notes."""
    passages: list[str] = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".txt", ".org"}):
        passage = ""
        for paragraph in path.read_text(encoding="utf-8", errors="replace").split("\n\n"):
            passage = f"{passage} {paragraph}".strip()
            if len(passage) >= 600:
                passages.append(passage)
                passage = ""
        if len(passage) >= 60:
            passages.append(passage)
    step = max(1, len(passages) // count)
    return passages[::step][:count]


def bare_batches(folder: Path, texts: Sequence[str], size: int) -> list[Batch]:
    """Ready inputs, sorted by length and padded: `size` texts a batch."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    encodings = sorted(tokenizer.encode_batch(list(texts)), key=len)
    batches = []
    for start in range(0, len(encodings), size):
        group = encodings[start : start + size]
        shape = (len(group), len(group[-1]))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, encoding in enumerate(group):
            ids[row, : len(encoding)], mask[row, : len(encoding)] = encoding.ids, 1
        batches.append({"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros(shape, np.int64)})
    return batches


def bare_loop(folder: Path, batches: Sequence[Batch], threads: int) -> Callable[[], object]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]
    return lambda: [session.run(None, {name: batch[name] for name in names}) for batch in batches]


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def throughput(model: str, folder: Path, texts: Sequence[str], console: Console) -> None:
    contenders: dict[tuple[str, int], Callable[[], object]] = {}
    for threads in (1, 2):
        encoder = load(model, threads)
        assert encoder is not None
        contenders["our encoder, from text", threads] = lambda encoder=encoder: encoder.encode(texts)  # type: ignore[misc]
        for size in (1, 4, 8, 32):
            loop = bare_loop(folder, bare_batches(folder, texts, size), threads)
            contenders[f"bare onnxruntime, ready tokens, batches of {size}", threads] = loop
    spent: dict[tuple[str, int], list[float]] = {key: [] for key in contenders}
    for _ in range(ROUNDS):
        for key, work in contenders.items():
            spent[key].append(seconds(work))
    table = Table("passages a second", "1 thread", "2 threads")
    for name in dict.fromkeys(name for name, _ in contenders):
        table.add_row(name, *(f"{len(texts) / min(spent[name, threads]):.0f}" for threads in (1, 2)))
    console.print(table)


def query_times(model: str, console: Console) -> None:
    """Milliseconds for one text, one thread; resident MB after."""
    encoder = load(model)
    assert encoder is not None
    table = Table("one query, tokens", "p50 ms", "p95 ms")
    for words in (26, 124):
        text = "word " * words
        spent = sorted(seconds(lambda text=text: encoder.encode([text])) * 1e3 for _ in range(60))  # type: ignore[misc]
        tokens = encoder.count_tokens([text])[0]
        table.add_row(str(tokens), f"{statistics.median(spent):.1f}", f"{spent[56]:.1f}")
    console.print(table)


def resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE_VAULT)
    parser.add_argument("--model", default="default")
    parser.add_argument("--passages", type=int, default=200)
    arguments = parser.parse_args()
    console = Console()
    texts = read_passages(arguments.folder, arguments.passages)
    if not texts:
        sys.exit(f"no notes in {arguments.folder}")
    if compiled_model(arguments.model) is None and (error := run_compile(arguments.model, texts).error):
        sys.exit(error)
    folder = compiled_model(arguments.model)
    before = resident_mb()
    encoder = load(arguments.model)
    if folder is None or encoder is None:
        sys.exit("the compiled model does not load")
    loaded = resident_mb()
    encoder.encode(texts)
    lengths = [min(length, MAX_TOKENS) for length in encoder.count_tokens(texts)]
    console.print(
        f"{len(texts)} passages, mean {statistics.mean(lengths):.0f} tokens, median {statistics.median(lengths)}"
    )
    console.print(
        f"resident MB: {before:.0f} before, {loaded:.0f} model loaded, {resident_mb():.0f} after all passages"
    )
    del encoder
    query_times(arguments.model, console)
    throughput(arguments.model, folder, texts, console)


if __name__ == "__main__":
    main()
