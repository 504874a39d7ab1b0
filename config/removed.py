"""Settings that Footnote no longer uses: a file or a variable that has one is read, with a warning.

To remove a setting, delete its field and add it to `REMOVED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_IN_DIGEST = 'Write all of it as `slack.digest = "monday 09:00 Europe/Berlin"`.'
_IN_OWNERS = 'Write `owners = ["property owner", "label owner-", "editor"]`.'
REMOVED: dict[str, str] = {
    "llm.silence": "A model may be silent for as long as `llm.seconds` lets it write.",
    "llm.attempts": "A request is tried up to three times.",
    "llm.verify_seconds": "The second reading of an answer may take 10 seconds.",
    "llm.temperature": "The temperature is 0, or the model's own if it takes no other.",
    **dict.fromkeys(
        ("index.shards", "index.replicas", "index.write_consistency", "index.read_fan_out"),
        "Set it in Qdrant (docs/scaling.md); a collection that exists keeps what it has.",
    ),
    "index.grpc_port": "Qdrant is asked over HTTP.",
    "index.timeout_seconds": "A request to Qdrant may take 30 seconds, a snapshot an hour.",
    "index.passage_tokens": "A passage has up to 200 tokens. If yours had others, the next syncs "
    "build the index anew, and the old one answers meanwhile.",
    "answer.written_days": "A written answer holds for 180 days, unless its author says otherwise.",
    "index.read_consistency": "One copy is read; docs/scaling.md says what to set in Qdrant.",
    "answer.rerank_seconds": "The reranker may take 3 seconds.",
    "slack.person_day": "There are limits for a minute, `slack.person_minute`, and, with a "
    "language model, for a day's tokens, `llm.person_tokens`.",
    "slack.channel_day": "There are limits for a minute, `slack.channel_minute`, and, with a "
    "language model, for a day's tokens, `llm.channel_tokens`.",
    "slack.digest_day": _IN_DIGEST,
    "slack.digest_hour": _IN_DIGEST,
    "slack.digest_timezone": _IN_DIGEST,
    "wiki.owner_property": _IN_OWNERS,
    "wiki.owner_label": _IN_OWNERS,
    "wiki.owner_editor": _IN_OWNERS,
    "wiki.max_page_bytes": "A page of Markdown may have 2 MB.",
    "state.audit_days": "Who was shown which page is kept as long as all else: the smaller "
    "of it and `state.retention_days` counts for both, and 0 turns nothing off any more.",
    "answer.clarify": "A vague question gets the nearest sections.",
    "llm.structured": "Structured output is tried first, then plain text.",
}
"""What holds instead, or what to do, by `SECTION.KEY`, or `KEY` of no section; `wiki.KEY` is of
each `[[wiki]]`."""

CARRIED_OVER = frozenset(
    name
    for name in REMOVED
    if REMOVED[name] in (_IN_DIGEST, _IN_OWNERS) or name == "state.audit_days"
)
"""Those whose values still count, see `carry_over`."""


def is_outdated_verify(value: object) -> bool:
    """Return whether a value of `llm.verify` is one of an earlier version: rules, or the folder of
    a kind of model that Footnote no longer runs. It is read as ``off``."""
    return isinstance(value, str) and value not in ("", "model", "off")


def is_outdated_reranker(value: object) -> bool:
    """Return whether a value of `answer.reranker` is ``llm``: a language model put the passages in
    order in earlier versions. It is read as the default."""
    return value == "llm"


def removed_in(values: Mapping[str, Any]) -> list[str]:
    """Return the names of the removed settings that the values of a file have, in order."""
    names = set(values)
    for section, value in values.items():
        for table in value if isinstance(value, list) else [value]:
            if isinstance(table, dict):
                names.update(f"{section}.{key}" for key in table)
    return sorted(names & REMOVED.keys())


def without_removed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a file without the removed settings."""
    return {
        name: [_kept(name, each) for each in value]
        if isinstance(value, list)
        else _kept(name, value)
        for name, value in values.items()
        if name not in REMOVED
    }


def _kept(section: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if f"{section}.{key}" not in REMOVED}


def carry_over(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a file with those of removed settings under the names that they have
    now. Values of a wrong type stay, and are reported as such."""
    carried = dict(values)
    for section, carry in (("slack", _digest), ("state", _retention)):
        if isinstance(table := carried.get(section), dict):
            carried[section] = table | carry(table)
    if isinstance(wikis := carried.get("wiki"), list | tuple):
        carried["wiki"] = [
            wiki | _owners(wiki) if isinstance(wiki, dict) else wiki for wiki in wikis
        ]
    return carried


def _digest(slack: Mapping[str, Any]) -> dict[str, Any]:
    match str(slack.get("digest", "")).lower():
        case "true":
            day, hour = slack.get("digest_day", "monday"), slack.get("digest_hour", 9)
            return {"digest": f"{day} {hour}:00 {slack.get('digest_timezone', 'UTC')}"}
        case "false":
            return {"digest": ""}
        case _:
            return {}


def _retention(state: Mapping[str, Any]) -> dict[str, Any]:
    try:
        days, all_days = int(state["audit_days"]), int(state.get("retention_days", 90))
    except (KeyError, TypeError, ValueError):
        return {}
    return {"retention_days": min(days, all_days)} if days > 0 else {}


def _owners(wiki: Mapping[str, Any]) -> dict[str, Any]:
    if "owners" in wiki or not {"owner_property", "owner_label", "owner_editor"} & wiki.keys():
        return {}
    named = {kind: wiki.get(f"owner_{kind}", kept) for kind, kept in _OWNERS.items()}
    owners = [f"{kind} {name}" for kind, name in named.items() if name]
    return {"owners": owners + (["editor"] if wiki.get("owner_editor", True) else [])}


_OWNERS = {"property": "owner", "label": "owner-"}
