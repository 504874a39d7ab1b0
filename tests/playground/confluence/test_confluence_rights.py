"""HTTP shows each person what the model allows them."""

from __future__ import annotations

import hashlib
import hmac
from random import Random
from typing import Any

import pytest
import requests
from aiohttp import web
from aiohttp.test_utils import TestServer

from footnote_bot.playground.confluence.model import Who


def test_everybody_sees_what_they_may_read_and_nothing_else(office: Any) -> None:
    world, draw = office.world, Random(11)  # noqa: S311 - a test draws
    world.add_space("SECRET", readers=[Who("group", "engineers")])
    nodes = [office.top.id, office.mid.id, office.leaf.id]
    for number in range(30):
        parent = world.contents[draw.choice(nodes)]
        nodes.append(world.create(parent.space, f"Node {number}", parent=parent.id).id)
    nodes.append(world.create("SECRET", "Plan").id)
    for node in draw.sample(nodes, 8):
        world.restrict(node, users=draw.sample([office.bob.id, office.eve.id], 1))
    paths = ["/rest/api/content/search?cql=type=page"]
    paths.append("/api/v2/pages" if world.is_cloud else "/rest/api/content")

    for user in (office.bob, office.eve):
        allowed = {node for node in nodes if world.may_read(user.id, node)}
        assert allowed < set(nodes)
        for path in paths:
            results = office.get(path, user, limit=200)["results"]
            assert {page["id"] for page in results} == allowed, path
        for node in nodes:
            single = f"/api/v2/pages/{node}" if world.is_cloud else f"/rest/api/content/{node}"
            status = office.answer(single, user).status_code
            assert status == (200 if node in allowed else 404)


def test_restrictions_are_the_pages_own_and_come_in_parts(office: Any) -> None:
    world = office.world
    others = [world.add_user(f"User {n}").id for n in range(4)]
    world.restrict(office.mid.id, users=[office.bob.id, *others], groups=["engineers"])
    key = "accountId" if world.is_cloud else "userKey"
    path = f"/rest/api/content/{office.mid.id}/restriction/byOperation/read"
    keys: list[str] = []
    for start in (0, 2, 4):
        part = office.get(path, start=start, limit=200)["restrictions"]
        keys += [user[key] for user in part["user"]["results"]]
        assert len(part["group"]["results"]) == (1 if start == 0 else 0)

    assert sorted(keys) == sorted([office.bob.id, *others])
    below = office.get(f"/rest/api/content/{office.leaf.id}/restriction/byOperation")
    assert below["read"]["restrictions"]["user"]["results"] == []


def test_a_search_brings_restrictions_along(office: Any) -> None:
    office.world.restrict(office.top.id, groups=["engineers"])
    expand = "restrictions.read.restrictions.group"
    answer = office.get("/rest/api/content/search", cql="title = Top", expand=expand)
    restrictions = answer["results"][0]["restrictions"]["read"]["restrictions"]

    assert [group["name"] for group in restrictions["group"]["results"]] == ["engineers"]
    assert "user" not in restrictions


def test_expanding_the_restrictions_of_ancestors_spoils_the_batch(cloud: Any) -> None:
    """CONFCLOUD-77618."""
    path = "/rest/api/content/search"
    expand = "ancestors.restrictions.read.restrictions.user"

    assert len(cloud.titles(path, cql="type = page", expand=expand)) == 3
    cloud.world.restrict(cloud.top.id, users=[cloud.admin.id])
    assert cloud.answer(path, cql="type = page", expand=expand).status_code == 404
    assert cloud.titles(path, cql="title = Top", expand=expand) == ["Top"]


def test_a_body_that_cannot_be_had_as_storage(office: Any) -> None:
    """CONFCLOUD-76433."""
    office.confluence.unstorable.add(office.mid.id)
    path, cql = "/rest/api/content/search", "type = page"

    assert office.answer(path, cql=cql, expand="body.storage").status_code == 500
    assert len(office.titles(path, cql=cql, expand="body.view")) == 3


def test_cloud_tells_ancestors_of_every_kind_top_first(cloud: Any) -> None:
    folder = cloud.world.create("ENG", "Folder", parent=cloud.mid.id, type="folder")
    cloud.world.move(cloud.leaf.id, parent=folder.id)
    results = cloud.get(f"/api/v2/pages/{cloud.leaf.id}/ancestors")["results"]

    assert [node["type"] for node in results] == ["page", "page", "folder"]
    assert results[0] == {"id": cloud.top.id, "type": "page"}


def test_cloud_space_permissions(cloud: Any) -> None:
    space = cloud.world.add_space("X", readers=[cloud.group("engineers"), Who("anonymous")])
    cloud.world.grant("X", Who("user", cloud.eve.id), "create")
    rows = cloud.get(f"/api/v2/spaces/{space.id}/permissions", limit=250)["results"]

    assert [(row["principal"]["type"], row["operation"]["key"]) for row in rows] == [
        ("group", "read"),
        ("role", "read"),
        ("user", "create"),
    ]
    assert rows[0]["principal"]["id"] == cloud.world.groups["engineers"].id


def test_data_center_space_permissions(data_center: Any) -> None:
    everybody = [Who("licensed"), Who("user", data_center.eve.id), Who("anonymous")]
    data_center.world.add_space("X", readers=everybody)
    rows = data_center.get("/rest/api/space/X/permissions")
    anonymous = data_center.get("/rest/api/space/X/permissions/anonymous")

    assert [row["subject"] for row in rows] == [
        {"type": "group", "name": "confluence-users"},
        {"type": "user", "userKey": data_center.eve.id},
    ]
    assert [row["operation"]["operationKey"] for row in anonymous] == ["read"]


def test_cloud_checks_effective_access(cloud: Any) -> None:
    cloud.world.restrict(cloud.top.id, groups=["engineers"])
    url = f"{cloud.confluence.base_url}/rest/api/content/{cloud.leaf.id}/permission/check"

    def check(identity: str) -> bool:
        subject = {"type": "user", "identifier": identity}
        auth = (cloud.admin.email, cloud.confluence.token(cloud.admin))
        body = {"subject": subject, "operation": "read"}
        answer = requests.post(url, json=body, auth=auth, timeout=240)
        assert answer.status_code == 200
        return bool(answer.json()["hasPermission"])

    assert check(cloud.bob.id)
    assert not check(cloud.eve.id)


def test_statuses_are_listed_apart_on_cloud(cloud: Any) -> None:
    archived, trashed, deleted = cloud.pages(3)
    cloud.world.archive(archived.id)
    cloud.world.trash(trashed.id)
    cloud.world.delete(deleted.id)
    for page, status in ((archived, "archived"), (trashed, "trashed"), (deleted, "deleted")):
        assert cloud.titles("/api/v2/pages", status=status) == [page.title]

    assert cloud.titles("/api/v2/pages") == ["Top", "Mid", "Leaf"]
    assert cloud.answer(f"/api/v2/pages/{deleted.id}").status_code == 404
    assert cloud.get(f"/api/v2/pages/{trashed.id}")["status"] == "trashed"


def test_data_center_hides_the_trash_unless_asked(data_center: Any) -> None:
    data_center.world.trash(data_center.leaf.id)
    path = f"/rest/api/content/{data_center.leaf.id}"

    assert data_center.answer(path).status_code == 404
    assert data_center.get(path, status="trashed")["status"] == "trashed"


def test_removed_addresses_of_cloud_are_gone(cloud: Any) -> None:
    for path in ("/rest/api/content", f"/rest/api/content/{cloud.top.id}", "/rest/api/space"):
        assert cloud.answer(path).status_code == 410


def test_emails_are_shown_by_their_owners_leave(cloud: Any) -> None:
    path = "/rest/api/user"

    assert cloud.get(path, accountId=cloud.bob.id)["email"] == cloud.bob.email
    assert cloud.get(path, accountId=cloud.eve.id)["email"] == ""


def test_data_center_tells_emails_in_one_place(data_center: Any) -> None:
    bob = data_center.bob

    assert "email" not in data_center.get("/rest/api/user", username=bob.username)
    profile = data_center.get(f"/rest/mobile/1.0/profile/{bob.username}")
    assert profile["email"] == bob.email


def test_groups_and_their_members(office: Any) -> None:
    group = next(g for g in office.get("/rest/api/group")["results"] if g["name"] == "engineers")
    cloud = office.world.is_cloud
    path = f"{group['id']}/membersByGroupId" if cloud else "engineers/member"
    members = office.get(f"/rest/api/group/{path}")["results"]
    identity = {"accountId": office.bob.id} if cloud else {"key": office.bob.id}
    groups = office.get("/rest/api/user/memberof", **identity)["results"]

    assert [member["displayName"] for member in members] == ["Bob Builder"]
    assert "engineers" in {g["name"] for g in groups}


def test_cloud_searches_active_people_page_by_page_and_guests_if_asked(cloud: Any) -> None:
    """It has no cursor: https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-search"""
    cloud.world.add_user("Gus", guest=True)
    cloud.world.deactivate(cloud.eve.id)

    def names_found(**params: object) -> list[str]:
        return cloud.titles("/rest/api/search/user", cql="type=user", **params)

    assert names_found() == ["Ada Admin", "Bob Builder"]
    assert names_found(start=1, limit=1) == ["Bob Builder"]
    assert names_found(sitePermissionTypeFilter="all")[-1] == "Gus"
    assert names_found(sitePermissionTypeFilter="externalCollaborator") == ["Gus"]


def test_an_app_is_no_licensed_person(cloud: Any) -> None:
    app = cloud.world.add_user("Robot", app=True)
    user = cloud.get("/rest/api/user", accountId=app.id)

    assert user["accountType"] == "app"
    assert not cloud.world.may_view_space(app.id, "ENG")


def test_data_center_tells_who_is_deactivated_if_asked(data_center: Any) -> None:
    key = data_center.eve.id
    data_center.world.deactivate(key)

    assert "status" not in data_center.get("/rest/api/user", key=key)
    assert data_center.get("/rest/api/user", key=key, expand="status")["status"] == "deactivated"
    users = data_center.get("/rest/api/user/list", expand="status")["results"]
    assert [user["status"] for user in users] == ["current", "current", "deactivated"]


def test_data_center_tells_the_groups_above_a_group_from_9_4_on(data_center: Any) -> None:
    """https://developer.atlassian.com/server/confluence/rest/v940/api-group-group"""
    world = data_center.world
    world.add_group("staff", groups=["engineers"])
    world.add_group("all", groups=["staff"])
    path = "/rest/api/group/engineers/groupancestor"

    assert [group["name"] for group in data_center.get(path)["results"]] == ["all", "staff"]
    world.version = (9, 2, 4)
    assert data_center.answer(path).status_code == 404


def test_a_persons_groups_may_be_told_without_those_they_are_in(data_center: Any) -> None:
    world = data_center.world
    world.add_group("staff", groups=["engineers"])

    def groups() -> set[str]:
        response = data_center.get("/rest/api/user/memberof", key=data_center.bob.id)
        return {group["name"] for group in response["results"]}

    assert groups() == {"confluence-users", "engineers", "staff"}
    world.flattens = False
    assert groups() == {"confluence-users", "engineers"}


def test_attachments_lie_about_their_kind_and_can_be_fetched(office: Any) -> None:
    page = office.top.id
    file = office.world.attach(page, "Plan 1.pdf", b"%PDF-1.7")
    cloud = office.world.is_cloud
    path = (
        f"/api/v2/pages/{page}/attachments"
        if cloud
        else f"/rest/api/content/{page}/child/attachment"
    )
    attachment = office.get(path)["results"][0]
    download = (
        f"/rest/api/content/{page}/child/attachment/{file.id}/download"
        if cloud
        else attachment["_links"]["download"]
    )

    assert attachment["title"] == "Plan 1.pdf"
    assert office.answer(download).content == b"%PDF-1.7"
    office.world.restrict(page, users=[office.bob.id])
    assert office.answer(download, office.eve).status_code == 404


@pytest.mark.parametrize("secret", ["", "s3cret"])
async def test_webhooks_are_signed(office: Any, secret: str) -> None:
    requests_received: list[tuple[dict[str, str], bytes]] = []

    async def hear(request: web.Request) -> web.Response:
        requests_received.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", hear)
    office.confluence.webhooks.pending.clear()
    office.world.edit(office.top.id, body="<p>new</p>")
    async with TestServer(app) as server:
        statuses = await office.confluence.webhooks.send(
            str(server.make_url("/hook")), secret=secret
        )

    headers, body = requests_received[0]
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert statuses == [204]
    assert headers.get("X-Hub-Signature") == (f"sha256={expected}" if secret else None)
    assert b"page_updated" in body
    assert b"new" not in body
