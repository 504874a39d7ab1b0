"""Messages for a question without an answer, and notes on rights that are unknown."""

from __future__ import annotations

from dataclasses import replace

from footnote_bot.bot.answering import texts
from footnote_bot.bot.model import Answer, Narrowed, NoAnswer, Question, Reason, Result
from footnote_bot.indexers.model import Audience
from footnote_bot.indexers.untold import untold_by

LONGEST_QUESTION = 4000
"""Characters of a question. A longer text is refused."""
_SILENT = {Reason.NOTHING_FITS, Reason.NOTHING_INDEXED}
_TEXTS = {
    Reason.NO_QUESTION: texts.NO_QUESTION,
    Reason.TOO_LONG: texts.too_long(LONGEST_QUESTION),
    Reason.REBUILDING: texts.REBUILDING,
    Reason.READING: texts.STILL_READING,
}


def refusal(text: str) -> NoAnswer | None:
    """Return the message for a text that cannot be searched for; None if it can be."""
    if len(text) > LONGEST_QUESTION:
        return _refusal(Reason.TOO_LONG)
    if not any(character.isalnum() for character in text):
        return _refusal(Reason.NO_QUESTION)
    return None


def with_rights_note(result: Result, question: Question, *, found: bool) -> Result:
    """Add a note if the reader's rights could not be asked for. If pages were ``found`` but the
    recheck left none, the result does not claim that there is nothing to read."""
    if isinstance(result, NoAnswer) and result.reason is Reason.NOTHING_INDEXED and found:
        result = replace(result, reason=Reason.NOTHING_FITS, text=texts.NOTHING_FOUND)
    rights = narrowed(question)
    if rights is None:
        return result
    if isinstance(result, NoAnswer) and result.reason in _SILENT:
        text = texts.rights_unknown(rights.words)
        result = replace(result, reason=Reason.RIGHTS_UNKNOWN, text=text)
    return replace(result, narrowed=rights)


def with_rebuilding_note(result: Result) -> Result:
    """Add the note that missing pages may come once the index is rebuilt."""
    if isinstance(result, NoAnswer) and result.reason in _SILENT:
        return replace(result, reason=Reason.REBUILDING, text=_TEXTS[Reason.REBUILDING])
    return result


def with_reading_note(result: Result) -> Result:
    """Add the note that the wiki is still being read, so that more may be found later."""
    if isinstance(result, Answer) and not result.verified:
        return replace(result, early=True)
    if isinstance(result, NoAnswer) and result.reason in _SILENT:
        return replace(result, reason=Reason.READING, text=_TEXTS[Reason.READING])
    return result


def narrowed(question: Question) -> Narrowed | None:
    """Return which of the reader's rights could not be asked for; None if all could."""
    sites = untold_by(question.reader)
    if not sites:
        return None
    return Narrowed(tuple(sorted(sites - {""})), isinstance(question.reader, Audience))


def _refusal(reason: Reason) -> NoAnswer:
    return NoAnswer(reason, _TEXTS[reason])
