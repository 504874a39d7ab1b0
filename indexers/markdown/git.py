"""A Markdown wiki in a git repository: cloned once, fetched at every sync."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import unquote, urlsplit, urlunsplit

from indexers.errors import WikiMisconfigured, WikiUnavailable
from indexers.markdown.forge import view
from indexers.markdown.wiki import MarkdownWiki
from indexers.model import OPEN, Acl, KnownPage, PageChange

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_REFUSED = re.compile(
    r"authentication failed|could not read (?:username|password)|permission denied|access denied"
    r"|repository .*not found|does not (?:exist|appear to be a git)|not found|host key verification"
    r"|remote branch|couldn't find remote ref|terminal prompts disabled|403|401",
    re.IGNORECASE,
)
_QUIET_GIT = """
IFS= read -r FOOTNOTE_GIT_USER
IFS= read -r FOOTNOTE_GIT_SECRET
export FOOTNOTE_GIT_USER FOOTNOTE_GIT_SECRET LC_ALL=C
export GIT_TERMINAL_PROMPT=0 GIT_ASKPASS= SSH_ASKPASS=
export GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}"
exec git "$@"
"""
"""Secrets come by a pipe; git fails where it would ask a person."""
_NOT_FOUND = 127
_HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" '
_HELPER += '"$FOOTNOTE_GIT_USER" "$FOOTNOTE_GIT_SECRET"; }; f'


class GitWiki:
    """The pages below ``subfolder`` of a repository's ``branch`` (empty: its default one).

    ``clone`` is a folder of ours alone: what stands there is overwritten.
    ``credential`` is a token, or ``user:token``; it reaches git through a pipe and
    the environment of its process, never through its arguments. ``seconds`` bounds
    each call of git. The other parameters are `MarkdownWiki`'s.
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
        site_url: str = "",
        flavour: str = "auto",
        anchors: str = "auto",
        addresses: str = "auto",
        acl: Acl = OPEN,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        max_bytes: int = 2_000_000,
    ) -> None:
        self.name = name
        self.requests = 0
        self._address, within = _without_userinfo(repository)
        self._credential = credential or within
        self._clone = clone
        self._branch = branch
        self._subfolder = subfolder.strip("/")
        self._seconds = seconds
        self._pages = partial(
            MarkdownWiki,
            name,
            site_url=site_url,
            flavour=flavour,
            anchors=anchors,
            addresses=addresses,
            acl=acl,
            include=include,
            exclude=exclude,
            max_bytes=max_bytes,
        )

    def changes(self, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """See `indexers.ports.Wiki`. Fetches first.

        Raises:
            WikiMisconfigured: no such repository, branch or folder, or no access.
            WikiUnavailable: the repository cannot be fetched now.
        """
        self._update()
        yield from self.pages().changes(known)

    def gone(self, keys: Sequence[str]) -> frozenset[str]:
        return self.pages().gone(keys)

    def page(self, key: str) -> Iterator[PageChange]:
        """See `indexers.ports.Divisible`. Fetches first."""
        self._update()
        yield from self.pages().page(key)

    def space(self, key: str, known: Mapping[str, KnownPage]) -> Iterator[PageChange]:
        """
        Raises:
            WikiMisconfigured: always.
        """
        return self.pages().space(key, known)

    def key_at(self, url: str) -> str | None:
        """As `MarkdownWiki.key_at`, of what was fetched last; None if nothing was yet."""
        return self.pages().key_at(url) if self.is_cloned else None

    def edit_address(self, key: str) -> str:
        """As `MarkdownWiki.edit_address`, of what was fetched last."""
        return self.pages().edit_address(key) if self.is_cloned else ""

    def reach(self, seconds: float) -> None:
        """Ask the repository whether its branch is there.

        Raises:
            WikiMisconfigured, WikiUnavailable: as `changes`.
        """
        self._refuse_options()
        folder = self._clone.parent
        while not folder.is_dir():
            folder = folder.parent
        arguments = ("ls-remote", "--exit-code", "--", self._address, self._branch or "HEAD")
        self._run(folder, *arguments, seconds=seconds)

    @property
    def is_cloned(self) -> bool:
        return self._remote() == self._address

    def pages(self) -> MarkdownWiki:
        """What was fetched last, if it `is_cloned`."""
        branch = self._branch or self._git("rev-parse", "--abbrev-ref", "HEAD").strip()
        root = self._clone / self._subfolder
        if not root.resolve().is_relative_to(self._clone.resolve()):
            raise WikiMisconfigured(f"{self._subfolder!r} leads out of the repository")
        return self._pages(root, repository_url=view(self._address, branch, self._subfolder))

    def _update(self) -> None:
        """Make the clone what the remote is now; a clone cut short is made anew."""
        self._refuse_options()
        if self.is_cloned:
            self._fetch()
        else:
            self._clone_anew()

    def _refuse_options(self) -> None:
        if self._address.startswith("-") or self._branch.startswith("-"):
            raise WikiMisconfigured("a repository's address or branch cannot start with a hyphen")

    def _remote(self) -> str:
        if not (self._clone / ".git").is_dir():
            return ""
        try:
            return self._git("config", "--get", "remote.origin.url").strip()
        except WikiUnavailable:
            return ""

    def _fetch(self) -> None:
        # A git killed half way leaves its lock; the folder is ours alone, so nobody holds it.
        for lock in ("index.lock", "shallow.lock", "HEAD.lock"):
            (self._clone / ".git" / lock).unlink(missing_ok=True)
        self._git("fetch", "--quiet", "--depth=1", "--no-tags", "origin", self._branch or "HEAD")
        self._git("reset", "--quiet", "--hard", "FETCH_HEAD")
        self._git("clean", "--quiet", "-ffdx")

    def _clone_anew(self) -> None:
        try:
            self._clone.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(mkdtemp(prefix=f".{self._clone.name}-", dir=self._clone.parent))
        except OSError as error:
            raise WikiUnavailable(
                f"no clone can be made in {self._clone.parent}: {error.strerror}"
            ) from error
        try:
            branch = ("--branch", self._branch) if self._branch else ()
            self._run(
                fresh.parent, "clone", "--quiet", "--depth=1", "--no-tags", "--single-branch",
                *branch, "--", self._address, str(fresh),
            )  # fmt: skip
            if self._clone.exists():
                shutil.rmtree(self._clone)
            fresh.rename(self._clone)
        except OSError as error:
            raise WikiUnavailable(
                f"no clone can be put into {self._clone}: {error.strerror}"
            ) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _git(self, *arguments: str) -> str:
        return self._run(self._clone, *arguments)

    def _run(self, folder: Path, *arguments: str, seconds: float = 0.0) -> str:
        seconds = seconds or self._seconds
        if arguments[0] in ("clone", "fetch"):
            self.requests += 1
        helper = ["-c", "credential.helper=", "-c", f"credential.helper={_HELPER}"]
        command = ["sh", "-c", _QUIET_GIT, "git", "-c", "gc.auto=0"]
        command += [*(helper if self._credential else []), *arguments]
        try:
            git = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise WikiUnavailable(f"git cannot be started: {error.strerror}") from error
        try:
            said, complained = git.communicate(self._secrets(), timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise WikiUnavailable(
                f"git did not end within {seconds:g} s for {self._shown}"
            ) from error
        finally:
            _end(git)
        if git.returncode == _NOT_FOUND:
            raise WikiMisconfigured("git is not installed; a wiki with a git address needs it")
        if git.returncode:
            why = self._redacted(complained.decode("utf-8", "replace"))
            kind = WikiMisconfigured if _REFUSED.search(why) else WikiUnavailable
            raise kind(f"git cannot {arguments[0]} {self._shown}: {why}")
        return said.decode("utf-8", "replace")

    def _secrets(self) -> bytes:
        user, colon, secret = self._credential.partition(":")
        lines = (user, secret) if colon else ("x-access-token", user)
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def _shown(self) -> str:
        return self._redacted(self._address)

    def _redacted(self, text: str) -> str:
        """On one line, without secrets: such texts reach logs and people."""
        text = _USERINFO.sub("", text)
        for secret in (self._credential, self._credential.rpartition(":")[2]):
            text = text.replace(secret, "***") if len(secret) > 3 else text
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return "; ".join(lines)[:500]


def _end(git: subprocess.Popen[bytes]) -> None:
    """Git and the helpers that it started; a helper that waits on a network outlives git."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(git.pid, signal.SIGKILL)
    git.kill()
    for pipe in (git.stdin, git.stdout, git.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    git.wait()


def _without_userinfo(repository: str) -> tuple[str, str]:
    """An address, and the ``user:secret`` that stood in it. An ssh user stays."""
    repository = repository.strip()
    parts = urlsplit(repository)
    if parts.scheme not in ("http", "https") or "@" not in parts.netloc:
        return repository, ""
    userinfo, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)), unquote(userinfo)
