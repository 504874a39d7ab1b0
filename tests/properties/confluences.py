"""From a local Confluence over HTTP to the hits of a person, as in production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from footnote_bot.indexers.ports import PassageIndex
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.playground.confluence.model import User
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.indexers.sources.confluence.conftest import Clock, Site

WIKI = "wiki"
EMBEDDER = WordEmbedder()
SPLIT = Splitter(EMBEDDER.count_tokens, 200)


@contextmanager
def site_of(product: Product, **settings: int) -> Iterator[Site]:
    """Yield an empty site. ``settings`` are those of `LocalConfluence`."""
    clock = Clock()
    world = World(product, now=clock.now)
    with LocalConfluence(world, **settings) as confluence:
        yield Site(world, clock, confluence)


def wiki_of(transport: Transport) -> ConfluenceWiki:
    return ConfluenceWiki(WIKI, transport)


def principal(world: World, tokens: Tokens, user: User | None) -> Principal:
    """Return the principal of a person, computed from the world. A person who may not log in is
    anonymous."""
    if user is None or not user.active:
        return Principal.of(EVERYONE)
    groups = [world.groups[name] for name in world.groups_of(user.id)]
    names = [group.id if world.is_cloud else group.name for group in groups]
    own_tokens = [EVERYONE, tokens.user(user.id), *map(tokens.group, names)]
    # Data Center has no guests: a person outside the licensed group may still log in.
    guest = (user.guest and world.is_cloud) or user.app
    return Principal.of(*own_tokens, *([] if guest else [tokens.licensed]))


def may_read(world: World, user: User | None, content: str) -> bool:
    """Return what the world says. A deactivated person reads what visitors read."""
    return world.may_read(user.id if user and user.active else None, content)


def hits_for(index: PassageIndex, words: str, reader: Principal) -> list[Hit]:
    return search(index, words, EMBEDDER.embed_question(words), reader=reader, limit=200)


def pages(hits: Iterable[Hit]) -> set[str]:
    return {hit.passage.page for hit in hits}
