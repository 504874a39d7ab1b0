"""From the name of an owner to an e-mail address, against the local Confluence, both products."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import User

from .test_members import members_of


def edited_by(site, user: User) -> str:
    return Tokens(site.transport().base.site).user(user.id)


@pytest.fixture
def ada(site) -> User:
    return site.world.add_user("Ada Lovelace", "ada.lovelace@example.com")


def test_the_last_editor_of_a_page_is_known_by_their_address(site, ada) -> None:
    assert members_of(site).owner(edited_by(site, ada)) == ada.email


@pytest.mark.parametrize(
    "spelling",
    ["ada-lovelace", "ada-lovelace-example-com", "ada.lovelace", "Ada Lovelace"],
)
def test_an_address_may_be_spelled_as_labels_can(site, ada, spelling: str) -> None:
    site.world.add_user("Ben")

    assert members_of(site).owner(spelling) == ada.email


def test_an_account_may_be_named_by_its_id_and_on_data_center_by_its_name(site, ada) -> None:
    ada.email = "al@example.com"
    members = members_of(site)

    assert members.owner(ada.id) == ada.email
    assert members.owner(ada.username) == (ada.username if site.cloud else ada.email)


def test_words_that_name_no_account_stay_as_they_are(site, ada) -> None:
    members = members_of(site)

    assert members.owner("The payroll team") == "The payroll team"
    assert members.owner("Ada <ada@elsewhere.example>") == "Ada <ada@elsewhere.example>"


def test_two_people_whose_addresses_begin_alike_are_nobody_unless_one_is_spelled_out(
    site, ada
) -> None:
    site.world.add_user("Other", "ada.lovelace@other.example")
    members = members_of(site)

    assert members.owner("ada-lovelace") == "ada-lovelace"
    assert members.owner("ada-lovelace-example-com") == ada.email


def test_a_deactivated_person_owns_nothing(site, ada) -> None:
    editor = edited_by(site, ada)
    site.world.deactivate(ada.id)
    members = members_of(site)

    assert members.owner(editor) == ""
    assert members.owner(ada.id) == ""
    assert members.owner(f"{editor}0") == ""


def test_a_hidden_address_is_nobody_s_unless_the_settings_say_whose(site, ada) -> None:
    ada.email_visible = False
    owner = members_of(site).owner(edited_by(site, ada))
    overridden = members_of(site, overrides={"Ada@Slack.example": ada.id})

    assert owner == ""
    assert overridden.owner(edited_by(site, ada)) == "ada@slack.example"
    assert overridden.owner("ada-slack-example") == "ada@slack.example"


def test_a_confluence_that_does_not_answer_names_nobody_and_is_asked_again_later(site, ada) -> None:
    members = members_of(site)
    site.confluence.faults.on("", Fault(503), times=None)
    away = members.owner(edited_by(site, ada))
    site.confluence.faults.clear()
    site.clock.sleep(3600)

    assert away == ""
    assert members.owner(edited_by(site, ada)) == ada.email


def test_an_owner_is_looked_up_once_in_a_while(site, ada) -> None:
    members = members_of(site, remembered=600.0)
    members.owner(edited_by(site, ada))
    before = len(site.confluence.requests)
    for _ in range(3):
        members.owner(edited_by(site, ada))

    assert len(site.confluence.requests) == before
