"""Cross-encoders: models that read question and passage together, through fastembed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from footnote_bot.indexers.errors import ModelUnavailable, ModelUnknown
from footnote_bot.indexers.index.bundled import MODELS, check
from footnote_bot.indexers.index.text import encodable

if TYPE_CHECKING:
    from fastembed.rerank.cross_encoder import TextCrossEncoder

BUNDLED = MODELS / "ms-marco-MiniLM-L-12-v2-int8"

# From the bundle's PROVENANCE.md: other weights or tokens would be another model.
_DIGESTS = {
    "model.onnx": "25e6ddd45065b80d4ffa41644fba676d16e3ee15c0e13d45b5ddce82b550fa87",
    "word_embeddings.bin": "9b66fb86c376f2e052dc872f7ef12e607895552a805b1072eaf14c913bbac891",
    "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    "tokenizer_config.json": "7b082b48a08a0b5c5939d99472e33addce3d96202155e33f7928cecd171186a0",
    "special_tokens_map.json": "5d5b662e421ea9fac075174bb0688ee0d9431699900b90662acd44b2a350503a",
}
_IDENTITY = f"ms-marco-MiniLM-L-12-v2-int8@{_DIGESTS['model.onnx'][:12]}"
_MOST_TOKENS = 192
"""The limit for question and text together. Twice as many tokens take twice the time and rank no
better; with 128 the first passage was right for .64 of 192 questions instead of .72."""
_BATCH = 1
"""Texts are padded to the longest of a batch, so one by one they take a quarter less time. Also, in
a batch an int8 model's score of a text depends on its neighbours."""

_sharing = threading.Lock()


class _Reranker:
    """The common part of both kinds. ``at_once`` texts are read at the same time."""

    def __init__(
        self, name: str, load: Callable[[], TextCrossEncoder], *, at_once: int = 1
    ) -> None:
        self.identity = name
        self._load = load
        self._at_once = at_once
        self._loading = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return the scores of the texts.

        Raises:
            ModelUnavailable: the model is missing, is another one, or does not run.
        """
        try:
            with self._loading:
                model = self._loaded
        except ModelUnavailable:
            raise
        except Exception as error:  # onnxruntime's errors share no class
            raise ModelUnavailable(
                f"The reranker {self.identity!r} cannot be loaded ({type(error).__name__}): "
                "reinstall Footnote, or name another model in [answer] reranker."
            ) from error
        try:
            return self._read(model, encodable(question), [encodable(text) for text in texts])
        except Exception as error:  # onnxruntime's and the tokenizer's errors share no class
            raise ModelUnavailable(f"The reranker {self.identity!r} does not run.") from error

    def _read(self, model: TextCrossEncoder, question: str, texts: Sequence[str]) -> list[float]:
        def scores(batch: Sequence[str]) -> list[float]:
            return list(model.rerank(question, batch, batch_size=_BATCH))

        workers = min(self._at_once, len(texts))
        if workers < 2:
            return scores(texts)
        with ThreadPoolExecutor(workers, "reranker") as pool:
            return [
                score for batch in pool.map(scores, ([text] for text in texts)) for score in batch
            ]

    @cached_property
    def _loaded(self) -> TextCrossEncoder:
        return self._load()


class LocalReranker(_Reranker):
    """The bundled cross-encoder, loaded at first use: ms-marco-MiniLM-L-12-v2, for English. A score
    is a logit; by itself it tells an answer from a passage on the same subject.

    ``threads`` limits the processor cores it uses; None takes all. Each core reads its own text:
    cores that share a text wait for one another, for a third of the time.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        self._folder = folder or BUNDLED
        super().__init__(_IDENTITY, self._from_folder, at_once=threads or os.cpu_count() or 1)

    def _from_folder(self) -> TextCrossEncoder:
        with _sharing:
            return _read(self._folder)


@cache
def _read(folder: Path) -> TextCrossEncoder:
    """Load a model once a process, however many indexes it opens."""
    check(folder, _DIGESTS, kind="reranker", setting="[answer] reranker")
    from fastembed.common.model_description import ModelSource  # half a second
    from fastembed.rerank.cross_encoder import TextCrossEncoder  # as above

    if not _is_known(TextCrossEncoder, _IDENTITY):
        TextCrossEncoder.add_custom_model(
            _IDENTITY,
            # Never requested: `specific_model_path` has priority over every source.
            sources=ModelSource(url="https://localhost/"),
            model_file="model.onnx",
        )
    # The cache is not used. Its default needs room for temporary files, which a full disk has not.
    model = TextCrossEncoder(
        _IDENTITY, cache_dir=str(folder), specific_model_path=str(folder), threads=1
    )
    model.model.tokenizer.enable_truncation(_MOST_TOKENS)  # type: ignore[attr-defined]
    return model


class FastembedReranker(_Reranker):
    """A cross-encoder that fastembed knows by name, loaded at once: from ``cache_dir``, or
    downloaded into it.

    ``threads`` limits the processor cores it uses; None takes all.

    Raises:
        ModelUnavailable: it cannot be loaded; ModelUnknown: fastembed knows no model of this name.
    """

    def __init__(self, name: str, cache_dir: Path, *, threads: int | None = None) -> None:
        from fastembed.rerank.cross_encoder import TextCrossEncoder  # half a second

        if not _is_known(TextCrossEncoder, name):
            raise ModelUnknown(
                f"There is no reranker {name!r}: set [answer] reranker to the name of a"
                " cross-encoder that fastembed supports, or leave the setting out for the one"
                " that comes with Footnote."
            )
        try:
            model = TextCrossEncoder(name, cache_dir=str(cache_dir), threads=threads)
        except (
            Exception
        ) as error:  # a hub's, a file's or onnxruntime's errors, which share no class
            raise ModelUnavailable(
                f"The reranker {name!r} could be neither read from {cache_dir} nor downloaded:"
                " check the network, or copy the model there from a machine that has it."
            ) from error
        super().__init__(f"fastembed:{name.lower()}", lambda: model)


def _is_known(registry: type[TextCrossEncoder], name: str) -> bool:
    names = (model["model"].lower() for model in registry.list_supported_models())
    return name.lower() in names
