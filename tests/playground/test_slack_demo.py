"""`footnote playground`: an error before anything starts is one sentence."""

from __future__ import annotations

import re
import shutil
import signal
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from footnote_bot.bot import trial
from footnote_bot.config.llm import LlmSettings
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.model import Progress
from footnote_bot.playground import slack_demo
from footnote_bot.playground.demo import HANDBOOK, DemoFolderTaken, demo_folder
from footnote_bot.playground.page.ports import PageParts, StartUp
from footnote_bot.playground.slack_demo import Listening, PageNotServed
from tests.bot.shell import Shell

NOWHERE = Listening("127.0.0.1", 0)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DemoFolderTaken, match=f"{tmp_path}/file/x/handbook: Not a directory"):
        slack_demo.run_demo(tmp_path / "file" / "x", NOWHERE, lambda: True)


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "handbook").mkdir()
    for page in HANDBOOK.iterdir():
        (tmp_path / "handbook" / page.name).touch()

    with pytest.raises(DemoFolderTaken, match="File exists"):
        slack_demo.run_demo(tmp_path, NOWHERE, lambda: True)


def test_a_named_folder_that_holds_anything_else_stays_as_it_is(tmp_path: Path) -> None:
    """The demo would replace pages of the same names, and a real Footnote's index."""
    page = tmp_path / "handbook" / "about.md"
    page.parent.mkdir()
    page.write_text("# Ours\n")

    with pytest.raises(DemoFolderTaken, match="name an empty folder with --data-dir"):
        slack_demo.run_demo(tmp_path, NOWHERE, lambda: True)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [page]
    assert page.read_text() == "# Ours\n"


def test_the_demo_starts_again_in_its_named_folder(tmp_path: Path) -> None:
    shutil.copytree(HANDBOOK, tmp_path / "handbook")

    with demo_folder(tmp_path) as folder:
        assert folder == tmp_path


def test_the_page_that_the_tour_fixes_gets_a_plain_answer(shell: Shell) -> None:
    tour = (Path(slack_demo.__file__).parent / "page/static/tour.js").read_text()
    fix = re.search(r"text\.replace\('(.*)', '(.*)'\)", tour)
    assert fix
    equipment = (HANDBOOK / "getting-started" / "equipment.md").read_text()
    assert fix[1] in equipment
    shell.write("pages/equipment.md", equipment.replace(fix[1], fix[2]))
    shell.write(
        "footnote.toml",
        '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\nflavour = "eleventy"\n',
    )
    shell.footnote("sync")
    answer = shell.footnote("ask", "What should I do if I lose my laptop?", "--json").json

    assert answer["kind"] == "answer"
    assert "555-0100" in answer["text"]


@pytest.fixture
def listened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ports that the demo would listen on; it is not run."""
    ports: list[int] = []
    monkeypatch.setattr(
        slack_demo, "run_demo", lambda _, listening, *__, **___: ports.append(listening.port)
    )
    return ports


def test_a_taken_port_gives_way_to_the_next_free_one(
    monkeypatch: pytest.MonkeyPatch, listened: list[int], shell: Shell
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(slack_demo, "PORT", taken)
        monkeypatch.setattr(slack_demo, "_PORTS", range(taken, taken + 100))
        result = shell.footnote("playground")

    assert listened[0] in range(taken + 1, taken + 100)
    assert result.out == f"Port {taken} is taken: the page is at port {listened[0]}.\n"


def test_a_port_that_was_asked_for_is_not_replaced(listened: list[int], shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        shell.footnote("playground", "--port", str(taken))

    assert listened == [taken]


def test_the_page_says_how_far_the_wikis_are_read() -> None:
    start_up = StartUp()
    slack_demo._show("handbook (1,200 of 2,379 passages)", start_up)
    assert "reading the wiki handbook (1,200 of 2,379 passages). Ask already" in start_up.says


def test_pages_and_passages_are_counted_once_their_number_is_known() -> None:
    assert trial._how_far(Progress("handbook", 0, 0)) == "handbook"
    assert trial._how_far(Progress("handbook", 7, 242)) == "handbook (7 of 242 pages)"
    progress = Progress("handbook", 1_200, 2_379, embedding=True)
    assert trial._how_far(progress) == "handbook (1,200 of 2,379 passages)"


def test_an_empty_host_does_not_mean_every_address(shell: Shell) -> None:
    result = shell.footnote("playground", "--host", "", "--port", "0")

    assert (result.code, result.out) == (2, "")
    assert "it is empty; is a variable not set?" in result.err


def test_the_page_names_the_way_to_a_language_model_until_one_is_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []

    def not_served(_listening: Listening, _own: object, parts: PageParts, _token: str) -> NoReturn:
        shown.append(parts.is_quoting)
        raise PageNotServed

    monkeypatch.setattr(slack_demo, "_playground", not_served)
    for llm in (LlmSettings(), LlmSettings(provider="ollama", model="small")):
        with pytest.raises(PageNotServed):
            slack_demo.run(Settings(llm=llm, data_dir=tmp_path), Secrets(), NOWHERE, lambda: True)
    with pytest.raises(PageNotServed):
        slack_demo.run_demo(tmp_path / "demo", NOWHERE, lambda: True)

    assert shown == [True, False, True]


def test_a_playground_interrupted_while_it_indexes_says_that_the_next_start_goes_on(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(slack_demo, "run_demo", interrupted)
    result = shell.footnote("playground")

    assert result.code == 130
    assert "what is done is kept, and the next start goes on from there." in result.err
