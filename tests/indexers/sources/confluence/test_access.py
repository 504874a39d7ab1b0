"""`indexers.sources.confluence.access`: whether an address belongs to this Confluence."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.sources.confluence.access import ConfluenceAccess
from footnote_bot.indexers.sources.confluence.members import ConfluenceMembers
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Survey
from footnote_bot.playground.confluence.faults import Fault

ELSEWHERE = "https://elsewhere.example.com/pages/viewpage.action?pageId=1"


def access_of(site) -> ConfluenceAccess:
    transport = site.transport()
    survey = Survey("wiki", transport, Scope())
    return ConfluenceAccess("wiki", transport, survey, ConfluenceMembers(transport, survey.tokens))


def test_an_address_is_not_said_to_be_anothers_while_confluence_cannot_be_asked(site) -> None:
    site.confluence.faults.on(".", Fault(status=503), times=None)
    access = access_of(site)

    assert access.path(ELSEWHERE) is None
    with pytest.raises(WikiUnavailable):
        access.path(ELSEWHERE, ask=True)


def test_an_address_is_anothers_if_confluence_does_not_say_its_own(site) -> None:
    site.confluence.faults.on(".", Fault(status=404), times=None)

    assert access_of(site).path(ELSEWHERE, ask=True) is None


def test_a_name_that_could_not_be_had_once_is_asked_for_again(site) -> None:
    site.world.add_space("ENG")
    ada, page = site.world.add_user("Ada Love"), site.world.create("ENG", "Page")
    url = f"{site.confluence.base_url}/pages/viewpage.action?pageId={page.id}"
    access = access_of(site)

    def person() -> str:
        return access.to(url, ada.email, lambda: Principal.of(EVERYONE))[0].person

    access._members.find(ada.email)
    site.confluence.faults.on(r"/rest/api/user\?", Fault(status=404), times=None)
    assert person() == f"the account {ada.id} ({ada.email})"
    site.confluence.faults.clear()
    assert person() == f"Ada Love ({ada.email})"
