"""Addresses at which a forge (GitHub, GitLab, Bitbucket, ...) shows the files of a repository."""

from __future__ import annotations

import re
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path
from urllib.parse import quote, urlsplit

from footnote_bot.indexers.sources.markdown.anchors import FORGE

_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>[^\s]+)$")

_AT_COMMIT = re.compile(r"/[0-9a-f]{40}(?:/|$)")
_WIKI, _GITLAB_WIKI = "/wiki", "/-/wikis"
_VIEWS = (
    ("gitlab", "-/blob"), ("bitbucket", "src"), ("gitea", "src/branch"), ("codeberg", "src/branch")
)  # fmt: skip
"""How a forge shows a file, by a part of its host's name; others do as GitHub."""
_EDITED = (("/-/blob/", "/-/edit/"), ("/src/branch/", "/_edit/"), ("/blob/", "/edit/"))


def view(repository: str, branch: str, folder: str = "") -> str:
    """Return the address at which a forge shows ``folder`` of a clone's remote, without
    credentials; empty if the remote is on no forge (a path, a file)."""
    scp_address = _SCP.match(repository) if "://" not in repository else None
    if scp_address:
        host, path = scp_address["host"], scp_address["path"]
    else:
        try:
            parts = urlsplit(repository)
            port = parts.port
        except ValueError:  # invalid brackets or port
            return ""
        if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
            return ""
        host, path = parts.hostname, parts.path
        if port and parts.scheme in ("http", "https"):
            host = f"{host}:{port}"
    path = path.strip("/").removesuffix(".git")
    if path.endswith(".wiki"):
        wiki = _GITLAB_WIKI if "gitlab" in host else _WIKI
        return f"https://{host}/{path.removesuffix('.wiki')}{wiki}"
    view_path = next((shown for name, shown in _VIEWS if name in host), "blob")
    address = f"https://{host}/{path}/{view_path}/{quote(branch, safe='/')}"
    return f"{address}/{quote(folder.strip('/'), errors='surrogateescape')}".rstrip("/")


def wiki_flavour(site_url: str, view: str) -> str:
    """Return the flavour of a forge's wiki, published at ``site_url`` or shown at a `view`; empty
    if there is no such wiki."""
    if (site_url or view).rstrip("/").endswith(_GITLAB_WIKI):
        return "gitlab-wiki"
    return "github-wiki" if view.endswith(_WIKI) else ""


def forge_rule(view: str, flavour: str) -> str:
    """Return the rule by which the forge of a `view` makes anchors, for any generator. ``flavour``
    identifies a GitLab whose host does not."""
    host = urlsplit(view).hostname or ""
    if "bitbucket" in host:
        return f"{FORGE}bitbucket"
    return f"{FORGE}gitlab" if "/-/" in view or flavour == "gitlab" else f"{FORGE}github"


def edit(view: str, path: str) -> str:
    """Return the address at which people edit the file ``path`` below a `view`; empty if there is
    none (files are edited on a branch, not at a commit)."""
    page = quote(path)
    if view.endswith((_WIKI, _GITLAB_WIKI)):
        edited = "edit" if view.endswith(_GITLAB_WIKI) else "_edit"
        return f"{view}/{page.removesuffix('.md')}/{edited}"
    if not view or _AT_COMMIT.search(view):
        return ""
    for shown, edited in _EDITED:
        if shown in view:
            return f"{view.replace(shown, edited, 1)}/{page}"
    return f"{view}/{page}?mode=edit" if "/src/" in view else ""


def web_address(text: str) -> str:
    """Return ``text`` if it is a web address without a user or invisible characters, or ""."""
    try:
        parts = urlsplit(text)
        # An invalid port raises an error only when it is read.
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # invalid brackets or port
        return ""
    is_plain = text.isprintable() and " " not in text and "@" not in parts.netloc
    return text if usable and is_plain else ""


def view_of(folder: Path) -> str:
    """Return the `view` of a folder within a checkout; empty if it is in none."""
    try:
        start = folder.resolve()
        for top in (start, *start.parents):
            config = top / ".git" / "config"
            if config.is_file():
                return _view_of(top, config, start.relative_to(top).as_posix())
    except OSError:  # a `.git` that only its owner may look into
        return ""
    return ""


def _view_of(top: Path, config: Path, folder: str) -> str:
    """Return the `view` of ``folder`` in the checkout at ``top``, by its git ``config``."""
    settings = ConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        settings.read_string(config.read_text("utf-8", "replace"))
        head = (top / ".git" / "HEAD").read_text("utf-8", "replace").strip()
    except (OSError, ConfigError):
        return ""
    remote = settings.get('remote "origin"', "url", fallback="") or ""
    branch = head.removeprefix("ref: refs/heads/")
    return view(remote, branch, "" if folder == "." else folder)
