"""docs/llamaindex.md: the application in it runs as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from llama_index.core.instrumentation import get_dispatcher

from footnote_bot.bot.answering.engine.engines import FootnoteResponse
from footnote_bot.bot.app import App
from footnote_bot.bot.footnote import Footnote
from footnote_bot.bot.model import Result, Timings
from footnote_bot.bot.operations.single_sync import sync_once
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.playground import demo

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs/llamaindex.md").read_text(encoding="utf-8"), re.DOTALL
)
LAPTOP, LEAVE = "What if I lose my laptop?", "Can I carry over annual leave to next year?"
BOTH = f"{LEAVE} {LAPTOP}"
PAGES = (
    "getting-started/equipment.md",
    "tools/tock.md",
    "travel-and-leave/leave.md",
    "travel-and-leave/overtime.md",
)
"""A part of the demo's handbook, so that indexing takes a second."""


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    pages = ROOT / "playground/handbook/pages"
    include = ", ".join(f'"{page}"' for page in PAGES)
    (folder / "footnote.toml").write_text(
        f'[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "{pages}"\n'
        f'site_url = "https://handbook.example.com"\ninclude = [{include}]\n'
    )
    with App(load(folder / "footnote.toml"), Secrets()) as app:
        sync_once(
            app.indexing, app, shared_index=False, progress=lambda _: None, stopped=lambda: False
        )
    return folder


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    root = get_dispatcher()
    before = list(root.span_handlers)
    yield
    root.span_handlers[:] = before


def of_the_bot(folder: Path, question: str) -> Result:
    """Return the answer of `footnote ask`, which is made like an answer in Slack."""
    with App(load(folder / "footnote.toml"), Secrets()) as app:
        return app.asker(None)(question)


def without_times(result: Result) -> Result:
    return replace(result, timings=Timings())


def output_of(block: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        exec(compile(block, "docs/llamaindex.md", "exec"), {})  # noqa: S102 - our own page
    return capsys.readouterr().out.splitlines()


def test_a_stranger_s_application_is_fifteen_lines_at_most() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line.strip()]

    assert len(lines) <= 15


def test_the_retriever_works_in_llama_index_s_own_query_engine(
    handbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = output_of(BLOCKS[0], handbook, capsys)
    scores = [float(line[:4]) for line in lines[:5]]

    assert "https://handbook.example.com/" in lines[0]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert any("laptop" in line.casefold() for line in lines[5:])
    assert not [line for line in lines[5:] if line.startswith(("url:", "wiki:", "page:"))]


def test_the_engines_answer_as_the_bot_does(
    handbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = {question: of_the_bot(handbook, question) for question in (LAPTOP, LEAVE, BOTH)}
    output = "\n".join(output_of(BLOCKS[1], handbook, capsys))
    first, _, remainder = output.partition("https://handbook.example.com/")

    assert first.startswith(bot[LAPTOP].text)
    assert bot[LEAVE].text in remainder
    assert output.endswith(bot[BOTH].text)


def test_the_question_that_the_demo_suggests_gets_a_right_answer(handbook: Path) -> None:
    right = "You can carry over a maximum of 240 annual leave hours"

    assert f' ask "{LEAVE}"' in demo._NEXT
    assert of_the_bot(handbook, LEAVE).text.startswith(right)


@pytest.mark.parametrize(
    "question", [LAPTOP, LEAVE, "How do I use Tock?", "overtime", "Who was Boleslaw of Masovia?"]
)
def test_an_engine_and_the_bot_give_one_question_the_same_answer(
    question: str, handbook: Path
) -> None:
    bot = of_the_bot(handbook, question)
    with Footnote.open(handbook / "footnote.toml") as footnote:
        response = footnote.as_query_engine(footnote.everyone).query(question)
        chatted = footnote.as_chat_engine(footnote.everyone).chat(question)
        whole = footnote.answer(question, footnote.everyone)

    assert isinstance(response, FootnoteResponse)
    assert str(response) == str(chatted) == bot.text
    assert without_times(response.result) == without_times(whole) == without_times(bot)


@pytest.mark.parametrize(
    ("question", "quote"),
    [("overtime " * 500, "too long"), ("?!", "words")],
)
def test_what_the_bot_does_around_an_engine_is_done_by_answer_alone(
    question: str, quote: str, handbook: Path
) -> None:
    bot = of_the_bot(handbook, question)
    with Footnote.open(handbook / "footnote.toml") as footnote:
        whole = footnote.answer(question, footnote.everyone)
        response = footnote.as_query_engine(footnote.everyone).query(question)

    assert quote in whole.text
    assert without_times(whole) == without_times(bot)
    assert str(response) != bot.text


def test_nothing_listens_that_a_stranger_did_not_attach(handbook: Path) -> None:
    root = get_dispatcher()
    before = list(root.span_handlers), list(root.event_handlers)
    with Footnote.open(handbook / "footnote.toml") as footnote:
        footnote.answer(LAPTOP, footnote.everyone)

        assert (list(root.span_handlers), list(root.event_handlers)) == before


def test_each_stage_is_a_span(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = {line.split()[-1] for line in output_of(BLOCKS[2], handbook, capsys)}

    assert stages >= {
        "FootnoteQueryEngine.query",
        "Pipeline.answer",
        "FootnoteRetriever._retrieve",
        "FootnoteRetriever._in_order",
    }


@pytest.mark.parametrize("limit", [0, -1])
def test_there_is_no_retriever_that_brings_what_nobody_looked_at(
    limit: int, handbook: Path
) -> None:
    with (
        Footnote.open(handbook / "footnote.toml") as footnote,
        pytest.raises(ValueError, match="one"),
    ):
        footnote.as_retriever(footnote.everyone, limit=limit)
