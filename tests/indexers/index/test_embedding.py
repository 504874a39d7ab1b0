"""The bundled embedding model, and the prompts and limits of other models."""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fastembed import TextEmbedding
from fastembed.text.multitask_embedding import JinaEmbeddingV3
from hypothesis import given, settings
from hypothesis import strategies as st

from footnote_bot.indexers.errors import ModelUnavailable
from footnote_bot.indexers.index import reranking
from footnote_bot.indexers.index.embedding import (
    _DIGESTS,
    BUNDLED,
    FastembedEmbedder,
    LocalEmbedder,
    prompts_for,
)
from footnote_bot.indexers.index.embeddings import cosines, to_payload
from footnote_bot.indexers.index.reranking import LocalReranker
from footnote_bot.indexers.ports import Vector

TEXTS = [
    "Ask your lead before you book a holiday.",
    "Time off\nHow much paid leave do I get? Twenty days a year, and more after ten years.",
    "x",
    "The printer is on the second floor, next to the kitchen.",
    "",
]


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


def cosine(left: Vector, right: Vector) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_vectors_have_unit_length_and_the_promised_size(embedder: LocalEmbedder) -> None:
    embeddings = embedder.embed_passages(TEXTS)
    vectors = [*(meaning.whole for meaning in embeddings), embedder.embed_question("How long?")]

    assert [len(vector) for vector in vectors] == [embedder.dimensions] * len(vectors)
    assert [math.hypot(*vector) for vector in vectors] == pytest.approx([1.0] * len(vectors))


def test_vectors_come_in_the_order_of_their_texts(embedder: LocalEmbedder) -> None:
    """Texts are embedded in the order of their lengths."""
    together = embedder.embed_passages(TEXTS * 3)

    assert together == [embedder.embed_passages([text])[0] for text in TEXTS] * 3


WORDS = [
    "leave",
    "travel",
    "Zürich",
    "é",
    "漢字",
    "x",
    "`sudo rm`",
    "42",
    "the",
    "Who asks?",
    "\n",
    "|",
]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=300).map(" ".join), min_size=2, max_size=10)
)
@settings(max_examples=15)
def test_a_passage_has_the_same_vectors_alone_and_in_any_batch(texts: list[str]) -> None:
    """Padding and neighbours change no bit, so an index does not depend on how it was built."""
    embedder = LocalEmbedder()

    assert embedder.embed_passages(texts) == [embedder.embed_passages([text])[0] for text in texts]


def test_a_passage_has_the_same_vectors_on_one_core_and_on_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [*TEXTS * 9, "\n".join(TEXTS) * 9]
    embeddings = []
    for cores in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        embeddings.append(LocalEmbedder().embed_passages(texts))

    assert embeddings[0] == embeddings[1]


def test_near_meanings_have_near_vectors(embedder: LocalEmbedder) -> None:
    question = embedder.embed_question("How many vacation days are there?")
    embeddings = embedder.embed_passages(TEXTS)

    assert max(range(len(TEXTS)), key=lambda i: cosine(question, embeddings[i].whole)) == 1


def test_a_sentence_means_what_it_says_and_not_what_stands_around_it(
    embedder: LocalEmbedder,
) -> None:
    leave, printer = "Ask your lead before you book a holiday.", "The printer is on floor two."
    (meaning,) = embedder.embed_passages([f"House rules\n{leave} {printer}"])
    question = embedder.embed_question("On which floor is the printer?")
    ((of_whole, closest),) = cosines(question, [to_payload(meaning)])

    assert len(meaning.sentences) == 2 * embedder.dimensions
    assert closest > of_whole + 0.1
    assert of_whole == pytest.approx(cosine(question, meaning.whole), abs=0.01)


def test_a_sentence_of_few_tokens_goes_with_its_neighbour(embedder: LocalEmbedder) -> None:
    (meaning,) = embedder.embed_passages(["Rules\nYes. Ask your lead first. No."])

    assert len(meaning.sentences) == embedder.dimensions


def test_the_place_of_a_passage_is_no_sentence_of_it(embedder: LocalEmbedder) -> None:
    (meaning,) = embedder.embed_passages(["The long title of a page > And a long heading\n"])

    assert meaning.sentences == b""


def test_no_texts_no_vectors(embedder: LocalEmbedder) -> None:
    assert embedder.embed_passages([]) == []


def test_tokens_are_counted_without_markers_and_without_end(embedder: LocalEmbedder) -> None:
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("hello world") == 2
    assert embedder.count_tokens("hello world " * 1_000) == 2_000


def test_text_beyond_the_model_s_limit_is_cut_off(embedder: LocalEmbedder) -> None:
    long = "leave " * 300
    short, longer = embedder.embed_passages([long, long + "printer " * 300])

    assert cosine(short.whole, longer.whole) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("text", ["😀", "\x00", "où ça ?", "漢字", "word " * 5_000, "\ud800"])
def test_any_question_has_a_vector(embedder: LocalEmbedder, text: str) -> None:
    assert len(embedder.embed_question(text)) == embedder.dimensions


def test_threads_share_one_model_from_the_first_use_on() -> None:
    embedder = LocalEmbedder()
    expected = LocalEmbedder().embed_question("How long is leave?")
    vectors: list[Vector] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        vectors.append(embedder.embed_question("How long is leave?"))

    def embed() -> None:
        together.wait()
        embedder.embed_passages(TEXTS * 4)

    threads = [threading.Thread(target=work) for work in (ask, ask, ask, embed)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(vectors) == 3
    assert all(cosine(vector, expected) > 0.999 for vector in vectors)


def test_indexes_of_one_process_share_the_bundled_model() -> None:
    assert LocalEmbedder()._loaded() is LocalEmbedder()._loaded()


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "tokenizer_config.json"])
def test_another_model_in_its_place_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED, folder)
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelUnavailable, match=rf"{name} is not the embedding model it should be"):
        LocalEmbedder(folder).embed_question("leave")


def test_the_bundled_models_load_though_the_disk_has_no_room_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", no_room)
    # Another path, because a model is loaded once for each.
    (tmp_path / "embedder").symlink_to(BUNDLED)
    (tmp_path / "reranker").symlink_to(reranking.BUNDLED)

    assert LocalEmbedder(tmp_path / "embedder").embed_question("Who pays?")
    assert LocalReranker(tmp_path / "reranker").scores("Who pays?", ["The firm pays."])


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.onnx cannot be read"):
        LocalEmbedder(tmp_path).embed_question("leave")


def test_its_digests_are_those_of_its_provenance() -> None:
    provenance = (BUNDLED / "PROVENANCE.md").read_text()

    assert LocalEmbedder.identity.partition("@")[2] in provenance
    assert all(digest in provenance for digest in _DIGESTS.values())
    assert {file.name for file in BUNDLED.iterdir()} == {*_DIGESTS, "PROVENANCE.md"}


def test_a_model_that_nobody_knows_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no embedding model 'acme/unheard-of'"):
        FastembedEmbedder("acme/unheard-of", tmp_path)


def test_a_known_model_is_loaded_no_sooner_than_it_is_used(tmp_path: Path) -> None:
    embedder = FastembedEmbedder("BAAI/bge-small-en-v1.5", tmp_path)

    assert embedder.dimensions == 384
    assert embedder.identity == "fastembed:baai/bge-small-en-v1.5"
    assert list(tmp_path.iterdir()) == []


BGE = "Represent this sentence for searching relevant passages: "
WEB = "Instruct: Given a web search query, retrieve relevant passages that answer the query"
PROMPTS = {
    "BAAI/bge-base-en": (BGE, ""),
    "BAAI/bge-base-en-v1.5": (BGE, ""),
    "BAAI/bge-large-en-v1.5": (BGE, ""),
    "BAAI/bge-small-en": (BGE, ""),
    "BAAI/bge-small-en-v1.5": (BGE, ""),
    "BAAI/bge-small-zh-v1.5": ("为这个句子生成表示以用于检索相关文章：", ""),  # noqa: RUF001 - Chinese
    "mixedbread-ai/mxbai-embed-large-v1": (BGE, ""),
    "snowflake/snowflake-arctic-embed-xs": (BGE, ""),
    "snowflake/snowflake-arctic-embed-s": (BGE, ""),
    "snowflake/snowflake-arctic-embed-m": (BGE, ""),
    "snowflake/snowflake-arctic-embed-m-long": (BGE, ""),
    "snowflake/snowflake-arctic-embed-l": (BGE, ""),
    "nomic-ai/nomic-embed-text-v1": ("search_query: ", "search_document: "),
    "nomic-ai/nomic-embed-text-v1.5": ("search_query: ", "search_document: "),
    "nomic-ai/nomic-embed-text-v1.5-Q": ("search_query: ", "search_document: "),
    "intfloat/multilingual-e5-large": ("query: ", "passage: "),
    "google/embeddinggemma-300m": ("task: search result | query: ", "title: none | text: "),
    "Qwen/Qwen3-Embedding-0.6B": (f"{WEB}\nQuery:", ""),
    "Qwen/Qwen3-Embedding-0.6B-Q": (f"{WEB}\nQuery:", ""),
    "Qdrant/stella-en-400M-v5-doc-onnx": (f"{WEB}.\nQuery: ", ""),
}
"""The prompts that the model cards state."""


def supported() -> list[dict[str, Any]]:
    return [m for m in TextEmbedding.list_supported_models() if "@" not in m["model"]]


@pytest.mark.parametrize("model", supported(), ids=lambda model: model["model"])
def test_every_model_gets_the_prompts_it_was_trained_with(model: dict[str, Any]) -> None:
    assert prompts_for(model["model"]) == PROMPTS.get(model["model"], ("", ""))


def test_every_model_that_needs_prompts_has_them() -> None:
    """fastembed says which models need prompts. Where it calls them "not so necessary", we add
    them."""
    needing = {
        m["model"]
        for m in supported()
        if re.search(r"documents: (?!not necessary)", m["description"])
    }

    assert needing == PROMPTS.keys()


class Recording:
    """A model built by fastembed that records the texts it would run."""

    seen: ClassVar[list[str]] = []

    def embed(self, texts: Iterable[str], **_: object) -> Iterator[list[float]]:
        for text in [texts] if isinstance(texts, str) else texts:
            self.seen.append(text)
            yield [1.0]


@pytest.mark.parametrize("kind", TextEmbedding.EMBEDDINGS_REGISTRY, ids=lambda kind: kind.__name__)
def test_fastembed_itself_adds_no_prompt(kind: type[Any]) -> None:
    """If it did, texts would carry the prompt twice."""
    recording = type("Recorded", (Recording, kind), {"__init__": lambda _: None})
    model = recording()
    if kind is JinaEmbeddingV3:
        pytest.skip("tells its tasks apart by a number")
    Recording.seen.clear()
    list(model.query_embed(["a question"]))
    list(model.passage_embed(["a passage"]))

    assert Recording.seen == ["a question", "a passage"]


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("BAAI/bge-small-en-v1.5", 512),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", 128),
        ("nomic-ai/nomic-embed-text-v1.5", 8192),
        ("google/siglip2-base-patch16-224", 64),
        ("jinaai/jina-clip-v1", 512),  # its card states no limit
    ],
)
def test_a_model_says_how_much_it_reads(tmp_path: Path, name: str, tokens: int) -> None:
    assert FastembedEmbedder(name, tmp_path).max_tokens == tokens


def test_all_models_but_one_say_how_much_they_read() -> None:
    silent = [m["model"] for m in supported() if "input tokens truncation" not in m["description"]]

    assert silent == ["jinaai/jina-clip-v1"]


def test_a_named_model_that_lies_in_the_cache_needs_no_network(tmp_path: Path) -> None:
    name = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
    (description,) = (
        model for model in TextEmbedding.list_supported_models() if model["model"] == name
    )
    # The layout of the hub's client, with the files of the bundled model.
    folder = tmp_path / f"models--{description['sources']['hf'].replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc")
    (folder / "snapshots" / "abc").mkdir(parents=True)
    for file in BUNDLED.iterdir():
        stored = description["model_file"] if file.suffix == ".onnx" else file.name
        (folder / "snapshots" / "abc" / stored).symlink_to(file)
    embedder_by_name = FastembedEmbedder(name, tmp_path)

    assert embedder_by_name.multilingual
    assert embedder_by_name.max_tokens == 128
    assert embedder_by_name.identity != LocalEmbedder.identity
    assert embedder_by_name.embed_question("Leave?") == pytest.approx(
        LocalEmbedder().embed_question("Leave?"), abs=1e-4
    )


def test_the_last_questions_are_embedded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = LocalEmbedder()
    first = embedder.embed_question("How long is leave?")
    other = embedder.embed_question("Where is the printer?")

    def refuse(*_: object) -> None:
        raise AssertionError("it was embedded again")

    monkeypatch.setattr(embedder._loaded().model, "query_embed", refuse)

    assert embedder.embed_question("How long is leave?") == first != other
    with pytest.raises(AssertionError):
        embedder.embed_question("How long is leave")
