"""A question and its result: an answer, or the reason for none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from footnote_bot.bot import texts
from footnote_bot.indexers.model import Reader

_ACCOUNT = re.compile(r"[a-z]+-user:")
"""How a wiki's token for one of its accounts begins."""


class Role(StrEnum):
    """The speaker of a turn of the conversation."""

    ASKER = "asker"
    BOT = "bot"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of the same conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question. The rights of ``reader`` count; ``wikis`` narrows the search, None means all;
    ``history`` are the earlier turns of its conversation, oldest first. The cost of a language
    model is counted for ``person`` and ``channel``; empty means nobody. ``standalone`` is the
    question in words that need no history, for the search and never shown; empty if it was not
    rewritten. ``asking`` are the sentences that ask, if it has others, too: an answer may fit them
    better than the whole. ``language`` is the preferred language of the answer, in English and
    lower case; empty means the question's. ``quoting``: no language model is called, so that it
    costs nothing to learn whether there is an answer. ``foreign``: it is in another language than
    the pages, so its words cannot be compared with theirs; ``bridged``: but its meaning can,
    because the embedding model knows both languages. ``asked`` is the question before it was
    translated, ``message`` the message of which ``text`` asks: an answer is composed for these."""

    text: str
    reader: Reader
    wikis: tuple[str, ...] | None = None
    history: tuple[Turn, ...] = ()
    person: str = ""
    channel: str = ""
    standalone: str = ""
    asking: str = ""
    language: str = ""
    quoting: bool = False
    foreign: bool = False
    bridged: bool = False
    asked: Question | None = None
    message: str = ""

    @property
    def as_asked(self) -> Question:
        """Return the question in its asker's words, all of them."""
        if self.asked:
            return self.asked.as_asked
        return replace(self, text=self.message, message="") if self.message else self

    @property
    def sought(self) -> str:
        """Return the words that an answer must be about."""
        return self.standalone or self.text


@dataclass(frozen=True, slots=True)
class Source:
    """A source of an answer. ``quote`` is verbatim in the page (light Markdown, see
    `indexers.text.prose`); ``url`` leads to the section. ``outdated``: its owners marked the page
    so; ``old``: nobody edited it for longer than the setting."""

    title: str
    heading: str
    url: str
    quote: str
    wiki: str
    page: str
    revision: str
    owner: str = ""
    updated: date | None = None
    outdated: bool = False
    old: bool = False

    @property
    def owner_named(self) -> str:
        """Return the page's owner, in the page's own words; empty if only an account's token names
        one, which nobody can read."""
        words = " ".join(self.owner.split())
        return "" if _ACCOUNT.match(words) else words


@dataclass(frozen=True, slots=True)
class SectionRef:
    """A section of a page: the place of one of its passages, and a digest of its headings. After an
    edit another section may be at that place."""

    wiki: str
    page: str
    ordinal: int
    headings: str


@dataclass(frozen=True, slots=True)
class FoundSection:
    """A section, or a passage of it: the ``quote`` of ``source`` is its text. ``score`` is the
    chance that it answers what was searched for, 0 to 1. ``unchecked``: its wiki did not say in
    time whether it still stands, and it was open to everyone at the last sync."""

    source: Source
    ref: SectionRef
    score: float = 0.0
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each stage. ``check`` is the recheck of the cited pages, and composing again
    after it; ``rewrite`` is making a follow-up stand alone."""

    embed: float = 0.0
    search: float = 0.0
    compose: float = 0.0
    check: float = 0.0
    rewrite: float = 0.0

    @property
    def retrieve(self) -> float:
        return self.embed + self.search

    @property
    def total(self) -> float:
        return self.rewrite + self.retrieve + self.compose + self.check


@dataclass(frozen=True, slots=True)
class Unchecked:
    """The note that a wiki did not say in time whether the cited pages still exist and may still be
    read: they are as of ``last_check``, None if unknown."""

    last_check: datetime | None = None

    @property
    def words(self) -> str:
        return texts.not_checked_again(self.last_check)


class Doubt(StrEnum):
    """The reason why a page that may answer is linked, and not quoted."""

    UNCONFIRMED = "unconfirmed"
    EDITED = "edited"

    @property
    def words(self) -> str:
        return texts.EDITED if self is Doubt.EDITED else texts.UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Linked:
    """A page that may answer and could not be checked in time. ``url`` reveals nothing of it,
    because its title may be restricted by now."""

    wiki: str
    page: str
    url: str
    doubt: Doubt

    @property
    def name(self) -> str:
        return texts.page_of(self.wiki)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A search of open pages alone, because a wiki did not say which pages the reader may read.
    ``sites`` are such wikis; ``several``: the answer is for everybody in a channel."""

    sites: tuple[str, ...] = ()
    several: bool = False

    @property
    def words(self) -> str:
        """Return what happened, as the beginning of a sentence."""
        return texts.only_open_pages(everybody=self.several)


class Fallback(StrEnum):
    """The reason why a language model is configured and its words are not shown."""

    FAILED = "failed"
    SLOW = "slow"
    BUSY = "busy"
    AWAY = "away"
    CAPPED = "capped"
    LENGTH = "length"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    EMPTY = "empty"

    @property
    def words(self) -> str:
        """Return the reason, as the sentence above quotations that are shown instead."""
        return texts.so_quotes(texts.WHY_NO_MODEL[self], names_pages=self is Fallback.CONTRADICTED)

    @property
    def words_without_quotes(self) -> str:
        """Return the reason, as the sentence below a reply that quotes nothing either."""
        wrote = self in (Fallback.UNSUPPORTED, Fallback.CONTRADICTED)
        return (texts.so_left_out if wrote else texts.so_only_quoted)(texts.WHY_NO_MODEL[self])


UNVERIFIED = "\u2020"
"""A dagger after a sentence without a verdict. `bot.foreign` removes it from all other words."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The verification of an answer that a person wrote: by whom (empty: somebody who was
    forgotten), and since which day; ``written`` is its id."""

    by: str
    on: date
    written: int = 0

    @property
    def words(self) -> str:
        return texts.verified(self.by, self.on)


@dataclass(frozen=True, slots=True)
class VerifiedPart:
    """The verification of the part of an answer that answers ``question``, one of several."""

    question: str
    verification: Verification

    @property
    def words(self) -> str:
        return texts.verified_part(self.verification.words, self.question)


class Tone(StrEnum):
    """The tone of a reply, by its chance of being right."""

    ANSWER = "answer"
    CLOSEST = "closest"
    """Not sure: the nearest sections, named with a line each."""
    SILENCE = "silence"
    """Nothing near, but what to do next."""


LONGEST_LINE = 160
"""Characters of the line that a section is named with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. ``text`` is plain reading form with ``[n]`` after words of source n (sources count
    from 1); ``confidence`` is the estimated chance that it is right. ``composed``: in a language
    model's words, each sentence checked; else quotations, and ``fallback`` says why, if a model is
    configured. ``verified``: a person wrote it, and its sources are the pages that it rests on;
    ``verified_parts``: a person wrote these of its parts. ``linked`` are pages that may say more.

    In a composed answer ``left_out`` counts the statements that the check dropped, ``unclear`` are
    the sentences that a second reading did not decide: in ``text`` they carry `UNVERIFIED` after
    their footnotes. ``unjudged``: there was none. ``denial``: it says that the pages do not answer,
    and what they do say. ``cut``: its end is missing. ``shortened``: the model saw fewer passages.

    ``nearest`` are sections that may add something; the ``quote`` of each is its nearest line.
    ``early``: not every passage has been embedded yet. ``tone`` differs only in stored answers.
    """

    text: str
    sources: tuple[Source, ...]
    confidence: float
    timings: Timings = field(default_factory=Timings)
    unchecked: Unchecked | None = None
    linked: tuple[Linked, ...] = ()
    composed: bool = False
    fallback: Fallback | None = None
    verified: Verification | None = None
    narrowed: Narrowed | None = None
    left_out: int = 0
    unclear: tuple[str, ...] = ()
    unjudged: bool = False
    denial: bool = False
    cut: bool = False
    shortened: bool = False
    tone: Tone = Tone.ANSWER
    nearest: tuple[Source, ...] = ()
    early: bool = False
    verified_parts: tuple[VerifiedPart, ...] = ()

    @property
    def check_notes(self) -> tuple[str, ...]:
        """Return the notes on the check: what the mark means, and what was left out."""
        notes = {
            texts.unverified(UNVERIFIED): self.unclear,
            texts.UNJUDGED: self.unjudged,
            texts.left_out(self.left_out): self.left_out,
            texts.CUT: self.cut,
            texts.SHORTENED: self.shortened,
        }
        return tuple(note for note, applies in notes.items() if applies)


@dataclass(frozen=True, slots=True)
class Why:
    """The reason why an answer was given, or none: the features ``seen`` by name, what each
    ``weighs``, and the ``rule`` in words."""

    seen: Mapping[str, float]
    weighs: Mapping[str, float]
    confidence: float
    rule: str
    rights: str = ""
    """Why the reader's rights could not be asked for; empty if they could."""


class Reason(StrEnum):
    """The reason why there is no answer."""

    NO_QUESTION = "no_question"
    TOO_LONG = "too_long"
    NOTHING_INDEXED = "nothing_indexed"
    NOTHING_FITS = "nothing_fits"
    UNCHECKED = "unchecked"
    REBUILDING = "rebuilding"
    READING = "reading"
    RIGHTS_UNKNOWN = "rights_unknown"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A result without an answer. ``text`` says so; ``nearest`` are the nearest sections, best
    first; the ``quote`` of each is its nearest line. ``fallback`` says why a language model has no
    part in it."""

    reason: Reason
    text: str
    nearest: tuple[Source, ...] = ()
    confidence: float = 0.0
    timings: Timings = field(default_factory=Timings)
    unchecked: Unchecked | None = None
    linked: tuple[Linked, ...] = ()
    narrowed: Narrowed | None = None
    fallback: Fallback | None = None


Result = Answer | NoAnswer
"""The result of a question."""


def is_unsure(result: Result) -> bool:
    """Return whether the result leaves the question open, so that reviewers may be asked."""
    if isinstance(result, NoAnswer):
        return result.reason is Reason.NOTHING_FITS
    return isinstance(result, Answer) and (result.tone is Tone.CLOSEST or result.denial)


def why_no_model(result: Result) -> str:
    """Return why a language model's words are not in the result; empty if there is no reason."""
    if not (fallback := result.fallback):
        return ""
    return fallback.words_without_quotes if isinstance(result, NoAnswer) else fallback.words


def named(result: Result) -> tuple[Source, ...]:
    """Return the sections that the result cites or names as nearest."""
    return result.nearest if isinstance(result, NoAnswer) else (*result.sources, *result.nearest)
