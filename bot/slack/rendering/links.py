"""The addresses that an answer may link to: exact origins, and no lookalikes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from urllib.parse import quote, urlsplit

LONGEST = 2000
"""Characters, escaped: Slack refuses addresses over 3,000, and a section is no longer."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_SUSPECT = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_KEPT = "!#$%&'()*+,-./:;=?@[]_~"
"""Characters that stay as they are in an address: all of RFC 3986. All others are percent-encoded,
including ``<``, ``>`` and ``|``, which would end a link in Slack."""


def origin(url: str) -> str | None:
    """Return ``scheme://host`` in lower case, with the port if it is not the scheme's default.

    None if a browser might read the address differently: user names before the host, backslashes,
    spaces, control characters, hosts that are not plain ASCII.
    """
    if len(url) > LONGEST or _SUSPECT.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(netloc):
        return None
    suffix = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{netloc}{suffix}"


def origins(places: Iterable[str]) -> frozenset[str]:
    """Return the origins of addresses (``https://wiki.example.com/base``) and host names
    (``wiki.example.com``, which means https)."""
    addresses = (place if "://" in place else f"https://{place}" for place in places if place)
    return frozenset(filter(None, map(origin, addresses)))


def allowed(url: str, origins: Container[str]) -> str | None:
    """Return the address, escaped for Slack; None if it is not allowed, or too long."""
    url = url.strip()
    if origin(url) not in origins:
        return None
    escaped = quote(url, safe=_KEPT)
    # Slack's limit counts each & as "&amp;", four characters more.
    return escaped if len(escaped) + 4 * escaped.count("&") <= LONGEST else None
