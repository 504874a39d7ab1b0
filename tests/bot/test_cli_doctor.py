"""`footnote doctor` and `footnote access`, run as a script runs them, on a made-up Confluence
over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.sources.confluence.addresses import tiny
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import User, Who
from footnote_bot.playground.confluence.site import CLOUD_ID, LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World
from tests.bot.shell import Ran, Shell

BOT = "foot@example.com"


@dataclass
class Office:
    """A Confluence with a page that not everybody may know of, and the shell that reads it."""

    shell: Shell
    confluence: LocalConfluence
    bot: User
    ann: User
    bob: User
    travel: str
    salaries: str
    bonus: str

    @property
    def world(self) -> World:
        return self.confluence.world

    def url(self, page: str) -> str:
        return f"{self.confluence.base_url}/pages/viewpage.action?pageId={page}"

    def settings(self, keys: str = "", *, tables: str = "") -> None:
        product = "cloud" if self.world.is_cloud else "data_center"
        email = f'email = "{BOT}"\n' if self.world.is_cloud else ""
        self.shell.write(
            "footnote.toml",
            f'[[wiki]]\ntype = "confluence"\nname = "office"\nurl = "{self.confluence.base_url}"\n'
            f'product = "{product}"\n{email}{keys}\n{tables}[answer]\ncheck_seconds = 30\n',
        )

    def access(self, email: str, url: str) -> Ran:
        return self.shell.footnote("access", email, url, "--json")

    def doctor(self) -> Ran:
        return self.shell.footnote("doctor", "--json")


def office_of(product: Product, shell: Shell, patched: pytest.MonkeyPatch) -> Iterator[Office]:
    world = World(product, now=lambda: datetime.now(UTC))
    context = "" if product == "cloud" else "/confluence"
    with LocalConfluence(world, context=context) as confluence:
        bot = world.add_user("Foot Note", BOT, admin=True, sees_everything=True)
        ann = world.add_user("Ann Able", "ann@example.com")
        bob = world.add_user("Bob Baker", "bob@example.com")
        world.add_group("engineers", [ann, bob])
        world.add_group("hr")
        world.add_space("ENG", "Engineering", readers=[Who("group", "engineers")])
        world.add_space("PUB", "Public", readers=[Who("anonymous")])
        travel = world.create("ENG", "Travel", "<p>Travel is booked by train.</p>").id
        salaries = world.create("ENG", "Salaries", "<p>Salaries are secret.</p>").id
        bonus = world.create("ENG", "Bonus", "<p>A bonus is paid in May.</p>", parent=salaries).id
        world.create("PUB", "Welcome", "<p>Welcome to everyone.</p>")
        world.restrict(salaries, users=[bob.id], groups=["hr"])
        patched.setenv("CONFLUENCE_TOKEN", confluence.token(bot))
        office = Office(shell, confluence, bot, ann, bob, travel, salaries, bonus)
        office.settings()
        yield office


@pytest.fixture(params=["cloud", "data-center"])
def office(
    request: pytest.FixtureRequest, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    yield from office_of(request.param, shell, monkeypatch)


@pytest.fixture
def cloud(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    yield from office_of("cloud", shell, monkeypatch)


@pytest.fixture
def data_center(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    yield from office_of("data-center", shell, monkeypatch)


def findings_about(result: Ran, about: str = "office") -> dict[str, list[str]]:
    """Return the doctor's findings about one thing, by level."""
    findings: dict[str, list[str]] = {"ok": [], "warning": [], "failure": []}
    for finding in result.json["findings"]:
        if finding["about"] == about:
            findings[finding["level"]].append(f"{finding['says']} {finding['todo']}".strip())
    return findings


def has(sentences: list[str], words: str) -> bool:
    return any(words in sentence for sentence in sentences)


# Access

NOT_INDEXED = (
    "It is not indexed, so no answer uses it. The next full pass reads it, unless it is empty."
)


def test_a_yes_lists_every_gate_that_was_passed(office: Office) -> None:
    result = office.access("bob@example.com", office.url(office.bonus))

    assert result.code == 0
    assert result.json["may_read"] is True
    assert result.json["deciding"] is None
    assert [(gate["where"], gate["why"]) for gate in result.json["gates"]] == [
        ("space ENG", "may be viewed by group engineers"),
        ('page "Salaries" above it', "restricted to Bob Baker"),
    ]


def test_a_no_says_which_gate_decided_and_for_whom_it_is_open(office: Office) -> None:
    result = office.access("ANN@example.com", office.url(office.bonus))

    assert result.code == 0
    assert result.json["may_read"] is False
    assert result.json["deciding"] == {
        "where": 'page "Salaries" above it',
        "passed": False,
        "why": "restricted to Bob Baker and group hr; Ann Able is neither",
    }


def test_people_read_it_too(office: Office) -> None:
    result = office.shell.footnote("access", "ann@example.com", office.url(office.travel))

    assert result.code == 0
    assert result.out.splitlines() == [
        'Yes: Ann Able (ann@example.com) may read "Travel" of office',
        "  pass  space ENG: may be viewed by group engineers",
        "  pass  the page: no restriction",
        f"  {NOT_INDEXED}",
    ]


def test_it_says_whether_the_answers_use_the_page_now(office: Office) -> None:
    before = office.access("ann@example.com", office.url(office.travel)).json
    office.shell.footnote("sync")
    synced = office.access("ann@example.com", office.url(office.travel)).json
    office.world.restrict(office.travel, users=[office.bob.id])
    tightened = office.access("ann@example.com", office.url(office.travel)).json
    office.world.open(office.salaries)
    opened = office.access("ann@example.com", office.url(office.bonus)).json

    assert (before["indexed"], before["used"]) == (None, False)
    assert synced["indexed"] == {"admits": True, "current": True}
    assert synced["used"] is True
    assert synced["as_of"] is not None
    assert tightened["may_read"] is False
    assert tightened["indexed"] == {"admits": True, "current": False}
    assert tightened["used"] is False
    assert "looked at again" in tightened["answers"]
    assert opened["may_read"] is True
    assert opened["used"] is False
    assert "the next full pass brings" in opened["answers"]


def test_whoever_is_not_found_gets_what_is_open_to_everyone(office: Office) -> None:
    welcome = next(c.id for c in office.world.contents.values() if c.title == "Welcome")
    stranger = office.access("eve@example.com", office.url(office.travel)).json
    visitor = office.access("eve@example.com", office.url(welcome)).json

    assert stranger["may_read"] is False
    assert "no account shows this address" in stranger["person"]
    assert visitor["may_read"] is True
    assert visitor["gates"][0]["why"] == "open to everyone, also without an account"


def test_a_restriction_that_cannot_be_read_lets_nobody_through(office: Office) -> None:
    for path in (
        rf"content/{office.salaries}/restriction",
        rf"content/search\?.*\b{office.salaries}\b.*restrictions",
    ):
        office.confluence.faults.on(path, Fault(403), times=None)
    result = office.access("bob@example.com", office.url(office.bonus))

    assert result.json["may_read"] is False
    assert result.json["deciding"]["where"] == 'page "Salaries" above it'
    assert "nobody passes" in result.json["deciding"]["why"]


def test_a_page_is_found_by_every_sort_of_address(office: Office) -> None:
    base, page = office.confluence.base_url, office.travel
    post = office.world.create("ENG", "The New Office", "<p>Open.</p>", type="blogpost").id
    addresses = {
        f"{base}/spaces/ENG/pages/{page}/Travel#top": page,
        f"{base}/spaces/ENG/pages/edit-v2/{page}": page,
        f"{base}/pages/viewpage.action?pageId={page}#x": page,
        f"{base}/display/ENG/Travel": page,
        f"{base}/download/attachments/{page}/map.png?version=1": page,
        f"{base}/pages/viewpage.action?spaceKey=ENG&title=Travel": page,
        f"{base}/x/AQAB": tiny("AQAB"),
        f"{base}/spaces/ENG/blog/2026/11/24/{post}/The+New+Office": post,
        f"{base}/display/ENG/2026/11/24/The+New+Office": post,
    }
    for url, key in addresses.items():
        assert office.access("ann@example.com", url).json["page"] == key, url


@pytest.mark.parametrize(("link", "key"), [("LIQHD", "201819180"), ("h9YS", "1234567")])
def test_a_tiny_link_is_its_page_s_id(link: str, key: str) -> None:
    assert tiny(link) == key


def test_a_data_center_is_known_by_the_address_that_people_see(data_center: Office) -> None:
    url = data_center.url(data_center.travel)
    data_center.settings()
    file = data_center.shell.folder / "footnote.toml"
    file.write_text(file.read_text().replace("127.0.0.1", "localhost"))

    assert data_center.access("ann@example.com", url).json["may_read"] is True


def test_what_is_not_read_has_rights_and_is_used_in_no_answer(office: Office) -> None:
    office.settings('spaces = ["PUB"]')
    result = office.access("ann@example.com", office.url(office.travel))

    assert result.json["may_read"] is True
    assert result.json["read"] is False
    assert result.json["answers"] == "Footnote is not set to read it, so no answer uses it."


def test_a_page_that_is_not_there_cannot_be_told_of(office: Office) -> None:
    office.world.trash(office.travel)
    for url in (office.url(office.travel), office.url("999999"), office.confluence.base_url):
        result = office.access("ann@example.com", url)

        assert result.code == 1
        assert result.json["may_read"] is None
        assert result.json["why"]


def test_people_who_cannot_be_asked_for_are_no_reason_for_a_no(office: Office) -> None:
    office.confluence.faults.on("user", Fault(503, retry_after="0"), times=None)
    result = office.access("ann@example.com", office.url(office.travel))

    assert result.code == 1
    assert result.json["may_read"] is None
    assert "cannot be asked" in result.json["why"]


def test_an_address_of_no_wiki_is_a_mistake(office: Office) -> None:
    for url in ("https://elsewhere.example.com/pages/1", "nonsense", "http://[bad/x"):
        result = office.access("ann@example.com", url)

        assert (result.code, result.out) == (2, "")
        assert "no address of a wiki" in result.err


MARKDOWN = """[[wiki]]
type = "markdown"
name = "handbook"
path = "pages"
site_url = "https://handbook.example.com"
readers = {readers}
"""


def test_a_markdown_wiki_has_one_gate(shell: Shell) -> None:
    shell.write("pages/leave.md", "# Leave\n\nThirty days.\n")
    url = "https://handbook.example.com/leave/#leave"

    def report_for(readers: str, url: str = url) -> Any:
        shell.write("footnote.toml", MARKDOWN.format(readers=readers))
        return shell.footnote("access", "ann@example.com", url, "--json").json

    assert report_for('["everyone"]')["may_read"] is True
    assert report_for('["*@example.com"]')["may_read"] is True
    assert report_for('["bob@example.com"]')["may_read"] is False
    assert report_for('["bob@example.com"]')["deciding"]["why"] == "readers are bob@example.com"
    assert report_for('["@hr"]')["may_read"] is None
    assert "Slack" in report_for('["@hr"]')["why"]
    assert report_for('["everyone"]', "https://handbook.example.com/no-such/")["may_read"] is None


# Doctor


def test_a_sound_set_up_has_no_failure(office: Office) -> None:
    office.shell.footnote("sync")
    result = office.doctor()
    wiki = findings_about(result)

    assert result.code == 0, result.json
    assert result.json["ok"] is True
    assert has(wiki["ok"], "its account is Foot Note")
    assert has(wiki["ok"], "2 spaces to read: ENG, PUB")
    assert has(wiki["ok"], "All 2 spaces say who may view them")
    assert has(wiki["ok"], "Open to everyone, also without an account: PUB")
    assert has(wiki["ok"], "Restrictions can be read")
    assert has(wiki["ok"], "Groups can be read")
    assert has(wiki["ok"], "All 3 people show their e-mail address")
    assert has(wiki["ok"], "completed")
    assert has(wiki["warning"], "left out silently")
    assert len(wiki["warning"]) == 1
    assert has(findings_about(result, "index")["ok"], "office 4")
    assert findings_about(result, "model")["ok"]
    assert findings_about(result, "state")["ok"]
    assert findings_about(result, "webhooks")["ok"]
    assert has(findings_about(result, "slack")["warning"], "No token of Slack is set")


def test_neither_secrets_nor_words_of_pages_are_in_what_it_says(office: Office) -> None:
    office.shell.footnote("sync")
    result = office.shell.footnote("doctor")

    assert result.code == 0
    for secret in ("ATATT", "Salaries", "are secret", "train", "bonus"):
        assert secret not in result.out + result.err


def test_a_token_that_is_refused_is_a_failure_and_the_end_of_the_questions(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFLUENCE_TOKEN", "wrong")
    result = office.doctor()

    assert result.code == 1
    assert len([f for f in result.json["findings"] if f["about"] == "office"]) == 2
    assert has(findings_about(result)["failure"], "does not accept the token")


def test_a_missing_token_is_told_with_its_variable(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONFLUENCE_TOKEN")

    assert has(findings_about(office.doctor())["failure"], "set CONFLUENCE_TOKEN")


def test_a_scoped_token_is_told_the_id_to_set(
    cloud: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoped = cloud.confluence.token(cloud.bot, scopes=frozenset({"read:page:confluence"}))
    monkeypatch.setenv("CONFLUENCE_TOKEN", scoped)

    assert has(findings_about(cloud.doctor())["failure"], f'set cloud_id = "{CLOUD_ID}"')


def test_a_space_whose_viewers_cannot_be_read_is_shown_to_nobody_and_told(office: Office) -> None:
    space = office.world.spaces["ENG"]
    name = f"spaces/{space.id}" if office.world.is_cloud else "space/ENG"
    office.confluence.faults.on(f"{name}/permissions", Fault(403), times=None)
    office.shell.footnote("sync")
    result = office.doctor()

    assert result.code == 0
    assert has(findings_about(result)["warning"], "Who may view 1 of 2 spaces cannot be read")
    assert has(findings_about(result)["warning"], "Nobody is shown the pages of ENG")
    assert has(findings_about(result)["warning"], "shown to nobody: 3 (3 in ENG)")


def test_a_data_center_that_tells_no_viewers_fails(data_center: Office) -> None:
    data_center.bot.admin = False
    result = data_center.doctor()

    assert result.code == 1
    assert has(findings_about(result)["failure"], "Who may view 2 of 2 spaces cannot be read")
    assert has(findings_about(result)["failure"], "does not tell who people are")


def test_an_old_data_center_is_told_to_be_updated(data_center: Office) -> None:
    data_center.world.version = (8, 5, 4)

    assert has(findings_about(data_center.doctor())["failure"], "Data Center 8.5.4")
    data_center.world.version = (9, 2, 0)
    assert has(findings_about(data_center.doctor())["warning"], "does not report groups in groups")


def test_an_account_that_no_restriction_holds_back_is_known_by_its_group(
    data_center: Office,
) -> None:
    data_center.world.add_group("confluence-administrators", [data_center.bot])

    assert has(findings_about(data_center.doctor())["ok"], "no restriction hides a page from it")


def test_groups_that_cannot_be_read_are_a_failure(office: Office) -> None:
    office.confluence.faults.on("user/memberof", Fault(403), times=None)

    assert has(findings_about(office.doctor())["failure"], "Who is in which group cannot be read")


def test_groups_of_others_that_cannot_be_read_are_a_failure(office: Office) -> None:
    office.confluence.faults.on(f"user/memberof.*{office.ann.id[-12:]}", Fault(403), times=None)
    office.bob.email_visible = False

    assert has(findings_about(office.doctor())["failure"], "Other people's groups cannot be read")


def test_restrictions_that_do_not_come_in_bulk_are_slow_and_told(cloud: Office) -> None:
    for number in range(4):
        cloud.world.create("ENG", f"Page {number}", "<p>Text.</p>")
    cloud.confluence.faults.on("content/search.*restrictions", Fault(404), times=None)

    assert has(findings_about(cloud.doctor())["warning"], "page by page and not in bulk")


def test_restrictions_that_cannot_be_read_are_a_failure(office: Office) -> None:
    office.confluence.faults.on("restriction", Fault(403), times=None)
    findings = findings_about(office.doctor())

    assert has(findings["failure"], "cannot be read: nobody gets those")


def test_hidden_addresses_are_counted(office: Office) -> None:
    office.ann.email_visible = False

    assert has(
        findings_about(office.doctor())["warning"], "People who show their e-mail address: 2 of 3"
    )


def test_settings_that_select_nothing_are_told(office: Office) -> None:
    office.settings(
        'page_trees = ["424242"]\nlabels = ["nowhere"]\ncql = "type ="\n'
        'accounts = { "carl@example.com" = "no-such-account" }'
    )
    findings = findings_about(office.doctor())

    assert has(findings["warning"], "the token sees no page 424242")
    assert has(findings["warning"], "'nowhere' finds nothing")
    assert has(findings["failure"], "`cql` is not understood")
    assert has(findings["warning"], "carl@example.com: the override names no account")


def test_no_answer_at_all_is_a_failure(office: Office) -> None:
    office.confluence.faults.on("", Fault(503, retry_after="0"), times=None)
    result = office.doctor()

    assert result.code == 1
    assert len(findings_about(result)["failure"]) == 1


def test_an_index_that_a_running_bot_holds_is_fine(office: Office) -> None:
    office.shell.footnote("sync")
    settings = load(office.shell.folder / "footnote.toml", None)
    with Indexing(settings, Secrets()) as running:
        assert running.index.counts()
        checked = office.doctor()
        result = office.access("ann@example.com", office.url(office.travel))

    assert checked.code == 0
    assert has(findings_about(checked, "index")["ok"], "in use by another Footnote")
    assert result.code == 0
    assert result.json["may_read"] is True
    assert result.json["used"] is None
    assert "a running Footnote holds the index" in result.json["answers"]


def test_a_broken_index_keeps_no_word_of_the_wiki_back(office: Office) -> None:
    office.shell.write("data/index", "a file, and no folder")
    result = office.access("ann@example.com", office.url(office.travel))
    checked = office.doctor()

    assert result.code == 0
    assert result.json["may_read"] is True
    assert "is unknown" in result.json["answers"]
    assert checked.code == 1
    assert findings_about(checked, "index")["failure"]


def test_slack_s_tokens_are_looked_at_and_slack_is_not_asked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-2")
    result = office.doctor()

    assert result.code == 1
    assert has(findings_about(result, "slack")["failure"], "SLACK_BOT_TOKEN must start with xoxb-")


def test_settings_that_are_wrong_are_exit_code_2(shell: Shell) -> None:
    shell.write("footnote.toml", "nonsense = 1\n")

    assert shell.footnote("doctor").code == 2
    shell.write("footnote.toml", "")
    assert shell.footnote("doctor").code == 2


def test_a_markdown_wiki_is_looked_at(shell: Shell) -> None:
    shell.write("footnote.toml", MARKDOWN.format(readers='["@hr", "ann@example.com"]'))
    missing = shell.footnote("doctor", "--json")
    shell.write("pages/leave.md", "# Leave\n\nThirty days.\n")
    result = shell.footnote("doctor", "--json")

    assert missing.code == 1
    assert findings_about(missing, "handbook")["failure"]
    assert result.code == 0
    assert has(
        findings_about(result, "handbook")["ok"],
        "It has 1 Markdown file; read as github (guessed).",
    )
    assert has(
        findings_about(result, "handbook")["ok"],
        "Its readers are @hr, ann@example.com (Slack knows",
    )
    assert has(findings_about(result, "handbook")["warning"], "There was no full pass")


def test_a_precision_from_an_earlier_version_is_told(shell: Shell) -> None:
    shell.write("pages/leave.md", "# Leave\n\nThirty days.\n")
    shell.write("footnote.toml", MARKDOWN.format(readers='["everyone"]'))
    default = shell.footnote("doctor", "--json")
    shell.write(
        "footnote.toml", MARKDOWN.format(readers='["everyone"]') + "[answer]\nprecision = 0.95\n"
    )
    result = shell.footnote("doctor", "--json")

    assert not findings_about(default, "precision")["warning"]
    assert has(findings_about(result, "precision")["warning"], "is 0.95, probably from an earlier")
    assert result.code == 0


def test_files_and_indexed_pages_are_counted_apart(shell: Shell) -> None:
    shell.write("footnote.toml", MARKDOWN.format(readers='["everyone"]'))
    shell.write("pages/leave.md", "# Leave\n\nThirty days.\n")
    shell.write("pages/draft.md", "---\ndraft: true\n---\nNot yet.\n")
    shell.footnote("sync")
    result = shell.footnote("doctor", "--json")

    assert has(findings_about(result, "handbook")["ok"], "It has 2 Markdown files; read as")
    assert findings_about(result, "index")["ok"] == ["It opens; indexed pages by wiki: handbook 1."]
    assert shell.footnote("status", "--json").json["wikis"]["handbook"]["pages"] == 1
