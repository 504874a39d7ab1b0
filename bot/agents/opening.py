"""The opening of agents. Their packages are of an extra of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from footnote_bot.bot.agents.agents import Address, Agents
from footnote_bot.bot.agents.errors import AgentsMisconfigured
from footnote_bot.bot.agents.model import AgentEndpoint


@contextmanager
def of_their_packages() -> Iterator[None]:
    """Return a context for imports that need the packages of agents.

    Raises:
        AgentsMisconfigured: they are missing.
    """
    try:
        yield
    except ImportError as error:
        raise AgentsMisconfigured(
            f"{error.name} is not installed: pip install 'footnote-bot[agents]'."
        ) from None


def address_of(endpoint: AgentEndpoint) -> Address | None:
    """Return the function that reads tokens of the identity provider; None without a provider.

    Raises:
        AgentsMisconfigured: the packages of agents are missing.
    """
    if not endpoint.issuer:
        return None
    with of_their_packages():
        from footnote_bot.bot.agents.oauth import Provider  # its package may be missing
    return Provider(endpoint.issuer, endpoint.audience, endpoint.claim).address


@contextmanager
def serving(agents: Agents | None, endpoint: AgentEndpoint) -> Iterator[None]:
    """Serve the agents, if there are any, until the context ends.

    Raises:
        AgentsMisconfigured: the packages of agents are missing, or the port is taken.
    """
    if agents is None:
        yield
        return
    with of_their_packages():
        from footnote_bot.bot.agents.server import serve  # its packages may be missing
    with serve(agents, endpoint):
        yield
