"""A repository's address: its protocol for git, and the host that may get its credential."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from footnote_bot.indexers.errors import WikiMisconfigured

_SSH = frozenset({"ssh", "git+ssh", "ssh+git"})
_WEB = frozenset({"http", "https"})
_SCP = re.compile(r"[^/]*:(?!:)")
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-+/]|[./]$|\.lock$|^@$")
"""Characters that git's `check-ref-format` forbids in a branch's name; a leading plus or hyphen
would not be read as a name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A repository's address. ``url`` is without credentials; ``protocol`` is git's name for it
    (https, http, ssh or file); ``userinfo`` is the ``user:secret`` of a web address."""

    url: str
    protocol: str
    userinfo: str = ""

    @property
    def origin(self) -> str:
        """Return the scheme, host and port that a credential is for; empty where none is used."""
        if self.protocol not in _WEB:
            return ""
        parts = urlsplit(self.url)
        return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def parse(repository: str) -> Address:
    """Parse a repository's address.

    Raises:
        WikiMisconfigured: git could take it for an option or a helper's name, or it has another
            protocol than https, http, ssh or file.
    """
    url = repository.strip()
    if url.startswith("-"):
        raise WikiMisconfigured("a repository's address cannot start with a hyphen")
    if re.search(r"[\x00-\x1f\x7f]", url):
        raise WikiMisconfigured("a repository's address cannot have control characters in it")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WikiMisconfigured(f"a repository's address is none: {error}") from error
    if "://" not in url:
        return _without_scheme(url)
    scheme = parts.scheme.lower()
    if scheme == "file":
        return Address(url, "file")
    if scheme in _SSH:
        # The user belongs to the address: without it ssh takes the user of this process.
        if host.startswith("-") or (parts.username or "").startswith("-"):
            raise WikiMisconfigured("a repository's host or user cannot start with a hyphen")
        return Address(url, "ssh")
    if scheme not in _WEB or not host:
        raise WikiMisconfigured(
            f"a repository cannot be read by {scheme}://; write https://, ssh:// or a path"
        )
    return _web(parts, scheme)


def refuse_odd_branch(branch: str) -> None:
    """Check a branch's name.

    Raises:
        WikiMisconfigured: git does not allow a branch of this name.
    """
    if branch and _NO_BRANCH.search(branch):
        raise WikiMisconfigured(f"{branch!r} cannot be the name of a branch or tag")


def _without_scheme(url: str) -> Address:
    if "::" in url.split("/", 1)[0]:
        raise WikiMisconfigured("a repository cannot be read by a helper of git's (`name::`)")
    if _SCP.match(url):
        return Address(url, "ssh")
    if not url.startswith("/"):
        raise WikiMisconfigured(f"{url!r} is no whole path; write it from the top, with a slash")
    return Address(url, "file")


def _web(parts: SplitResult, scheme: str) -> Address:
    userinfo, _, place = parts.netloc.rpartition("@")
    url = urlunsplit(parts._replace(scheme=scheme, netloc=place))
    return Address(url, scheme, unquote(userinfo))
