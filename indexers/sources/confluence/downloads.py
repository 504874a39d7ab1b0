"""Download of an attached file, with checks that nothing else came instead."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from requests import Response

from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

_HOPS = 5
_REDIRECTS = {301, 302, 303, 307, 308}


def download(wiki: Transport, path: str, size: int, *, page: bool = False) -> bytes:
    """Return the file at ``path`` below the base, with the ``size`` that Confluence states;
    ``page``: it is itself a web page.

    Cloud stores files elsewhere and redirects there with an address that needs no token, so the
    token is not sent.

    Raises:
        Refused: no file came, or not this file (another size, a login page).
        WikiUnavailable: no answer after all tries.
    """
    url = wiki.base.url + path
    for _ in range(_HOPS):
        response, data = wiki.fetch(url, size + 1)
        if response.status_code not in _REDIRECTS:
            return _checked(response, data, size, page=page)
        url = _next(wiki, url, response)
    raise Refused(response.status_code, "The download leads on and on to other addresses.")


def _next(wiki: Transport, url: str, response: Response) -> str:
    """Raises: Refused."""
    try:
        address = urljoin(url, response.headers.get("Location", ""))
        parts = urlsplit(address)
        # A wiki over plain HTTP has nothing more to lose.
        safe = parts.scheme in {"https", urlsplit(wiki.base.url).scheme}
        safe = bool(safe and parts.hostname and not parts.username and not parts.password)
    except ValueError:  # invalid brackets
        safe = False
    if not safe:
        raise Refused(response.status_code, "The download leads to an address that is not safe.")
    return address


def _checked(response: Response, data: bytes, size: int, *, page: bool) -> bytes:
    """Raises: Refused."""
    status = response.status_code
    if status != 200:
        hint = " See that the token may read attachments." if status in {401, 403} else ""
        raise Refused(status, f"Confluence answered {status} to the download.{hint}")
    if not page and "html" in response.headers.get("Content-Type", "").lower():
        raise Refused(status, "A web page came in the place of the file, perhaps a login page.")
    if len(data) != size:
        raise Refused(status, "What came has another size than Confluence says of the file.")
    return data
