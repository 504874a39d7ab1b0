"""Faults on any request, and a record of all requests."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from random import Random
from typing import Any

import pytest
import requests

from footnote_bot.playground.confluence.faults import Fault


@pytest.mark.parametrize("retry_after", [None, "7"])
def test_too_many_requests(office: Any, retry_after: str | None) -> None:
    office.confluence.faults.on("user/current", Fault(status=429, retry_after=retry_after))
    answer = office.answer("/rest/api/user/current")

    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == retry_after
    assert office.answer("/rest/api/user/current").status_code == 200


def test_too_many_requests_until_a_date(office: Any) -> None:
    office.confluence.faults.on("user", Fault(status=429, retry_after="date+5"))
    until = parsedate_to_datetime(office.answer("/rest/api/user/current").headers["Retry-After"])

    assert (until - office.clock()).total_seconds() == 5


@pytest.mark.parametrize("status", [403, 404, 500, 502, 503, 504])
def test_statuses(office: Any, status: int) -> None:
    office.confluence.faults.on("user", Fault(status=status), times=2)

    assert office.answer("/rest/api/user/current").status_code == status
    assert office.answer("/rest/api/user/current").status_code == status
    assert office.answer("/rest/api/user/current").status_code == 200


def test_a_dropped_connection(office: Any) -> None:
    office.confluence.faults.on("user", Fault(kind="drop"))

    with pytest.raises(requests.ConnectionError):
        office.answer("/rest/api/user/current")
    assert office.confluence.requests[-1].status == 0


def test_an_answer_that_breaks_off(office: Any) -> None:
    office.confluence.faults.on("user", Fault(kind="cut"))

    with pytest.raises(requests.JSONDecodeError):
        office.answer("/rest/api/user/current").json()


def test_a_login_page_instead_of_json(office: Any) -> None:
    office.confluence.faults.on("user", Fault(kind="login"))
    answer = office.answer("/rest/api/user/current")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_latency(office: Any) -> None:
    office.confluence.latency = 0.05
    started = time.monotonic()
    office.get("/rest/api/user/current")

    assert time.monotonic() - started >= 0.05


def test_the_same_seed_brings_the_same_trouble(office: Any) -> None:
    def run() -> list[int]:
        trouble = (Fault(status=500), Fault(status=429))
        office.confluence.faults.seed(Random(3), 0.5, among=trouble)  # noqa: S311 - a test draws
        return [office.answer("/rest/api/user/current").status_code for _ in range(20)]

    first = run()

    assert set(first) == {200, 429, 500}
    assert run() == first


def test_trouble_from_now_on_until_it_is_cleared(office: Any) -> None:
    office.confluence.faults.on("user", Fault(status=500), times=None)
    statuses = [office.answer("/rest/api/user/current").status_code for _ in range(3)]
    office.confluence.faults.clear()

    assert statuses == [500, 500, 500]
    assert office.answer("/rest/api/user/current").status_code == 200


def test_requests_are_recorded(office: Any) -> None:
    office.get("/rest/api/group", office.bob, limit=1)
    request = office.confluence.requests[-1]

    assert (request.path, request.query, request.status) == ("/rest/api/group", "limit=1", 200)
    assert request.caller == office.bob.id
