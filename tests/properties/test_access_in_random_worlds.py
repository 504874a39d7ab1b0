"""`footnote access` says yes exactly where the world does, and always names a gate."""

from __future__ import annotations

import random
from urllib.parse import urljoin

import pytest

from footnote_bot.indexers.findings import Access
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.sources.confluence.access import ConfluenceAccess
from footnote_bot.indexers.sources.confluence.members import ConfluenceMembers
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.playground.confluence.state import Product
from tests.long import few
from tests.properties.confluences import may_read, site_of
from tests.properties.drawing import DrawnWorld, draw, draw_faults

WORLDS = 5


@pytest.mark.parametrize("product", ["cloud", "data-center"])
@pytest.mark.parametrize("seed", few(range(4), 1))
def test_access_is_yes_where_the_world_says_so_and_names_the_gate_otherwise(
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
        access = ConfluenceAccess("wiki", transport, survey, members)
        answers = [
            answer
            for drawn in worlds
            for answer in _asked(drawn, access, members, chance, site.confluence.base_url)
        ]
        transport.close()

    assert len(answers) > 40
    for answer, may, untold in answers:
        # A page requested alone may reveal what a sync cannot read in bulk.
        assert answer.may_read == may or (untold and not answer.may_read), answer
        assert answer.gates
        assert answer.may_read == all(gate.passed for gate in answer.gates), answer
        assert (answer.deciding is None) == answer.may_read
    assert {answer.may_read for answer, _, _ in answers} == {True, False}


def _asked(
    drawn: DrawnWorld,
    access: ConfluenceAccess,
    members: ConfluenceMembers,
    chance: random.Random,
    base: str,
) -> list[tuple[Access, bool, bool]]:
    pages = drawn.pages()
    answers = []
    for page in chance.sample(pages, min(5, len(pages))):
        for user in chance.sample(drawn.people, 3):
            email = user.email
            reader = Principal.of(EVERYONE, *members.tokens(email))
            url = urljoin(f"{base}/", f"pages/viewpage.action?pageId={page.id}")
            answer, rule = access.to(url, email, lambda reader=reader: reader)  # type: ignore[misc]

            assert rule.admits(reader) == answer.may_read
            answers.append((answer, may_read(drawn.world, user, page.id), drawn.untold(page)))
    return answers
