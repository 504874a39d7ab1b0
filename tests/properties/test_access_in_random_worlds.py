"""`footnote access` says yes exactly where the world does, and never without a gate."""

from __future__ import annotations

import random
from urllib.parse import urljoin

import pytest

from bot.playground.confluence.state import Product
from indexers.findings import Access
from indexers.model import EVERYONE, Principal
from indexers.sources.confluence.access import ConfluenceAccess
from indexers.sources.confluence.members import ConfluenceMembers
from indexers.sources.confluence.scope import Scope
from indexers.sources.confluence.survey import Survey
from tests.long import few
from tests.properties.confluences import may_read, site_of
from tests.properties.drawing import Drawn, draw, draw_faults

WORLDS = 5


@pytest.mark.parametrize("product", ["cloud", "data-center"])
@pytest.mark.parametrize("seed", few(range(4), 1))
def test_it_says_yes_where_the_world_does_and_names_the_gate_where_not(
    product: Product, seed: int
) -> None:
    chance = random.Random(f"{product} {seed}")  # noqa: S311 - the same worlds in every run
    with site_of(product, subjects_per_page=chance.choice((2, 100))) as site:
        worlds = [draw(site.world, chance, number) for number in range(WORLDS)]
        for drawn in worlds:
            draw_faults(drawn, chance, site.confluence.faults)
        transport = site.transport()
        survey = Survey("wiki", transport, Scope())
        members = ConfluenceMembers(transport, survey.tokens, clock=site.clock.monotonic)
        asked = ConfluenceAccess("wiki", transport, survey, members)
        answers = [
            answer
            for drawn in worlds
            for answer in _asked(drawn, asked, members, chance, site.confluence.base_url)
        ]
        transport.close()

    assert len(answers) > 40
    for told, may, untold in answers:
        # What a sync cannot be told in bulk, a page asked for by itself may tell.
        assert told.may_read == may or (untold and not told.may_read), told
        assert told.gates
        assert told.may_read == all(gate.passed for gate in told.gates), told
        assert (told.deciding is None) == told.may_read
    assert {told.may_read for told, _, _ in answers} == {True, False}


def _asked(
    drawn: Drawn,
    asked: ConfluenceAccess,
    members: ConfluenceMembers,
    chance: random.Random,
    base: str,
) -> list[tuple[Access, bool, bool]]:
    pages = drawn.pages()
    found = []
    for page in chance.sample(pages, min(5, len(pages))):
        for user in chance.sample(drawn.people, 3):
            email = user.email
            reader = Principal.of(EVERYONE, *members.tokens(email))
            url = urljoin(f"{base}/", f"pages/viewpage.action?pageId={page.id}")
            told, rule = asked.to(url, email, lambda reader=reader: reader)  # type: ignore[misc]

            assert rule.admits(reader) == told.may_read
            found.append((told, may_read(drawn.world, user, page.id), drawn.untold(page)))
    return found
