"""The opening of agents. Their packages are of an extra of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from footnote_bot.bot.agents.agents import Address, Agents
from footnote_bot.bot.agents.errors import AgentsMisconfigured
from footnote_bot.bot.agents.model import Place, ProviderPlace

StdioCall = Callable[[str, object], dict[str, Any]]

_NEEDED = "Agents need packages that are not installed: pip install 'footnote-bot[agents]'."


def address_of(provider: ProviderPlace) -> Address | None:
    """Return what reads the tokens of the identity provider; None without one.

    Raises:
        AgentsMisconfigured: the packages of agents are missing.
    """
    if not provider.issuer:
        return None
    try:
        from footnote_bot.bot.agents.oauth import Provider  # its package may be missing
    except ImportError:
        raise AgentsMisconfigured(_NEEDED) from None
    return Provider(provider.issuer, provider.audience, provider.claim).address


def stdio(call: StdioCall) -> None:
    """Serve the client at standard input and output until it leaves. ``call`` does the call of a
    tool in a thread, and raises CallRefused.

    Raises:
        AgentsMisconfigured: the packages of agents are missing.
    """
    try:
        from footnote_bot.bot.agents.protocol import serve_stdio  # its package may be missing
    except ImportError:
        raise AgentsMisconfigured(_NEEDED) from None
    asyncio.run(serve_stdio(call))


@contextmanager
def serving(agents: Agents | None, place: Place) -> Iterator[None]:
    """Serve the agents, if there are any, while it is held.

    Raises:
        AgentsMisconfigured: the packages of agents are missing, or the port is taken.
    """
    if agents is None:
        yield
        return
    try:
        from footnote_bot.bot.agents.server import serve  # its packages may be missing
    except ImportError:
        raise AgentsMisconfigured(_NEEDED) from None
    with serve(agents, place):
        yield
