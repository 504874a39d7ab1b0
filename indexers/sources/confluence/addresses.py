"""The addresses of a Confluence: the base of its API, and its pages, as people copy them from a
browser."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from footnote_bot.indexers.errors import WikiMisconfigured

GATEWAY = "https://api.atlassian.com"
_CLOUD_HOST = re.compile(r"(?:^|\.)(?:atlassian\.net|jira\.com)$")
_GATEWAY = re.compile(r"^/ex/confluence/[^/]+")
_TAIL = re.compile(r"/(?:spaces|display|pages|rest|api|dashboard\.action|index\.action)(?:/.*)?$")
_BY_ID = re.compile(r"/(?:pages|blog)/(?:edit(?:-v2)?/)?(?:\d{4}/\d\d?/\d\d?/)?(\d+)(?=/|$)")
_BY_TITLE = re.compile(r"^/display/([^/]+)/(?:\d{4}/\d\d?/\d\d?/)?([^/]+)/?$")
_ATTACHED = re.compile(r"^/download/(?:attachments|thumbnails)/(\d+)/")
_TINY = re.compile(r"^/x/([A-Za-z0-9_-]{1,11})/?$")
_SPACE = re.compile(r"^/(?:spaces/([^/]+)(?:/(?:overview|pages))?|display/([^/]+))/?$")
_KIND = re.compile(r"^/spaces/([^/]+)/(pages|blog)/")
_BELOW = re.compile(r"^(https?://[^/?#]+(?:/[^/?#]+)*?)/(?:spaces|display|pages|download)/")
_POST = re.compile(r"^/display/[^/]+/\d{4}/\d\d?/\d\d?/")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Base:
    """A base. ``origin`` is scheme and host; ``path`` begins every path of the wiki (``/wiki``, a
    context path, or nothing)."""

    origin: str
    path: str
    cloud: bool
    people: str = ""
    """The address at which people read it, if that is another one."""

    @property
    def url(self) -> str:
        return self.origin + self.path

    @property
    def shown_at(self) -> str:
        return self.people or self.url

    @property
    def site(self) -> str:
        """Return the site's name in tokens, so that two sites' groups of one name stay apart."""
        return self.shown_at.partition("://")[2]

    def relative(self, link: str) -> str:
        """Return path and query of a link below this base. The host that a response names is never
        contacted, and a leading context is removed."""
        parts = urlsplit(link)
        path = "/" + parts.path.lstrip("/")
        for context in (self.path, "/wiki" if self.cloud else ""):
            if context and path.startswith(context + "/"):
                path = path.removeprefix(context)
                break
        return f"{path}?{parts.query}" if parts.query else path


def base_of(url: str, product: str = "auto", cloud_id: str = "") -> Base:
    """Return the base of ``url``, which may be the address of any page. ``product`` is "cloud",
    "data_center", or "auto": detected from the address. With ``cloud_id`` the base is the
    gateway's, as scoped tokens need.

    Raises:
        WikiMisconfigured: ``url`` is no http(s) address, or holds a password.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname if parts.scheme in {"http", "https"} and parts.port != 0 else None
    except ValueError:  # invalid brackets or port
        host = None
    if not host:
        raise WikiMisconfigured(
            "The url of a Confluence begins with https:// and names a host, as in"
            " https://example.atlassian.net/wiki."
        )
    if parts.username or parts.password:
        raise WikiMisconfigured(
            f"The url of the Confluence at {host} holds a user or password: take it out"
            " and set CONFLUENCE_TOKEN instead."
        )
    origin = f"{parts.scheme}://{parts.netloc}"
    path = _TAIL.sub("", parts.path.rstrip("/")).rstrip("/")
    gateway = _GATEWAY.match(path)
    cloud = bool(gateway or _CLOUD_HOST.search(host))
    if product != "auto":
        cloud = product == "cloud"
    if cloud:
        path = (gateway[0] if gateway else "") + "/wiki"
    if cloud_id:
        return Base(GATEWAY, f"/ex/confluence/{cloud_id}/wiki", cloud=True, people=origin + path)
    return Base(origin, path, cloud)


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page by ``key`` (a content id), or by ``space`` and ``title``; all empty: the address names
    no page."""

    key: str = ""
    space: str = ""
    title: str = ""


def path_within(shown_at: str, url: str) -> str | None:
    """Return the path of ``url`` below a wiki that people read at ``shown_at``; None if it leads
    elsewhere."""
    try:
        parts, wiki = urlsplit(url.strip()), urlsplit(shown_at)
        same_host = (parts.hostname, parts.port or _PORTS.get(parts.scheme)) == (
            wiki.hostname,
            wiki.port or _PORTS.get(wiki.scheme),
        )
    except ValueError:  # invalid brackets or port
        return None
    path = parts.path.removeprefix(wiki.path)
    if not same_host or not parts.path.startswith(wiki.path) or path[:1] not in {"", "/"}:
        return None
    return path


def page_link(path: str, url: str) -> PageLink:
    """Return the page of ``url``; ``path`` is its `path_within` the wiki."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url.strip()).query).items()}
    if match := _BY_ID.search(path) or _ATTACHED.match(path):
        return PageLink(match[1])
    if query.get("pageId", "").isdecimal():
        return PageLink(query["pageId"])
    if match := _TINY.match(path):
        return PageLink(tiny(match[1]))
    if query.get("spaceKey") and query.get("title"):
        return PageLink(space=query["spaceKey"], title=query["title"])
    if match := _BY_TITLE.match(path):
        return PageLink(space=unquote(match[1]), title=unquote_plus(match[2]))
    return PageLink()


def space_link(path: str) -> str:
    """Return the key of the space whose overview is at ``path``; empty if it is another page."""
    match = _SPACE.match(path)
    return unquote(match[1] or match[2]) if match else ""


def edit_address(shown_at: str, key: str, url: str, *, cloud: bool) -> str:
    """Return the address at which people edit the page at ``url``, or the page of the file or
    comment there; empty if ``url`` is no page in the wiki that people read at ``shown_at``."""
    path = path_within(shown_at, url)
    id_ = page_link(path, url).key or (key if key.isdecimal() else "") if path else ""
    if not path or not id_:
        return ""
    kind, base = _KIND.search(path), shown_at.rstrip("/")
    if cloud and kind:
        return f"{base}/spaces/{kind[1]}/{kind[2]}/edit-v2/{id_}"
    post = bool(_POST.match(path)) or (kind is not None and kind[2] == "blog")
    return f"{base}/pages/{'editblogpost' if post else 'editpage'}.action?pageId={id_}"


def plain_address(key: str, url: str) -> str:
    """Return an address of the page with this ``key`` (or of its file or comments) without what
    ``url`` reveals: title, space, heading. Both products have one. Empty if unknown."""
    match = _BELOW.match(url)
    if not match:
        return ""
    id_ = key.partition("/")[0]
    if not id_.isdecimal():
        id_ = page_link(url[match.end(1) :], "").key
    return f"{match[1]}/pages/viewpage.action?pageId={id_}" if id_ else ""


def tiny(link: str) -> str:
    """Return the content id of ``/x/link``: eight bytes, the lowest first, in base 64 with ``-``
    for ``/`` and ``_`` for ``+`` (the reverse of the usual), without trailing A's."""
    encoded = link.replace("-", "/").replace("_", "+").ljust(11, "A") + "="
    return str(int.from_bytes(b64decode(encoded), "little"))
