"""Small models made on the spot, for tests: a compiled one without torch, and a Sentence-Transformers one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from recall_lsp.index.compiled import FORMAT

WORDS = "the river road bread soup salt train night island book note memory".split()
DIMS = 8


def word_tokenizer() -> Tokenizer:
    """[CLS] words [SEP], with [UNK] for any other word."""
    vocabulary = {word: place for place, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)], pair=None
    )
    return tokenizer


def write_compiled(folder: Path, **changes: object) -> Path:
    """A compiled model that averages random word vectors; `changes` are laid over its meta.json."""
    folder.mkdir(parents=True)
    word_tokenizer().save(str(folder / "tokenizer.json"))
    table = np.random.default_rng(7).normal(size=(len(WORDS) + 4, DIMS)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
            helper.make_node("ReduceMean", ["tokens"], ["mean"], axes=[1], keepdims=0),
            helper.make_node("LpNormalization", ["mean"], ["vectors"], axis=-1, p=2),
        ],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", DIMS])],
        [numpy_helper.from_array(table, "table")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx"
    )
    meta = {
        "format": FORMAT,
        "model_id": "tiny-1",
        "dims": DIMS,
        "max_tokens": 12,
        "languages": ["en"],
        "prompt": "",
        "lower_case": False,
        "files": {name: (folder / name).stat().st_size for name in ("model.onnx", "tokenizer.json")},
    }
    (folder / "meta.json").write_text(json.dumps(meta | changes))
    return folder


def write_bert(folder: Path) -> Path:
    """A random two-layer BERT with CLS pooling and a dense layer, as a Sentence-Transformers folder.  Imports torch."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(5)
    bert = folder.with_name(f"{folder.name}-bert")
    config = BertConfig(
        vocab_size=len(WORDS) + 4,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=48,
    )
    # Wide random weights: with BERT's own small ones all texts would look alike.
    config.initializer_range = 0.3
    BertModel(config).save_pretrained(bert)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=word_tokenizer(),
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=48,
    ).save_pretrained(bert)
    transformer = Transformer(str(bert))
    modules = [transformer, Pooling(32, pooling_mode="cls"), Dense(32, 24)]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    return folder
