"""`indexers.sources.confluence.paging` against a Confluence with odd answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from footnote_bot.indexers.sources.confluence.addresses import Base, base_of
from footnote_bot.indexers.sources.confluence.paging import by_cursor, by_start, results
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport

MOST_REQUESTS = 50


class OddServer(Transport):
    """A client that computes its answers from path and params, and stops endless listings."""

    def __init__(self, answer: Callable[[str, Params], Json]) -> None:
        self.base: Base = base_of("https://wiki.example")
        self.calls: list[Params] = []
        self._answer = answer

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        anonymous: bool = False,
        few_tries: bool = False,
    ) -> Json:
        assert len(self.calls) < MOST_REQUESTS
        self.calls.append(params or {})
        return self._answer(path, params or {})


def page(*ids: int, to: str = "") -> Json:
    return {"results": [{"id": number} for number in ids], "_links": {"next": to} if to else {}}


def ids(answers: object) -> list[int]:
    assert hasattr(answers, "__iter__")
    return [row["id"] for answer in answers for row in results(answer)]


def test_a_page_that_is_empty_to_us_is_not_the_end() -> None:
    """All its rows may be hidden from the token."""
    chain = {"/p": page(1, to="/a"), "/a": page(to="/b"), "/b": page(2)}

    assert ids(by_cursor(OddServer(lambda path, _: chain[path]), "/p", {})) == [1, 2]


def test_pages_that_stay_empty_are_the_end() -> None:
    server = OddServer(lambda path, _: page(to=f"{path}x"))

    assert ids(by_cursor(server, "/p", {})) == []


@pytest.mark.parametrize("listing", [by_cursor, by_start])
def test_a_server_that_repeats_itself_is_left(listing) -> None:
    """A listing that never ends is incomplete."""
    server = OddServer(lambda path, _: page(1, 2, to=f"{path}x"))

    with pytest.raises(Refused, match="again"):
        ids(listing(server, "/p", {"limit": 2}))


def test_by_start_an_empty_page_leads_on_to_its_next() -> None:
    def answer(_: str, params: Params) -> Json:
        pages = {0: page(1, to="/p?start=2"), 1: page(to="/p?start=4"), 4: page(5)}
        return pages[int(params["start"])]

    assert ids(by_start(OddServer(answer), "/p", {"limit": 2})) == [1, 5]


def test_a_row_that_breaks_the_server_is_requested_with_fewer_fields() -> None:
    """The rows after it are requested in large pages again."""

    def answer(_: str, params: Params) -> Json:
        start = int(params["start"])
        end = min(400, start + int(params["limit"]))
        if start <= 7 < end and "expand" in params:
            raise Refused(500, "NullPointerException")
        return page(*range(start, end), to="/p" if end < 400 else "")

    server = OddServer(answer)

    assert ids(by_start(server, "/p", {"limit": 200, "expand": "all"}, {"limit": 200})) == [
        *range(400)
    ]
    assert sum("expand" not in params for params in server.calls) == 1


def test_a_row_that_is_too_heavy_in_any_form_is_an_error() -> None:
    def answer(_: str, __: Params) -> Json:
        raise Refused(500, "NullPointerException")

    with pytest.raises(Refused):
        ids(by_start(OddServer(answer), "/p", {"limit": 8, "expand": "all"}, {"limit": 8}))
