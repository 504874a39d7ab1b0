"""The checks of `footnote init`: of the wiki, of its address and of Slack's token."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from footnote_bot.bot import screen
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.indexers.errors import IndexersError
from footnote_bot.indexers.findings import Finding, failure

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets

_SECONDS = 10.0
_CLOSED = frozenset({401, 403, 405})
"""Status codes of a server that is there, and shows the page only to people who are signed in."""


def wiki_findings(wiki: Mapping[str, Any], secrets: Secrets) -> Iterator[Finding]:
    """Yield `footnote doctor`'s findings about this wiki, each as soon as it is known."""
    # Slow: the wikis' readers, and Pydantic.
    from footnote_bot.bot.app import App
    from footnote_bot.config.writing import drafted

    with TemporaryDirectory(prefix="footnote-") as folder:
        try:
            with App(drafted(wiki, Path(folder)), secrets) as app:
                for source in app.indexing.wikis.values():
                    yield from source.findings()
        except IndexersError as error:
            yield failure(wiki["name"], str(error), "")


def address_problem(url: str) -> str:
    """Return why people may not find their wiki at ``url``; empty if something answers there."""
    # Slow: they load email and ssl.
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.parse import quote
    from urllib.request import Request, urlopen

    # A browser's address bar shows letters that HTTP does not take.
    address = quote(url, safe=string.punctuation)
    request = Request(address, headers={"User-Agent": "footnote"})  # noqa: S310 - http(s), as settings are
    try:
        with screen.busy(f"Asking {url}"), urlopen(request, timeout=_SECONDS):  # noqa: S310
            return ""
    except HTTPError as error:
        error.close()
        return "" if error.code in _CLOSED else f"{url} answers {error.code} ({error.reason})."
    except (OSError, HTTPException, UnicodeError) as error:  # UnicodeError: an invalid host name
        reason = getattr(error, "reason", None) or error
        return f"{url} does not answer ({reason})."


def slack_problem(token: str, api_url: str) -> str:
    """Return why Slack does not take the bot token; empty if it does."""
    import asyncio  # `--help` need not load its thirty modules

    # Slow: Slack's libraries.
    from footnote_bot.bot.slack.api.slack_api import SLACK_API, call, web_client

    async def ask() -> None:
        await call(web_client(token, api_url or SLACK_API, retries=False).auth_test())

    try:
        with screen.busy("Asking Slack"):
            asyncio.run(ask())
    except ChatRefused as error:
        return f"Slack does not accept SLACK_BOT_TOKEN ({error.code})."
    except ChatUnavailable as error:
        return f"SLACK_BOT_TOKEN could not be checked: {error}."
    return ""
