"""The texts of any result: its notes and its reasons."""

from __future__ import annotations

from datetime import date, datetime

THE_CLOSEST = "The closest I found:"
EARLY = "I am still reading the wiki: ask again in a while for a better answer."
"""The note of an early answer."""


def not_checked_again(last_check: datetime | None) -> str:
    sentence = "The wiki did not answer in time, so these pages could not be checked again."
    if last_check is None:
        return sentence
    return f"{sentence} They were last checked on {last_check:%d %b %Y at %H:%M %Z}."


def only_open_pages(*, everybody: bool) -> str:
    """Return the note, as the beginning of a sentence."""
    if everybody:
        return (
            "I could not ask the wiki what everybody here may read, so I searched only what is open"
            " to everyone"
        )
    return "I could not ask the wiki what you may read, so I searched only what is open to everyone"


def verified(by: str, on: date) -> str:
    """Return who verified the answer; ``by`` is empty for a person who was forgotten."""
    day = f"{on.day} {on:%b %Y}"
    return f"Verified by {by} on {day}" if by else f"Verified on {day}"


def verified_part(verified: str, question: str) -> str:
    return f"{verified}: the answer to \u201c{question}\u201d"


# Pages that are linked, and not quoted.

UNCONFIRMED = "I could not confirm that you may read this now."
EDITED = "It was edited since I read it, and I could not read it again in time."


def page_of(wiki: str) -> str:
    return f"A page of {wiki}"


WHY_NO_MODEL = {
    "failed": "The language model failed",
    "slow": "The language model took too long",
    "busy": "The language model is busy",
    "away": "The language model does not work at the moment",
    "capped": "The language model's budget for today is used up",
    "length": "This question with its pages is too long for the language model",
    "unsupported": "I could not verify the generated answer",
    "contradicted": "The generated answer did not match the pages",
    "empty": "The language model wrote nothing usable",
}
"""Why a language model's words are not shown, by `bot.model.Fallback`: the beginnings of the
sentences below."""


def so_quotes(why: str, *, names_pages: bool) -> str:
    """Return the reason above quotations. ``names_pages``: ``why`` ends with the pages."""
    if names_pages:
        return f"{why}, so here are quotes from them."
    return f"{why}, so here are quotes from the pages."


def so_left_out(why: str) -> str:
    return f"{why}, so I left it out."


def so_only_quoted(why: str) -> str:
    return f"{why}, so I only looked for words to quote."


# Notes on the check of an answer in a language model's words.

CUT = "The answer was too long, so its end is missing."
SHORTENED = (
    "What I found was too long for the language model, so it read only the passages that fit best."
)


UNJUDGED = "Not checked by a second reading: look it up on the pages."


def unverified(mark: str) -> str:
    return f"{mark} I could not verify this: look it up on the page."


def left_out(many: int) -> str:
    if many == 1:
        return "I left out one statement that I could not verify."
    return f"I left out {many:,} statements that I could not verify."


UNREADABLE = "I cannot read this answer any more. Please ask again."
"""The text in place of a stored answer in a form that this version does not know."""
