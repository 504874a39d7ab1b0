"""docs/llamaindex.md: a stranger's application, run as it stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core.instrumentation import get_dispatcher

from bot.app import App
from bot.footnote import Footnote
from bot.operations.single_sync import sync_once
from config.loading import load
from config.settings import Secrets

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs/llamaindex.md").read_text(encoding="utf-8"), re.DOTALL
)
PAGES = ("getting-started/equipment.md", "tools/tock.md", "travel-and-leave/overtime.md")
"""Of the demo's handbook, so that indexing it takes a second."""


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    pages = ROOT / "bot/playground/handbook/pages"
    include = ", ".join(f'"{page}"' for page in PAGES)
    (folder / "footnote.toml").write_text(
        f'[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "{pages}"\n'
        f'site_url = "https://handbook.example.com"\ninclude = [{include}]\n'
    )
    with App(load(folder / "footnote.toml"), Secrets()) as app:
        sync_once(app.indexing, app, progress=lambda _: None, stopped=lambda: False)
    return folder


@pytest.fixture(autouse=True)
def nobody_listens_afterwards() -> Iterator[None]:
    root = get_dispatcher()
    before = list(root.span_handlers)
    yield
    root.span_handlers[:] = before


def said(block: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
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
    told = said(BLOCKS[0], handbook, capsys)
    scores = [float(line[:4]) for line in told[:5]]

    assert "https://handbook.example.com/" in told[0]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert any("laptop" in line.casefold() for line in told[5:])
    assert not [line for line in told[5:] if line.startswith(("url:", "wiki:", "page:"))]


def test_the_passages_around_those_that_were_found_can_be_added(
    handbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(BLOCKS[1], handbook, capsys)

    assert len(told) > 3
    assert len(set(told)) == len(told)


def test_the_engines_answer_as_the_bot_does(
    handbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = "\n".join(said(BLOCKS[2], handbook, capsys))

    assert "[1]" in told
    assert "https://handbook.example.com/" in told


def test_each_stage_is_a_span(handbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = {line.split()[-1] for line in said(BLOCKS[3], handbook, capsys)}

    assert stages >= {
        "FootnoteQueryEngine.query",
        "FootnoteRetriever._retrieve",
        "PageFolding._postprocess_nodes",
        "QuoteSynthesizer.synthesize",
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
