"""`footnote demo`, on a handbook of two pages instead of 242."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.bot import trial
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.playground import demo, slack_demo


@pytest.fixture
def handbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pages = tmp_path / 'hand"book [x] é'
    pages.mkdir()
    (pages / "taxi.md").write_text("# Taxi\n\nYou need a receipt to get reimbursed for a taxi.\n")
    (pages / "laptop.md").write_text("# Laptop\n\nIf you lose your laptop, call the help desk.\n")
    monkeypatch.setattr(demo, "HANDBOOK", pages)
    return pages


def test_it_indexes_asks_and_says_how_to_go_on(
    handbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.run_demo(tmp_path / "data", lambda: False)
    out, err = capsys.readouterr()

    assert err.startswith("handbook: 2 added")
    assert out.count("\n? ") == 3
    assert "You need a receipt to get reimbursed for a taxi." in out
    assert "\u2014 Taxi [1]" in out
    assert "https://handbook.tts.gsa.gov/taxi/" in out
    assert f"--config {tmp_path / 'data' / 'footnote.toml'}\n" in out
    assert " init` sets one up:\nOpenAI, Anthropic, Azure, or Ollama on this machine.\n" in out


def test_a_second_time_embeds_nothing(
    handbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.run_demo(tmp_path / "data", lambda: False)
    capsys.readouterr()
    demo.run_demo(tmp_path / "data", lambda: False)

    assert "2 unchanged, 0 failed; 0 passages embedded" in capsys.readouterr().err


def test_what_it_writes_are_the_settings_it_ran_with(
    handbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOOTNOTE_DATA_DIR", raising=False)
    demo.run_demo(tmp_path / "data", lambda: False)
    settings = load(tmp_path / "data" / "footnote.toml")

    assert settings.data_dir == tmp_path / "data"
    assert settings.wiki == (demo.handbook_in(tmp_path / "data"),)


def test_another_installation_s_variables_do_not_reach_it(
    handbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_DATA_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", "https://qdrant.invalid")
    monkeypatch.setenv("FOOTNOTE_LOG_LEVEL", "nonsense")
    demo.run_demo(tmp_path / "data", lambda: False)

    assert (tmp_path / "data" / "index").is_dir()
    assert not (tmp_path / "other").exists()


def test_stopped_it_asks_nothing(
    handbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.run_demo(tmp_path / "data", lambda: True)

    assert "?" not in capsys.readouterr().out


def test_stopped_it_says_that_the_next_start_goes_on(
    handbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo.run_demo(tmp_path / "data", lambda: True)

    assert "Interrupted; what is done is kept" in capsys.readouterr().err


def test_the_real_handbook_is_where_it_is_looked_for() -> None:
    assert demo.HANDBOOK.is_dir()
    assert sum(1 for _ in demo.HANDBOOK.rglob("*.md")) > 200


@pytest.mark.parametrize("name", ["footnote.toml", "index/current", "notes.md"])
def test_a_named_folder_that_holds_anything_else_stays_as_it_is(
    name: str, handbook: Path, tmp_path: Path
) -> None:
    """A demo in a real Footnote's folder would replace its settings and its index."""
    file = tmp_path / "mine" / name
    file.parent.mkdir(parents=True)
    file.write_text('[[wiki]]\nname = "handbook"\n')

    with pytest.raises(demo.DemoFolderTaken, match="name an empty folder with --data-dir"):
        demo.run_demo(tmp_path / "mine", lambda: True)
    assert [path for path in (tmp_path / "mine").rglob("*") if path.is_file()] == [file]
    assert file.read_text() == '[[wiki]]\nname = "handbook"\n'


def test_a_stopped_demo_goes_on_in_its_named_folder(handbook: Path, tmp_path: Path) -> None:
    demo.run_demo(tmp_path / "data", lambda: True)
    demo.run_demo(tmp_path / "data", lambda: True)


def test_settings_that_cannot_be_written_are_one_sentence(
    handbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/demo/footnote.toml").mkdir(parents=True)

    with pytest.raises(demo.DemoFolderTaken, match="cannot be written: Is a directory"):
        demo.run_demo(None, lambda: True)


def test_a_demo_beside_another_one_says_so_in_a_sentence(handbook: Path, tmp_path: Path) -> None:
    demo.run_demo(tmp_path / "data", lambda: True)
    settings = Settings(data_dir=tmp_path / "data")

    with Indexing(settings, Secrets()) as other:
        _ = other.index
        with pytest.raises(demo.DemoRuns, match="use that one, or stop it, or name another folder"):
            demo.run_demo(tmp_path / "data", lambda: False)


def test_both_demos_share_an_index(
    handbook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the one in the terminal leaves the other's second wiki in it."""
    with slack_demo._demo_wikis(tmp_path) as (settings, secrets, _):
        trial.sync(settings, secrets, lambda: False)
        demo.run_demo(tmp_path, lambda: False)
        capsys.readouterr()
        trial.sync(settings, secrets, lambda: False)

    again = capsys.readouterr().err
    assert "2 unchanged" in again
    assert again.count("; 0 passages embedded") == 2
