"""A real cross-encoder of a few hundred bytes: it counts the words of a passage that are in the
question, as an ONNX model that fastembed loads and onnxruntime runs. It is written byte by byte in
protobuf's encoding (the numbers are the fields of `onnx.proto3`), because the library that writes
such files is larger than all other dependencies of the tests."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

from fastembed.common.model_description import ModelSource
from fastembed.rerank.cross_encoder import TextCrossEncoder
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

NAME = "tests/counts-words"

_FLOAT, _INT64 = 1, 7


def shelve(folder: Path, words: Sequence[str], *, model: bytes | None = None) -> None:
    """Put it into fastembed's cache of downloads, with ``words`` as its vocabulary, and register
    its name."""
    if not any(model["model"] == NAME for model in TextCrossEncoder.list_supported_models()):
        # The address is never used: files in the folder come first.
        TextCrossEncoder.add_custom_model(
            NAME, sources=ModelSource(url="https://localhost/"), model_file="model.onnx"
        )
    home = folder / NAME.rpartition("/")[2]
    _write(home, words, _model(_COUNTS) if model is None else model, {"pad_token_id": 0})


def _write(home: Path, words: Sequence[str], model: bytes, config: dict[str, object]) -> None:
    home.mkdir(parents=True)
    (home / "model.onnx").write_bytes(model)
    vocabulary = {"[PAD]": 0, "[SEP]": 1, "[UNK]": 2}
    vocabulary |= {word: number for number, word in enumerate(words, len(vocabulary))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="$A", pair="$A:0 [SEP]:0 $B:1", special_tokens=[("[SEP]", 1)]
    )
    tokenizer.save(str(home / "tokenizer.json"))
    for name, content in {
        "tokenizer_config.json": {"model_max_length": 64, "pad_token": "[PAD]"},
        "config.json": config,
        "special_tokens_map.json": {"pad_token": "[PAD]"},
    }.items():
        (home / name).write_text(json.dumps(content))


def _model(last: Sequence[bytes]) -> bytes:
    """A word counts if it is in the passage (type 1), equal to one of the question (type 0), and
    known (its number is over 2)."""
    nodes = [
        _node("Unsqueeze", ["input_ids", "two"], "down"),
        _node("Unsqueeze", ["input_ids", "one"], "across"),
        _node("Equal", ["down", "across"], "same"),
        _node("Equal", ["token_type_ids", "zero"], "asked"),
        _node("Unsqueeze", ["asked", "one"], "asked_across"),
        _node("And", ["same", "asked_across"], "met"),
        _node("Cast", ["met"], "met_count", to=_INT64),
        _node("ReduceMax", ["met_count"], "found", axes=[2], keepdims=0),
        _node("Greater", ["input_ids", "two_flat"], "known"),
        _node("Cast", ["known"], "known_count", to=_INT64),
        _node("Mul", ["found", "known_count"], "found_known"),
        _node("Mul", ["found_known", "token_type_ids"], "of_passage"),
        _node("ReduceSum", ["of_passage", "one"], "total", keepdims=1),
        *last,
    ]
    constants = {"zero": [0], "one": [1], "two": [2], "two_flat": [2], "four": [4], "eight": [8]}
    graph = b"".join(
        [
            *(_field(1, node) for node in nodes),
            _field(2, b"counts words"),
            *(_field(5, _constant(name, values)) for name, values in constants.items()),
            _field(11, _tensor("input_ids", _INT64, ["batch", "length"])),
            _field(11, _tensor("token_type_ids", _INT64, ["batch", "length"])),
            _field(12, _tensor("scores", _FLOAT, ["batch", "score"])),
        ]
    )
    opset = _field(1, b"") + _number(2, 13)
    return _number(1, 8) + _field(7, graph) + _field(8, opset)


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: int | list[int]) -> bytes:
    parts = [*(_field(1, name.encode()) for name in inputs), _field(2, output.encode())]
    parts.append(_field(4, kind.encode()))
    for name, value in attributes.items():
        if isinstance(value, int):
            payload = _number(3, value) + _number(20, 2)
        else:
            payload = b"".join(_number(8, dimension) for dimension in value) + _number(20, 7)
        parts.append(_field(5, _field(1, name.encode()) + payload))
    return b"".join(parts)


def _constant(name: str, values: Sequence[int]) -> bytes:
    raw = struct.pack(f"<{len(values)}q", *values)
    return _number(1, len(values)) + _number(2, _INT64) + _field(8, name.encode()) + _field(9, raw)


def _tensor(name: str, kind: int, dimensions: Sequence[str]) -> bytes:
    shape = b"".join(_field(1, _field(2, dimension.encode())) for dimension in dimensions)
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


_COUNTS = [_node("Cast", ["total"], "scores", to=_FLOAT)]
