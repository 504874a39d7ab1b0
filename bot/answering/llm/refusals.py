"""Refusals of providers, recognised by their library's errors: of a parameter, of a form, or of a
prompt that is too long. Each provider words them differently."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from footnote_bot.bot.answering.llm.causes import Cause, cause_of, cause_of_status
from footnote_bot.bot.answering.llm.model_client import ModelBusy, ModelFailed
from footnote_bot.indexers.backoff import seconds_of

MAX_TOKENS, TEMPERATURE = "max_tokens", "temperature"
REFUSABLE_PARAMETERS = frozenset((MAX_TOKENS, TEMPERATURE))
"""Models that think before they answer refuse both."""
_AGAIN = frozenset((408, 409, 425, 429))
_REFUSED = frozenset((400, 422, 501))
"""Statuses by which servers refuse a form, in general or for this model."""
_LOOKED_AT = 4_000
"""Characters of an error's message to search."""
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|size|window)|maximum context"
    r"|prompt is too long|input is too long|too many (?:input )?tokens|max_model_len"
    r"|reduce the length|longer than the (?:maximum|context)"
    r"|exceeds? the (?:max|context|available)",
    re.IGNORECASE,
)


def too_long(error: Exception) -> bool:
    """Return whether the prompt is too long: a 400 or 413, or an old server's error in a stream."""
    status = getattr(error, "status_code", None)
    if status == 413:
        return True
    words = f"{error} {getattr(error, 'body', None) or ''}"[:_LOOKED_AT]
    if status == 400 and re.search(r"max_(?:completion_)?tokens is too large", words):
        return False  # the limit of the output is too high
    return status in (None, 200, 400, 422, 500) and bool(_TOO_LONG.search(words))


def refused_parameters(error: Exception) -> frozenset[str]:
    """Return the parameters that a 400 refuses: the temperature if its field or the message names
    it; ``max_tokens`` only if the message names the parameter to send instead, because otherwise
    its value may be too high."""
    if getattr(error, "status_code", None) != 400:
        return frozenset()
    limit = {MAX_TOKENS} if "max_completion_tokens" in str(error) else set()
    named = str(getattr(error, "param", None) or error)
    return frozenset(limit | ({TEMPERATURE} if re.search(rf"\b{TEMPERATURE}\b", named) else set()))


def may_refuse_form(error: Exception) -> bool:
    """Return whether the error may refuse the form: some servers send a 400 without a reason. A
    library that does not know the parameter raises a `TypeError` before it sends anything."""
    return getattr(error, "status_code", None) in _REFUSED or isinstance(error, TypeError)


def failure(error: Exception, now: Callable[[], datetime]) -> ModelFailed:
    """Return the failure, without the provider's message, which may quote the prompt."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 300:
        cause = cause_of_status(status)
        why = f"it answered {status}" + (f": {cause.words}" if cause else "")
        if status in _AGAIN or status >= 500:
            headers = getattr(getattr(error, "response", None), "headers", {})
            return ModelBusy(why, seconds_of(headers.get("retry-after"), now), cause=cause)
        return ModelFailed(why, cause=cause)
    # An error within a stream that began well; OpenAI's library gives it no status.
    if isinstance(status, int) or type(error).__name__ == "APIError":
        return ModelBusy("it gave up in mid-answer", cause=Cause.SERVER)
    cause = cause_of(error)
    if cause is Cause.NONSENSE:
        return ModelFailed(f"{cause.words} ({type(error).__name__})", cause=cause)
    return ModelBusy(cause.words, cause=cause)
