"""Replayed answers -> the figures of ``footnote eval --replay``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.answering.composing.claims import Flaw
from bot.evaluation.recordings import Label, Recording
from bot.evaluation.replaying import FELL, NOT_READ, Kept, Lost, Replayed

_CLAIMLESS = frozenset((Flaw.FRAME.value, Flaw.EMPTY.value, Flaw.REPEATED.value))
_NOT_BY_RULES = frozenset((FELL, NOT_READ, Flaw.UNSUPPORTED.value))
_WRONG_CITATION = "wrong_citation"
"""The error of a claim that another passage supports. The composer cites that one instead."""
_HALF = 0.5
_CITED = re.compile(r"\[\^?\d{1,3}(?:,\s?\^?\d{1,3}){0,20}\]")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A labelled claim and its outcome: it ``passed`` the check, was ``shown`` (the rest of the
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

    ``faithful_shown`` is the share of faithful claims that a reader sees, ``wrong_shown`` that
    of wrong ones by the kind of the error, ``wrong_unmarked`` that of all wrong ones that are
    shown as verified (but for wrong citations: what is shown cites a passage that bears it
    out), ``wrong_verified`` the same by kind, ``whole`` that of faithful answers with every claim
    shown. ``faithful_contradicted`` are faithful claims that a rule dropped, no judge. ``passed``
    are the claims that the check lets through, also of answers that quotations then replace.
    ``cut`` counts answers that a claim was dropped from and that do not say so.
    """
    answers = [one for _, several in replayed for one in several]
    claims = [claim for one in answers for claim in _claims(one)]
    faithful = [claim for claim in claims if claim.label.faithful]
    wrong = [claim for claim in claims if not claim.label.faithful]
    errors = sorted({claim.label.error for claim in wrong})
    styles = sorted({one.answer.style for one in answers})
    return {
        "replayed": [
            {"id": recording.id, "answers": [_told(one) for one in several]}
            for recording, several in replayed
        ],
        "faithful_shown": _share(faithful, _is_shown),
        "wrong_shown": {
            error: _share([one for one in wrong if one.label.error == error], _is_shown)
            for error in errors
        },
        "faithful_contradicted": _share(faithful, lambda one: one.contradicted),
        "faithful_verified": _share(faithful, lambda one: one.verified),
        "wrong_unmarked": _share(_misleading(wrong), lambda one: one.verified),
        "wrong_verified": {
            error: _share([one for one in wrong if one.label.error == error], _is_verified)
            for error in errors
        },
        "whole": _whole(answers),
        "passed": {
            "faithful": _share(faithful, _passed),
            "wrong": _share(_misleading(wrong), _passed),
        },
        "cut": sum(_is_cut(one) and not one.told for one in answers),
        "counts": {
            "answers": len(answers),
            "composed": sum(one.shown == "composed" for one in answers),
            "faithful": len(faithful),
            "wrong": {error: sum(one.label.error == error for one in wrong) for error in errors},
        },
        "by_style": {
            style: {
                "answers": sum(one.answer.style == style for one in answers),
                "faithful": len(_of(faithful, style)),
                "faithful_shown": _share(_of(faithful, style), _is_shown),
                "faithful_passed": _share(_of(faithful, style), _passed),
                "faithful_contradicted": _share(_of(faithful, style), lambda one: one.contradicted),
                "faithful_verified": _share(_of(faithful, style), _is_verified),
                "whole": _whole([one for one in answers if one.answer.style == style]),
            }
            for style in styles
        },
    }


def _told(one: Replayed) -> dict[str, Any]:
    return {
        "style": one.answer.style,
        "shown": one.shown,
        "text": one.text,
        "kept": [
            {"text": each.text, "verified": each.verified}
            for each in one.sentences
            if isinstance(each, Kept)
        ],
        "dropped": [
            {"text": each.text, "reason": each.reason}
            for each in one.sentences
            if isinstance(each, Lost)
        ],
    }


def _claims(one: Replayed) -> Iterator[_Claim]:
    """Yield the labelled claims. Labels and our own sentences may be split differently: a claim
    counts as shown if at least half of its letters are."""
    whole = one.answer.text
    spans = _spans(whole, [each.text for each in one.sentences])
    ours = list(zip(one.sentences, spans, strict=True))
    verified = [at for each, at in ours if isinstance(each, Kept) and each.verified]
    shown = [at for each, at in ours if isinstance(each, Kept)]
    passed = [at for each, at in ours if isinstance(each, Kept) or each.reason == FELL]
    ruled = [at for each, at in ours if isinstance(each, Lost) and each.reason not in _NOT_BY_RULES]
    labels = one.answer.labels
    for label, span in zip(labels, _spans(whole, [each.text for each in labels]), strict=True):
        if label.claims:
            held = [_mostly_in(span, several) for several in (passed, shown, verified, ruled)]
            yield _Claim(label, one.answer.style, *held)


Span = tuple[int, int]


def _mostly_in(span: Span, others: Sequence[Span]) -> bool:
    common = sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in others)
    return common >= _HALF * max(span[1] - span[0], 1)


def _spans(text: str, parts: Sequence[str]) -> list[Span]:
    """Return where each part of ``text`` is found, counted in letters: behind the part before it,
    else anywhere, else where it was looked for first."""
    whole, at, spans = _letters(text), 0, []
    for part in map(_letters, parts):
        found = [place for place in (whole.find(part, at), whole.find(part)) if place >= 0]
        start = found[0] if found else at
        end = start + len(part)
        spans.append((start, end))
        at = end if found else at
    return spans


def _letters(text: str) -> str:
    """Return the letters without citations, whose places differ when a model gives evidence."""
    return "".join(filter(str.isalnum, _CITED.sub("", text)))


def _whole(answers: Sequence[Replayed]) -> float | None:
    """Return the share of whole answers among those whose claims are all faithful."""
    found = [claims for one in answers if (claims := list(_claims(one)))]
    faithful = [claims for claims in found if all(one.label.faithful for one in claims)]
    return _mean([float(all(one.shown for one in claims)) for claims in faithful])


def _is_cut(one: Replayed) -> bool:
    return any(isinstance(each, Lost) and each.reason not in _CLAIMLESS for each in one.sentences)


def _of(claims: Sequence[_Claim], style: str) -> list[_Claim]:
    return [claim for claim in claims if claim.style == style]


def _misleading(wrong: Sequence[_Claim]) -> list[_Claim]:
    return [claim for claim in wrong if claim.label.error != _WRONG_CITATION]


def _passed(claim: _Claim) -> bool:
    return claim.passed


def _is_shown(claim: _Claim) -> bool:
    return claim.shown


def _is_verified(claim: _Claim) -> bool:
    return claim.verified


def _share(claims: Sequence[_Claim], test: Callable[[_Claim], bool]) -> float | None:
    return _mean([float(test(claim)) for claim in claims])


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
