"""Failures of a Qdrant server, in sentences for the operator."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from footnote_bot.indexers.errors import IndexAway, IndexUnavailable

_REFUSED = {401, 403}
_AWAY = {500, 502, 503, 504}


@contextmanager
def translate_errors(url: str, setting: str = "[index] url") -> Iterator[None]:
    """Translate the errors of the client of the server at ``url`` within. ``setting`` is the
    setting or option that names it.

    Raises:
        IndexUnavailable: for any error of the client.
        IndexAway: the server does not answer, or fails.
    """
    try:
        yield
    except ResponseHandlingException as error:
        if isinstance(error.source, ValueError):
            # Its text quotes the response, which may hold pages.
            raise IndexUnavailable(
                f"The server at {url} says what Qdrant's client does not understand: is {setting}"
                " right, and do the versions fit?"
            ) from None
        if why := _distrust(error.source):
            raise IndexUnavailable(
                f"The certificate of the Qdrant server at {url} is not trusted ({why}): does"
                f" [index] ca_file name its authority's certificates, and is {setting} right?"
            ) from error
        raise IndexAway(
            f"The Qdrant server at {url} does not answer ({error}): is it running, and is"
            f" {setting} right?"
        ) from error
    except QdrantException as error:
        # Of status 429 with the header Retry-After; the client does not wait.
        raise IndexAway(
            f"The Qdrant server at {url} takes no more requests for now ({error})."
        ) from error
    except UnexpectedResponse as error:
        why = _advice(error.status_code, setting) or f"failed: {error}"
        kind = IndexAway if error.status_code in _AWAY else IndexUnavailable
        raise kind(f"The Qdrant server at {url} {why}") from error


def _distrust(error: BaseException | None) -> str:
    """Return why the server's certificate is refused; empty if that is not the cause."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return ""


def _advice(code: int | None, setting: str) -> str:
    """Return what an HTTP status means, with advice; empty if there is none."""
    if code in _REFUSED:
        return "refuses the key: set QDRANT_API_KEY."
    if code == 404:
        return (
            f"does not have the index: is {setting} right? If the index was removed there, restart"
            " Footnote and run `footnote sync`."
        )
    return ""
