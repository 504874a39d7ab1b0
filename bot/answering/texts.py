"""The messages of answering: why there is no answer, and the notes that are added to one."""

from __future__ import annotations

from collections.abc import Sequence

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


def nothing_in(wikis: str) -> str:
    return f"I searched {wikis} and found nothing that answers this."


def nothing_for(part: str) -> str:
    """Return the note for a part of a question that asks for several things."""
    return f"I found nothing that answers \u201c{part}\u201d."


NOTHING_FOR_THE_REST = "I found nothing that answers the rest of your question."


def only_others(thing: str, others: Sequence[str]) -> str:
    *first, last = others
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"I found nothing about {thing}. The pages tell of {listed}."


def no_page_names(thing: str) -> str:
    """Return the line above the closest that was found."""
    return f"I found no page that names {thing}."


# A question in another language than the pages.

ANOTHER_LANGUAGE = "Your question is in another language than the pages. Please ask in theirs."


def ask_in(languages: Sequence[str]) -> str:
    if len(languages) == 1:
        return f"The pages are in {languages[0]}: asked in {languages[0]}, I may find it."
    listed = f"{', '.join(languages[:-1])} and {languages[-1]}"
    return f"The pages are in {listed}: asked in one of these, I may find it."


# Clarifying questions.


def do_you_mean(labels: Sequence[str]) -> str:
    *first, last = (f"\u201c{label}\u201d" for label in labels)
    return f"Do you mean {', '.join(first)} or {last}?"


# `footnote ask --why`: why an answer was given, or none.


def chance(confidence: float, *, quoted: bool) -> str:
    what = "quoted" if quoted else "found"
    return (
        f"1 / (1 + exp(-(bias + each x its weight))) = {confidence:.3f}, the chance that what is"
        f" {what} answers this."
    )


def others_are_told_of(thing: str) -> str:
    return f"It is not answered: the pages tell of others like {thing}, and not of it."


def too_unlikely(least: float) -> str:
    return f"With your `precision` that takes {least:.3f}, so it is not answered."


ALL_WORDS = (
    "`precision` asks for more, but a sentence of the best passage has all words that say what the"
    " question is about, so the closest is shown."
)


def not_named(thing: str) -> str:
    return f"No passage that was found names {thing}, so the closest is shown."


def thresholds(least: float, found: float, likely: float, *, closest: bool) -> str:
    so = "the closest is shown" if closest else "it is answered"
    return (
        f"With your `precision` the passages need a chance of {least:.3f}, and have {found:.3f}. An"
        f" answer needs {likely:.3f}, so {so}."
    )


FEATURES = (
    "closest: how near in meaning the best passage's nearest sentence is; words: the share of the "
    "question's words, rare ones weighing more, that one sentence of it has; pairs: the share of "
    "its pairs of neighbouring words that are neighbours there, too."
)
READ_TOGETHER = (
    "read: the best score of a cross-encoder, which reads question and passage together."
)
NOT_READ_TOGETHER = "No cross-encoder read the passages, so another curve is used."
QUOTED_SENTENCE = (
    "sentence: its best score of a sentence of what is quoted; agreed: 1 if the search and the "
    "cross-encoder put the same passage first."
)

# `footnote ask --why`: why a clarifying question was asked, or none.


def asked_back(topic: str, things: int) -> str:
    return (
        f"Asked back: all it is about is \u201c{topic}\u201d, {things} things in the wiki are"
        " called so, and none of them is clearly the best."
    )


def not_asked_back(reason: str) -> str:
    """Return why no clarifying question is asked. ``reason`` is one of the constants below."""
    return f"Not asked back: {reason}."


IN_A_CONVERSATION = "the conversation tells what it is about"
TRANSLATED = "it was put into the language of the pages"
ONE_FACT = "it asks for one fact"
NO_TOPIC = "it names no topic"
WORDS_ENOUGH = "it has enough words that say what it is about"
WHAT_IT_IS = "it asks what something is"
SEVERAL_THINGS = "it asks about several things at once"
FOUND_NOTHING = "nothing was found"
JUST_THAT = "a page or a section is called just that"
"""This names no page, because nobody has checked whether it may still be read."""
NO_TWO_THINGS = "no two things in the wiki are called so and fit about equally well"


def made_specific(word: str) -> str:
    return f"\u201c{word}\u201d makes it specific"


# The state of a page that was found, for people who watch how a question is answered.

HIDDEN = "hidden: it is gone, or not for this reader now, or its wiki does not say"
DROPPED = "dropped: it was gone, or not for this reader any more"
NOT_NEEDED = "not needed"


def not_quoted(doubt: str) -> str:
    return f"not quoted: {doubt}"
