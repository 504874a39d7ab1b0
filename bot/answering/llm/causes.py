"""The causes for which a model's server cannot be used, recognised by their library's errors."""

from __future__ import annotations

import socket
import ssl
from enum import Enum


class Cause(Enum):
    """A cause that is no prompt's fault, in words for log and operator, and what to do about it;
    "it" is the server. The name is a label of a gauge."""

    DNS = "its host name is unknown (DNS)", "Correct the host name in `[llm] url`, or mend the DNS."
    REFUSED = "it refuses the connection", "Start it, or correct host and port in `[llm] url`."
    CERTIFICATE = (
        "its certificate is not trusted",
        (
            "If an authority of your own signed it, name its certificates in `[llm] ca_file`."
            " Otherwise it has expired, or is for another host name than `[llm] url` has."
        ),
    )
    TIMEOUT = (
        "it does not answer in time",
        (
            "It may take a minute to load its model: try again. If it stays so, see its log, and"
            " whether a firewall is between."
        ),
    )
    CONNECTION = (
        "the connection to it breaks",
        "Correct `[llm] url` (http or https), or see its log.",
    )
    KEY = "it refuses the key", "Set FOOTNOTE_LLM_KEY to a valid key that may use this model."
    NOT_FOUND = (
        "it does not know the model or the address",
        "Correct `[llm] model` (or run `ollama pull`) or `[llm] url`.",
    )
    LIMIT = "its limit is reached", "Wait, or raise the limit or the credit at the provider."
    SERVER = "it has an error of its own", "See its log, or the provider's status page."
    NONSENSE = (
        "what it answers makes no sense",
        "Correct `[llm] url`: it must have the API of `[llm] provider`.",
    )

    def __init__(self, words: str, todo: str) -> None:
        self.words, self.todo = words, todo


_STATUSES = {
    **dict.fromkeys((401, 403), Cause.KEY),
    **dict.fromkeys((301, 302, 303, 307, 308, 404, 405), Cause.NOT_FOUND),
    **dict.fromkeys((402, 429), Cause.LIMIT),
    **dict.fromkeys((408, 504), Cause.TIMEOUT),
}
_KINDS = {
    ssl.SSLCertVerificationError: Cause.CERTIFICATE,
    socket.gaierror: Cause.DNS,
    ConnectionRefusedError: Cause.REFUSED,
    TimeoutError: Cause.TIMEOUT,
}
_NAMES = {
    "timeout": Cause.TIMEOUT,
    "decoding": Cause.NONSENSE,  # a compressed reply; to some libraries a lost connection
    **dict.fromkeys(("connect", "protocol", "network", "readerror"), Cause.CONNECTION),
}


def cause_of_status(status: int) -> Cause | None:
    """Return the cause of an HTTP error; None if the server refuses only this request."""
    return _STATUSES.get(status, Cause.SERVER if status >= 500 else None)


def cause_of(error: BaseException) -> Cause:
    """Return the cause of an error without a status. Libraries wrap the system's errors."""
    if str(error).startswith("Unknown model"):  # LlamaIndex knows Claude's models by name
        return Cause.NOT_FOUND
    chain = [error]
    while below := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(below)
    kinds = (cause for link in chain for kind, cause in _KINDS.items() if isinstance(link, kind))
    names = " ".join(type(link).__name__ for link in chain).casefold()
    named = (cause for name, cause in _NAMES.items() if name in names)
    return next(kinds, None) or next(named, Cause.NONSENSE)
