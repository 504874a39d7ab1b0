"""Secrets from files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from footnote_bot.config import secret_files
from footnote_bot.config.errors import SettingsError
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("FOOTNOTE_") or name.lower() in Secrets.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setattr(secret_files, "DOCKER", tmp_path / "run")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", Secrets.model_fields)
def test_every_secret_may_be_in_a_file_that_a_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "kept").write_text("hunter2\n")
    monkeypatch.setenv(f"{name.upper()}_FILE", str(tmp_path / "kept"))
    load()  # loading registers the variable

    assert Secrets().variable(name.upper()) == "hunter2" or Secrets().slack_api_url == "hunter2"
    assert "hunter2" not in repr(Secrets()) or name == "slack_api_url"


@pytest.mark.parametrize("place", ["systemd", "docker"])
def test_secrets_are_found_in_the_folders_of_systemd_and_docker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = tmp_path / ("credentials" if place == "systemd" else "run")
    folder.mkdir()
    (folder / "slack_bot_token").write_text("xoxb-1\n")
    (folder / "WIKI_TWO").write_text(" two ")
    if place == "systemd":
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))

    assert Secrets().slack_bot_token.get_secret_value() == "xoxb-1"
    assert Secrets().variable("WIKI_TWO") == "two"
    assert Secrets().variable("WIKI_THREE") == ""


def test_a_variable_counts_more_than_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/slack_bot_token").write_text("xoxb-file")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-variable")

    assert Secrets().slack_bot_token.get_secret_value() == "xoxb-variable"


@pytest.mark.parametrize("place", ["named", "docker"])
def test_an_empty_variable_does_not_hide_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/slack_bot_token").write_text("xoxb-file")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    if place == "named":
        monkeypatch.setattr(secret_files, "DOCKER", tmp_path / "none")
        monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "run/slack_bot_token"))

    assert Secrets().slack_bot_token.get_secret_value() == "xoxb-file"


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"\xff", "not text"), (b"x" * 70_000, "too large")],
    ids=["missing", "binary", "large"],
)
def test_a_file_that_is_no_secret_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, says: str
) -> None:
    file = tmp_path / "kept"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(file))

    with pytest.raises(SettingsError, match=f"SLACK_BOT_TOKEN_FILE: .*{says}"):
        Secrets()


def test_a_secret_that_is_set_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "/nowhere")

    with pytest.raises(SettingsError, match="both set"):
        Secrets()


def test_unreadable_credentials_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_to_us(monkeypatch)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))

    with pytest.raises(SettingsError, match=r"CREDENTIALS_DIRECTORY: .* denied"):
        Secrets()


def test_a_folder_of_docker_s_name_that_is_closed_holds_no_secret_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed_to_us(monkeypatch)

    assert Secrets().slack_bot_token.get_secret_value() == ""


def closed_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close each folder to us. Permissions alone do not stop root, who may run the tests."""

    def refused(_: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "is_file", refused)
