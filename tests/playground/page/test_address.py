"""The secret part of the page's address, in a file of the data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.playground.page.address import kept_token


def test_the_address_is_the_same_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    assert kept_token(folder) == kept_token(folder)
    assert kept_token(folder) != kept_token(tmp_path / "other")


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    kept_token(tmp_path)

    assert (tmp_path / "page-token").stat().st_mode & 0o777 == 0o600


def test_a_token_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    seen = kept_token(tmp_path)
    (tmp_path / "page-token").chmod(0o644)

    assert kept_token(tmp_path) != seen
    assert (tmp_path / "page-token").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", [b"", b"short", b"\xff" * 24, b"../../" * 6, b"a" * 24 + b"\n"])
def test_a_file_without_a_token_gets_one(tmp_path: Path, kept: bytes) -> None:
    file = tmp_path / "page-token"
    file.write_bytes(kept)
    file.chmod(0o600)
    token = kept_token(tmp_path)

    assert len(token) >= 24
    assert file.read_text() == token


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("nothing")
    (tmp_path / "page-token").symlink_to(tmp_path / "theirs")
    kept_token(tmp_path)

    assert (tmp_path / "theirs").read_text() == "nothing"
