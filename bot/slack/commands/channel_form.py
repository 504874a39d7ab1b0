"""The form of a channel's settings, and its entries. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.model import ChannelSettings
from bot.slack.rendering.message import Block, plain_text

FORM = "channel_settings"
REVIEW = "review"
"""The field of the review channel."""
_MENTIONED = "mentioned"
CONFIDENCES = (0.9, 0.8, 0.7, 0.6)
_ALL, _ASKER = "all", "asker"
_QUESTIONS = "of-the-question"
_MOST_OPTIONS = 100
_COMPOSED = (
    "Where pages in this language answer, I answer in it; else in that of the question. My own"
    " words around it stay English."
)
_QUOTED = (
    "I quote pages as they are written, for no language model is set: of those that fit alike,"
    " one in this language goes first. My own words around it stay English."
)


@dataclass(frozen=True, slots=True)
class LanguageChoices:
    """The languages to choose from. ``all`` in English and lower case. ``composed``: a language
    model words the answers."""

    all: Sequence[str]
    composed: bool


def form(
    channel: str, chosen: ChannelSettings, wikis: Sequence[str], languages: LanguageChoices
) -> Block:
    """Return the form, filled with what is ``chosen`` now. ``wikis`` are all wikis."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps({"channel": channel}),
        "title": plain_text("This channel"),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            *_wikis(chosen, wikis),
            _input("unasked", "Which questions do I answer?", _unasked(chosen)),
            _input("sees", "Who sees the answers?", _sees(chosen)),
            _input("language", "In which language do I answer?", _language(chosen, languages))
            | {"hint": plain_text(_COMPOSED if languages.composed else _QUOTED)},
            _input(REVIEW, "Where do flags of this channel go?", _review(chosen))
            | {"optional": True},
        ],
    }


def filled(view: Mapping[str, Any]) -> tuple[str, ChannelSettings]:
    """Return the channel and the entered settings."""
    values = {name: field["value"] for name, field in view["state"]["values"].items()}
    picked = values.get("wikis", {}).get("selected_options") or ()
    unasked = values["unasked"]["selected_option"]["value"]
    language = values["language"]["selected_option"]["value"]
    return str(json.loads(view["private_metadata"])["channel"]), ChannelSettings(
        wikis=tuple(option["value"] for option in picked),
        unasked=None if unasked == _MENTIONED else float(unasked),
        only_asker=values["sees"]["selected_option"]["value"] == _ASKER,
        review_channel=values[REVIEW].get("selected_conversation") or "",
        language="" if language == _QUESTIONS else language,
    )


def _wikis(chosen: ChannelSettings, wikis: Sequence[str]) -> list[Block]:
    """Return the choice of wikis; nothing if there is only one."""
    options = [_option(name, name) for name in wikis[:_MOST_OPTIONS]]
    if len(options) < 2:
        return []
    element: Block = {
        "type": "multi_static_select",
        "placeholder": plain_text("All of them"),
        "options": options,
    }
    if initial := [option for option in options if option["value"] in chosen.wikis]:
        element["initial_options"] = initial
    return [_input("wikis", "Which wikis do I read for it?", element) | {"optional": True}]


def _unasked(chosen: ChannelSettings) -> Block:
    options = [
        _option("When mentioned", _MENTIONED),
        *(
            _option(f"Others, too, if I am {share:.0%} sure of the answer", str(share))
            for share in CONFIDENCES
        ),
    ]
    now = _MENTIONED if chosen.unasked is None else str(chosen.unasked)
    return _radio(options, now)


def _sees(chosen: ChannelSettings) -> Block:
    options = [_option("All who are here", _ALL), _option("Only the person who asked", _ASKER)]
    return _radio(options, _ASKER if chosen.only_asker else _ALL)


def _language(chosen: ChannelSettings, languages: LanguageChoices) -> Block:
    """Return the choice of languages. A language chosen earlier stays in it."""
    names = dict.fromkeys([chosen.language, *languages.all] if chosen.language else languages.all)
    options = [_option("Same as the question", _QUESTIONS)]
    options += [_option(name.capitalize(), name) for name in names]
    initial = next(one for one in options if one["value"] == (chosen.language or _QUESTIONS))
    options = options[:_MOST_OPTIONS]
    return {"type": "static_select", "options": options, "initial_option": initial}


def _review(chosen: ChannelSettings) -> Block:
    element: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain_text("Where all flags go"),
    }
    if chosen.review_channel:
        element["initial_conversation"] = chosen.review_channel
    return element


def _radio(options: list[Block], now: str) -> Block:
    initial = next((option for option in options if option["value"] == now), options[0])
    return {"type": "radio_buttons", "options": options, "initial_option": initial}


def _option(words: str, value: str) -> Block:
    return {"text": plain_text(words[:75]), "value": value}


def _input(block: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": block,
        "label": plain_text(label),
        "element": element | {"action_id": "value"},
    }
