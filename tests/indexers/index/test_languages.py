"""The language that a passage is searched in, and a question that finds passages of several."""
# ruff: noqa: RUF001 - other scripts have letters that look like ours

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qdrant_client import QdrantClient
from qdrant_edge import EdgeShard, UpdateOperation

from footnote_bot.indexers.errors import ModelUnavailable
from footnote_bot.indexers.index import languages, vocabulary
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.index.languages import AUTO, FALLBACK, Languages
from footnote_bot.indexers.index.lexical import Words
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.index.server import Server, ServerIndex
from footnote_bot.indexers.model import EVERYONE, OPEN, Acl, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search
from tests.kept_model import forget_language_model

ANYONE = Principal.of(EVERYONE)
EMBEDDER = WordEmbedder()
TOLD = Languages(AUTO)

TEXTS = {
    "english": "Holidays are requested in the portal at least two weeks before they begin.",
    "german": "Urlaubsanträge werden spätestens zwei Wochen vorher im Portal gestellt.",
    "french": "Les congés sont demandés sur le portail au moins deux semaines à l'avance.",
    "spanish": "Las vacaciones se solicitan en el portal con dos semanas de antelación.",
    "italian": "Le ferie si richiedono sul portale almeno due settimane prima dell'inizio.",
    "portuguese": "As férias são pedidas no portal com pelo menos duas semanas de antecedência.",
    "dutch": "Verlof wordt minstens twee weken van tevoren in het portaal aangevraagd.",
    "swedish": "Semester ansöks i portalen senast två veckor innan den börjar, enligt reglerna.",
    "finnish": "Loma haetaan portaalissa viimeistään kaksi viikkoa ennen sen alkamista.",
    "russian": "Отпуск запрашивается на портале не позднее чем за две недели до начала.",
    "greek": "Οι άδειες ζητούνται στην πύλη τουλάχιστον δύο εβδομάδες πριν αρχίσουν.",
    "turkish": "İzinler başlamadan en az iki hafta önce portal üzerinden talep edilir.",
}
CODE = "for i in {1..3}; do kubectl -n prod rollout restart deploy/web-$i; done\nexit 0"
TABLE = "| 2024 | 17 | 3.5 |\n| 2025 | 21 | 4.0 |\n| 2026 | 9 | 1.25 |"


@pytest.mark.parametrize(("language", "text"), TEXTS.items(), ids=list(TEXTS))
def test_a_text_tells_its_language(language: str, text: str) -> None:
    assert TOLD.of_page("wiki", [text]) == [language]


@pytest.mark.parametrize("text", ["", "x", "FAQ", "OPS-4711", "🎉", "\ud800", CODE, TABLE])
def test_a_text_that_is_too_short_to_tell_is_english(text: str) -> None:
    assert TOLD.of_page("wiki", [text]) == [FALLBACK]


PLAIN_ENGLISH = (
    "Everybody who was on call over a weekend gets the Monday after it off, and it is not taken "
    "from the days that they have. Ask your manager if you would rather have the money."
)


def test_plain_english_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "_model", lambda: pytest.fail("the model was asked"))

    assert TOLD.of_page("wiki", [PLAIN_ENGLISH] * 2) == ["english"] * 2


@pytest.mark.parametrize("text", [text for language, text in TEXTS.items() if language != FALLBACK])
def test_some_english_words_make_no_english_text(text: str) -> None:
    quoting = f"{text} {text} (Out of Office, The Terms of Service)"
    (own,) = TOLD.of_page("wiki", [text])

    assert TOLD.of_page("wiki", [quoting]) == [own]


def test_a_text_that_is_too_short_to_tell_has_the_language_of_its_page() -> None:
    page = [TEXTS["german"], CODE, TABLE, "Siehe oben."]

    assert TOLD.of_page("wiki", page) == ["german"] * 4


def test_a_page_in_two_languages_is_of_both() -> None:
    page = [TEXTS["english"], TEXTS["german"]]

    assert TOLD.of_page("wiki", page) == ["english", "german"]


@pytest.mark.parametrize(
    "text",
    [
        "休暇は少なくとも二週間前にポータルで申請してください。承認は上司が行います。",
        "年假须至少提前两周在门户网站上申请，由主管批准后方可生效。",
        "휴가는 최소 2주 전에 포털에서 신청해야 하며 팀장의 승인이 필요합니다.",
        "Urlop należy zgłosić w portalu co najmniej dwa tygodnie przed rozpoczęciem.",
    ],
)
def test_a_language_without_stems_or_without_spaces_has_english_ones(text: str) -> None:
    """Polish must not be taken for a similar language that has a stemmer."""
    assert TOLD.of_page("wiki", [text]) == [FALLBACK]


def test_a_wiki_s_own_language_goes_before_all_others() -> None:
    languages = Languages("german", {"office": "french", "mixed": AUTO})
    english = [TEXTS["english"]]

    assert languages.of_page("office", english) == ["french"]
    assert languages.of_page("handbook", english) == ["german"]
    assert languages.of_page("mixed", english) == ["english"]


def test_every_setting_makes_another_identity() -> None:
    settings_tried = [
        Languages(),
        Languages(AUTO),
        Languages("german"),
        Languages("german", {"a": AUTO}),
        Languages("german", {"a": "french"}),
        Languages("german", {"b": "french"}),
    ]

    assert len({languages.identity for languages in settings_tried}) == len(settings_tried)
    assert Languages("german", {"a": AUTO, "b": FALLBACK}).identity == (
        Languages("german", {"b": FALLBACK, "a": AUTO}).identity
    )


@settings(deadline=None)
@given(st.lists(st.text(), max_size=4))
def test_any_page_has_a_language_for_each_passage(texts: list[str]) -> None:
    languages = TOLD.of_page("wiki", texts)

    assert len(languages) == len(texts)
    assert languages == TOLD.of_page("wiki", texts)
    assert all(Words(language) for language in languages)


@given(st.text())
def test_in_one_language_a_question_has_its_words_and_no_others(text: str) -> None:
    assert vocabulary.of_question(text, {"english"}) == Words("english").of_question(text)


def test_a_stop_word_of_the_question_is_one_in_every_language() -> None:
    """`the` is rare in the few passages of another language, so it would decide the ranking."""
    question = "What is the name of the gateway?"
    tokens = set(vocabulary.of_question(question, {"english", "german"})[0])

    assert set(Words("english").of_question(question)[0]) <= tokens
    assert set(Words("german").of_passage("name gateway")[0]) <= tokens
    assert not tokens & set(Words("german").of_question("what is the of")[0])


def test_the_question_s_own_language_counts_more() -> None:
    question = "Wie bewachten die Leute das Haus?"
    weights = dict(zip(*vocabulary.of_question(question, {"english", "german"}), strict=True))
    own = dict(zip(*Words("german").of_question(question), strict=True))
    foreign = weights.keys() - own.keys()

    assert {token: weights[token] for token in own} == own
    assert foreign
    assert all(weights[token] <= 0.5 for token in foreign)


def test_a_bare_name_is_of_no_language_more_than_of_another() -> None:
    tokens, weights = vocabulary.of_question("Gateways", {"english", "spanish"})

    assert len(tokens) == 2
    assert set(weights) == {1.0}


def edge(folder: Path) -> StoredPassages:
    return EdgeIndex.open(folder / "edge", dimensions=EMBEDDER.dimensions, languages=TOLD)


def server(_: Path) -> StoredPassages:
    memory = Server("http://qdrant.example.com", client=QdrantClient(":memory:"))
    return ServerIndex.open(
        memory, collection="passages", dimensions=EMBEDDER.dimensions, languages=TOLD
    )


@pytest.fixture(params=[edge, server], ids=lambda opener: opener.__name__)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredPassages]:
    with request.param(tmp_path) as opened:
        yield opened


def put(
    index: StoredPassages, page: str, *texts: str, acl: Acl = OPEN, wiki: str = "handbook"
) -> None:
    new_passages = passages(page, *texts, acl=acl, wiki=wiki)
    index.replace(new_passages, EMBEDDER.embed_passages([p.embedded for p in new_passages]))


def first(index: StoredPassages, question: str) -> str:
    return search(index, question, (), reader=ANYONE, limit=1)[0].passage.text


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
def test_a_hit_tells_the_language_of_its_passage(index: StoredPassages) -> None:
    put(index, "both", TEXTS["english"], TEXTS["german"])
    hits = search(index, "portal Portal", (), reader=ANYONE, limit=2)

    assert {hit.passage.text: hit.language for hit in hits} == {
        TEXTS["english"]: "english",
        TEXTS["german"]: "german",
    }


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
def test_the_languages_of_a_reader_are_those_of_their_pages(index: StoredPassages) -> None:
    closed = Acl.of(["group:board"])
    put(index, "both", TEXTS["english"], TEXTS["german"], TEXTS["german"] + " Immer.")
    put(index, "board", *[f"{TEXTS['english']} {number}" for number in range(5)], acl=closed)
    put(index, "paris", TEXTS["french"], wiki="office")
    board = Principal.of(EVERYONE, "group:board")

    assert index.languages(reader=ANYONE) == ["german", "english", "french"]
    assert index.languages(reader=board) == ["english", "german", "french"]
    assert index.languages(reader=board, wikis=["office"]) == ["french"]


GERMAN = "Die Häuser der Firma werden nachts vom Wachdienst der Firma Hubble Gateway bewacht."
ENGLISH = "The houses that we are renting are guarded at night by the people of Rolling Gates."


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
def test_each_language_is_found_by_its_own_stems(index: StoredPassages) -> None:
    put(index, "wache", GERMAN)
    put(index, "guards", ENGLISH)

    assert first(index, "Wer bewachte das Haus in der Nacht?") == GERMAN
    assert first(index, "Who guards a house?") == ENGLISH
    assert first(index, "Was macht Hubble Gateway?") == GERMAN
    assert first(index, "Was macht Rolling Gates?") == ENGLISH


def test_another_process_knows_the_languages_that_are_stored(tmp_path: Path) -> None:
    with edge(tmp_path) as writer:
        put(writer, "wache", GERMAN)
        put(writer, "guards", ENGLISH)
    with edge(tmp_path) as reader:
        assert first(reader, "Wer bewachte das Haus in der Nacht?") == GERMAN


def test_an_index_that_knows_no_languages_yet_can_be_read(tmp_path: Path) -> None:
    """The index is read until its successor is built, and it lacks this field."""
    with edge(tmp_path) as writer:
        put(writer, "guards", ENGLISH)
    shard = EdgeShard.load(str(tmp_path / "edge"))
    shard.update(UpdateOperation.delete_field_index("language"))
    shard.close()
    with edge(tmp_path) as reader:
        assert first(reader, "Who guards a house?") == ENGLISH


def test_a_full_disk_is_one_failure_and_not_one_of_each_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is unpacked into the temporary folder."""
    languages._model.cache_clear()
    forget_language_model()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "away"))
    with pytest.raises(ModelUnavailable, match="make room there"):
        TOLD.of_page("wiki", [TEXTS["german"]])
    monkeypatch.undo()

    assert TOLD.of_page("wiki", [TEXTS["german"]]) == ["german"]
