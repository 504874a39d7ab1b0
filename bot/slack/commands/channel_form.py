"""The form of a channel's settings, and its entries. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footnote_bot.bot.conversation.model import ChannelSettings
from footnote_bot.bot.slack.rendering import message
from footnote_bot.bot.slack.rendering.message import Block, entry, plain_text
from footnote_bot.bot.slack.texts import commands as texts

FORM = "channel_settings"
REVIEW = "review"
"""The field of the review channel."""
_MENTIONED = "mentioned"
_VALUE = "value"
"""The action id of each field."""
CONFIDENCES = (0.9, 0.8, 0.7, 0.6)
_ALL, _ASKER = "all", "asker"
_QUESTIONS = "of-the-question"
_MOST_OPTIONS = 100


@dataclass(frozen=True, slots=True)
class LanguageChoices:
    """The languages to choose from. ``all`` in English and lower case. ``composed``: a language
    model words the answers."""

    all: Sequence[str]
    composed: bool


def form(
    channel: str, chosen: ChannelSettings, wikis: Sequence[str], languages: LanguageChoices
) -> Block:
    """Return the form, filled with the settings that are ``chosen`` now. ``wikis`` are all
    wikis."""
    language, hint = _language(chosen, languages), _language_hint(languages)
    blocks = [
        *_wikis(chosen, wikis),
        entry("unasked", texts.WHICH_QUESTIONS, _unasked(chosen)),
        entry("sees", texts.WHO_SEES, _sees(chosen)),
        entry("language", texts.WHICH_LANGUAGE, language, hint=hint),
        entry(REVIEW, texts.WHERE_FLAGS_GO, _review(chosen), optional=True),
    ]
    subject, title = {"channel": channel}, texts.SETTINGS_TITLE
    return message.form(FORM, subject, title, blocks, submit=texts.SAVE, close=texts.CANCEL)


def filled(view: Mapping[str, Any]) -> tuple[str, ChannelSettings]:
    """Return the channel and the entered settings."""
    values = {name: field[_VALUE] for name, field in view["state"]["values"].items()}
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
        "action_id": _VALUE,
        "placeholder": plain_text(texts.ALL_WIKIS),
        "options": options,
    }
    if initial := [option for option in options if option["value"] in chosen.wikis]:
        element["initial_options"] = initial
    return [entry("wikis", texts.WHICH_WIKIS, element, optional=True)]


def _unasked(chosen: ChannelSettings) -> Block:
    options = [
        _option(texts.WHEN_MENTIONED, _MENTIONED),
        *(_option(texts.when_sure(share), str(share)) for share in CONFIDENCES),
    ]
    current = _MENTIONED if chosen.unasked is None else str(chosen.unasked)
    return _radio(options, current)


def _sees(chosen: ChannelSettings) -> Block:
    options = [_option(texts.ALL_SEE, _ALL), _option(texts.ONLY_ASKER_SEES, _ASKER)]
    return _radio(options, _ASKER if chosen.only_asker else _ALL)


def _language(chosen: ChannelSettings, languages: LanguageChoices) -> Block:
    """Return the choice of languages. A language chosen earlier stays in it."""
    names = dict.fromkeys([chosen.language, *languages.all] if chosen.language else languages.all)
    options = [_option(texts.SAME_LANGUAGE, _QUESTIONS)]
    options += [_option(name.capitalize(), name) for name in names]
    initial = next(
        option for option in options if option["value"] == (chosen.language or _QUESTIONS)
    )
    options = options[:_MOST_OPTIONS]
    return _select("static_select", options, initial)


def _language_hint(languages: LanguageChoices) -> str:
    return texts.LANGUAGE_COMPOSED if languages.composed else texts.LANGUAGE_QUOTED


def _review(chosen: ChannelSettings) -> Block:
    element: Block = {
        "type": "conversations_select",
        "action_id": _VALUE,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain_text(texts.WHERE_ALL_FLAGS_GO),
    }
    if chosen.review_channel:
        element["initial_conversation"] = chosen.review_channel
    return element


def _radio(options: list[Block], current: str) -> Block:
    initial = next((option for option in options if option["value"] == current), options[0])
    return _select("radio_buttons", options, initial)


def _select(kind: str, options: list[Block], initial: Block) -> Block:
    select: Block = {"type": kind, "action_id": _VALUE}
    return select | {"options": options, "initial_option": initial}


def _option(words: str, value: str) -> Block:
    return {"text": plain_text(words[:75]), "value": value}
