"""The tone of a result: an answer, the nearest sections, or neither."""

from __future__ import annotations

from enum import StrEnum

from footnote_bot.bot.model import LONGEST_LINE, Answer, NoAnswer, Reason, Result, Tone
from footnote_bot.indexers.text.prose import plain_line


class ResultTone(StrEnum):
    """The tone of a result for people. A result that names sections without an answer is NEAREST.
    Only PLAIN counts as answered."""

    PLAIN = "plain"
    NEAREST = "nearest"
    SILENT = "silent"


def tone_of(result: Result) -> ResultTone:
    """Return the tone in which a result is shown. "The pages do not say" is no plain answer."""
    if isinstance(result, Answer):
        is_plain = result.tone is Tone.ANSWER and not result.denial
        return ResultTone.PLAIN if is_plain else ResultTone.NEAREST
    return ResultTone.NEAREST if result.nearest else ResultTone.SILENT


def as_unsure(result: Result) -> Result:
    """Return a result in the tone "The closest" as no answer: its first source becomes the first of
    its nearest sections. Return any other result as it is."""
    if not isinstance(result, Answer) or result.tone is not Tone.CLOSEST:
        return result
    return NoAnswer(
        Reason.NOTHING_FITS,
        result.text,
        nearest=(*result.sources[:1], *result.nearest),
        confidence=result.confidence,
        timings=result.timings,
        unchecked=result.unchecked,
        linked=result.linked,
        narrowed=result.narrowed,
        fallback=result.fallback,
    )


def line_of(quote: str) -> str:
    """Return the first line of a quotation without markup, cut between words at `LONGEST_LINE`."""
    line = plain_line(quote.strip().partition("\n")[0])
    if len(line) <= LONGEST_LINE:
        return line
    return line[: LONGEST_LINE + 1].rpartition(" ")[0] or line[:LONGEST_LINE]
