"""Text to unit vectors, in this process, by a compiled model: onnxruntime and tokenizers, never torch.

`load(model)` gives the encoder if the model has been compiled; if not, `run_compile(model, sample)` does that in
another process, and `load` is asked again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from recall_lsp.index import multilingual
from recall_lsp.index.compiled import CompileResult, compiled_model, is_whole, run_compile
from recall_lsp.index.sketch import MOST_TOKENS, make_table, read_table, sketches, write_table

__all__ = [
    "CompileResult", "Encoder", "add_sketch", "batches", "compiled_model", "has_sketch", "load", "load_encoder",
    "run_compile",
]  # fmt: skip

MAX_TOKENS = 256
"""No passage is longer; attention's cost grows with the square."""
BATCH_TOKENS = 1024
"""Tokens of one batch: 50 to 150 ms of work on one core, after which a bulk indexer can stop."""
_TOKENS_A_RUN = 128
_WORDS_KEPT = 20_000
_WORD = re.compile(r"\w+")
_CHARACTERS_PER_TOKEN = 40
"""Text beyond this many characters for each token is not read at all, so that work is bounded on any text."""


class Encoder(Protocol):
    """Text to vectors.  `languages` holds the ISO codes that the model knows, None for all."""

    @property
    def model_id(self) -> str: ...
    @property
    def dims(self) -> int: ...
    @property
    def languages(self) -> frozenset[str] | None: ...
    @property
    def max_tokens(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows [len(texts), dims]; text beyond `max_tokens` is not seen."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, with the model's own start and end tokens, not cut at `max_tokens`."""
        ...

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows [len(texts), d] that cost some 20 µs each and only compare with one another; [len(texts), 0]
        while the model has no table (`sketch.py`)."""
        ...


def load(model: str, threads: int = 1) -> Encoder | None:
    """The encoder for a model name or folder; None if it must be compiled first (`run_compile`)."""
    if model == multilingual.NAME:
        return multilingual.load_multilingual()
    folder = compiled_model(model)
    if folder is None:
        return None
    try:
        return load_encoder(folder, threads)
    except ValueError:
        return None


def load_encoder(folder: Path, threads: int = 1) -> Encoder:
    """The encoder in a compiled model's folder, some 0.3 s.  Raises ValueError when it is damaged."""
    return _load(folder, threads)


def has_sketch(model: str) -> bool:
    """Whether the model has its table, or can have none; without one, `run_compile` adds it."""
    if model == multilingual.NAME:
        return True
    folder = compiled_model(model)
    return folder is not None and read_table(folder) is not None


def add_sketch(folder: Path, threads: int = 2) -> None:
    """Writes the table of the compiled model in `folder` (sketch.py): some 8 s on two idle cores for 30,000 tokens.

    The compiled model gives the tokens' vectors, a third of the original's work and .98 near.  Raises ValueError
    for a damaged model, OSError.
    """
    encoder = _load(folder, threads)
    tokenizer = encoder.tokenizer
    vectors = _token_vectors(encoder, min(tokenizer.get_vocab_size(), MOST_TOKENS))
    tokens = [tokenizer.id_to_token(token) or "" for token in range(len(vectors))]
    special = [token for token in tokenizer.get_added_tokens_decoder() if token < len(vectors)]
    silent = {*special, *(at for at, token in enumerate(tokens) if token.startswith("[") and token.endswith("]"))}
    words = (at for at, token in enumerate(tokens) if at not in silent and sum(map(str.isalpha, token)) > 1)
    write_table(folder, make_table(vectors, next(words, 0), sorted(silent)))


def _token_vectors(encoder: _OnnxEncoder, count: int) -> NDArray[np.float32]:
    """Unit vectors [count, dims] of the first `count` tokens, each alone between the model's own special tokens."""
    pattern = encoder.tokenizer.encode("a")
    places = [at for at, special in enumerate(pattern.special_tokens_mask) if not special]
    first, last = places[0], places[-1]
    types = pattern.type_ids[: first + 1] + pattern.type_ids[last + 1 :]

    def run(start: int) -> NDArray[np.float32]:
        # Many at once after all: a sketch needs no more than that a vector is nearly the token's own.
        tokens = range(start, min(start + _TOKENS_A_RUN, count))
        return encoder.run(
            [[*pattern.ids[:first], token, *pattern.ids[last + 1 :]] for token in tokens], [types] * len(tokens)
        )

    with ThreadPoolExecutor(encoder.threads) as pool:
        return np.concatenate(list(pool.map(run, range(0, count, _TOKENS_A_RUN))))


def _load(folder: Path, threads: int) -> _OnnxEncoder:
    if not is_whole(folder):
        raise ValueError(f"{folder} is not a whole compiled model")
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = _session(folder / "model.onnx")
        languages = meta["languages"]
        limit = min(int(meta["max_tokens"]), MAX_TOKENS)
        tokenizer.no_padding()
        tokenizer.enable_truncation(limit)
        return _OnnxEncoder(
            folder=folder,
            model_id=str(meta["model_id"]),
            dims=int(meta["dims"]),
            languages=None if languages is None else frozenset(languages),
            max_tokens=limit,
            prompt=str(meta["prompt"]),
            lower_case=bool(meta["lower_case"]),
            threads=threads,
            inputs=tuple(entry.name for entry in session.get_inputs()),
            tokenizer=tokenizer,
            word_tokens=lru_cache(_WORDS_KEPT)(lambda word: tokenizer.encode(word, add_special_tokens=False).ids),
            session=session,
        )
    except Exception as error:  # both libraries raise bare Exceptions and classes of their own
        raise ValueError(f"the compiled model in {folder} cannot be loaded: {error}") from error


def batches(lengths: Sequence[int], max_tokens: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Indexes into `lengths` (tokens) in their order, in groups of at most `max_tokens` tokens together.

    A text longer than `max_tokens` is a group of its own.  Nothing is padded, so nothing need be sorted.
    """
    group: list[int] = []
    tokens = 0
    for index, length in enumerate(lengths):
        if group and tokens + length > max_tokens:
            yield group
            group, tokens = [], 0
        group.append(index)
        tokens += length
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _OnnxEncoder:
    """Runs the model on one text at a time, `threads` texts side by side.

    int8 activations are scaled by the largest value in a run, so in a batch a text's vector would depend on its
    neighbours (cosine .992 with itself alone, a tenth of the ten nearest changed); alone, the same text always
    gives the same vector.  It costs nothing from some 60 tokens up (bench/encoding.py); at 30, a third of the speed.
    """

    folder: Path
    model_id: str
    dims: int
    languages: frozenset[str] | None
    max_tokens: int
    prompt: str
    lower_case: bool
    threads: int
    inputs: tuple[str, ...]
    tokenizer: Tokenizer
    word_tokens: Callable[[str], Sequence[int]]
    session: onnxruntime.InferenceSession

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encodings = self._tokenize(texts)
        vectors = np.zeros((len(texts), self.dims), np.float32)

        def fill(row: int) -> None:
            vectors[row] = self._vector(encodings[row])

        if self.threads == 1 or len(texts) < 2:
            for row in range(len(texts)):
                fill(row)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                list(pool.map(fill, range(len(texts))))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [
            len(encoding) + sum(part.special_tokens_mask.count(0) for part in encoding.overflowing)
            for encoding in self.tokenizer.encode_batch([_clean(text) for text in texts])
        ]

    def sketch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        table = read_table(self.folder)
        if table is None:
            return np.zeros((len(texts), 0), np.float32)
        # Word by word, without marks: from memory that is ten times as fast as the tokenizer.
        cut = self.max_tokens * _CHARACTERS_PER_TOKEN
        found = (_WORD.findall(text[:cut].lower() if self.lower_case else text[:cut]) for text in texts)
        return sketches(table, [[token for word in some for token in self.word_tokens(word)] for some in found])

    def _tokenize(self, texts: Sequence[str]) -> list[Encoding]:
        cut = self.max_tokens * _CHARACTERS_PER_TOKEN
        cleaned = (_clean(self.prompt + text[:cut]) for text in texts)
        return self.tokenizer.encode_batch([text.lower() if self.lower_case else text for text in cleaned])

    def _vector(self, encoding: Encoding) -> NDArray[np.float32]:
        """The unit vector [dims] of a text; zeros for one without a single token."""
        if not encoding.ids:
            return np.zeros(self.dims, np.float32)
        row: NDArray[np.float32] = self.run([encoding.ids], [encoding.type_ids])[0]
        return row

    def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Unit rows [n, dims] of n texts of one length [n, length]; n > 1 costs accuracy (see above)."""
        tokens = np.array(ids, np.int64)
        columns = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.array(types, np.int64),
        }
        rows: NDArray[np.float32] = self.session.run(None, {name: columns[name] for name in self.inputs})[0]
        return rows


def _clean(text: str) -> str:
    """`text` as the tokenizer can take it: a half of a surrogate pair, which editors can send, becomes `?`."""
    text = text.strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the calling thread does the work
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # Never spin: it would take a core from the editor.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A memory plan kept for each new shape only grows.
    options.enable_mem_pattern = False
    # The tokenizer's own threads would take all cores whatever `threads` says.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
