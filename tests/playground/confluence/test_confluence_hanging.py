"""Attachments and comments of the local Confluence: search, listings, downloads."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
import requests


def search(office: Any, cql: str, user: Any = None, **params: object) -> list[dict[str, Any]]:
    return office.get("/rest/api/content/search", user, cql=cql, **params)["results"]


def test_the_search_finds_attachments_with_what_they_hang_on(office) -> None:
    file = office.world.attach(office.leaf.id, "a.txt", b"Words", "text/plain")
    plain = search(office, 'type = attachment and space = "ENG"')
    expanded = search(office, "type = attachment", expand="container,version")

    assert [content["id"] for content in plain] == [file.id]
    assert plain[0]["extensions"]["fileSize"] == 5
    assert {"container", "version"}.isdisjoint(plain[0])
    assert expanded[0]["container"]["id"] == office.leaf.id
    assert expanded[0]["version"]["number"] == 1


def test_only_a_pages_readers_see_its_attachments_and_comments(office) -> None:
    office.world.attach(office.leaf.id, "a.txt", b"Words")
    office.world.comment(office.leaf.id, "<p>Said.</p>")
    office.world.restrict(office.mid.id, users=[office.bob.id])
    query = "type in (attachment, comment)"

    assert len(search(office, query, office.bob)) == 2
    assert search(office, query, office.eve) == []


def test_the_search_is_behind_for_what_comes_and_not_for_what_goes(office, clock) -> None:
    office.world.index_lag = timedelta(minutes=5)
    file = office.world.attach(office.leaf.id, "a.txt", b"Words")
    assert search(office, "type = attachment") == []
    clock.pass_by(minutes=6)
    assert [content["id"] for content in search(office, "type = attachment")] == [file.id]
    office.world.detach(office.leaf.id, "a.txt")

    assert search(office, "type = attachment") == []


def test_the_search_can_miss_something(office) -> None:
    file = office.world.attach(office.leaf.id, "a.txt", b"Words")
    office.world.unindexed.add(file.id)

    assert search(office, "type = attachment") == []


def test_answers_name_the_comments_above_them(office) -> None:
    first = office.world.comment(office.leaf.id, "<p>One.</p>", selection="leaf")
    second = office.world.comment(office.leaf.id, "<p>Two.</p>", answers=first.id)
    office.world.resolve(office.leaf.id, first.id)
    comments = search(office, "type = comment", expand="ancestors,extensions.resolution")

    above = {comment["id"]: [node["id"] for node in comment["ancestors"]] for comment in comments}
    assert above == {first.id: [], second.id: [first.id]}
    assert comments[0]["extensions"]["resolution"]["status"] == "resolved"


def test_cloud_tells_threads_level_by_level(cloud) -> None:
    first = cloud.world.comment(cloud.leaf.id, "<p>One.</p>")
    second = cloud.world.comment(cloud.leaf.id, "<p>Two.</p>", answers=first.id)
    path = f"/api/v2/pages/{cloud.leaf.id}/footer-comments"
    below = f"/api/v2/footer-comments/{first.id}/children"

    assert [content["id"] for content in cloud.get(path)["results"]] == [first.id]
    assert [content["id"] for content in cloud.get(below)["results"]] == [second.id]
    assert cloud.answer(f"/api/v2/inline-comments/{first.id}/children").status_code == 404


def test_data_center_tells_all_depths_if_it_is_asked_to(data_center) -> None:
    first = data_center.world.comment(data_center.leaf.id, "<p>One.</p>")
    second = data_center.world.comment(data_center.leaf.id, "<p>Two.</p>", answers=first.id)
    path = f"/rest/api/content/{data_center.leaf.id}/child/comment"

    assert [content["id"] for content in data_center.get(path)["results"]] == [first.id]
    deep = data_center.get(path, depth="all")["results"]
    assert [content["id"] for content in deep] == [first.id, second.id]


def test_an_edited_comment_has_a_new_version(office, clock) -> None:
    comment = office.world.comment(office.leaf.id, "<p>One.</p>")
    clock.pass_by(hours=2)
    office.world.edit_comment(office.leaf.id, comment.id, "<p>Two.</p>")
    (found_comment,) = search(office, "type = comment", expand="version,history,body.storage")

    assert found_comment["version"]["number"] == 2
    assert found_comment["version"]["when"] > found_comment["history"]["createdDate"]
    assert found_comment["body"]["storage"]["value"] == "<p>Two.</p>"
    office.world.delete_comment(office.leaf.id, comment.id)
    assert search(office, "type = comment") == []


def test_cloud_leads_to_another_host_for_a_file_s_bytes(cloud) -> None:
    cloud.world.attach(cloud.leaf.id, "a.txt", b"Old")
    file = cloud.world.attach(cloud.leaf.id, "a.txt", b"New")
    path = f"/rest/api/content/{cloud.leaf.id}/child/attachment/{file.id}/download"
    first = cloud.answer(path, version=1)

    assert cloud.answer(path).content == b"New"
    assert first.content == b"Old"
    assert first.history[0].status_code == 302
    assert first.url.startswith(cloud.confluence.media.address)
    assert cloud.confluence.media.tokens == ["", ""]
    bare = f"{cloud.confluence.media.address}/file/{cloud.leaf.id}/{file.id}/binary"
    assert requests.get(bare, timeout=240).status_code == 403
    token = base64.b64encode(b"a:b").decode()
    requests.get(bare, headers={"Authorization": f"Basic {token}"}, timeout=240)
    assert cloud.confluence.media.tokens[-1] == f"Basic {token}"


def test_cloud_takes_no_token_where_browsers_download(cloud) -> None:
    file = cloud.world.attach(cloud.leaf.id, "a.txt", b"Words")
    attachment = cloud.get(f"/api/v2/attachments/{file.id}")

    assert attachment["pageId"] == cloud.leaf.id
    assert cloud.answer(attachment["downloadLink"]).status_code == 401


def test_data_center_gives_files_itself(data_center) -> None:
    data_center.world.attach(data_center.leaf.id, "a b.txt", b"Old", "text/plain")
    file = data_center.world.attach(data_center.leaf.id, "a b.txt", b"New", "text/plain")
    attachment = data_center.get(f"/rest/api/content/{file.id}", expand="container,version")

    assert attachment["container"]["id"] == data_center.leaf.id
    assert data_center.answer(attachment["_links"]["download"]).content == b"New"
    path = f"/download/attachments/{data_center.leaf.id}/a%20b.txt"
    assert data_center.answer(path, version=1).content == b"Old"
    assert data_center.answer(path, version=3).status_code == 404


@pytest.mark.parametrize("path", ["/rest/api/content/att1", "/api/v2/attachments/att1"])
def test_a_file_that_is_not_there_is_not_found(office, path) -> None:
    assert office.answer(path).status_code in {404, 410}
