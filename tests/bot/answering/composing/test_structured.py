"""Structured output over real HTTP and LlamaIndex's own clients: requested in a form that the
server accepts, and read as it streams."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.checking.evidence import Evidence
from footnote_bot.bot.answering.composing.objects import Objects
from footnote_bot.bot.answering.composing.reading import AnswerReader, Sentence
from footnote_bot.bot.answering.llm.llama_client import LlamaClient
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.bot.model import Question
from footnote_bot.config.llm import LlmSettings
from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from tests.fakes.anthropic_server import anthropic_server
from tests.fakes.defaults import Prompting
from tests.fakes.embedding import WordEmbedder
from tests.fakes.openai_server import Reply, Server, openai_server
from tests.fakes.passages import passages
from tests.timing import seconds_of

HITS = [
    Hit(passage, 1.0, 0.9) for passage in passages("leave", "Leave is 30 days long. Ask first.")
]
PROMPT = Prompting(WordEmbedder().count_tokens, lambda: "k7f3", structured=True)(
    Question("How long is leave?", Principal.of(EVERYONE)), HITS
)


def answer(*sentences: tuple[list[tuple[object, object]], object], answered: str = "yes") -> str:
    rows = [
        {"evidence": [{"passage": n, "words": words} for n, words in evidence], "sentence": text}
        for evidence, text in sentences
    ]
    return json.dumps({"answered": answered, "sentences": rows})


WRITTEN = answer(([(1, "Leave is 30 days long.")], "Leave lasts 30 days."))


def in_pieces(text: str, size: int = 5) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def read(text: str, size: int = 5) -> tuple[str, list[Sentence]]:
    """Return whether the text says that it answers, and its sentences."""
    reader = AnswerReader(["https://wiki.example.com/form"])
    complete = [sentence for piece in in_pieces(text, size) for sentence in reader.add(piece)]
    complete += reader.end()
    return reader.answered, complete


def sentences_of(text: str, size: int = 5) -> list[Sentence]:
    return read(text, size)[1]


def texts_of(text: str) -> list[str]:
    return [sentence.text for sentence in sentences_of(text)]


@pytest.mark.parametrize("answered", ["yes", "partly", "no"])
def test_an_answer_says_itself_whether_it_answers(answered: str) -> None:
    assert read(answer(answered=answered)) == (answered, [])


def client(server: Server) -> LlamaClient:
    return model_client_of(
        LlmSettings(provider="openai", model="gpt-4.1-mini", url=server.url), "k"
    )


def claude(server: Server) -> LlamaClient:
    return model_client_of(
        LlmSettings(provider="anthropic", model="claude-sonnet-4-5", url=server.root), "k"
    )


def refusal(words: str, status: int = 400) -> Reply:
    body = {"error": {"message": words, "type": "invalid_request_error", "param": None}}
    return Reply(status=status, raw=json.dumps(body).encode())


def system_of(request: dict[str, Any]) -> str:
    return json.dumps(request.get("system") or request["messages"][0])


def test_openai_is_held_to_the_schema_and_streams_json() -> None:
    with openai_server(Reply(in_pieces(WRITTEN))) as server:
        assert "".join(client(server).write(PROMPT)) == WRITTEN

    (request,) = server.asked
    form = request["response_format"]["json_schema"]
    assert (form["name"], form["strict"]) == ("answer", True)
    assert list(form["schema"]["properties"]) == ["answered", "sentences"]
    item = form["schema"]["properties"]["sentences"]["items"]
    assert list(item["properties"]) == ["evidence", "sentence"], "the words come first"
    assert "evidence" in request["messages"][0]["content"]


def test_anthropic_is_held_to_the_schema_by_its_own_parameter() -> None:
    with anthropic_server(Reply(in_pieces(WRITTEN), ending="end_turn")) as server:
        assert "".join(claude(server).write(PROMPT)) == WRITTEN

    (request,) = server.asked
    assert request["output_config"]["format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "words",
    ["Invalid parameter: 'response_format' of type 'json_schema' is not supported.", "no", ""],
)
def test_a_server_without_schemas_is_asked_to_call_a_tool_and_that_is_remembered(
    words: str,
) -> None:
    tool_call = Reply(in_pieces(WRITTEN), ending="tool_calls", tool="answer")
    with openai_server(refusal(words), tool_call, tool_call) as server:
        model = client(server)
        answers = ["".join(model.write(PROMPT)) for _ in range(2)]

    assert answers == [WRITTEN, WRITTEN]
    assert ["response_format" in request for request in server.asked] == [True, False, False]
    assert server.asked[1]["tool_choice"]["function"]["name"] == "answer"
    assert server.asked[1]["tools"][0]["function"]["name"] == "answer"


def test_an_older_claude_is_asked_to_call_a_tool() -> None:
    refused = {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "output_config: not supported"},
    }
    tool_call = Reply(in_pieces(WRITTEN), ending="tool_use", tool="answer")
    with anthropic_server(Reply(status=400, raw=json.dumps(refused).encode()), tool_call) as server:
        assert "".join(claude(server).write(PROMPT)) == WRITTEN

    assert server.asked[1]["tool_choice"] == {"type": "tool", "name": "answer"}


@pytest.mark.parametrize("status", [400, 422, 501])
def test_a_server_that_takes_no_structure_is_asked_for_plain_text_and_that_is_remembered(
    status: int,
) -> None:
    refused, plain = refusal("unsupported", status), Reply(["Leave lasts 30 days [1]."])
    with openai_server(refused, refused, plain, plain) as server:
        model = client(server)
        answers = ["".join(model.write(PROMPT)) for _ in range(2)]

    assert answers == ["Leave lasts 30 days [1]."] * 2
    assert [("response_format" in request, "tools" in request) for request in server.asked] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]
    assert "[1]" in system_of(server.asked[2])
    assert "evidence" not in system_of(server.asked[2])


def test_a_request_that_is_refused_in_every_form_fails_and_nothing_is_remembered() -> None:
    refused = refusal("bad request")
    with openai_server(refused, refused, refused, Reply(in_pieces(WRITTEN))) as server:
        model = client(server)
        with pytest.raises(ModelFailed, match="it answered 400"):
            list(model.write(PROMPT))
        assert "".join(model.write(PROMPT)) == WRITTEN

    assert "response_format" in server.asked[3]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_is_no_matter_of_form_is_asked_once(status: int) -> None:
    with openai_server(Reply(status=status), Reply(in_pieces(WRITTEN))) as server:
        with pytest.raises(ModelFailed, match=f"it answered {status}"):
            list(client(server).write(PROMPT))
        assert len(server.asked) == 1


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_sentence_is_what_stands_in_its_field_and_comes_as_soon_as_it_is_whole(size: int) -> None:
    text = answer(
        ([(2, 'He said "30" {days}')], "Leave is 30 days. See RR. HH. z. B."),
        ([(1, "a"), (3, "b"), (1, "c")], "- **Ask** first"),
        ([], "2. Then go"),
    )

    assert sentences_of(text, size) == [
        Sentence(
            "Leave is 30 days. See RR. HH. z. B.",
            "Leave is 30 days. See RR. HH. z. B.",
            (2,),
            (Evidence(2, 'He said "30" {days}'),),
            begins=True,
        ),
        Sentence(
            "- **Ask** first",
            "Ask first",
            (1, 3),
            (Evidence(1, "a"), Evidence(3, "b"), Evidence(1, "c")),
            is_item=True,
        ),
        Sentence("2. Then go", "Then go", is_item=True, number="2."),
    ]


def test_the_first_sentence_does_not_wait_for_the_second() -> None:
    text = answer(([(1, "a")], "One is first."), ([(1, "b")], "Two is second."))
    first = [sentence.text for sentence in AnswerReader().add(text[: text.index("Two")])]

    assert first == ["One is first."]


@pytest.mark.parametrize(
    ("written", "shown", "cited"),
    [
        ("Leave is long [1][1].", "Leave is long.", (1,)),
        ("Leave is long.[2, 3]", "Leave is long.", (2, 3)),
        ("Leave is long \u30101\u3011.", "Leave is long.", (1,)),
        ("Leave is long\u30102\u2020L3-L9\u3011.", "Leave is long.", (2,)),
        ("Leave is long (source 3).", "Leave is long.", (3,)),
        ("Leave is long (see passages 1, 2).", "Leave is long.", (1, 2)),
        ("Leave is long [^1].", "Leave is long.", (1,)),
        ("Leave is long [1](https://evil.example).", "Leave is long.", (1,)),
        ("In `a[0]` of 2024 (3 days) [1].", "In `a[0]` of 2024 (3 days).", (1,)),
        ("Use [this form](L1) [2].", "Use this form (https://wiki.example.com/form).", (2,)),
        ("Use [this form](L9) [2].", "Use this form.", (2,)),
        ("## Leave is __long__ [1]", "Leave is long", (1,)),
    ],
)
def test_numbers_of_passages_are_read_and_not_shown(
    written: str, shown: str, cited: tuple[int, ...]
) -> None:
    for text in (written, answer(([], written))):
        (sentence,) = sentences_of(text)

        assert (sentence.text, sentence.cited) == (shown, cited)


def test_in_plain_text_a_sentence_ends_with_its_citations_or_its_line() -> None:
    text = "RR. HH. decides. Ask first [1]. And then [2] go. [3] So it is\n- one [1]\n- two\n"

    assert texts_of(text) == [
        "RR. HH. decides. Ask first.", "And then go.", "So it is", "one", "two"
    ]  # fmt: skip


def test_a_plain_answer_that_does_not_answer_says_so_first() -> None:
    text = "NOT IN THE WIKI\nThe wiki does not say how long. Sick leave is [2]."

    assert read(text)[0] == "no"
    assert texts_of(text) == ["The wiki does not say how long. Sick leave is."]
    assert read("**NOT IN THE WIKI.**") == ("no", [])


@pytest.mark.parametrize("text", ["Leave is long [1].", '"Leave" is `x`.', 'Set: {"days": 30}', ""])
def test_plain_text_is_read_as_such_whatever_was_asked_for(text: str) -> None:
    assert [sentence.raw for sentence in sentences_of(text)] == ([text] if text else [])


@pytest.mark.parametrize(
    "preface", ["Here is the JSON:\n\n```json\n", "Sure! Here is my answer: ", "Answer\n```\n"]
)
@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_words_in_front_of_the_json_are_left_out(preface: str, size: int) -> None:
    assert sentences_of(preface + WRITTEN, size) == sentences_of(WRITTEN)


def test_code_in_a_fence_is_one_sentence() -> None:
    text = 'Run:\n```json\n{"replicas": 3}\n\n{"port": 80}\n```\nDone [1].'

    assert texts_of(text) == ["Run:", '```json\n{"replicas": 3}\n\n{"port": 80}\n```', "Done."]


def test_json_in_a_fence_is_read_and_what_breaks_off_is_left_out() -> None:
    text = f"```json\n{answer(([(1, 'a')], 'One.'), ([(1, 'b')], 'Two.'))}"

    assert texts_of(text[: text.index("Two")]) == ["One."]


@pytest.mark.parametrize(
    "evidence",
    [
        [(0, "a")],
        [(-1, "a")],
        [("1", "a")],
        [(True, "a")],
        [(10**6, "a")],
        [(1, 7)],
        [(1, "  ")],
        [(None, None)],
    ],
)
def test_evidence_that_is_none_is_left_out(evidence: list[tuple[object, object]]) -> None:
    (sentence,) = sentences_of(answer((evidence, "Leave is long.")))

    assert (sentence.evidence, sentence.cited) == ((), ())


@given(st.text(st.sampled_from('{}[]":,\\ab1 \n`'), max_size=200), st.integers(1, 9))
def test_any_text_is_read_without_an_error_and_alike_in_any_pieces(text: str, size: int) -> None:
    opened = f'{{"answered": "yes", "sentences": [{text}'

    assert read(opened, size) == read(opened, len(opened))
    assert read(text, size) == read(text, len(text) or 1)


def test_a_model_that_never_ends_is_read_in_linear_time_and_bounded_memory() -> None:
    def run() -> None:
        objects = Objects()
        endless = '{"sentences": [' + "[" * 100_000
        assert list(objects.add(endless)) == []
        long = Objects()
        assert list(long.add('{"sentences": [{"sentence": "' + "x" * 300_000)) == []
        assert sum(map(len, long._held)) < 20_000

    assert seconds_of(run, 5) <= 5
