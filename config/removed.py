"""Settings of earlier versions: a file or a variable that has one is read, with a warning.

To remove a setting, delete its field and add it to `REMOVED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    "wiki.max_page_bytes": "A page of Markdown may have 2 MB.",
    "answer.clarify": "A vague question gets the nearest sections.",
    "llm.structured": "Structured output is tried first, then plain text.",
}
"""What holds instead, by `SECTION.KEY`, or `KEY` of no section; `wiki.KEY` is of each
`[[wiki]]`."""
REPLACED: dict[str, str] = {
    "slack.digest_day": _IN_DIGEST,
    "slack.digest_hour": _IN_DIGEST,
    "slack.digest_timezone": _IN_DIGEST,
    "wiki.owner_property": _IN_OWNERS,
    "wiki.owner_label": _IN_OWNERS,
    "wiki.owner_editor": _IN_OWNERS,
    "state.audit_days": "Who was shown which page is kept as long as all else: the smaller "
    "of it and `state.retention_days` counts for both, and 0 turns nothing off any more.",
}
"""What to write instead of settings whose values still count, by the same names."""
REPLACED_VALUES = {
    "llm.verify": "`llm.verify` is `model` or `off` by now: {!r} is read as `off`.",
    "answer.reranker": "`answer.reranker` is a cross-encoder by now: {!r} is read as the bundled"
    " one; delete it.",
}
"""The warning about an outdated value of a setting, by the same names."""


def outdated_in(values: Mapping[str, Any]) -> list[str]:
    """Return the names of the removed and replaced settings in the values of a file, in order."""
    names = set(values)
    for section, value in values.items():
        for table in value if isinstance(value, list) else [value]:
            if isinstance(table, dict):
                names.update(f"{section}.{key}" for key in table)
    return sorted(name for name in names if _is_outdated(name))


def up_to_date(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a file as this version has them: without removed settings, and those of
    replaced ones under their names of now. Values of a wrong type stay, to be reported as such."""
    return {
        name: [_up_to_date(name, each) for each in value]
        if isinstance(value, list | tuple)
        else _up_to_date(name, value)
        for name, value in values.items()
        if not _is_outdated(name)
    }


def _up_to_date(section: str, table: Any) -> Any:
    """Return a section as `up_to_date` does; any other value stays."""
    if not isinstance(table, dict):
        return table
    if replacement := _REPLACEMENTS.get(section):
        table = replacement(table)
    return {key: value for key, value in table.items() if not _is_outdated(f"{section}.{key}")}


def _is_outdated(name: str) -> bool:
    return name in REMOVED or name in REPLACED


def _digest(slack: dict[str, Any]) -> dict[str, Any]:
    """Return ``[slack]`` with its digest in one setting: it was a switch, with a time in three."""
    match str(slack.get("digest", "")).lower():
        case "true":
            day, hour = slack.get("digest_day", "monday"), slack.get("digest_hour", 9)
            zone = slack.get("digest_timezone", "UTC")
            return {**slack, "digest": f"{day} {hour}:00 {zone}"}
        case "false":
            return {**slack, "digest": ""}
        case _:
            return slack


def _retention(state: dict[str, Any]) -> dict[str, Any]:
    """Return ``[state]`` with one retention: there were two, and the shorter counts for both."""
    try:
        days, all_days = int(state["audit_days"]), int(state.get("retention_days", 90))
    except (KeyError, TypeError, ValueError):
        return state
    return {**state, "retention_days": min(days, all_days)} if days > 0 else state


def _owners(wiki: dict[str, Any]) -> dict[str, Any]:
    """Return a wiki with ``owners``, which were three settings with these defaults."""
    if "owners" in wiki or not {"owner_property", "owner_label", "owner_editor"} & wiki.keys():
        return wiki
    owners = []
    if name := wiki.get("owner_property", "owner"):
        owners.append(f"property {name}")
    if prefix := wiki.get("owner_label", "owner-"):
        owners.append(f"label {prefix}")
    if wiki.get("owner_editor", True):
        owners.append("editor")
    return {**wiki, "owners": owners}


def _verify(llm: dict[str, Any]) -> dict[str, Any]:
    """Return ``[llm]`` with ``verify`` off if it names rules or a model that no longer runs."""
    verify = llm.get("verify")
    is_outdated = isinstance(verify, str) and verify not in ("", "model")
    return {**llm, "verify": "off"} if is_outdated else llm


def _reranker(answer: dict[str, Any]) -> dict[str, Any]:
    """Return ``[answer]`` without a ``reranker`` that was the language model: the default runs."""
    return {key: value for key, value in answer.items() if (key, value) != ("reranker", "llm")}


_REPLACEMENTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "answer": _reranker,
    "llm": _verify,
    "slack": _digest,
    "state": _retention,
    "wiki": _owners,
}
"""Returns a section with its settings of now in place of outdated ones."""
