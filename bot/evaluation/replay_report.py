"""Replayed answers -> the figures of ``footnote eval --replay``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from footnote_bot.bot.answering.checking.guards import Flaw
from footnote_bot.bot.evaluation.recordings import WRONG_CITATION, Label, Recording
from footnote_bot.bot.evaluation.replaying import FELL, NOT_READ, Replayed

_CLAIMLESS = frozenset(("", Flaw.EMPTY.value, Flaw.REPEATED.value))
"""Why nothing that claims something was dropped."""
_NOT_BY_RULES = frozenset(("", FELL, NOT_READ, Flaw.UNSUPPORTED.value))
_HALF = 0.5
_CITED = re.compile(r"\[\^?\d{1,3}(?:,\s?\^?\d{1,3}){0,20}\]")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A labelled claim and its outcome: it ``passed`` the check, was ``shown`` (enough of the
    answer passed, too), was shown as ``verified``, or was dropped by a rule (``contradicted``)."""

    label: Label
    style: str
    passed: bool
    shown: bool
    verified: bool
    contradicted: bool


def replay_report(replayed: Sequence[tuple[Recording, Sequence[Replayed]]]) -> dict[str, Any]:
    """Return the figures of ``footnote eval --replay --json``, which are a contract; null where the
    labels cannot tell.

    All but ``cut`` are shares. ``faithful_shown``: faithful claims that a reader sees.
    ``wrong_shown``: wrong claims that a reader sees, by kind of error. ``wrong_verified``: wrong
    claims shown as verified, by kind of error. ``wrong_unmarked``: the same, over all kinds but
    wrong citations, because the shown sentence cites a passage that supports it. ``whole``:
    faithful answers with every claim shown. ``faithful_contradicted``: faithful claims that a rule
    dropped, not a judge. ``passed``: claims that the check lets through, also in answers that
    quotations then replace. ``cut`` counts answers that lost a claim and do not say so.
    """
    answers = [replay for _, several in replayed for replay in several]
    claims = [claim for replay in answers for claim in _claims(replay)]
    faithful = [claim for claim in claims if claim.label.faithful]
    wrong = [claim for claim in claims if not claim.label.faithful]
    misleading = [claim for claim in wrong if claim.label.error != WRONG_CITATION]
    by_error = {
        error: [claim for claim in wrong if claim.label.error == error]
        for error in sorted({claim.label.error for claim in wrong})
    }
    by_style = {
        style: [claim for claim in faithful if claim.style == style]
        for style in sorted({replay.answer.style for replay in answers})
    }
    return {
        "replayed": [
            {"id": recording.id, "answers": [_json(replay) for replay in several]}
            for recording, several in replayed
        ],
        "faithful_shown": _mean([claim.shown for claim in faithful]),
        "wrong_shown": {
            error: _mean([claim.shown for claim in same]) for error, same in by_error.items()
        },
        "faithful_contradicted": _mean([claim.contradicted for claim in faithful]),
        "faithful_verified": _mean([claim.verified for claim in faithful]),
        "wrong_unmarked": _mean([claim.verified for claim in misleading]),
        "wrong_verified": {
            error: _mean([claim.verified for claim in same]) for error, same in by_error.items()
        },
        "whole": _whole(answers),
        "passed": {
            "faithful": _mean([claim.passed for claim in faithful]),
            "wrong": _mean([claim.passed for claim in misleading]),
        },
        "cut": sum(
            not replay.admits_cuts
            and any(sentence.dropped not in _CLAIMLESS for sentence in replay.sentences)
            for replay in answers
        ),
        "counts": {
            "answers": len(answers),
            "composed": sum(replay.shown == "composed" for replay in answers),
            "faithful": len(faithful),
            "wrong": {error: len(same) for error, same in by_error.items()},
        },
        "by_style": {
            style: {
                "answers": sum(replay.answer.style == style for replay in answers),
                "faithful": len(same),
                "faithful_shown": _mean([claim.shown for claim in same]),
                "faithful_passed": _mean([claim.passed for claim in same]),
                "faithful_contradicted": _mean([claim.contradicted for claim in same]),
                "faithful_verified": _mean([claim.verified for claim in same]),
                "whole": _whole([replay for replay in answers if replay.answer.style == style]),
            }
            for style, same in by_style.items()
        },
    }


def _json(replay: Replayed) -> dict[str, Any]:
    """Return the outcome of an answer for the report."""
    return {
        "style": replay.answer.style,
        "shown": replay.shown,
        "text": replay.text,
        "kept": [
            {"text": sentence.text, "verified": sentence.verified}
            for sentence in replay.sentences
            if not sentence.dropped
        ],
        "dropped": [
            {"text": sentence.text, "reason": sentence.dropped}
            for sentence in replay.sentences
            if sentence.dropped
        ],
    }


def _claims(replay: Replayed) -> Iterator[_Claim]:
    """Yield the labelled claims. Labels and our own sentences may be split differently: a claim
    counts as shown if at least half of its letters are."""
    text, labels = replay.answer.text, replay.answer.labels
    spans = _spans(text, [sentence.text for sentence in replay.sentences])
    sentences = list(zip(replay.sentences, spans, strict=True))
    passed = [span for sentence, span in sentences if sentence.dropped in ("", FELL)]
    shown = [span for sentence, span in sentences if not sentence.dropped]
    verified = [span for sentence, span in sentences if sentence.verified]
    by_rules = [span for sentence, span in sentences if sentence.dropped not in _NOT_BY_RULES]
    for label, span in zip(labels, _spans(text, [label.text for label in labels]), strict=True):
        if label.claims:
            yield _Claim(
                label,
                replay.answer.style,
                passed=_mostly_in(span, passed),
                shown=_mostly_in(span, shown),
                verified=_mostly_in(span, verified),
                contradicted=_mostly_in(span, by_rules),
            )


Span = tuple[int, int]


def _mostly_in(span: Span, others: Sequence[Span]) -> bool:
    """Return whether at least half of the span is in ``others``."""
    common = sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in others)
    return common >= _HALF * max(span[1] - span[0], 1)


def _spans(text: str, parts: Sequence[str]) -> list[Span]:
    """Return the span of each part in ``text``, counted in letters. A part is searched behind the
    part before it, then anywhere; if it is nowhere, its span starts where the search started."""
    letters, at, spans = _letters(text), 0, []
    for part in map(_letters, parts):
        places = [place for place in (letters.find(part, at), letters.find(part)) if place >= 0]
        start = places[0] if places else at
        end = start + len(part)
        spans.append((start, end))
        at = end if places else at
    return spans


def _letters(text: str) -> str:
    """Return the letters without citations, which move when a model gives evidence."""
    return "".join(filter(str.isalnum, _CITED.sub("", text)))


def _whole(answers: Sequence[Replayed]) -> float | None:
    """Return the share of whole answers among those whose claims are all faithful."""
    by_answer = [claims for answer in answers if (claims := list(_claims(answer)))]
    faithful = [claims for claims in by_answer if all(claim.label.faithful for claim in claims)]
    return _mean([all(claim.shown for claim in claims) for claims in faithful])


def _mean(values: Sequence[float]) -> float | None:
    """Return the mean; of truth values, the share that is true."""
    return fmean(values) if values else None
