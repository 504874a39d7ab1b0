"""A Markdown wiki in a git repository: cloned once, fetched at every sync."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple, TypedDict, Unpack

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import Acl, KnownPage, PageChange
from footnote_bot.indexers.parsing.limits import Parse
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.files import listing
from footnote_bot.indexers.sources.markdown.forge import view
from footnote_bot.indexers.sources.markdown.git_command import (
    Git,
    GitRefused,
    parse,
)
from footnote_bot.indexers.sources.markdown.git_dates import no_dates
from footnote_bot.indexers.sources.markdown.site import Site
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

_LOCKS = ("index.lock", "shallow.lock", "HEAD.lock", "config.lock")
_HEADS = "refs/heads/"
_SUFFIX = ".git"
_REMOTE = "footnote"
"""The remote that is fetched from. ``origin`` is the address in the settings."""
_FETCH = ("fetch", "--quiet", "--no-tags", "--force", "--update-shallow")
_A_DAY = 24 * 3600.0
_ROOT = Path("/")
"""The folder in which git contacts a remote: a repository's settings could send it elsewhere."""


log = logging.getLogger(__name__)


class Tip(NamedTuple):
    """The latest commit of the branch or tag that is read, as the remote tells it."""

    ref: str
    commit: str


class MarkdownReading(TypedDict, total=False):
    """The settings that say how a Markdown wiki is read; see `MarkdownWiki`."""

    site_url: str
    flavour: str
    anchors: str
    addresses: str
    acl: Acl
    include: Sequence[str]
    exclude: Sequence[str]
    parse: Parse
    cache: PageCache


class GitWiki(MarkdownWiki):
    """The pages below ``subfolder`` of a repository's ``branch`` (empty: its default one).

    ``clone`` is a folder that nobody else uses: its contents are overwritten. ``credential`` is a
    token, or ``user:token``; it reaches git through a pipe and the environment of its process,
    never through its arguments. ``seconds`` limits each call of git. With ``dates`` the history
    gives the date of a page's last change. ``reading`` is passed to `MarkdownWiki`.
    """

    def __init__(  # noqa: PLR0913 - one parameter a setting
        self,
        name: str,
        repository: str,
        clone: Path,
        *,
        branch: str = "",
        subfolder: str = "",
        credential: str = "",
        seconds: float = 300.0,
        dates: bool = True,
        clock: Callable[[], float] = time.time,
        **reading: Unpack[MarkdownReading],
    ) -> None:
        subfolder = subfolder.strip("/")
        super().__init__(name, clone / subfolder, dates=None if dates else no_dates, **reading)
        self._repository = repository
        self._credential = credential
        self._clone = clone
        self._branch = branch
        self._subfolder = subfolder
        self._seconds = seconds
        self._has_dates = dates
        self._clock = clock
        self._url_suffix = ""
        self._stopping = threading.Event()

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """Fetch, and yield the changes, see `indexers.ports.Wiki`.

        Raises:
            WikiMisconfigured: no such repository, branch or folder, or no access.
            WikiUnavailable: the repository cannot be fetched now.
        """
        self.fetch()
        yield from super().changes(known)

    def page(self, key: str) -> Iterator[PageChange]:
        """Fetch, and yield one page, see `indexers.ports.Divisible`."""
        self.fetch()
        yield from super().page(key)

    def abort_waits(self) -> None:
        """Give up on all calls that wait for the repository's server: the process ends."""
        self._stopping.set()

    def path(self, url: str, *, look: bool = False) -> str | None:
        """Return the path as `MarkdownWiki.path`, of the last fetch; None if there was none."""
        return super().path(url, look=look) if self.is_cloned else None

    def key_at(self, url: str) -> str | None:
        """Return the key as `MarkdownWiki.key_at`, of the last fetch; None if there was none."""
        return super().key_at(url) if self.is_cloned else None

    def edit_address(self, key: str) -> str:
        """Return the address as `MarkdownWiki.edit_address`, of the last fetch."""
        return super().edit_address(key) if self.is_cloned else ""

    def reach(self, seconds: float) -> None:
        """Check within ``seconds`` that the repository has the branch.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        self._tip(seconds)

    @property
    def is_cloned(self) -> bool:
        """Return whether there is a clone of the repository in the settings."""
        try:
            return self._remote() == parse(self._repository).url
        except WikiMisconfigured:
            return False

    def _site(self) -> Site:
        """Return the site of the last fetch."""
        if not self._root.resolve().is_relative_to(self._clone.resolve()):
            raise WikiMisconfigured(f"{self._subfolder!r} leads out of the repository")
        forge_view = view(parse(self._repository).url, self.fetched_branch(), self._subfolder)
        return self._new_site(listing(self._root), before=self._guess, repository_url=forge_view)

    @property
    def _git(self) -> Git:
        """Return git for the repository.

        Raises:
            WikiMisconfigured: the address is invalid.
        """
        address = parse(self._repository)
        return Git(address, self._credential or address.userinfo, self._seconds)

    @property
    def _url(self) -> str:
        """The address for git, with the suffix that the server wants."""
        url = self._git.address.url
        return f"{url.rstrip('/')}{self._url_suffix}" if self._url_suffix else url

    def fetch(self) -> None:
        """Fetch the repository: clone it, or update the clone. Replace a damaged one.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        tip = self._tip()
        if not self.is_cloned:
            self._clone_anew(tip)
            return
        # A killed git leaves its lock; nobody else uses the folder, so nobody holds it.
        for lock in _LOCKS:
            (self._clone / ".git" / lock).unlink(missing_ok=True)
        try:
            self._fetch(self._clone, tip)
        except WikiUnavailable as error:
            if self._stopping.is_set() or self._is_sound():
                raise
            log.warning("%s: its clone is damaged and is made anew: %s", self.name, error)
            self._clone_anew(tip)

    def _is_sound(self) -> bool:
        """Return whether the clone is complete. A power cut leaves objects empty."""
        try:
            self._run(self._clone, "fsck", "--connectivity-only", "--no-dangling")
        except WikiUnavailable:
            return False
        return True

    def _remote(self) -> str:
        """Return the address that the clone was made from; empty if there is no clone."""
        if not (self._clone / ".git").is_dir():
            return ""
        try:
            return self._run(self._clone, "config", "--get", "remote.origin.url").strip()
        except WikiUnavailable:
            return ""

    def fetched_branch(self) -> str:
        """Return the branch or tag of the last fetch, if it `is_cloned`."""
        ref = self._run(self._clone, "config", "--get", "footnote.branch").strip()
        return ref.removeprefix(_HEADS).removeprefix("refs/tags/")

    def _tip(self, seconds: float = 0.0) -> Tip:
        """Request the tip from the remote within ``seconds`` (0: the wiki's limit). Its default
        branch may have been renamed.

        Raises:
            WikiMisconfigured: the remote has no such branch, or none at all.
            WikiUnavailable: the remote does not answer.
        """
        candidates = (f"{_HEADS}{self._branch}", f"refs/tags/{self._branch}")
        refs = candidates if self._branch else ("HEAD",)
        commits, targets = self._refs(refs, seconds)
        for ref in refs:
            if ref in commits:
                return Tip(targets.get(ref, ref), commits[ref])
        missing = f"has no branch {self._branch!r}; see `branch`" if self._branch else "is empty"
        raise WikiMisconfigured(f"the repository {self._git.shown} {missing}")

    def _refs(
        self, refs: Sequence[str], seconds: float
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the commits of ``refs``, by ref, and the refs to which symbolic ones point."""
        command = ("ls-remote", "--symref", "--")
        self._url_suffix = ""
        try:
            output = self._run(_ROOT, *command, self._url, *refs, seconds=seconds)
        except GitRefused as error:
            if not error.redirected or self._url.endswith(_SUFFIX):
                raise
            # A forge redirects an address copied from a browser to the same address with `.git`.
            self._url_suffix = _SUFFIX
            try:
                output = self._run(_ROOT, *command, self._url, *refs, seconds=seconds)
            except WikiUnavailable:
                raise error from None
        commits: dict[str, str] = {}
        targets: dict[str, str] = {}
        for line in output.splitlines():
            value, _, ref = line.partition("\t")
            if value.startswith("ref: "):
                targets[ref] = value.removeprefix("ref: ")
            else:
                commits[ref] = value
        return commits, targets

    def _fetch(self, clone: Path, tip: Tip) -> None:
        """Bring ``clone`` to the `_tip`, without requesting what is there already."""
        commit = tip.commit
        self._run(clone, "config", f"remote.{_REMOTE}.url", self._url)
        if commit != self._commit(clone):
            # Only a complete history is of use for dates.
            depth = ("--depth=1",) if _is_shallow(clone) or not self._commit(clone) else ()
            self._run(clone, *_FETCH, "--no-filter", *depth, "--", _REMOTE, tip.ref)
            commit = "FETCH_HEAD"
        self._run(clone, "reset", "--quiet", "--hard", commit)
        self._run(clone, "clean", "--quiet", "-ffdx")
        self._run(clone, "config", "footnote.branch", tip.ref)
        if self._has_dates and _is_shallow(clone):
            self._fetch_history(clone, tip.ref)

    def _fetch_history(self, clone: Path, ref: str) -> None:
        """Fetch the history for dates of changes: all commits and folders, but no text of old
        versions. It is optional; after a failure it is tried again the next day."""
        failed = clone / ".git" / "footnote-no-history"
        with suppress(OSError):
            if self._clock() - failed.stat().st_mtime < _A_DAY:
                return
        try:
            self._run(clone, *_FETCH, "--unshallow", "--filter=blob:none", "--", _REMOTE, ref)
        except WikiUnavailable as error:
            log.warning(
                "%s: the days of its pages' last changes are not known: %s", self.name, error
            )
            for leftover in (clone / ".git" / "objects" / "pack").glob("tmp_*"):
                leftover.unlink(missing_ok=True)
            failed.touch()
            os.utime(failed, (self._clock(), self._clock()))

    def _commit(self, clone: Path) -> str:
        """Return the commit that is checked out; empty if there is none."""
        try:
            return self._run(clone, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
        except WikiUnavailable:
            return ""

    def _clone_anew(self, tip: Tip) -> None:
        """Clone the commit beside the old clone, and put the new clone in its place."""
        try:
            self._clone.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(mkdtemp(prefix=f".{self._clone.name}-", dir=self._clone.parent))
        except OSError as error:
            raise WikiUnavailable(
                f"no clone can be made in {self._clone.parent}: {error.strerror}"
            ) from error
        try:
            self._run(fresh, "init", "--quiet", "--template=", ".")
            self._run(fresh, "config", "remote.origin.url", self._git.address.url)
            self._fetch(fresh, tip)
            if self._clone.exists():
                shutil.rmtree(self._clone)
            fresh.rename(self._clone)
        except OSError as error:
            raise WikiUnavailable(
                f"no clone can be put into {self._clone}: {error.strerror}"
            ) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _run(self, folder: Path, *arguments: str, seconds: float = 0.0) -> str:
        """Run git in ``folder`` and return its output. Requests to the server are counted, and end
        early after `abort_waits`. ``seconds`` is the limit; 0: the wiki's."""
        if arguments[0] not in ("ls-remote", "fetch"):
            return self._git.run(folder, *arguments, seconds=seconds)
        self.requests += 1
        is_stopped = self._stopping.is_set
        return self._git.run(folder, *arguments, seconds=seconds, stopped=is_stopped)


def _is_shallow(clone: Path) -> bool:
    """Return whether the clone has only the latest part of the history."""
    return (clone / ".git" / "shallow").exists()
