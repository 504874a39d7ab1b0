"""Make the bundled cross-encoder: further training on a real handbook and the invented wikis.

A model trained on web searches assumes that a passage with the words of the question answers it,
and that a terse list never does. Here it sees questions as colleagues type them. Each comes with
the passage that answers and competing ones, and with the answering sentence and others of its
passage. There are also near misses, which no passage answers. Four of the invented wikis and a
tenth of the handbook's questions are left out, to measure the effect on them.

Run as ``python -m benchmarks.trained_reranker OLD NEW`` with onnx, torch and transformers
installed; it takes an hour on two cores. ``OLD`` is the model as `benchmarks.bundled_models` reads
it. PROVENANCE.md beside the model describes its two trainings; this is the second.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig, BertForSequenceClassification

from benchmarks.bundled_models import Array, Dense, Layer, ModelWeights, save_reranker, weights_of
from benchmarks.invented import FOLDER, LEFT_OUT
from footnote_bot.bot.answering.quoting.units import units
from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.index.reranking import BUNDLED
from footnote_bot.indexers.text.prose import plain

_STEPS = 640
_ITEMS = 8
"""Questions per step."""
_RATE = 1e-4
_FROZEN = 4
"""The number of lowest layers that stay unchanged, like the embeddings."""
_MISSES = 8
"""Questions with an answer per near miss."""
_SCALE, _SHIFT = 1.7755, -2.2179
"""They map new scores to the scale of the old ones: the chance that a passage answers is the same
function of the score, on everyday questions of eight wikis."""
_TOKENS = 192
_RIVALS = 8
_HANDBOOK = FOLDER.parent / "handbook" / "gitlab.jsonl"
_NAMED = 100
"""Most characters of title and heading before a sentence."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question. ``answer`` is the passage that answers, None for a near miss; ``rivals`` are the
    nearest passages in meaning. ``sentence`` is the answering sentence of the passage, ``others``
    are the rest of it."""

    question: str
    answer: str | None
    rivals: Sequence[str]
    sentence: str = ""
    others: Sequence[str] = ()


def items() -> list[Item]:
    """Return the handbook's questions except the last tenth, and the questions of all invented
    wikis except those in `LEFT_OUT`, with some of these wikis' near misses."""
    embedder = LocalEmbedder()
    files = (file for file in sorted(FOLDER.glob("*.jsonl")) if file.stem not in LEFT_OUT)
    invented = [item for file in files for item in _items(file, embedder)]
    real = list(_items(_HANDBOOK, embedder))
    answered = [item for item in [*invented, *real[: -(len(real) // 10)]] if item.answer]
    near_misses = [item for item in invented if not item.answer]
    chance = random.Random(2)  # noqa: S311 - to be repeatable
    chance.shuffle(answered)
    material = answered + chance.sample(near_misses, len(answered) // _MISSES)
    chance.shuffle(material)
    return material[: _STEPS * _ITEMS]


def _items(file: Path, embedder: LocalEmbedder) -> Iterator[Item]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [
        f"{' > '.join([row['title'], *row['headings']])}\n{plain(row['text'])}" for row in rows
    ]
    vectors = np.array([embedding.whole for embedding in embedder.embed_passages(texts)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for number, row in enumerate(rows):

        def rivals(question: str, number: int = number) -> list[int]:
            order = np.argsort(-(vectors @ np.array(embedder.embed_question(question))))
            return [int(other) for other in order if other != number][:_RIVALS]

        for pair in row["questions"]:
            item = Item(pair["q"], texts[number], [texts[n] for n in rivals(pair["q"])])
            yield _with_sentences(item, row, pair["answer"])
        for question in row["near_misses"]:
            near = [number, *rivals(question)[:3]]
            yield Item(question, None, [texts[n] for n in near])


def _with_sentences(item: Item, row: dict[str, Any], answer: str) -> Item:
    """Return ``item`` with the units of its passage, in the form that the model reads to choose the
    one that is shown."""
    context = " > ".join([row["title"], *row["headings"][-1:]])[:_NAMED]
    words = [unit.words for unit in units(row["text"])]
    texts = [f"{context}\n{each}" for each in words]
    answer_text = plain(answer).strip("|- ").casefold()
    right = [n for n, each in enumerate(words) if answer_text in each.casefold()]
    if not answer_text or not right:
        return item
    others = [text for n, text in enumerate(texts) if n not in right]
    return replace(item, sentence=texts[right[0]], others=others)


class Training:
    """The training of ``net`` on pairs of question and text."""

    def __init__(self, net: BertForSequenceClassification) -> None:
        self.net = net
        self._tokenizer = Tokenizer.from_file(str(BUNDLED / "tokenizer.json"))
        self._tokenizer.enable_truncation(_TOKENS)
        self._tokenizer.no_padding()
        self._chance = random.Random(0)  # noqa: S311 - to be repeatable

    def run(self, material: Sequence[Item]) -> None:
        """Fit the model to ``material`` in random order, and print the loss of each step."""
        for layer in (self.net.bert.embeddings, *self.net.bert.encoder.layer[:_FROZEN]):
            for weight in layer.parameters():
                weight.requires_grad = False
        weights = [weight for weight in self.net.parameters() if weight.requires_grad]
        steps = len(material) // _ITEMS
        optimizer = torch.optim.AdamW(weights, lr=_RATE, weight_decay=0.01)
        rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, steps))
        self.net.train()
        queue: list[Item] = []
        for step in range(steps):
            if len(queue) < _ITEMS:
                queue += self._chance.sample(list(material), len(material))
            loss = self._loss([queue.pop(0) for _ in range(_ITEMS)])
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            rate.step()
            optimizer.zero_grad()
            print(f"{step + 1} of {steps}: {loss.item():.3f}", flush=True)
        self.net.eval()

    def _loss(self, batch: Sequence[Item]) -> torch.Tensor:
        pairs: list[tuple[str, str]] = []
        groups: list[tuple[int, int, float | None]] = []

        def add(question: str, texts: Sequence[str], weight: float | None) -> None:
            groups.append((len(pairs), len(pairs) + len(texts), weight))
            pairs.extend((question, text) for text in texts)

        for item in batch:
            if item.answer is None:
                add(item.question, [item.rivals[0]], None)
                continue
            rivals = self._chance.sample(list(item.rivals[:4]), 2)
            add(item.question, [item.answer, *rivals], 1.0)
            if item.sentence and item.others:
                count = min(3, len(item.others))
                others = self._chance.sample(list(item.others), count)
                add(item.question, [item.sentence, *others], 0.5)
        scores = self._scores(pairs)
        losses = [_loss_of(scores[start:end], weight) for start, end, weight in groups]
        return torch.stack(losses).sum() / len(batch)

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
        """Return a score for each pair. Texts of similar length are read together."""
        order = sorted(range(len(pairs)), key=lambda n: len(pairs[n][1]))
        scores: dict[int, torch.Tensor] = {}
        for start in range(0, len(order), 16):
            part = order[start : start + 16]
            encodings = self._tokenizer.encode_batch([pairs[n] for n in part])
            longest = max(len(encoding.ids) for encoding in encodings)
            feed = {
                name: torch.tensor(
                    [
                        row + [0] * (longest - len(row))
                        for row in (getattr(r, of) for r in encodings)
                    ]
                )
                for name, of in (
                    ("input_ids", "ids"),
                    ("attention_mask", "attention_mask"),
                    ("token_type_ids", "type_ids"),
                )
            }
            with torch.autocast("cpu", torch.bfloat16):
                logits = self.net(**feed).logits
            scores |= dict(zip(part, logits.float().squeeze(-1), strict=True))
        return torch.stack([scores[n] for n in range(len(pairs))])


def _share(step: int, steps: int) -> float:
    """Return the share of the learning rate at a step: it rises soon and falls to a twentieth."""
    return min(1, (step + 1) / (0.06 * steps)) * max(0.05, 1 - step / steps)


def _loss_of(scores: torch.Tensor, weight: float | None) -> torch.Tensor:
    """Return the loss of texts, the first of which answers; without ``weight`` none does."""
    targets = torch.zeros_like(scores)
    if weight is None:
        return functional.binary_cross_entropy_with_logits(scores, targets)
    targets[0] = 1
    text_weights = torch.ones_like(scores)
    if weight == 1:
        text_weights[0] = 2
    choice_loss = functional.cross_entropy(scores[None], torch.tensor([0]))
    return choice_loss + weight * functional.binary_cross_entropy_with_logits(
        scores, targets, weight=text_weights
    )


_PARTS = (
    ("output", "attention.output.dense"),
    ("wide", "intermediate.dense"),
    ("narrow", "output.dense"),
)
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
_READ = ("query", "key", "value")


def as_floats(weights: ModelWeights) -> BertForSequenceClassification:
    """Return the model of ``weights``, to be trained."""
    net = BertForSequenceClassification(
        BertConfig(
            hidden_size=384,
            num_hidden_layers=len(weights.layers),
            intermediate_size=1536,
            num_labels=1,
        )
    )
    arrays: dict[str, Array] = {}
    for name in ("word", "position", "token_type"):
        key = f"{name}_embeddings.weight"
        table, scale, zero = (
            weights.tables[f"{key}_{suffix}"] for suffix in ("quantized", "scale", "zero_point")
        )
        arrays[f"bert.embeddings.{key}"] = (table.astype(np.float32) - zero) * scale
    for name in ("weight", "bias"):
        arrays[f"bert.embeddings.LayerNorm.{name}"] = weights.tables[f"LayerNorm.{name}"]
    for number, layer in enumerate(weights.layers):
        start = f"bert.encoder.layer.{number}"
        for at, name in enumerate(_READ):
            part = layer.attention.columns(384 * at, 384 * (at + 1))
            arrays |= _float_arrays(f"{start}.attention.self.{name}", part)
        for field, name in _PARTS:
            arrays |= _float_arrays(f"{start}.{name}", getattr(layer, field))
        for name, (weight, bias) in zip(_NORMS, layer.norms, strict=True):
            arrays |= {f"{start}.{name}.weight": weight, f"{start}.{name}.bias": bias}
    assert weights.pooler is not None
    assert weights.classifier is not None
    arrays |= _float_arrays("bert.pooler.dense", weights.pooler)
    arrays |= _float_arrays("classifier", weights.classifier)
    state = {name: torch.tensor(np.array(array)) for name, array in arrays.items()}
    missing, unknown = net.load_state_dict(state, strict=False)
    if unknown or [name for name in missing if "position_ids" not in name]:
        raise SystemExit(f"missing: {missing}, unknown: {unknown}")
    return net


def _float_arrays(name: str, dense: Dense) -> dict[str, Array]:
    return {f"{name}.weight": dense.plain.T, f"{name}.bias": dense.bias}


def as_bytes(state: dict[str, torch.Tensor], tables: dict[str, Array]) -> ModelWeights:
    """Return the matrices of ``state`` as int8, with a scale for each column."""

    def dense(*names: str) -> Dense:
        matrix = np.concatenate([state[f"{name}.weight"].numpy().T for name in names], axis=1)
        bias = np.concatenate([state[f"{name}.bias"].numpy() for name in names])
        scales = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
        return Dense(np.rint(matrix / scales).astype(np.int8), scales, bias)

    def norm(name: str) -> tuple[Array, Array]:
        return state[f"{name}.weight"].numpy(), state[f"{name}.bias"].numpy()

    layers = []
    for number in range(sum(name.endswith("intermediate.dense.bias") for name in state)):
        start = f"bert.encoder.layer.{number}"
        attention = dense(*(f"{start}.attention.self.{name}" for name in _READ))
        output, wide, narrow = (dense(f"{start}.{name}") for _, name in _PARTS)
        first, second = (norm(f"{start}.{name}") for name in _NORMS)
        layers.append(Layer(attention, output, wide, narrow, (first, second)))
    return ModelWeights(layers, tables, dense("bert.pooler.dense"), dense("classifier"))


def main(old: str, new: str) -> None:
    torch.manual_seed(0)
    weights = weights_of(onnx.load(old))
    net = as_floats(weights)
    Training(net).run(items())
    state = net.state_dict()
    for name in ("weight", "bias"):
        state[f"classifier.{name}"] = state[f"classifier.{name}"] * _SCALE
    state["classifier.bias"] = state["classifier.bias"] + _SHIFT
    save_reranker(as_bytes(state, weights.tables), new)


if __name__ == "__main__":
    main(*sys.argv[1:])
