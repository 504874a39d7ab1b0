"""Responses of the local Confluence have the shape of real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "data" / "confluence" / "json"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def missing(real: Any, ours: Any, at: str = "") -> list[str]:
    """Return where ``ours`` lacks a field of ``real``, or has another type."""
    if isinstance(real, dict):
        if not isinstance(ours, dict):
            return [at]
        return [
            where
            for key, value in real.items()
            for where in (
                missing(value, ours[key], f"{at}.{key}") if key in ours else [f"{at}.{key}"]
            )
        ]
    if isinstance(real, list):
        if not isinstance(ours, list):
            return [at]
        return missing(real[0], ours[0], f"{at}[]") if real and ours else []
    same = isinstance(ours, type(real)) or real is None or ours is None
    return [] if same else [f"{at}: {type(ours).__name__}"]


def differs(real: Any, ours: Any, *unneeded: str) -> list[str]:
    """Return the differences, without fields that no sync reads."""
    return [w for w in missing(real, ours) if not any(part in w for part in unneeded)]


V2_SELF = "_links.self"


def test_cloud_v2_pages(cloud: Any) -> None:
    ours = cloud.get("/api/v2/pages", limit=1, body_format="storage")

    assert not differs(sample("apa-v2-page_result_list"), ours, V2_SELF)


def test_one_cloud_v2_page(cloud: Any) -> None:
    ours = cloud.get(f"/api/v2/pages/{cloud.leaf.id}", body_format="storage")

    assert not differs(sample("apa-v2-page_mock"), ours, V2_SELF)


def test_cloud_v2_spaces(cloud: Any) -> None:
    cloud.world.add_space("OPS")
    ours = cloud.get("/api/v2/spaces", limit=1)

    assert not differs(sample("apa-v2-spaces_result"), ours, V2_SELF, "description")


def test_cloud_v2_labels(cloud: Any) -> None:
    cloud.world.label(cloud.top.id, "one", "two")
    ours = cloud.get(f"/api/v2/pages/{cloud.top.id}/labels", limit=1)

    assert not differs(sample("apa-v2-labels_result"), ours, V2_SELF, "[]._links")


def test_cloud_v2_comments(cloud: Any) -> None:
    cloud.world.comment(cloud.top.id, "<p>one</p>")
    cloud.world.comment(cloud.top.id, "<p>two</p>")
    path = f"/api/v2/pages/{cloud.top.id}/footer-comments"
    ours = cloud.get(path, limit=1, body_format="storage")

    # The sample was written by hand: it gives the author beside the version.
    assert not differs(
        sample("apa-v2-comments_result"), ours, V2_SELF, "[].authorId", "[].createdAt"
    )


def test_cloud_v2_properties(cloud: Any) -> None:
    ours = cloud.get(f"/api/v2/pages/{cloud.top.id}/properties")

    assert not differs(
        sample("apa-v2-properties_result"), ours, V2_SELF, "_links", "[].value", "version.message"
    )


def test_a_cloud_whiteboard(cloud: Any) -> None:
    board = cloud.world.create("ENG", "Board", type="whiteboard")
    ours = cloud.get(f"/api/v2/whiteboards/{board.id}")

    assert not differs(sample("apa-v2-whiteboard_mock"), ours, V2_SELF, "templateKey")


def test_cloud_v1_search(cloud: Any) -> None:
    ours = cloud.get("/rest/api/search", cql="type = page")

    real = sample("mcpa-cql_search_response")
    unneeded = ("childTypes", "macroRenderedOutput", ".content.restrictions", "_expandable")
    assert not differs(real, ours, *unneeded)


def test_cloud_v1_search_with_a_next_page(cloud: Any) -> None:
    expand = "content.space,content.history.lastUpdated,content.version,content.body.storage"
    ours = cloud.get("/rest/api/search", cql="type = page", limit=1, expand=expand)

    real = sample("backlot-search-next")
    assert not differs(real, ours, "_expandable", "editui", ".excerpt", "childTypes", "ncsStep")


def test_clouds_response_for_a_missing_page(cloud: Any) -> None:
    answer = cloud.answer("/rest/api/content/99999999/restriction/byOperation")

    assert answer.status_code == 404
    # One sample has the message as text, the other, measured one, as an object.
    assert not differs(sample("backlot-err-404"), answer.json())


def test_what_is_said_of_an_id_that_is_none(cloud: Any) -> None:
    answer = cloud.answer("/rest/api/content/abc/restriction/byOperation")

    assert answer.status_code == 400
    assert not differs(sample("backlot-err-bad-id"), answer.json())


def test_data_center_content(data_center: Any) -> None:
    page = data_center.leaf
    expand = "space,history,version,body.storage,metadata.labels"
    ours = data_center.get(f"/rest/api/content/{page.id}", expand=expand)

    assert not differs(sample("dtc-page-create_complete"), ours)


def test_data_center_attachments(data_center: Any) -> None:
    page = data_center.top
    data_center.world.attach(page.id, "Plan.pdf", b"%PDF-", "application/pdf")
    ours = data_center.get(f"/rest/api/content/{page.id}/child/attachment")["results"][0]

    real = sample("dtc-attachment-create_group_with_valid_json")
    assert not differs(real, ours, "metadata.comment")


def test_data_center_labels(data_center: Any) -> None:
    data_center.world.label(data_center.top.id, "one")
    ours = data_center.get(f"/rest/api/content/{data_center.top.id}/label")

    assert not differs(sample("mcpa-labels_response"), ours)


def test_data_center_comments(data_center: Any) -> None:
    data_center.world.comment(data_center.top.id, "<p>one</p>", selection="top")
    path = f"/rest/api/content/{data_center.top.id}/child/comment"
    ours = data_center.get(path, expand="body.storage,version")

    real = sample("mcpa-comments_response")
    cloud_only = ("macroRenderedOutput", "body.view", "_expandable", "version", "accountId")
    assert not differs(real, ours, *cloud_only, "_links.self")


def test_data_center_spaces(data_center: Any) -> None:
    ours = data_center.get("/rest/api/space")

    assert not differs(sample("backlot-spaces"), ours, "ari", "alias", "_expandable")


@pytest.mark.parametrize("secret", ["", "s3cret"])
def test_a_webhook(office: Any, secret: str) -> None:
    """There is no Data Center sample: these are Cloud's names, except the account's."""
    hook = office.confluence.webhooks.write("page_updated", office.top.id, secret=secret)

    real = sample("webhook-cloud-page_updated")
    assert not differs(real, json.loads(hook.body), "ccount", "updateTrigger", ".self")


def test_labels_and_properties_come_where_they_are_expanded(office: Any) -> None:
    """A property that does not exist is left out, and one that was not requested is named."""
    office.world.label(office.leaf.id, "Owner-Ada")
    office.world.set_property(office.leaf.id, "owner", ["ada@example.com"])
    office.world.set_property(office.leaf.id, "other", 7)
    expand = "metadata.labels,metadata.properties.owner,metadata.properties.none"
    response = office.get(
        "/rest/api/content/search", cql=f"id = {office.leaf.id}", expand=expand, limit=1
    )
    metadata = response["results"][0]["metadata"]

    assert [row["name"] for row in metadata["labels"]["results"]] == ["owner-ada"]
    assert metadata["properties"]["owner"]["value"] == ["ada@example.com"]
    assert "none" not in metadata["properties"]
    assert "other" in metadata["properties"]["_expandable"]


@pytest.mark.parametrize("name", ["owner:ada", "ada@example.com", "a.b", "two words", ""])
def test_an_invalid_label_is_refused(office: Any, name: str) -> None:
    with pytest.raises(ValueError, match="label"):
        office.world.label(office.leaf.id, name)
