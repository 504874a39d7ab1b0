"""Natural language inference on this machine, to tell whether a text entails a sentence.

A model is a folder in the layout of most hubs: `config.json`, which names the labels,
`tokenizer.json`, and the network as `model.onnx` or `onnx/model.onnx` (or `model_quantized.onnx`).
Nothing is downloaded.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexers.errors import ModelUnavailable
from indexers.index.text import encodable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_NETWORKS = ("model.onnx", "model_quantized.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx")
_MOST_TOKENS = 512
_ENTAILMENT = "entailment"
_ADVICE = (
    "`[llm] verify` is `model`, `rules`, or the name of the folder of an NLI model, which nobody "
    "downloads for you. A cross-encoder, which scores how near a passage is, cannot tell whether "
    "it says so."
)


class EntailmentModel:
    """The model in ``folder``. Its files are checked at once; the network is loaded at first use.

    ``threads`` limits the processor cores it uses; None takes all.

    Raises:
        ModelUnavailable: the folder holds no model of inference.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads
        self._label = self._entailment()
        self._loading = threading.Lock()

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return for each pair, a text and a sentence, the probability that the text entails the
        sentence (0 to 1). It may take seconds.

        Raises:
            ModelUnavailable: the folder holds no such model, or it does not run.
        """
        with self._loading:
            network, tokenizer, label = self._loaded
        try:
            return [_probability(network, tokenizer, label, *pair) for pair in pairs]
        except Exception as error:  # onnxruntime's and the tokenizer's errors share no class
            raise ModelUnavailable(f"The model in {self._folder} does not run.") from error

    @cached_property
    def _loaded(self) -> tuple[InferenceSession, Tokenizer, int]:
        networks = [file for name in _NETWORKS if (file := self._folder / name).is_file()]
        if not networks:
            raise ModelUnavailable(f"{self._folder} holds no {', '.join(_NETWORKS)}.")
        from onnxruntime import InferenceSession, SessionOptions  # half a second
        from tokenizers import Tokenizer  # as above

        options = SessionOptions()
        if self._threads:
            options.intra_op_num_threads = self._threads
        try:
            network = InferenceSession(
                str(networks[0]), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as error:  # as above
            raise ModelUnavailable(f"The model in {self._folder} cannot be read.") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MOST_TOKENS, strategy="longest_first")
        return network, tokenizer, self._label

    def _entailment(self) -> int:
        """Return the index of `entailment` among the labels."""
        try:
            config: Any = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"{self._folder / 'config.json'} cannot be read. {_ADVICE}"
            ) from error
        labels = config.get("id2label") if isinstance(config, dict) else None
        for number, name in (labels if isinstance(labels, dict) else {}).items():
            if str(name).casefold() == _ENTAILMENT:
                return int(number)
        raise ModelUnavailable(f"The model in {self._folder} has no label `entailment`. {_ADVICE}")


def _probability(
    network: InferenceSession, tokenizer: Tokenizer, label: int, text: str, sentence: str
) -> float:
    encoded = tokenizer.encode(encodable(text), encodable(sentence))
    features: Mapping[str, list[int]] = {
        "input_ids": encoded.ids,
        "attention_mask": encoded.attention_mask,
        "token_type_ids": encoded.type_ids,
    }
    names = {argument.name for argument in network.get_inputs()}
    import numpy as np  # onnxruntime has loaded it already

    inputs = {
        name: np.array([row], dtype=np.int64) for name, row in features.items() if name in names
    }
    logits = [float(value) for value in network.run(None, inputs)[0][0]]
    highest = max(logits)
    weights = [exp(value - highest) for value in logits]
    return weights[label] / sum(weights)
