"""Paging by cursor on Cloud and by start on Data Center, and the faults of both."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from footnote_bot.playground.confluence.faults import Fault


def followed(office: Any, path: str, **params: object) -> list[str]:
    """Return the titles by following every ``next``, relative to the base address."""
    titles: list[str] = []
    answer = office.get(path, **params)
    while True:
        titles += [result["title"] for result in answer["results"]]
        link = answer["_links"].get("next")
        if link is None or not answer["results"]:
            return titles
        context = office.confluence.context
        if context and link.startswith(f"{context}/"):
            link = link.removeprefix(context)
        answer = office.get(link)


def test_cloud_v2_cursors_list_everything_once(cloud: Any) -> None:
    cloud.pages(7)

    titles = followed(cloud, "/api/v2/pages", limit=3)
    assert titles == ["Top", "Mid", "Leaf", *(f"Page {n}" for n in range(7))]


def test_cloud_v2_names_next_with_its_context_and_in_a_header(cloud: Any) -> None:
    answer = cloud.answer("/api/v2/pages", limit=1)
    link = answer.json()["_links"]["next"]

    assert link.startswith("/wiki/api/v2/pages?")
    assert answer.headers["Link"] == f'<{link}>; rel="next"'


def test_cloud_searches_by_cursor_and_not_by_start(cloud: Any) -> None:
    search = "/rest/api/content/search"
    answer = cloud.get(search, cql="type = page", limit=2, start=2)

    assert [result["title"] for result in answer["results"]] == ["Top", "Mid"]
    assert answer["_links"]["next"].startswith("/rest/api/content/search?")
    assert followed(cloud, search, cql="type = page", limit=2) == ["Top", "Mid", "Leaf"]


def test_data_center_pages_by_start(data_center: Any) -> None:
    link = data_center.get("/rest/api/content", spaceKey="ENG", limit=2)["_links"]

    assert link["next"].startswith("/rest/api/content?")
    assert link["context"] == data_center.confluence.context
    assert followed(data_center, "/rest/api/content", limit=2) == ["Top", "Mid", "Leaf"]


def test_a_short_page_on_data_center_loses_results_to_its_next(data_center: Any) -> None:
    """So a client must compute the next start from the results that it received."""
    data_center.confluence.faults.on("/content", Fault(kind="short"))

    assert followed(data_center, "/rest/api/content", limit=2) == ["Top", "Leaf"]
    assert data_center.titles("/rest/api/content", limit=2, start=1) == ["Mid", "Leaf"]


def test_a_short_page_on_cloud_loses_nothing(cloud: Any) -> None:
    cloud.confluence.faults.on("/pages", Fault(kind="short"))

    assert followed(cloud, "/api/v2/pages", limit=2) == ["Top", "Mid", "Leaf"]


def test_next_can_lead_to_an_empty_page(office: Any) -> None:
    office.confluence.next_after_last = True
    path = "/api/v2/pages" if office.world.is_cloud else "/rest/api/content"
    answer = office.get(path)
    link = answer["_links"]["next"].removeprefix("/wiki")

    assert office.get(link)["results"] == []
    assert followed(office, path) == ["Top", "Mid", "Leaf"]


def test_an_empty_answer_that_names_a_next(office: Any) -> None:
    path = "/api/v2/pages" if office.world.is_cloud else "/rest/api/content"
    office.confluence.faults.on(path, Fault(kind="empty"))
    answer = office.get(path)

    assert answer["results"] == []
    assert urlsplit(answer["_links"]["next"]).path.endswith(path)


def test_a_made_up_cursor_is_refused(cloud: Any) -> None:
    assert cloud.answer("/api/v2/pages", cursor="AAAA").status_code == 400


def test_a_page_created_while_listing_disturbs_no_cursor(cloud: Any) -> None:
    def create(path: str) -> None:
        if "cursor" in path:
            cloud.confluence.before_each = lambda _: None
            cloud.world.create("ENG", "Late")

    cloud.confluence.before_each = create

    assert followed(cloud, "/api/v2/pages", limit=2) == ["Top", "Mid", "Leaf", "Late"]
