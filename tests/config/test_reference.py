"""The operator's reference is generated from the settings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from docs import reference
from footnote_bot.config.loading import LISTS, example, meanings
from footnote_bot.config.settings import Secrets, Settings, WorkspaceSettings
from footnote_bot.config.wikis import WIKI_KINDS

MADE = "run `python -m docs.reference`"


def models() -> Iterator[type[BaseModel]]:
    yield Settings
    yield Secrets
    yield from WIKI_KINDS.values()
    yield WorkspaceSettings
    for field in Settings.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield field.annotation


def test_the_example_file_is_made_from_the_settings() -> None:
    assert example().read_text(encoding="utf-8") == reference.example_file(), MADE


def test_the_settings_page_is_made_from_the_settings() -> None:
    assert reference.SETTINGS.read_text(encoding="utf-8") == reference.settings_page(), MADE


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_every_setting_says_what_it_does(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        is_section = name in LISTS or (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        )
        assert is_section or meanings(model)[name], name


def test_the_example_file_is_toml_that_keeps_within_its_width() -> None:
    text = reference.example_file()

    assert tomllib.loads(text)
    assert max(map(len, text.splitlines())) <= 100


def test_the_settings_page_tells_bounds_and_choices() -> None:
    page = reference.settings_page()

    assert "| `max_characters` | `900` | from 100 to 3,000 |" in page
    assert "| `precision` | `0.78` | from 0 to less than 1 |" in page
    assert '| `mode` | `"socket"` | `socket`, `http` |' in page
    assert "| `url` | required |  |" in page


def test_long_lists_of_choices_stand_on_the_settings_page_alone() -> None:
    assert "`norwegian`" in reference.settings_page()
    assert "norwegian" not in reference.example_file()
