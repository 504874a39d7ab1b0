"""Settings written down for a backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.config.loading import load
from footnote_bot.config.settings import Settings, StateSettings
from footnote_bot.config.writing import as_toml, toml_value

FILE = """
data_dir = "kept"

[index]
url = "https://key@qdrant.example.com:6333"

[state]
url = "postgresql+psycopg://bot:hunter2@db.example.com/footnote?password=hunter2&sslmode=require"

[llm]
day_cost = 1234567.89
price_read = 0.1234567

[slack]
admins = ["U1", "U2"]
identity = "accounts"

[slack.accounts]
U1 = "ann@example.com"

[[wiki]]
type = "markdown"
name = "handbook"
git = "https://ann:hunter2@git.example.com/pages.git"
exclude = ["dra\\"fts/**"]

[[workspace]]
id = "T0GARDEN"
wikis = ["handbook"]

[[workspace]]
id = "E0GROUP"
trusts_addresses = true
"""


def test_written_settings_are_read_again_without_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FOOTNOTE_CONFIG", "FOOTNOTE_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "first.toml").write_text(FILE)
    first = load(tmp_path / "first.toml")
    written = as_toml(first)
    (tmp_path / "second.toml").write_text(written)
    second = load(tmp_path / "second.toml")

    assert "hunter2" not in written
    assert "key@" not in written
    assert second.state.url == "postgresql+psycopg://bot@db.example.com/footnote?sslmode=require"
    assert (
        second.model_copy(update={"state": first.state, "index": first.index, "wiki": first.wiki})
        == first
    )
    assert [wiki.name for wiki in second.wiki] == ["handbook"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql+psycopg://bot:hun/ter2@db/footnote", "postgresql+psycopg://bot@db/footnote"),
        ("postgresql://bot:hun ter2@db/footnote", "postgresql://bot@db/footnote"),
        ("postgresql://db:5432/footnote?application_name=bot", None),
        (
            "postgresql://bot@db/footnote?password=hun ter2&sslpassword=hunter2&port=1",
            "postgresql://bot@db/footnote?port=1",
        ),
    ],
)
def test_a_password_that_is_not_encoded_is_not_written_down(url: str, expected: str | None) -> None:
    settings = Settings(state=StateSettings(url=url))

    assert f"url = {toml_value(expected or url)}\n" in as_toml(settings)
