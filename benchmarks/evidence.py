"""Recorded model answers, as a model writes them that gives the evidence of each sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from footnote_bot.bot.answering.composing.reading import cited_in

_LISTED = re.compile(r"(?:^|\n)[ \t]{0,8}(?:[-*+\u2022]|\d{1,3}[.)])[ \t]{1,8}\Z")
_CITED = re.compile(r"\s?\[\^?\d{1,3}(?:,\s?\^?\d{1,3}){0,20}\]")


def with_evidence(recording: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line for ``footnote eval --replay`` whose answers are ``written`` as JSON, with the
    evidence of their labelled sentences."""
    texts = [passage["text"] for passage in recording["passages"]]
    answers = [answer | {"written": _written(answer, texts)} for answer in recording["answers"]]
    return {**recording, "answers": answers}


def _written(answer: Mapping[str, Any], passages: Sequence[str]) -> str:
    text, rows, at = answer["text"], list[dict[str, Any]](), 0
    for label in answer["sentences"]:
        sentence = label["text"]
        start = text.find(sentence, at)
        at = start + len(sentence) if start >= 0 else at
        cited = [number for number in cited_in(sentence) if 0 < number <= len(passages)]
        is_item = start >= 0 and _LISTED.search(text[:start])
        evidence = [
            {"passage": number, "words": words}
            for words in label.get("evidence") or ()
            if (number := _passage_number(words, cited, passages))
        ]
        item = "- " if is_item else ""
        rows.append({"evidence": evidence, "sentence": f"{item}{_uncited(sentence)}"})
    return json.dumps({"answered": "yes", "sentences": rows}, ensure_ascii=False)


def _passage_number(words: str, cited: Sequence[int], passages: Sequence[str]) -> int:
    """Return the number of the passage that holds the words: a cited one if possible."""
    searched = " ".join(words.split())
    numbers = [*cited, *range(1, len(passages) + 1)]
    holders = [n for n in numbers if searched in " ".join(passages[n - 1].split())]
    return next(iter([*holders, *cited]), 0)


def _uncited(sentence: str) -> str:
    return " ".join(_CITED.sub("", sentence).split())
