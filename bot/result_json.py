"""A result as JSON for scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from footnote_bot.bot.model import Answer, Result, Source, Tone
from footnote_bot.bot.shown import as_unsure, line_of


def result_json(result: Result) -> dict[str, Any]:
    """Return the result in the form of ``footnote ask --json``, which is a contract. An unsure
    result is no answer, and names the nearest sections, each with a ``line``."""
    result = as_unsure(result)
    timings, unchecked = result.timings, result.unchecked
    last_check = unchecked.last_check if unchecked else None
    common = {
        "text": result.text,
        "confidence": round(result.confidence, 4),
        "sources": [],
        "timings_ms": {
            "embed": round(timings.embed, 2),
            "search": round(timings.search, 2),
            "compose": round(timings.compose, 2),
            "check": round(timings.check, 2),
            "total": round(timings.total, 2),
        },
        "unchecked": unchecked is not None,
        "last_check": last_check.isoformat() if last_check else None,
        "linked": [
            {"wiki": linked.wiki, "page": linked.page, "url": linked.url, "why": linked.doubt.value}
            for linked in result.linked
        ],
        "rights_unknown": list(result.narrowed.sites) if result.narrowed else [],
    }
    nearest = [_nearest_json(source) for source in result.nearest]
    if isinstance(result, Answer):
        return {
            "kind": "answer",
            **common,
            "sources": [source_json(s) for s in result.sources],
            "composed": result.composed,
            "fallback": result.fallback.value if result.fallback else None,
            "left_out": result.left_out,
            "unclear": list(result.unclear),
            "unjudged": result.unjudged,
            "denial": result.denial,
            "cut": result.cut,
            "shortened": result.shortened,
            "tone": result.tone.value,
            **({"nearest": nearest} if nearest else {}),
        }
    has_lines = any(near["line"] for near in nearest)
    return {
        "kind": "no_answer",
        **common,
        "reason": result.reason.value,
        "tone": (Tone.CLOSEST if has_lines else Tone.SILENCE).value,
        "fallback": result.fallback.value if result.fallback else None,
        "nearest": nearest,
    }


def _nearest_json(source: Source) -> dict[str, Any]:
    """Return a nearest section: a source with a ``line`` in place of its quote."""
    return {**source_json(replace(source, quote="")), "line": line_of(source.quote)}


def source_json(source: Source) -> dict[str, Any]:
    """Return a source of the result: with its quote, or without one with the page's owner."""
    return {
        "title": source.title,
        "heading": source.heading,
        "url": source.url,
        "quote": source.quote,
        "page": source.page,
        "wiki": source.wiki,
        "updated": source.updated.isoformat() if source.updated else None,
        "outdated": source.outdated,
        "old": source.old,
        **({"owner": source.owner_named} if source.owner_named and not source.quote else {}),
    }
