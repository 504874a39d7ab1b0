"""`footnote sync` while the bot's database cannot be used."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.index import server
from tests.bot.shell import Shell

SETTINGS = """
[state]
url = "sqlite:///nowhere/state.db"

[[wiki]]
type = "markdown"
name = "handbook"
path = "pages"
"""


@pytest.fixture
def handbook(shell: Shell) -> Shell:
    shell.write("footnote.toml", SETTINGS)
    shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")
    return shell


@pytest.mark.parametrize("options", [[], ["--full"], ["--wiki", "handbook"], ["--watch"]])
def test_a_shared_index_is_not_written_while_nobody_knows_who_else_writes_it(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(server, "QdrantClient", lambda **arguments: asked.append(arguments))
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", "http://qdrant.example.com:6333")
    result = handbook.footnote("sync", *options)

    assert (result.code, result.out, asked) == (1, "", [])
    assert "The bot's database cannot be used (" in result.err
    if "--watch" not in options:
        assert result.err.count("Nothing was synced: other processes may write the index at") == 1


def test_an_embedded_index_is_synced_without_the_database(handbook: Shell) -> None:
    result = handbook.footnote("sync")

    assert result.code == 0, result.err
    assert "Whether another process syncs is unknown" in result.err
    assert "1 added" in result.err
