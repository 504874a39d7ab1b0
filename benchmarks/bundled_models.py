"""Make the bundled models' graphs from their int8 weights.

With onnxruntime's ``quantize_dynamic``, the model computes the range of each activation while it
runs, over all texts of a batch: a vector then depends on the other texts. Here the ranges of the
embedding model are constants, chosen on passages and questions of this repository. A few channels
of a BERT model are ten times as large as the rest and would make all steps that coarse: the excess
over the range is added as further channels, a part of it in each, with the same weights (outlier
channel splitting, Zhao et al. 2019). Both graphs use the fastest operators; SkipLayerNormalization
takes four times as long as its parts.

Run as ``python -m benchmarks.bundled_models embedder OLD NEW`` or ``... reranker OLD NEW`` with
onnx installed. ``OLD`` is the model that computes its ranges as it runs, see PROVENANCE.md.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from benchmarks.invented import FOLDER
from benchmarks.material import HANDBOOK
from footnote_bot.indexers.index.embedding import BUNDLED

_MICROSOFT = "com.microsoft"
_EPSILON = 1e-12
_HEADS = 12
_SIZE = 384

Array = np.ndarray[Any, Any]
Feed = dict[str, Array]


@dataclass(frozen=True)
class Dense:
    """A matrix of int8 with a scale for each column, and the bias added to the product."""

    weights: Array
    scales: Array
    bias: Array

    def columns(self, first: int, last: int) -> Dense:
        return Dense(self.weights[:, first:last], self.scales[first:last], self.bias[first:last])

    @property
    def plain(self) -> Array:
        return np.asarray(self.weights.astype(np.float32) * self.scales)


@dataclass(frozen=True)
class Layer:
    attention: Dense
    """The matrices of queries, keys and values side by side."""
    output: Dense
    wide: Dense
    narrow: Dense
    norms: tuple[tuple[Array, Array], tuple[Array, Array]]


@dataclass(frozen=True)
class ModelWeights:
    layers: list[Layer]
    tables: dict[str, Array]
    """The embedding tables and their norm, by name."""
    pooler: Dense | None = None
    classifier: Dense | None = None


@dataclass(frozen=True)
class Range:
    """The range of an activation as a byte. The channels ``split`` get ``parts`` more channels
    each, which hold the excess over the range."""

    scale: np.float32
    zero: int
    split: tuple[int, ...] = ()
    parts: int = 0

    @property
    def lowest(self) -> np.float32:
        return np.float32(-self.zero * self.scale)

    @property
    def highest(self) -> np.float32:
        return np.float32((255 - self.zero) * self.scale)

    def rounded(self, values: Array) -> Array:
        steps = np.clip(np.rint(values / self.scale) + self.zero, 0, 255)
        return np.asarray((steps - self.zero) * self.scale)

    def read(self, rows: Array) -> Array:
        """Return ``rows`` as the model sees them."""
        result = self.rounded(rows)
        for channel in self.split:
            values = rows[:, channel]
            beyond = values - np.clip(values, self.lowest, self.highest)
            result[:, channel] += self.parts * self.rounded(beyond / self.parts)
        return result


def weights_of(model: onnx.ModelProto) -> ModelWeights:
    """Read the weights of a cross-encoder made by this module, or of a BERT model that
    ``quantize_dynamic`` converted, with or without fused attention."""
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    if "classifier.scales" in arrays:
        return _bundled(arrays)
    matrices = {
        node.output[0]: node.input[1].removesuffix("_quantized")
        for node in model.graph.node
        if node.op_type == "MatMulInteger"
    }
    prefix = "m." if any(name.startswith("m.") for name in arrays) else "bert."

    def dense(name: str, bias: str) -> Dense:
        matrix, zero = arrays[f"{name}_quantized"], arrays[f"{name}_zero_point"]
        if zero.any():
            raise SystemExit(f"{name} is not symmetric")
        scales = np.broadcast_to(arrays[f"{name}_scale"], matrix.shape[1]).astype(np.float32)
        return Dense(matrix, scales, arrays[bias])

    def within(layer: int, place: str) -> Dense:
        start = f"/{prefix.removesuffix('.')}/encoder/layer.{layer}/{place}/MatMul"
        name = next(name for output, name in matrices.items() if output.startswith(start))
        bias = f"{prefix}encoder.layer.{layer}.{place.replace('/', '.')}.bias"
        return dense(name, bias)

    def attention(layer: int) -> Dense:
        fused = f"Attention_{layer}_qkv"
        if f"{fused}_bias" in arrays:
            return dense(f"{fused}_weight", f"{fused}_bias")
        parts = [within(layer, f"attention/self/{part}") for part in ("query", "key", "value")]
        return Dense(
            np.concatenate([part.weights for part in parts], axis=1),
            np.concatenate([part.scales for part in parts]),
            np.concatenate([part.bias for part in parts]),
        )

    def norm(place: str) -> tuple[Array, Array]:
        return arrays[f"{prefix}{place}.weight"], arrays[f"{prefix}{place}.bias"]

    layer_count = sum(name.endswith(".attention.output.LayerNorm.weight") for name in arrays)
    layers = [
        Layer(
            attention(layer),
            within(layer, "attention/output/dense"),
            within(layer, "intermediate/dense"),
            within(layer, "output/dense"),
            (
                norm(f"encoder.layer.{layer}.attention.output.LayerNorm"),
                norm(f"encoder.layer.{layer}.output.LayerNorm"),
            ),
        )
        for layer in range(layer_count)
    ]
    start = f"{prefix}embeddings."
    tables = {
        name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)
    }
    if "classifier.bias" not in arrays:
        return ModelWeights(layers, tables)
    pooler = dense("bert.pooler.dense.weight", "bert.pooler.dense.bias")
    return ModelWeights(layers, tables, pooler, dense("classifier.weight", "classifier.bias"))


def _bundled(arrays: Mapping[str, Array]) -> ModelWeights:
    """Return the weights that `Graph.reranker` stored as constants."""

    def dense(*names: str) -> Dense:
        parts = [
            [arrays[f"{name}.{part}"] for name in names] for part in ("weights", "scales", "bias")
        ]
        return Dense(*(np.concatenate(part, axis=-1) for part in parts))

    def norm(name: str) -> tuple[Array, Array]:
        return arrays[f"{name}.weight"], arrays[f"{name}.bias"]

    layers = [
        Layer(
            dense(f"queries{layer}", f"keys{layer}", f"values{layer}"),
            dense(f"output{layer}"),
            dense(f"wide{layer}"),
            dense(f"narrow{layer}"),
            (norm(f"attended{layer}"), norm(f"state{layer}")),
        )
        for layer in range(sum(name.startswith("attended") for name in arrays) // 2)
    ]
    tables = {
        f"{name}_embeddings.weight_{suffix}": arrays[f"{name}_{suffix}"]
        for name in ("word", "position", "token_type")
        for suffix in ("quantized", "scale", "zero_point")
    }
    tables |= dict(zip(("LayerNorm.weight", "LayerNorm.bias"), norm("embedded"), strict=True))
    return ModelWeights(layers, tables, dense("pooler"), dense("classifier"))


@dataclass
class Graph:
    """A graph under construction. With ``ranges``, these turn activations into bytes; with
    ``plain``, activations stay floats; otherwise the model computes ranges while it runs. ``read``
    has the activations that a matrix multiplies."""

    weights: ModelWeights
    ranges: Mapping[str, Range] | None = None
    plain: bool = False
    read: dict[str, Dense] = field(default_factory=dict)
    _nodes: list[onnx.NodeProto] = field(default_factory=list)
    _constants: dict[str, onnx.TensorProto] = field(default_factory=dict)
    _bytes: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def embedder(self) -> onnx.ModelProto:
        """Return the model that reads a text and returns a vector for each token."""
        names = [f"{part}_embeddings.weight" for part in ("word", "position", "token_type")]
        names += ["LayerNorm.weight", "LayerNorm.bias"]
        tables = [
            [
                self._constant(f"{name}_{suffix}", self.weights.tables[f"{name}_{suffix}"])
                for name in names
            ]
            for suffix in ("quantized", "scale", "zero_point")
        ]
        ids, types = (
            self._node("Cast", [name], to=TensorProto.INT32)
            for name in ("input_ids", "token_type_ids")
        )
        self._node(
            "QEmbedLayerNormalization",
            [ids, types, *tables[0], "", *tables[1], *tables[2]],
            ["embedded", "unused"],
            _MICROSOFT,
            epsilon=_EPSILON,
        )
        state, last = "embedded", len(self.weights.layers) - 1
        for i in range(len(self.weights.layers)):
            state = self._layer(i, state, "last_hidden_state" if i == last else f"state{i}")
        return self._model("embedder", state, ["batch", "sequence", _SIZE])

    def reranker(self) -> onnx.ModelProto:
        """Return the model that reads two texts and returns a score. Its last layer computes only
        the first token."""
        tables, shape = self.weights.tables, self._node("Shape", ["input_ids"])
        one = self._constant("one", np.array([1]))
        length = self._node("Slice", [shape, one, self._constant("two", np.array([2]))])
        positions = self._constant("places", np.arange(512)[None])
        used_positions = self._node(
            "Slice", [positions, self._constant("zero", np.array([0])), length, one]
        )

        def look_up(name: str, ids: str) -> str:
            quantised, scale, zero = (
                self._constant(f"{name}_{suffix}", tables[f"{name}_embeddings.weight_{suffix}"])
                for suffix in ("quantized", "scale", "zero_point")
            )
            return self._node(
                "DequantizeLinear", [self._node("Gather", [quantised, ids]), scale, zero]
            )

        words = look_up("word", "input_ids")
        summed = self._node("Add", [words, look_up("token_type", "token_type_ids")])
        summed = self._node("Add", [summed, look_up("position", used_positions)])
        norm = (tables["LayerNorm.weight"], tables["LayerNorm.bias"])
        state = self._norm("embedded", summed, norm)
        last = len(self.weights.layers) - 1
        for i in range(len(self.weights.layers)):
            state = self._layer(i, state, f"state{i}", is_first_alone=i == last)
        assert self.weights.pooler is not None
        assert self.weights.classifier is not None
        self._node("Squeeze", [state, one], ["first"])
        self._node("Tanh", [self._product("pooler", "first", self.weights.pooler)], ["pooled"])
        product = self._product("classifier", "pooled", self.weights.classifier)
        self._node("Identity", [product], ["logits"])
        return self._model("reranker", "logits", ["batch", 1])

    def _layer(self, i: int, state: str, result: str, *, is_first_alone: bool = False) -> str:
        layer = self.weights.layers[i]
        query_state, residual = state, state
        matrices = [layer.attention.columns(at, at + _SIZE) for at in range(0, 3 * _SIZE, _SIZE)]
        keys, values = (
            self._product(f"{name}{i}", state, matrix)
            for name, matrix in zip(("keys", "values"), matrices[1:], strict=True)
        )
        if is_first_alone:
            first = self._constant("zero", np.array([0]))
            residual = self._node("Gather", [state, first], axis=1)
            if self.plain:
                query_state = residual
            else:
                state_bytes, scale, zero = self._bytes[state]
                query_state = self._node("Gather", [state_bytes, first], axis=1)
                self._bytes[query_state] = query_state, scale, zero
                if self.ranges is not None:
                    matrices[0] = self._with_parts(state, matrices[0])
        queries = self._product(
            f"queries{i}", query_state, matrices[0], is_noted=query_state == state
        )
        near = self._node(
            "FusedMatMul",
            [self._heads(queries, [0, 2, 1, 3]), self._heads(keys, [0, 2, 3, 1])],
            domain=_MICROSOFT,
            alpha=(_SIZE // _HEADS) ** -0.5,
        )
        shares = self._node("Softmax", [self._node("Add", [near, self._hidden()])], axis=-1)
        mixed = self._node("MatMul", [shares, self._heads(values, [0, 2, 1, 3])])
        flat = self._constant("flat", np.array([0, 0, _SIZE]))
        mixed = self._node("Transpose", [mixed], perm=[0, 2, 1, 3])
        self._node("Reshape", [mixed, flat], [f"mixed{i}"])
        product = self._product(f"output{i}", f"mixed{i}", layer.output)
        # `Sum`, not `Add`: onnxruntime would put it and the norm into one slower operator.
        summed = self._node("Sum", [product, residual])
        self._norm(f"attended{i}", summed, layer.norms[0])
        product = self._product(f"wide{i}", f"attended{i}", layer.wide)
        self._node("Gelu", [product], [f"activated{i}"], _MICROSOFT)
        product = self._product(f"narrow{i}", f"activated{i}", layer.narrow)
        return self._norm(result, self._node("Sum", [product, f"attended{i}"]), layer.norms[1])

    def _heads(self, state: str, order: Sequence[int]) -> str:
        shape = self._constant("heads", np.array([0, 0, _HEADS, _SIZE // _HEADS]))
        return self._node("Transpose", [self._node("Reshape", [state, shape])], perm=order)

    def _hidden(self) -> str:
        """Return the mask that hides padding: its share becomes exactly 0."""
        if not any("hidden" in node.output for node in self._nodes):
            mask = self._node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
            mask = self._node("Sub", [mask, self._constant("full", np.float32(1))])
            mask = self._node("Mul", [mask, self._constant("far", np.float32(10_000))])
            axes = self._constant("axes", np.array([1, 2]))
            self._node("Unsqueeze", [mask, axes], ["hidden"])
        return "hidden"

    def _norm(self, result: str, state: str, norm: tuple[Array, Array]) -> str:
        weight, bias = (
            self._constant(f"{result}.{name}", array)
            for name, array in zip(("weight", "bias"), norm, strict=True)
        )
        return self._node(
            "LayerNormalization", [state, weight, bias], [result], axis=-1, epsilon=_EPSILON
        )

    def _product(self, name: str, state: str, dense: Dense, *, is_noted: bool = True) -> str:
        if is_noted:
            self._note(state, dense)
        bias = self._constant(f"{name}.bias", dense.bias)
        if self.plain:
            weights = self._constant(f"{name}.weights", dense.plain)
            return self._node("Add", [self._node("MatMul", [state, weights]), bias])
        read, scale, zero = self._as_bytes(state)
        if self.ranges is not None:
            dense = self._with_parts(state, dense)
        weights = self._constant(f"{name}.weights", dense.weights)
        scales = self._constant(f"{name}.scales", dense.scales)
        return self._node(
            "MatMulIntegerToFloat",
            [read, weights, scale, scales, zero, "", bias],
            domain=_MICROSOFT,
        )

    def _note(self, state: str, dense: Dense) -> None:
        if (earlier := self.read.get(state)) is not None:
            pairs = zip(
                (earlier.weights, earlier.scales, earlier.bias),
                (dense.weights, dense.scales, dense.bias),
                strict=True,
            )
            dense = Dense(*(np.concatenate(pair, axis=-1) for pair in pairs))
        self.read[state] = dense

    def _with_parts(self, state: str, dense: Dense) -> Dense:
        assert self.ranges is not None
        if state not in self.ranges or not self.ranges[state].split:
            return dense
        range_ = self.ranges[state]
        copies = [dense.weights[list(range_.split)]] * range_.parts
        return Dense(np.concatenate([dense.weights, *copies]), dense.scales, dense.bias)

    def _as_bytes(self, state: str) -> tuple[str, str, str]:
        if state not in self._bytes:
            names = f"{state}.bytes", f"{state}.scale", f"{state}.zero"
            if self.ranges is None:
                self._node("DynamicQuantizeLinear", [state], names)
            else:
                self._quantise(state, self.ranges[state], names)
            self._bytes[state] = names
        return self._bytes[state]

    def _quantise(self, state: str, range_: Range, names: tuple[str, str, str]) -> None:
        result, scale, zero = names
        self._constant(scale, range_.scale)
        self._constant(zero, np.uint8(range_.zero))
        if not range_.split:
            self._node("QuantizeLinear", [state, scale, zero], [result])
            return
        whole = self._node("QuantizeLinear", [state, scale, zero])
        channels = self._constant(f"{state}.split", np.array(range_.split))
        beyond = self._node("Gather", [state, channels], axis=-1)
        bounds = [
            self._constant(f"{state}.{name}", bound)
            for name, bound in (("lowest", range_.lowest), ("highest", range_.highest))
        ]
        beyond = self._node("Sub", [beyond, self._node("Clip", [beyond, *bounds])])
        share = self._constant(f"share{range_.parts}", np.float32(1 / range_.parts))
        part = self._node("Mul", [beyond, share])
        part = self._node("QuantizeLinear", [part, scale, zero])
        self._node("Concat", [whole, *[part] * range_.parts], [result], axis=-1)

    def _constant(self, name: str, array: Array | np.generic) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(
                np.ascontiguousarray(array).reshape(np.shape(array)), name
            )
        return name

    def _node(
        self,
        kind: str,
        inputs: Sequence[str],
        outputs: Sequence[str] = (),
        domain: str = "",
        **attributes: Any,
    ) -> str:
        name = f"{kind}{len(self._nodes)}"
        outputs = outputs or [f"{name}.output"]
        self._nodes.append(
            helper.make_node(kind, inputs, outputs, name=name, domain=domain, **attributes)
        )
        return outputs[0]

    def _model(self, name: str, output: str, shape: Sequence[str | int]) -> onnx.ModelProto:
        inputs = [
            helper.make_tensor_value_info(input_, TensorProto.INT64, ["batch", "sequence"])
            for input_ in ("input_ids", "attention_mask", "token_type_ids")
        ]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
        if self.plain:
            outputs += [
                helper.make_tensor_value_info(state, TensorProto.FLOAT, None) for state in self.read
            ]
        graph = helper.make_graph(
            self._nodes, name, inputs, outputs, list(self._constants.values())
        )
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=8)


def calibrated(weights: ModelWeights, feeds: Iterable[Feed]) -> dict[str, Range]:
    """Return the ranges with the least error in the products of matrices and activations."""
    graph = Graph(weights, plain=True)
    session = InferenceSession(
        graph.embedder().SerializeToString(), providers=["CPUExecutionProvider"]
    )
    chance, names = np.random.default_rng(0), list(graph.read)
    rows: dict[str, list[Array]] = {name: [] for name in names}
    for feed in feeds:
        for name, activations in zip(names, session.run(names, feed), strict=True):
            flat = activations.reshape(-1, activations.shape[-1])
            sample = chance.choice(len(flat), min(3, len(flat)), replace=False)
            sample[0] = 0  # the first token differs from all others
            rows[name].append(flat[sample])
    return {name: _range(name, np.concatenate(rows[name]), graph.read[name]) for name in names}


def _range(name: str, rows: Array, dense: Dense) -> Range:
    importance = (dense.plain**2).sum(axis=1)
    order = np.argsort(-np.abs(rows).max(axis=0))
    best, error = _narrowed(rows, importance, (), 0)
    for count, parts in ((1, 4), (2, 2), (2, 4)):
        split = tuple(int(channel) for channel in order[:count])
        candidate, candidate_error = _narrowed(rows, importance, split, parts)
        if candidate_error < 0.85 * error:
            best, error = candidate, candidate_error
    print(name, best, f"{error:.4f}", flush=True)
    return best


def _narrowed(
    rows: Array, importance: Array, split: tuple[int, ...], parts: int
) -> tuple[Range, float]:
    """Return the range with the least error, and the error."""
    others = np.delete(rows, split, axis=1)
    ends = [float(others.min()), float(others.max())]

    def try_share(end: int, share: float) -> tuple[float, float, Range]:
        low, high = (value * (share if i == end else 1) for i, value in enumerate(ends))
        scale = np.float32((max(high, 0) - min(low, 0)) / 255)
        zero = int(np.clip(np.rint(-min(low, 0) / scale), 0, 255))
        range_ = Range(scale, zero, split, parts)
        error = float((((range_.read(rows) - rows) ** 2).sum(axis=0) * importance).mean())
        return error, share, range_

    for end in (0, 1, 0, 1):
        error, share, range_ = min(
            (try_share(end, share) for share in np.linspace(0.3, 1.3, 21)),
            key=lambda trial: trial[0],
        )
        ends[end] *= share
    return range_, error


def material() -> list[str]:
    """Return passages, questions and lines of the invented wikis and the playground's handbook."""
    chance = random.Random(3)  # noqa: S311 - the same ones each time
    passages, questions = [], []
    for file in sorted(FOLDER.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            passages.append(" > ".join([row["title"], *row["headings"]]) + "\n" + row["text"])
            questions += [question["q"] for question in row["questions"]] + row["near_misses"]
    for page in sorted(HANDBOOK.rglob("*.md")):
        paragraphs = page.read_text(encoding="utf-8").split("\n\n")
        passages += [
            f"{page.stem}\n" + "\n\n".join(paragraphs[at : at + 6])
            for at in range(0, len(paragraphs), 6)
        ]
    passages = chance.sample(passages, 700)
    lines = [line for text in passages for line in text.splitlines()[1:] if len(line) > 20]
    return passages + chance.sample(questions, 350) + chance.sample(lines, 200)


def fed(texts: Iterable[str]) -> Iterator[Feed]:
    tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids])
        ones, zeros = np.ones_like(ids), np.zeros_like(ids)
        yield {"input_ids": ids, "attention_mask": ones, "token_type_ids": zeros}


def save_embedder(weights: ModelWeights, new: str) -> None:
    """Write the embedding model of ``weights`` to the file ``new``."""
    _save(Graph(weights, calibrated(weights, fed(material()))).embedder(), new)


def save_reranker(weights: ModelWeights, new: str) -> None:
    """Write the cross-encoder of ``weights`` to the file ``new``, and its word embeddings to a file
    beside it."""
    model = Graph(weights).reranker()
    words = next(tensor for tensor in model.graph.initializer if tensor.name == "word_quantized")
    onnx.external_data_helper.set_external_data(words, "word_embeddings.bin")
    _save(model, new)


def _save(model: onnx.ModelProto, new: str) -> None:
    onnx.save(model, new)
    onnx.checker.check_model(new)
    print(f"{Path(new).stat().st_size:,} bytes")


def main(kind: str, old: str, new: str) -> None:
    save = save_embedder if kind == "embedder" else save_reranker
    save(weights_of(onnx.load(old)), new)


if __name__ == "__main__":
    main(*sys.argv[1:])
