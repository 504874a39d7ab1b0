"""The commands' messages about a Confluence with wrong settings, or with settings that changed."""

from __future__ import annotations

import pytest

from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Who
from tests.bot.test_cli_doctor import Office, cloud, data_center, findings_about, has, office

__all__ = ["cloud", "data_center", "office"]

ANN = "ann@example.com"


def at(office: Office, old: str, new: str) -> None:
    file = office.shell.folder / "footnote.toml"
    file.write_text(file.read_text().replace(old, new))


def test_access_says_that_no_answer_uses_a_page_of_a_space_taken_out_of_the_settings(
    office: Office,
) -> None:
    office.shell.footnote("sync")
    office.settings('spaces = ["PUB"]')
    payload = office.access(ANN, office.url(office.travel)).json
    result = office.shell.footnote("ask", "How is travel booked?", "--as", ANN, "--json").json

    assert (payload["used"], payload["read"]) == (False, False)
    assert payload["answers"].endswith("The next full pass removes it; no answer uses it for them.")
    assert office.travel not in {source["page"] for source in result["sources"]}


def test_access_says_that_answers_use_a_page_left_out_by_labels_until_the_next_pass(
    office: Office,
) -> None:
    office.world.label(office.salaries, "current")
    office.shell.footnote("sync")
    office.settings('labels = ["current"]')
    payload = office.access(ANN, office.url(office.travel)).json
    result = office.shell.footnote("ask", "How is travel booked?", "--as", ANN, "--json").json

    assert (payload["used"], payload["read"]) == (True, False)
    assert payload["answers"].endswith("removes it; until then answers use it for them.")
    assert office.travel in {source["page"] for source in result["sources"]}


def test_access_takes_the_link_that_an_answer_gave(office: Office) -> None:
    """Even if the settings name another address than Confluence itself."""
    at(office, "127.0.0.1", "localhost")
    office.shell.footnote("sync")
    result = office.shell.footnote("ask", "How is travel booked?", "--as", ANN, "--json").json
    link = result["sources"][0]["url"]

    assert "127.0.0.1" in link
    assert office.access(ANN, link).json["may_read"] is True


@pytest.mark.parametrize("spaces", ["", 'spaces = ["ENG"]'], ids=["all", "named"])
def test_a_wrong_address_is_called_so(office: Office, spaces: str) -> None:
    office.settings(spaces)
    at(office, office.confluence.base_url, f"{office.confluence.address}/elsewhere")
    if office.world.is_cloud:  # Cloud's path is always the same.
        office.confluence.faults.on(".", Fault(404), times=None)
    result = office.shell.footnote("sync")

    assert result.code == 2
    assert "There is no Confluence at http://127.0.0.1" in result.err
    assert "does not see" not in result.err


def test_a_rejected_token_is_called_by_its_variable(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office.settings('token_variable = "WIKI_TOKEN"')
    monkeypatch.setenv("WIKI_TOKEN", "wrong")
    result = office.shell.footnote("sync")

    assert result.code == 2
    assert "WIKI_TOKEN" in result.err
    assert "CONFLUENCE_TOKEN" not in result.err


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("eng", "Did you mean ENG?"),
        ("Engineering", "Did you mean ENG?"),
        ("E*", "no wildcards"),
    ],
)
def test_a_key_that_is_nearly_right_is_hinted_at(office: Office, key: str, hint: str) -> None:
    """With other keys, and alone."""
    office.settings(f'spaces = ["PUB", "{key}"]')
    (failed,) = office.shell.footnote("sync", "--json").json["failed"]
    office.settings(f'spaces = ["{key}"]')
    alone = office.shell.footnote("sync")

    assert failed["page"] == f"space {key}"
    assert hint in failed["reason"]
    assert hint in alone.err


def test_only_a_missing_space_is_blamed(office: Office) -> None:
    office.settings('spaces = ["ENG", "NOPE"]')
    (failed,) = office.shell.footnote("sync", "--json").json["failed"]

    assert failed["page"] == "space NOPE"
    assert "ENG" not in failed["reason"]


def test_a_space_that_is_lost_is_named_where_all_are_read(office: Office) -> None:
    office.shell.footnote("sync")
    office.world.archive_space("PUB")
    (warning,) = office.shell.footnote("sync", "--json").json["warnings"]

    assert f"The space with the id {office.world.spaces['PUB'].id} (1 indexed)" in warning


def test_a_confluence_without_pages_is_told_its_own_settings(office: Office) -> None:
    office.world.add_space("NEW", readers=[Who("licensed")])
    office.settings('spaces = ["NEW"]')
    (warning,) = office.shell.footnote("sync", "--json").json["warnings"]

    assert warning == "no page was found: see its `spaces`, `page_trees`, `labels` and `cql`"


def test_doctor_tells_of_an_address_that_two_accounts_show(office: Office) -> None:
    office.world.add_user("Ann Other", ANN)

    assert has(findings_about(office.doctor())["warning"], f"More than one account shows {ANN}")

    office.settings(tables=f'[wiki.accounts]\n"{ANN}" = "{office.ann.id}"\n')

    assert not has(findings_about(office.doctor())["warning"], "More than one account")


def test_doctor_does_not_blame_an_entry_of_accounts_for_groups_that_cannot_be_read(
    office: Office,
) -> None:
    office.settings(tables=f'[wiki.accounts]\n"{ANN}" = "{office.ann.id}"\n')
    office.confluence.faults.on("memberof", Fault(403), times=None)
    findings = findings_about(office.doctor())

    assert not has(findings["warning"], "Correct the entry")
    assert has(findings["failure"], "Who is in which group cannot be read")
