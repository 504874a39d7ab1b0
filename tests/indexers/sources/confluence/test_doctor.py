"""The doctor takes a bounded time, whatever Confluence does."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

import pytest

from footnote_bot.indexers.findings import Level
from footnote_bot.indexers.sources.confluence import doctor
from footnote_bot.indexers.sources.confluence.doctor import ConfluenceDoctor
from footnote_bot.indexers.sources.confluence.members import ConfluenceMembers
from footnote_bot.indexers.sources.confluence.parallel import start_in_thread
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.transport import Transport
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.looking import PATIENT


def doctor_of(transport: Transport, **settings: float) -> ConfluenceDoctor:
    members = ConfluenceMembers(transport, Tokens(transport.base.site))
    return ConfluenceDoctor("wiki", transport, Scope(), members, **settings)


def test_a_server_that_never_answers_is_one_failure(site: Site) -> None:
    over = Event()
    site.confluence.before_each = lambda _: over.wait(PATIENT)
    findings = list(doctor_of(site.transport(), seconds=0.05).findings())
    over.set()

    assert [finding.level for finding in findings] == [Level.FAILURE]
    assert "did not tell whose token it is" in findings[0].says


def test_a_later_check_that_takes_too_long_is_a_warning_and_the_rest_is_reported(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is up as soon as the server stalls on this one request. Every other check is
    reported, however busy the machine is."""
    site.world.add_space("ENG")
    dawdling, over = Event(), Event()

    def dawdle(path: str) -> None:
        if "memberof" in path:
            dawdling.set()
            over.wait(PATIENT)

    class Begun:
        def __init__(self, check: Callable[[None], object], argument: None) -> None:
            self._future = start_in_thread(check, argument)

        def result(self, seconds: float) -> object:
            assert seconds == 8.0
            while not self._future.done():
                if dawdling.is_set() and not over.is_set():
                    over.set()
                    raise TimeoutError
                time.sleep(0.01)
            return self._future.result()

    monkeypatch.setattr(doctor, "start_in_thread", Begun)
    site.confluence.before_each = dawdle
    findings = list(doctor_of(site.transport(), seconds=8.0).findings())
    late = [finding for finding in findings if "did not tell" in finding.says]

    assert "who is in which group" in late[0].says
    assert {finding.level for finding in late} == {Level.WARNING}
    assert any("their e-mail address" in finding.says for finding in findings)


def test_a_confluence_without_a_page_leaves_restrictions_untried(site: Site) -> None:
    site.world.add_space("ENG")
    findings = list(doctor_of(site.transport()).findings())

    assert any("finds no page in these spaces" in finding.says for finding in findings)
    assert not [finding for finding in findings if finding.level is Level.FAILURE]


def test_a_lost_space_is_a_failure_and_the_rest_is_reported(site: Site) -> None:
    site.world.add_space("ENG")
    site.world.create("ENG", "Engines")
    transport = site.transport()
    members = ConfluenceMembers(transport, Tokens(transport.base.site))
    scope = Scope(spaces=("ENG", "HR"))
    findings = list(ConfluenceDoctor("wiki", transport, scope, members).findings())
    (failure,) = [finding for finding in findings if finding.level is Level.FAILURE]

    assert "does not show 1 space of `spaces`: HR." in failure.says
    assert any("All 1 space say who may view them." in finding.says for finding in findings)
