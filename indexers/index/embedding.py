"""Text embedding by local models, through fastembed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote_bot.indexers.errors import ModelUnknown
from footnote_bot.indexers.index import pooling
from footnote_bot.indexers.index.local_models import (
    MODELS,
    bundled,
    by_name,
    check,
    described,
    in_threads,
)
from footnote_bot.indexers.ports import Embedding, Vector
from footnote_bot.indexers.text.sentences import encodable

if TYPE_CHECKING:
    import numpy.typing as npt
    from fastembed import TextEmbedding
    from tokenizers import Encoding, Tokenizer

_SEARCH_QUERY = "Represent this sentence for searching relevant passages: "
_WEB_QUERY = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
)

_STELLA_QUERY = _WEB_QUERY.replace("query\nQuery:", "query.\nQuery: ")

# The prompts of the question and of the passage, by the beginning of the model's name.
_PROMPTS = {
    "baai/bge-small-zh": ("为这个句子生成表示以用于检索相关文章：", ""),  # noqa: RUF001 - Chinese
    "baai/bge-": (_SEARCH_QUERY, ""),
    "mixedbread-ai/mxbai-": (_SEARCH_QUERY, ""),
    "snowflake/snowflake-arctic-embed-": (_SEARCH_QUERY, ""),
    "nomic-ai/nomic-embed-text-": ("search_query: ", "search_document: "),
    "intfloat/multilingual-e5-": ("query: ", "passage: "),
    "intfloat/e5-": ("query: ", "passage: "),
    "google/embeddinggemma-": ("task: search result | query: ", "title: none | text: "),
    "qwen/qwen3-embedding-": (_WEB_QUERY, ""),
    "qdrant/stella-en-": (_STELLA_QUERY, ""),
}


def prompts_for(model: str) -> tuple[str, str]:
    """Return the prompts for questions and for passages; empty for models without."""
    name = model.lower()
    return next((pair for start, pair in _PROMPTS.items() if name.startswith(start)), ("", ""))


BUNDLED = MODELS / "all-MiniLM-L6-v2-int8"

# From the bundle's PROVENANCE.md: other weights or tokens would be another model.
_DIGESTS = {
    "model.onnx": "dafd77fbbeb7ad3374c2e1449badd71de69b04a5d6c5e8f3c29429b6c4b441d6",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
}
_TRAINED_FOR = 256  # tokens

# Before a model is downloaded, fastembed states its limit only in the description.
_LIMIT = re.compile(r"(?<!\d)(\d{1,9}) input tokens truncation")
_MULTILINGUAL = re.compile(r"multi-?lingual", re.IGNORECASE)
_USUAL_LIMIT = 512  # for a model whose description names none

# Small batches of texts with the same number of tokens waste the least on padding: 22,000 tokens a
# second on two cores, 18,000 if sorted by characters, and about half if unsorted.
_BATCH = 8

_QUESTIONS = 256
"""Questions whose vectors are kept, some 12 KB each."""

_loading = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """A loaded model. Its ``tokenizer`` neither truncates nor pads. ``averages``: its vector of a
    text is the average of the token vectors, so it has vectors of sentences."""

    model: TextEmbedding
    tokenizer: Tokenizer
    averages: bool


class _Embedder:
    """The common part of both kinds. The model is loaded once, at its first use in any thread.
    ``at_once`` batches are embedded at the same time. The prompts ``query`` and ``passage`` come
    before each text."""

    identity: str
    dimensions: int
    max_tokens: int
    multilingual: bool

    def __init__(
        self, load: Callable[[], _Loaded], *, query: str = "", passage: str = "", at_once: int = 1
    ) -> None:
        self._load = cache(load)
        self._query = query
        self._passage = passage
        self._at_once = at_once
        self._of_question = lru_cache(maxsize=_QUESTIONS)(self._embed_question)

    def _loaded(self) -> _Loaded:
        with _loading:
            return self._load()

    def count_tokens(self, text: str) -> int:
        """Count all tokens by the model's own tokenizer, without special tokens and truncation."""
        tokenizer = self._loaded().tokenizer
        return len(tokenizer.encode(encodable(text), add_special_tokens=False).ids)

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
        """Return embeddings in the order of ``texts``. The first line of a text is its path and no
        sentence.

        Raises:
            ModelUnavailable: the model is missing or not the one named.
        """
        loaded = self._loaded()
        prompted = [self._passage + encodable(text) for text in texts]
        encodings = loaded.tokenizer.encode_batch(prompted)

        def embed(batch: Sequence[int]) -> list[Embedding]:
            return self._embed(loaded, [prompted[i] for i in batch], [encodings[i] for i in batch])

        # The longest first: at the end no core waits long for another.
        order = sorted(range(len(prompted)), key=lambda i: len(encodings[i].ids), reverse=True)
        batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
        results = in_threads(embed, batches, at_once=self._at_once, name="embedder")
        by_place = dict(zip(order, chain.from_iterable(results), strict=True))
        pooling.give_back(loaded.model)
        return [by_place[place] for place in range(len(texts))]

    def _embed(
        self, loaded: _Loaded, texts: Sequence[str], encodings: Sequence[Encoding]
    ) -> list[Embedding]:
        """Return embeddings of a batch: with vectors of sentences, if the model averages tokens."""
        if loaded.averages:
            starts = [max(text.find("\n") + 1, len(self._passage)) for text in texts]
            return list(pooling.embeddings(loaded.model, texts, encodings, starts))
        return list(map(Embedding, _plain(loaded.model.passage_embed(texts, batch_size=_BATCH))))

    def embed_question(self, text: str) -> Vector:
        """Return a vector for searching; a few milliseconds with the bundled model. The last
        vectors are cached: a follow-up is searched for together with the questions before it.

        Raises:
            ModelUnavailable: the model is missing or not the one named.
        """
        return self._of_question(text)

    def _embed_question(self, text: str) -> Vector:
        (vector,) = _plain(self._loaded().model.query_embed([self._query + encodable(text)]))
        return tuple(vector)


class LocalEmbedder(_Embedder):
    """A sentence-transformers model of 384 dimensions in a folder; by default the bundled one. It
    works without a network, and is checked against its digests. It uses all processor cores. Each
    embeds its own batch: cores that share a batch wait for one another, for a third of the time.
    """

    identity = "all-MiniLM-L6-v2-int8@" + _DIGESTS["model.onnx"][:12]
    dimensions = 384
    max_tokens = _TRAINED_FOR
    multilingual = False

    def __init__(self, folder: Path = BUNDLED) -> None:
        super().__init__(partial(_read, folder), at_once=os.cpu_count() or 1)


@cache
def _read(folder: Path) -> _Loaded:
    """Load the model in ``folder``: once per process, however many indexes it opens."""
    check(folder, _DIGESTS, kind="embedding model", setting="[index] model")
    from fastembed import TextEmbedding  # half a second
    from fastembed.common.model_description import PoolingType  # as above

    model = bundled(
        TextEmbedding,
        LocalEmbedder.identity,
        folder,
        pooling=PoolingType.MEAN,
        normalization=True,
        dim=LocalEmbedder.dimensions,
    )
    _tokenizer(model).enable_truncation(_TRAINED_FOR)
    return _Loaded(model, _full_tokenizer(model), averages=True)


def _full_tokenizer(model: TextEmbedding) -> Tokenizer:
    """Return a copy of the model's tokenizer that neither truncates nor pads, as the model's own
    must. It takes 0.1 s."""
    from tokenizers import Tokenizer  # slow, and needed only with a model

    tokenizer = Tokenizer.from_str(_tokenizer(model).to_str())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class FastembedEmbedder(_Embedder):
    """A model that fastembed knows by name, downloaded at first use into ``cache_dir``, with the
    prefixes it was trained with.

    Raises:
        ModelUnknown: fastembed knows no model of this name.
    """

    def __init__(self, name: str, cache_dir: Path) -> None:
        from fastembed import TextEmbedding  # half a second

        self._name = name
        self._cache_dir = cache_dir
        if (description := described(TextEmbedding, name)) is None:
            raise ModelUnknown(
                f"There is no embedding model {name!r}: set [index] model to a name that"
                " fastembed supports, or leave it empty for the bundled one."
            )
        query, passage = prompts_for(name)
        self.identity = f"fastembed:{name.lower()}"
        self.dimensions = description["dim"]
        limit = _LIMIT.search(description["description"])
        self.multilingual = bool(_MULTILINGUAL.search(description["description"]))
        self.max_tokens = int(limit[1]) if limit else _USUAL_LIMIT
        super().__init__(self._from_cache_or_hub, query=query, passage=passage)

    def _from_cache_or_hub(self) -> _Loaded:
        from fastembed import TextEmbedding  # half a second

        model = by_name(TextEmbedding, self._name, self._cache_dir, kind="embedding model")
        return _Loaded(model, _full_tokenizer(model), pooling.averages(model))


def _tokenizer(model: TextEmbedding) -> Tokenizer:
    tokenizer: Tokenizer = model.model.tokenizer  # type: ignore[attr-defined]
    return tokenizer


def _plain(vectors: Iterable[npt.NDArray[Any]]) -> Iterator[Vector]:
    """Yield vectors of length 1 as lists, as the index takes them; some models do not normalise."""
    for vector in vectors:
        yield pooling.unit(vector).tolist()
