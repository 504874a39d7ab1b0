"""No number in the settings is so large that calculations with it fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from footnote_bot.config.settings import Settings
from footnote_bot.config.wikis import WIKI_KINDS
from tests.bot.shell import Shell

_STEP = {int: 1, float: 1e-6}
"""The closest distance to a bound that a number may not reach."""


@dataclass(frozen=True, slots=True)
class Number:
    """``section`` is ``answer`` or a kind of wiki; a missing bound is None."""

    section: str
    name: str
    least: Any
    most: Any

    def __str__(self) -> str:
        return f"{self.section}.{self.name}"


def numbers() -> Iterator[Number]:
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from _of(section, model)
    for kind, model in WIKI_KINDS.items():
        yield from _of(kind, model)


def _of(section: str, model: type[BaseModel]) -> Iterator[Number]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if kind in (int, float):
            yield Number(section, name, _least(field, kind), _most(field, kind))


def _least(field: FieldInfo, kind: Any) -> Any:
    for bound in field.metadata:
        match bound:
            case Ge(value):
                return value
            case Gt(value):
                return value + _STEP[kind]
    return None


def _most(field: FieldInfo, kind: Any) -> Any:
    for bound in field.metadata:
        match bound:
            case Le(value):
                return value
            case Lt(value):
                return value - _STEP[kind]
    return None


ALL = tuple(numbers())
SECTIONS = sorted({number.section for number in ALL} - {"markdown", "confluence"})


@pytest.mark.parametrize("number", ALL, ids=str)
def test_every_number_has_bounds(number: Number) -> None:
    """Above them dates overflow, and ``inf`` is not a time."""
    assert number.least is not None
    assert number.most is not None


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "999999999999999"])
@pytest.mark.parametrize("number", ALL, ids=str)
def test_what_lies_beyond_is_refused_by_name(number: Number, value: str, shell: Shell) -> None:
    if number.section in ("markdown", "confluence"):
        head = f'[[wiki]]\ntype = "{number.section}"\nname = "a"\nurl = "https://a.example"\n'
        head = head.replace("url", "path") if number.section == "markdown" else head
        name = f"`wiki.0.{number.name}`"
    else:
        head, name = f"[{number.section}]\n", f"`{number}`"
    shell.write("footnote.toml", f"{head}{number.name} = {value}\n")
    result = shell.footnote("status")

    assert result.code == 2
    assert name in result.err


def limits(*, most: bool) -> str:
    """Return settings files in which every number is at one of its bounds."""
    text = ""
    for section in SECTIONS:
        text += f"[{section}]\n"
        for number in ALL:
            if number.section == section:
                text += f"{number.name} = {number.most if most else number.least}\n"
    return text


@pytest.mark.parametrize("most", [False, True], ids=["least", "most"])
def test_with_every_number_at_one_end_a_wiki_is_read_and_answers(most: bool, shell: Shell) -> None:
    shell.write(
        "pages/taxi.md",
        "---\nupdated: 2024-02-29\n---\n\n# Taxi\n\nThe team lead refunds a taxi in a week.\n",
    )
    wiki = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'
    shell.write("footnote.toml", limits(most=most) + wiki)
    synced = shell.footnote("sync", "--json")
    result = shell.footnote("ask", "Who refunds a taxi?", "--json")
    states = shell.footnote("status", "--json")

    assert (synced.code, synced.json["added"]) == (0, 1)
    assert result.code == 0, result.err
    assert result.json["kind"] in ("answer", "no_answer")
    assert (result.json["kind"] == "answer") is not most
    assert states.code == 0
