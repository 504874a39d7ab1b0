"""The context limit of a server, the tokens of prompt and output together, from the server if it
publishes it.

Ollama silently drops the beginning of a longer prompt, so there the limit must be known beforehand.
Others refuse it, and the limit in their refusal is remembered (`bot.answering.llm.refusals`).
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any

from bot.caching import ExpiringCache

log = logging.getLogger(__name__)

_KEPT = 60.0
"""Seconds after which the server is asked again: it may have been restarted with another limit."""
_LEARNED = 600.0
"""Seconds for which a refusal is remembered: the server's limit may be raised later, or we may have
misread its message."""
_OLLAMA = 4096
"""Ollama's default for a model (`OLLAMA_CONTEXT_LENGTH`, `num_ctx`)."""

Fetch = Callable[[str, Mapping[str, str] | None], Any]
"""Returns the JSON that an address answers, to a body if there is one, or raises a ValueError."""


class ContextLimit:
    """A context limit. ``ask`` looks it up and returns None if that is impossible. A limit learned
    from a refusal has priority if it is lower."""

    def __init__(
        self,
        ask: Callable[[], int | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._lock = Lock()
        self._published = ExpiringCache[str, tuple[int | None]](clock)
        self._learned = ExpiringCache[str, int](clock)

    def tokens(self) -> int | None:
        """Return the limit of prompt and answer together, as the server counts."""
        with self._lock:
            cached = self._published.get("tokens")
            if cached is None:
                cached = (self._ask(),)
                self._published.put("tokens", cached, _KEPT)
            return cached[0]

    def room(self, written: int) -> int | None:
        """Return the tokens of a prompt, as we count, that leave room for ``written``; None if
        unknown. A tenth is kept free, because no two models count alike."""
        limit = self.tokens()
        left = None if limit is None else max(1, int(0.9 * (limit - min(written, limit // 2))))
        learned = self._learned.get("room")
        return min((room for room in (left, learned) if room is not None), default=None)

    def refused(self, room: int) -> None:
        """Record that no more than ``room`` tokens of a prompt, as we count, were accepted."""
        with self._lock:
            self._learned.put("room", min(self._learned.get("room") or room, room), _LEARNED)


def of_ollama(fetch: Fetch, url: str, model: str) -> int | None:
    """Return the running model's limit, or else the one that it will get when it is loaded."""
    root = url.rstrip("/").removesuffix("/v1")
    loaded = _get(fetch, f"{root}/api/ps")
    for row in _rows(loaded, "models"):
        names = {row.get("name"), row.get("model")}
        limit = _whole(row.get("context_length"))
        if limit and names & {model, f"{model}:latest"}:
            return limit
    shown = _get(fetch, f"{root}/api/show", {"model": model})
    if shown is None:
        return None
    info = shown.get("model_info")
    most = next(
        (
            _whole(value)
            for name, value in (info.items() if isinstance(info, dict) else ())
            if str(name).endswith(".context_length")
        ),
        0,
    )
    parameters = str(shown.get("parameters") or "")
    set_to = re.search(r"^num_ctx\s{1,99}(\d{2,9})$", parameters, re.MULTILINE)
    limit = int(set_to[1]) if set_to else _OLLAMA
    return min(limit, most) if most else limit


def of_compatible(fetch: Fetch, url: str, model: str) -> int | None:
    """Return the limit as vLLM, LM Studio, OpenRouter and Groq list it with the model, or llama.cpp
    in its properties."""
    url = url.rstrip("/")
    rows = list(_rows(_get(fetch, f"{url}/models"), "data"))
    for row in rows:
        if row.get("id") == model or len(rows) == 1:
            for name in (
                "max_model_len",
                "loaded_context_length",
                "context_length",
                "context_window",
            ):
                if limit := _whole(row.get(name)):
                    return limit
    props = _get(fetch, f"{url.removesuffix('/v1')}/props") if rows else None
    default = props.get("default_generation_settings") if props else None
    return _whole(default.get("n_ctx")) or None if isinstance(default, dict) else None


def _get(fetch: Fetch, url: str, body: Mapping[str, str] | None = None) -> Mapping[str, Any] | None:
    try:
        parsed = fetch(url, body)
    except ValueError as error:
        log.info("The context size of the language model's server is unknown: %s", error)
        return None
    return parsed if isinstance(parsed, dict) else None


def _rows(reply: Mapping[str, Any] | None, name: str) -> Iterator[Mapping[str, Any]]:
    rows = reply.get(name) if reply else None
    yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _whole(value: object) -> int:
    """Return ``value`` if it is a plausible number of tokens, else 0."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9
    return value if fits and isinstance(value, int) else 0
