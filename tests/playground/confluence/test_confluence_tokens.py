"""The caller, and what a token allows."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from footnote_bot.playground.confluence.model import Who


def myself(url: str, **how: Any) -> requests.Response:
    return requests.get(url, timeout=240, **how)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_cloud_takes_an_email_with_its_own_token(cloud: Any) -> None:
    url, token = (
        f"{cloud.confluence.base_url}/rest/api/user/current",
        cloud.confluence.token(cloud.bob),
    )

    assert myself(url, auth=(cloud.bob.email, token)).json()["accountId"] == cloud.bob.id
    assert myself(url, auth=(cloud.eve.email, token)).status_code == 401
    assert myself(url, auth=(cloud.bob.email, "wrong")).status_code == 401
    assert myself(url, headers=bearer(token)).status_code == 401


def test_data_center_takes_a_personal_access_token(data_center: Any) -> None:
    url = f"{data_center.confluence.base_url}/rest/api/user/current"
    token = data_center.confluence.token(data_center.bob)

    assert myself(url, headers=bearer(token)).json()["userKey"] == data_center.bob.id
    assert myself(url, auth=(data_center.bob.email, token)).status_code == 401


def test_a_revoked_token_and_a_deactivated_person_are_refused(cloud: Any) -> None:
    url, token = (
        f"{cloud.confluence.base_url}/rest/api/user/current",
        cloud.confluence.token(cloud.bob),
    )
    cloud.confluence.revoke(token)

    assert myself(url, auth=(cloud.bob.email, token)).status_code == 401
    cloud.world.deactivate(cloud.eve.id)
    assert cloud.answer("/rest/api/user/current", cloud.eve).status_code == 401


def test_a_scoped_token_is_for_the_gateway(cloud: Any) -> None:
    scopes = frozenset({"read:page:confluence"})
    token = cloud.confluence.token(cloud.bob, scopes=scopes)
    site, gateway = cloud.confluence.base_url, cloud.confluence.gateway_url

    assert myself(f"{gateway}/api/v2/pages", headers=bearer(token)).status_code == 200
    assert myself(f"{gateway}/api/v2/pages", auth=(cloud.bob.email, token)).status_code == 200
    assert myself(f"{site}/api/v2/pages", auth=(cloud.bob.email, token)).status_code == 401


def test_a_missing_scope_is_named(cloud: Any) -> None:
    token = cloud.confluence.token(cloud.bob, scopes=frozenset({"read:page:confluence"}))
    answer = myself(f"{cloud.confluence.gateway_url}/rest/api/group", headers=bearer(token))

    assert answer.status_code == 401
    assert answer.json() == {"code": 401, "message": "Unauthorized; scope does not match"}


def test_the_gateway_names_next_without_its_own_prefix(cloud: Any) -> None:
    token = cloud.confluence.token(cloud.bob, scopes=frozenset({"read:page:confluence"}))
    url = f"{cloud.confluence.gateway_url}/api/v2/pages?limit=1"
    links = myself(url, headers=bearer(token)).json()["_links"]

    assert links["next"].startswith("/wiki/api/v2/pages")
    assert links["base"] == cloud.confluence.base_url


def test_the_cloud_id_is_told_to_anybody(cloud: Any) -> None:
    answer = myself(f"{cloud.confluence.address}/_edge/tenant_info").json()

    assert f"/ex/confluence/{answer['cloudId']}/" in cloud.confluence.gateway_url


def test_nothing_is_served_outside_the_base(office: Any) -> None:
    path = "/api/v2/pages" if office.world.is_cloud else "/rest/api/content"

    assert myself(office.confluence.address + path).status_code == 404


def test_somebody_not_logged_in_sees_what_is_open_to_anybody(cloud: Any) -> None:
    cloud.world.add_space("OPEN", readers=[Who("anonymous")])
    cloud.world.create("OPEN", "Welcome")
    answer = myself(f"{cloud.confluence.base_url}/api/v2/pages").json()

    assert [page["title"] for page in answer["results"]] == ["Welcome"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rest/api/space/ENG/permissions", 500),
        ("/rest/api/space/ENG/permissions/anonymous", 500),
        ("/rest/api/webhooks", 403),
        ("/rest/api/user/list", 403),
    ],
)
def test_some_things_are_for_administrators(data_center: Any, path: str, status: int) -> None:
    assert data_center.answer(path, data_center.bob).status_code == status
    assert data_center.answer(path).status_code == 200
