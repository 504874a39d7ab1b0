"""One of three named spaces is lost. The others are checked and answered as before, and no answer
quotes a page that was since restricted, trashed or moved, before the next pass and after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from footnote_bot.bot.answering.retrieval.retrieval import Retrieved, by_page
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Answer, NoAnswer, Reason, Result
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.sources.confluence.rights import Tokens
from tests.fakes.defaults import Recheck
from tests.fakes.engine import checked
from tests.fakes.searching import search
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.looking import PATIENT, live_of
from tests.indexers.sources.confluence.test_spaces_lost import KEYS, LOSSES, SPLIT, Company


def everything(retrieved: Retrieved) -> Result:
    """Return an answer that quotes every page it may."""
    passages = [hit.passage for hit in retrieved.hits]
    if not passages:
        return NoAnswer(Reason.NOTHING_INDEXED, "Nothing.")
    return Answer("Said.", tuple(source_of(passage, passage.text) for passage in passages), 1.0)


def answer_of(company: Company, site: Site, reader: Principal) -> Result:
    live = live_of(site, spaces=KEYS)
    recheck = Recheck({"wiki": live}, lambda _: None, SPLIT, seconds=PATIENT)
    hits = search(company.index, "Word Pay", (), reader=reader, limit=50)
    return checked(recheck, reader, Retrieved(by_page(hits), 0, 0), everything)


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_the_others_are_answered_and_nothing_that_changed_is_quoted(
    site: Site, lose: Callable[[Company], None]
) -> None:
    company = Company(site)
    world, (untouched, restricted, trashed) = site.world, company.pages["ENG"]
    stays, moved, _ = company.pages["ALL"]
    site.bot.sees_everything = False
    tokens = Tokens(site.transport().base.site)
    ada = Principal.of(EVERYONE, tokens.user(company.ada.id), tokens.licensed)
    lose(company)
    world.restrict(restricted, users=[company.bot.id])
    world.trash(trashed)
    world.add_space("SECRET", readers=[])
    world.move(moved, space="SECRET")
    for synced in (False, True):
        if synced:
            company.sync()
        answer = answer_of(company, site, ada)
        assert isinstance(answer, Answer)
        quoted = {source.page for source in answer.sources}

        assert {untouched, stays} <= quoted
        assert not quoted & ({restricted, trashed, moved} | company.hr)
        assert (answer.unchecked, answer.linked) == (None, ())
