"""Git as a command that trusts neither the repository, nor the server, nor the user's settings."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_REFUSED = re.compile(
    r"authentication failed|could not read (?:username|password)|permission denied|access denied"
    r"|repository .{0,300}not found|does not (?:exist|appear to be a git)|not found"
    r"|host key verification|remote branch|couldn't find remote ref|terminal prompts disabled"
    r"|403|401|dubious ownership|transport .{0,300}not allowed",
    re.IGNORECASE,
)
_REDIRECTED = re.compile(r"returned error: 30[12378]\b")
_NOT_FOUND = 127
_CHECK_EVERY = 0.5
"""Seconds between two checks whether git is to be stopped."""

_QUIET_GIT = """
IFS= read -r FOOTNOTE_GIT_USER
IFS= read -r FOOTNOTE_GIT_SECRET
for name in $(env | sed -n 's/^\\(GIT_[A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case $name in
    GIT_SSH|GIT_SSH_COMMAND|GIT_SSH_VARIANT) ;;
    GIT_SSL_CAINFO|GIT_SSL_CAPATH|GIT_SSL_CERT|GIT_SSL_KEY|GIT_PROXY_SSL_CAINFO) ;;
    *) unset "$name" ;;
  esac
done
export FOOTNOTE_GIT_USER FOOTNOTE_GIT_SECRET LC_ALL=C
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$FOOTNOTE_GIT_CONFIG" GIT_ATTR_NOSYSTEM=1
export GIT_TERMINAL_PROMPT=0 GIT_ASKPASS= SSH_ASKPASS= GIT_LFS_SKIP_SMUDGE=1 GIT_OPTIONAL_LOCKS=0
export GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh -oBatchMode=yes}"
"""
"""Secrets come through a pipe; git fails if it would ask a person. Of git's variables only those
that name keys and authorities are kept; others could trace secrets, name programs or open
protocols. The proxy's variables (`HTTPS_PROXY`, ...) are not git's and are kept as well."""

_NOT_LAZILY = "export GIT_NO_LAZY_FETCH=1\n"
"""Git before 2.44 does not know it: if a repository has lost its history there, a fetch starts
another fetch for the missing objects, which starts another one, until its time is over."""
_LAZY = "reset"
"""The only command that may need objects that were not fetched: old texts that came back."""

_HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" '
_HELPER += '"$FOOTNOTE_GIT_USER" "$FOOTNOTE_GIT_SECRET"; }; f'

_CLOSED = (
    "protocol.allow=never",
    "http.followRedirects=false",
    "http.sslVerify=true",
    "credential.helper=",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "log.showSignature=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
"""Features that a repository or its server could abuse."""


class GitRefused(WikiMisconfigured):
    """Git refused, and would do so again. ``redirected``: the server named another address."""

    def __init__(self, text: str, *, redirected: bool = False) -> None:
        super().__init__(text)
        self.redirected = redirected


class Git:
    """Git for one repository. ``credential`` is a token, or ``user:token``: it reaches git through
    a pipe and the environment of its process, and is sent only to the scheme, host and port of the
    address. ``seconds`` limits each call."""

    def __init__(self, address: Address, credential: str = "", seconds: float = 300.0) -> None:
        self.address = address
        self._credential = credential
        self._seconds = seconds

    def run(
        self,
        folder: Path,
        *arguments: str,
        seconds: float = 0.0,
        stopped: Callable[[], bool] = lambda: False,
    ) -> str:
        """Run git with ``arguments`` in ``folder`` and return its output. Git is ended early if it
        is ``stopped``. ``seconds`` is the limit; 0: that of the object.

        Raises:
            GitRefused: no such repository, branch or folder, no access, or a redirect.
            WikiMisconfigured: git is not installed.
            WikiUnavailable: the repository cannot be read now.
        """
        seconds = seconds or self._seconds
        code, output, errors = self._execute(folder, arguments, seconds, stopped)
        if code == _NOT_FOUND:
            raise WikiMisconfigured("git is not installed; a wiki with a git address needs it")
        if not code:
            return output.decode("utf-8", "surrogateescape")
        why = self._redacted(errors.decode("utf-8", "replace"))
        if _REDIRECTED.search(why):
            raise GitRefused(
                f"the server redirects {self.shown} to another address, which is not followed, for"
                " it may lead to another host; write the address that it leads to into `git`",
                redirected=True,
            )
        action = "read" if arguments[0] in ("ls-remote", "fetch") else arguments[0]
        text = f"git cannot {action} {self.shown}: {why or f'it ended with {code}'}"
        raise GitRefused(text) if _REFUSED.search(why) else WikiUnavailable(text)

    @property
    def shown(self) -> str:
        """Return the address for messages, without secrets."""
        return self._redacted(self.address.url)

    def _execute(
        self, folder: Path, arguments: Sequence[str], seconds: float, stopped: Callable[[], bool]
    ) -> tuple[int, bytes, bytes]:
        """Run git; return its exit status, output and errors."""
        with self._config() as config:
            lazy = "" if arguments[0] == _LAZY else _NOT_LAZILY
            config_line = f"FOOTNOTE_GIT_CONFIG={shlex.quote(config)}\n"
            script = f'{config_line}{_QUIET_GIT}{lazy}exec git "$@"\n'
            command = ["sh", "-c", script, "git", *self._settings, *arguments]
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
                output, errors = self._output(git, seconds, stopped)
            finally:
                _end(git)
        return git.returncode, output, errors

    def _output(
        self, git: subprocess.Popen[bytes], seconds: float, stopped: Callable[[], bool]
    ) -> tuple[bytes, bytes]:
        """Return git's output and errors once it ends.

        Raises:
            WikiUnavailable: git takes too long, or is stopped.
        """
        deadline = time.monotonic() + seconds
        self._hand_secrets(git)
        while True:
            remaining = deadline - time.monotonic()
            try:
                return git.communicate(timeout=max(0.0, min(_CHECK_EVERY, remaining)))
            except subprocess.TimeoutExpired as error:
                if stopped():
                    raise WikiUnavailable(f"git was stopped for {self.shown}") from error
                if remaining <= _CHECK_EVERY:
                    raise WikiUnavailable(
                        f"git did not end within {seconds:g} s for {self.shown}"
                    ) from error

    def _hand_secrets(self, git: subprocess.Popen[bytes]) -> None:
        """Write the secrets, which fit into the pipe. On a busy machine, `communicate` may time out
        before it writes, and does not write when it is called again."""
        pipe, git.stdin = git.stdin, None
        if pipe:
            with suppress(BrokenPipeError), pipe:
                pipe.write(self._secrets())

    @contextmanager
    def _config(self) -> Iterator[str]:
        """Yield the file of settings that replaces the user's own. It is empty, or lets git read a
        local folder of another user, because the operator named it. (Git's other half, which serves
        the folder, reads that permission only from a file.)"""
        if self.address.protocol != "file":
            yield os.devnull
            return
        path = self.address.url.removeprefix("file://").rstrip("/")
        quoted = path.replace("\\", "\\\\").replace('"', '\\"')
        try:
            file = NamedTemporaryFile("w", prefix="footnote-git-", encoding="utf-8")  # noqa: SIM115 - closed below
        except OSError as error:
            raise WikiUnavailable(f"git needs a temporary file: {error.strerror}") from error
        with file:
            for place in (quoted, f"{quoted}/.git"):
                file.write(f'[safe]\n\tdirectory = "{place}"\n')
            file.flush()
            yield file.name

    @property
    def _settings(self) -> list[str]:
        """The arguments that close what could be abused, and allow only the address's protocol."""
        settings = [*_CLOSED, f"protocol.{self.address.protocol}.allow=always"]
        if self._credential and self.address.origin:
            settings.append(f"credential.{self.address.origin}.helper={_HELPER}")
        return [part for setting in settings for part in ("-c", setting)]

    def _secrets(self) -> bytes:
        """Return the user and the secret, a line each, as `_QUIET_GIT` reads them."""
        user, colon, secret = self._credential.partition(":")
        lines = (user, secret) if colon else ("x-access-token", user)
        return "".join(f"{line}\n" for line in lines).encode()

    def _redacted(self, text: str) -> str:
        """Return ``text`` on one line, without secrets, for logs and people."""
        text = _USERINFO.sub("", text)
        for secret in (self._credential, self._credential.rpartition(":")[2]):
            # Shorter ones would also hide parts of ordinary words.
            text = text.replace(secret, "***") if len(secret) > 3 else text
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return "; ".join(lines)[:500]


def _end(git: subprocess.Popen[bytes]) -> None:
    """End git and its helpers. A helper that waits for the network would outlive git."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(git.pid, signal.SIGKILL)
    git.kill()
    for pipe in (git.stdin, git.stdout, git.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    git.wait()


_SSH = frozenset({"ssh", "git+ssh", "ssh+git"})
_WEB = frozenset({"http", "https"})
_SCP = re.compile(r"[^/]*:(?!:)")


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


def _without_scheme(url: str) -> Address:
    """Parse an address without a scheme: ``host:path`` for ssh, or an absolute path."""
    if "::" in url.split("/", 1)[0]:
        raise WikiMisconfigured("a repository cannot be read by a helper of git's (`name::`)")
    if _SCP.match(url):
        return Address(url, "ssh")
    if not url.startswith("/"):
        raise WikiMisconfigured(f"{url!r} is no whole path; write it from the top, with a slash")
    return Address(url, "file")


def _web(parts: SplitResult, scheme: str) -> Address:
    """Return a web address, with its user and secret apart."""
    userinfo, _, host = parts.netloc.rpartition("@")
    url = urlunsplit(parts._replace(scheme=scheme, netloc=host))
    return Address(url, scheme, unquote(userinfo))
