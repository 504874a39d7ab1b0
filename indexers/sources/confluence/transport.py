"""GET requests with limits: bounded tries, bounded concurrency, JSON or an error."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import BoundedSemaphore, Event, Lock
from typing import Any, TypeVar

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, SSLError, Timeout
from urllib3.exceptions import HTTPError

from footnote_bot.indexers.backoff import growing_pauses, seconds_of
from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.sources.confluence.addresses import Base

log = logging.getLogger(__name__)

T = TypeVar("T")
Json = dict[str, Any]
Params = Mapping[str, str | int]

MOST_BYTES = 50_000_000
"""The limit of a response that is no file: a page of results with some of the longest pages."""
_PIECE = 1 << 16
_CHECK_EVERY = 0.25
"""Seconds between two checks whether a request is to be given up."""
_TEMPORARY = {429, 500, 502, 503, 504}
"""HTTP statuses after which another try may succeed."""


def at(answer: object, *names: str) -> Any:
    """Return the value at the end of a path of names; None if it breaks off."""
    value: Any = answer
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


class Refused(WikiUnavailable):
    """Confluence refused a request. ``status`` is HTTP's; ``is_its_own``: Confluence itself
    answered, in JSON, and no proxy in front of it."""

    def __init__(self, status: int, message: str, *, is_its_own: bool = True) -> None:
        super().__init__(message)
        self.status = status
        self.is_its_own = is_its_own

    @property
    def absent(self) -> bool:
        """Return whether it was a 403 or 404: nothing is there, or the token may not see it."""
        return self.is_its_own and self.status in {403, 404}

    @property
    def busy(self) -> bool:
        """Return whether Confluence is too busy for any request now."""
        return self.status in {429, 503}


def unless_absent(ask: Callable[[], T]) -> T | None:
    """Return the result of ``ask``; None if Confluence says that nothing is there for the token.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    try:
        return ask()
    except Refused as refused:
        if refused.absent:
            return None
        raise


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of retrying. ``seconds`` limits the total wait of one request.

    A 500 gets at most ``tries_after_500``: Cloud returns it now and then under load, and Data
    Center returns it permanently for requests that the token may not make. ``few_tries`` are for a
    caller that can request less instead, or expects a 500.
    """

    tries: int = 6
    seconds: float = 120.0
    first_wait: float = 0.5
    tries_after_500: int = 4
    few_tries: int = 2


@dataclass(frozen=True, slots=True)
class Time:
    """Clock (UTC), sleep and chance (0 to 1), passed in."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] | None = None
    """None: until the seconds are over, or the transport's `abort_waits`."""
    chance: Callable[[], float] = field(default=random.random)


class Transport:
    """A Confluence over HTTP, for several threads.

    ``token_variable`` is the variable with the token, for messages. With ``email`` it is sent as
    Cloud's basic authentication, without as a bearer (Data Center's personal access tokens).
    ``timeout`` is in seconds. Proxy and CA bundle are those given: the environment and ``.netrc``
    are not read, because they could send the token elsewhere or replace it.
    """

    def __init__(  # noqa: PLR0913 - the operator's settings
        self,
        base: Base,
        token: str,
        *,
        token_variable: str = "CONFLUENCE_TOKEN",  # noqa: S107 - where it is set
        email: str = "",
        timeout: int = 30,
        proxy: str = "",
        ca_bundle: str = "",
        concurrency: int = 6,
        patience: Patience | None = None,
        time: Time | None = None,
    ) -> None:
        self.base = base
        self.requests = 0
        self._token = token
        self._token_variable = token_variable
        self.shown_at = base.shown_at
        """The address at which people read it, as the last response named it."""
        self.concurrency = concurrency
        self._patience = patience or Patience()
        self._time = time or Time()
        self._aborted = Event()
        self._slots = BoundedSemaphore(concurrency)
        self._count_lock = Lock()
        from atlassian.rest_client import AtlassianRestAPI  # slow: imports BeautifulSoup

        client = partial(
            AtlassianRestAPI,
            base.url,
            timeout=timeout,
            proxies={"http": proxy, "https": proxy} if proxy else None,
            backoff_and_retry=False,
            retry_with_header=False,
        )
        self._timeout = timeout
        # A server that sends its response byte by byte never exceeds `timeout`.
        longest = max(timeout, self._patience.seconds)
        self._session = _session(ca_bundle, concurrency, longest)
        self._anonymous_session = _session(ca_bundle, concurrency, longest)
        self._client = client(
            username=email or None,
            password=token if email else None,
            token=None if email else token,
            session=self._session,
        )
        self._anonymous_client = client(session=self._anonymous_session)

    def abort_waits(self) -> None:
        """Repeat no request from now on, and give up on requests that hang: the process ends."""
        self._aborted.set()

    def close(self) -> None:
        self._client.close()
        self._anonymous_client.close()

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        anonymous: bool = False,
        few_tries: bool = False,
    ) -> Json:
        """Return the JSON object at ``path`` below the base. ``anonymous``: as an anonymous visitor
        gets it, for whom a 401 is a refusal like any other. ``few_tries``: give up on a 500 soon,
        because the caller can request less, or expects it.

        Raises:
            Refused: another status than 200 (a temporary one: after all tries), or no JSON
                (a login page, for example).
            WikiMisconfigured: the token is not accepted.
            WikiUnavailable: no answer after all tries.
        """
        if not self._token:
            raise WikiMisconfigured(
                f"There is no token for the Confluence at {self.base.url}: set"
                f" {self._token_variable}, which `token_variable` names."
            )
        client = self._anonymous_client if anonymous else self._client
        query = dict(params or {})
        response = self._answer(
            lambda: client.request(
                path=path, params=query, advanced_mode=True, allow_redirects=False
            ),
            few_tries=few_tries,
        )
        status = response.status_code
        is_json = "json" in response.headers.get("Content-Type", "").lower()
        where = f"{self.base.url}{path.partition('?')[0]}"
        if status == 401 and not anonymous:
            raise WikiMisconfigured(
                f"Confluence at {self.base.url} does not accept the token for"
                f" {path.partition('?')[0]}: see that {self._token_variable} (and for Cloud"
                " `email`) is right, has not expired and has the scopes to read."
            )
        if 300 <= status < 400:
            raise Refused(
                status,
                f"{where} leads elsewhere ({status}): see that `url` is the address that"
                " Confluence itself uses, and that the token is valid.",
            )
        if status != 200:
            raise Refused(status, f"Confluence answered {status} to {where}.", is_its_own=is_json)
        if not is_json:
            raise Refused(
                status,
                f"{where} answered with no JSON, perhaps a login page: see that `url` and the"
                " token are right.",
            )
        try:
            body = response.json()
        except (ValueError, RecursionError) as error:
            raise Refused(status, f"{where} answered with broken JSON.") from error
        if isinstance(body, list):
            # Some Data Center resources return a bare list, which is their whole result.
            return {"results": body}
        if not isinstance(body, dict):
            raise Refused(status, f"{where} answered with JSON of another form.")
        return body

    def fetch(self, url: str, most: int) -> tuple[Response, bytes]:
        """Return the response at ``url``, here or elsewhere, with up to ``most`` bytes (and a few
        more). The token is sent below the base and nowhere else; a redirect is a response like any
        other.

        Raises:
            Refused: a temporary failure persisted.
            WikiUnavailable: no answer after all tries.
        """
        session = self._session if url.startswith(self.base.url + "/") else self._anonymous_session
        body = bytearray()

        def ask() -> Response:
            body.clear()
            until = self._time.monotonic() + self._patience.seconds
            # Not by the client, which reads a whole response, however long it is.
            with session.get(
                url, stream=True, timeout=self._timeout, allow_redirects=False
            ) as response:
                for piece in _pieces(response):
                    body.extend(piece)
                    if len(body) >= most:
                        break
                    if self._time.monotonic() > until:
                        raise Timeout
            return response

        return self._answer(ask), bytes(body)

    def _answer(self, ask: Callable[[], Response], *, few_tries: bool = False) -> Response:
        """Return the first response that is no temporary failure, or a 500 that all tries get.
        Raise Refused or WikiUnavailable if the tries or the time are used up."""
        patience, started = self._patience, self._time.monotonic()
        pauses, tries = growing_pauses(patience.first_wait), 0
        while True:
            tries += 1
            response, error = self._try_once(ask)
            if response is not None and response.status_code not in _TEMPORARY:
                return response
            wait = self._wait(response, next(pauses))
            seconds_left = patience.seconds - (self._time.monotonic() - started)
            max_tries = patience.tries
            if response is not None and response.status_code == 500:
                max_after_500 = patience.few_tries if few_tries else patience.tries_after_500
                max_tries = min(max_tries, max_after_500)
            if tries >= max_tries or wait > seconds_left or self._aborted.is_set():
                if response is not None and response.status_code == 500:
                    return response
                problem = f"answered {response.status_code}" if response is not None else error
                message = (
                    f"Confluence at {self.base.url} {problem} after {tries} tries; it is tried"
                    " again at the next sync."
                )
                if response is None:
                    raise WikiUnavailable(message)
                raise Refused(response.status_code, message)
            (self._time.sleep or self._aborted.wait)(wait)

    def _try_once(self, ask: Callable[[], Response]) -> tuple[Response | None, str]:
        """Send a request once; return its response, or None and why there is none."""
        with self._count_lock:
            self.requests += 1
        try:
            with self._slots:
                response = self._unless_aborted(ask)
        except RequestException as error:
            # A connection that breaks within TLS is an SSLError, too, and temporary.
            if isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise WikiMisconfigured(
                    f"The certificate of {self.base.url} is not trusted: set `ca_bundle` to the"
                    " file of your certificate authority."
                ) from error
            log.debug("no answer: %s", type(error).__name__)
            return None, f"did not answer ({type(error).__name__})"
        return response, ""

    def _unless_aborted(self, ask: Callable[[], Response]) -> Response:
        """Return the response, but give up on a request that hangs when the process ends.

        Raises:
            RequestException
        """
        request = in_daemon(ask, "asking Confluence")
        while not request.done():
            wait([request], _CHECK_EVERY)
            if self._aborted.is_set() and not request.done():
                raise Timeout("the process ends")
        return request.result()

    def _wait(self, response: Response | None, pause: float) -> float:
        """Return the seconds to wait before the next try: as many as the server asks for, and a
        random bit more; else ``pause`` times 0.5 to 1, at random."""
        retry_after = response.headers.get("Retry-After") if response is not None else None
        server_wait = seconds_of(retry_after, self._time.now)
        # Requests that are refused together must not all be repeated at the same moment.
        chance = self._time.chance()
        if server_wait is not None:
            return server_wait + chance * self._patience.first_wait
        return pause * (0.5 + chance / 2)


class _Session(Session):
    """A session that reads a response for at most ``seconds``, and `MOST_BYTES` of it."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send the request. Unless it is streamed, read the response within the limits."""
        streamed = kwargs.get("stream")
        until = time.monotonic() + self._seconds
        response = super().send(request, **{**kwargs, "stream": True})
        if not streamed:
            # `Response.content` would read all of it, however long it is.
            response._content = _bounded(response, until)  # noqa: SLF001
        return response

    def get_redirect_target(self, resp: Response) -> str | None:  # noqa: ARG002 - as requests has it
        """Return no target: a redirect is a response. Otherwise requests would read its whole body,
        and parse its address, which fails for an invalid one."""
        return None


def _bounded(response: Response, until: float) -> bytes:
    """Return the body, decompressed. ``until`` is a time of `time.monotonic`.

    Raises:
        Refused: the body is too long.
        Timeout: the body is incomplete at the deadline.
    """
    body = bytearray()
    with response:
        for piece in _pieces(response):
            body.extend(piece)
            if len(body) > MOST_BYTES:
                where = response.url.partition("?")[0]
                raise Refused(200, f"{where} answered with more than {MOST_BYTES:,} bytes.")
            if time.monotonic() > until:
                raise Timeout
    return bytes(body)


def _pieces(response: Response) -> Iterator[bytes]:
    """Yield the bytes of the body, decompressed, as soon as they come: `iter_content` would wait
    for a whole piece, however long that takes.

    Raises:
        RequestException: the connection breaks.
    """
    try:
        while piece := response.raw.read1(_PIECE, decode_content=True):
            yield piece
    except (HTTPError, OSError) as error:
        raise ChunkedEncodingError(error) from error


def _session(ca_bundle: str, connections: int, seconds: float) -> Session:
    """Return a session without the environment's settings; see `_Session` for ``seconds``."""
    session = _Session(seconds)
    session.trust_env = False
    session.verify = ca_bundle or True
    adapter = HTTPAdapter(pool_maxsize=connections)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
