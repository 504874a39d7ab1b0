"""The messages of answering: why there is no answer, and the notes that are added to one."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.model import Tone

# Refusals.

NOTHING_FOUND = "I searched and found nothing that answers this."
NO_QUESTION = "Ask me something in words, and I will look it up."
REBUILDING = (
    "My index is being rebuilt, so I may not have the page for this yet. Please ask again in a"
    " while."
)
STILL_READING = (
    "I am still reading the wiki, and have found nothing that answers this. Please ask again in a"
    " while."
)
NOTHING_INDEXED = "Nothing is indexed yet. Run `footnote sync`, or wait for it if it is running."
NO_PAGE_FOR_YOU = "I found no page that you may read here."
NO_PAGE_ANSWERS = "I found pages about this, but none that answers it."
CANNOT_CHECK = (
    "A wiki does not answer at the moment, so I cannot check whether what I found there is still"
    " current. Please ask again in a while."
)
ONLY_LINKS = (
    "I found pages that may answer this, but I could not check them in time, so I only link them."
    " Please ask again in a while."
)


def too_long(most: int) -> str:
    return f"That is too long for me: at most {most:,} characters, please."


def rights_unknown(what_happened: str) -> str:
    """Return the refusal. ``what_happened`` begins it: `bot.texts.only_open_pages`."""
    return (
        f"{what_happened}, and found nothing that answers this. Please ask again in a few minutes."
    )


NOT_SURE = "I found no section that surely answers this."
SILENT = (NOTHING_FOUND, NOT_SURE, NO_PAGE_FOR_YOU, NO_PAGE_ANSWERS)
"""How a reply begins that names no topic."""

MORE_OF_SECTION = "More of this section:"
"""The line above the rest of a passage, below the part of it that answers."""


# A question in another language than the pages.

ANOTHER_LANGUAGE = "Your question is in another language than the pages. Please ask in theirs."


def ask_in(languages: Sequence[str]) -> str:
    if len(languages) == 1:
        return f"The pages are in {languages[0]}. If you ask in {languages[0]}, I may find it."
    listed = f"{', '.join(languages[:-1])} and {languages[-1]}"
    return f"The pages are in {listed}. If you ask in one of these, I may find it."


# `footnote ask --why`: why an answer was given, or none.


def chance(confidence: float) -> str:
    return (
        f"1 / (1 + exp(-(bias + each x its weight))) = {confidence:.3f}, the chance that the"
        " section answers this."
    )


def thresholds(sure: float, near: float, tone: Tone) -> str:
    rule = (
        f"With your `precision` a section with a chance of {sure:.3f} or more is shown; from"
        f" {near:.3f} on the nearest are named"
    )
    outcomes = {
        Tone.ANSWER: "it is shown",
        Tone.CLOSEST: "the nearest are named",
        Tone.SILENCE: "nothing is",
    }
    return f"{rule}. So {outcomes[tone]}."


FEATURES = (
    "closest: how near in meaning the best passage's nearest sentence is; words: the share of the "
    "question's words, rare ones weighing more, that one sentence of it has; pairs: the share of "
    "its pairs of neighbouring words that are neighbours there, too; ahead: how far the best "
    "section is ahead of the next."
)
READ_TOGETHER = (
    "read: the best score of a cross-encoder, which reads question and passage together; unit: its "
    "score for the part that is shown first; agreed: 1 if the search and the cross-encoder put the "
    "same passage first."
)
NOT_READ_TOGETHER = "No cross-encoder read the passages, so another curve is used."

# The state of a page that was found, for people who watch how a question is answered.

HIDDEN = "hidden: it is gone, or not for this reader now, or its wiki does not say"
DROPPED = "dropped: it was gone, or not for this reader any more"
NOT_NEEDED = "not needed"


def not_quoted(doubt: str) -> str:
    return f"not quoted: {doubt}"
