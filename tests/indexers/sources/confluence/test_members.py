"""`indexers.sources.confluence.members` against the local Confluence, both products."""

from __future__ import annotations

import logging
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from threading import Lock as ThreadLock

import pytest

from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import untold_token
from footnote_bot.indexers.sources.confluence.addresses import Base
from footnote_bot.indexers.sources.confluence.members import (
    Account,
    AccountDirectory,
    CloudPeople,
    ConfluenceMembers,
    DataCenterPeople,
    NotFound,
)
from footnote_bot.indexers.sources.confluence.remembering import (
    FAILURES_KEPT,
    CannotAsk,
    Remembered,
)
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import User
from tests.indexers.sources.confluence.conftest import TRIES
from tests.long import few

NOTHING = frozenset[str]()


def wiki_default(name: str) -> float:
    return ConfluenceSettings.model_fields[name].default


def fallback_tokens(members: ConfluenceMembers) -> frozenset[str]:
    """Return the tokens of a person whom Confluence could not be asked about."""
    return frozenset({untold_token(members.site)})


def members_of(site, **settings) -> ConfluenceMembers:
    transport = site.transport()
    tokens = Tokens(transport.base.site)
    return ConfluenceMembers(transport, tokens, clock=site.clock.monotonic, **settings)


def tokens_in_world(site, user: User) -> frozenset[str]:
    """Return the tokens of a person, computed from the world itself."""
    world, tokens = site.world, Tokens(site.transport().base.site)
    groups = [world.groups[name] for name in world.groups_of(user.id)]
    group_tokens = {tokens.group(group.id if site.cloud else group.name) for group in groups}
    licensed = set() if user.guest or user.app else {tokens.licensed}
    return frozenset({tokens.user(user.id), *group_tokens, *licensed})


def reason(members: ConfluenceMembers, email: str) -> str:
    result = members.find(email)

    assert isinstance(result, NotFound)
    return result.reason


def requests_to(site, path: str) -> int:
    """Return the number of requests whose path starts with ``path``."""
    return sum(request.path.startswith(path) for request in site.confluence.requests)


@pytest.fixture
def ada(site) -> User:
    ada = site.world.add_user("Ada Love")
    site.world.add_group("engineers", [ada])
    site.world.add_group("others", [site.world.add_user("Bob Else")])
    return ada


def test_a_person_holds_what_the_wiki_says_of_them(site, ada) -> None:
    members = members_of(site)
    account = members.find(ada.email)

    assert members.tokens(ada.email) == tokens_in_world(site, ada)
    assert isinstance(account, Account)
    assert account.key == ada.id
    assert members.groups(account) == sorted(site.world.groups_of(ada.id))


def test_an_address_is_the_same_in_any_case(site, ada) -> None:
    assert members_of(site).tokens(f" {ada.email.upper()} ") == tokens_in_world(site, ada)


@pytest.mark.parametrize(
    "email",
    ["", "ada.love", "Ada Love", "ada.love@elsewhere.com", "love@example.com", "a*@example.com"],
)
def test_a_likely_name_proves_nothing(site, ada, email) -> None:
    members = members_of(site)

    assert members.tokens(email) == NOTHING
    assert reason(members, email) == "no account shows this address"


def test_an_address_of_two_accounts_is_nobodys(site, ada) -> None:
    site.world.add_user("Ada Again", email=ada.email.upper())
    members = members_of(site)

    assert members.tokens(ada.email) == NOTHING
    assert reason(members, ada.email) == "two accounts have it"


def test_a_deactivated_person_holds_nothing(site, ada) -> None:
    members = members_of(site, overrides={"ada@slack.com": ada.id})
    site.world.deactivate(ada.id)

    assert members.tokens(ada.email) == members.tokens("ada@slack.com") == NOTHING
    assert reason(members, "ada@slack.com") == "deactivated"


def test_a_hidden_address_is_found_by_its_override_alone(site, ada) -> None:
    ada.email_visible = False
    overridden = members_of(site, overrides={"Ada.Love@Example.com": ada.id})

    assert members_of(site).tokens(ada.email) == NOTHING
    assert overridden.tokens(ada.email) == tokens_in_world(site, ada)
    assert requests_to(site, "/rest/api/user/list" if not site.cloud else "/rest/api/search") == 1


def test_an_override_goes_before_the_directory(site, ada) -> None:
    bob = site.world.add_user("Bob")

    assert members_of(site, overrides={ada.email: bob.id}).tokens(ada.email) == tokens_in_world(
        site, bob
    )


def test_an_override_that_names_nobody_is_reported(site, ada) -> None:
    members = members_of(site, overrides={ada.email: "nobody"})

    assert members.tokens(ada.email) == NOTHING
    assert reason(members, ada.email) == "the override names no account that there is"


def test_an_override_may_be_a_username(data_center) -> None:
    ada = data_center.world.add_user("Ada", email_visible=False)
    members = members_of(data_center, overrides={ada.email: ada.username})

    assert members.tokens(ada.email) == tokens_in_world(data_center, ada)


@pytest.mark.parametrize("kind", ["guest", "app"])
def test_guests_and_apps_are_not_among_all_who_may_log_in(cloud, kind) -> None:
    someone = cloud.world.add_user("Some One", **{kind: True})
    tokens = members_of(cloud).tokens(someone.email)

    assert tokens == tokens_in_world(cloud, someone)
    assert Tokens(cloud.transport().base.site).licensed not in tokens


def test_all_pages_of_groups_count(site, ada) -> None:
    for number in range(450):
        site.world.add_group(f"group {number}", [ada])

    assert members_of(site).tokens(ada.email) == tokens_in_world(site, ada)


def test_everybody_is_in_the_directory(cloud) -> None:
    people = [cloud.world.add_user(f"Person {number}") for number in range(450)]
    cloud.confluence.faults.on(r"search/user.*start=200", Fault(kind="short"))
    members = members_of(cloud)

    assert members.tokens(people[-1].email) == tokens_in_world(cloud, people[-1])
    assert members.count() == (451, 451)
    assert requests_to(cloud, "/rest/api/search/user") == 4


def test_it_is_known_how_many_addresses_can_be_seen(site, ada) -> None:
    ada.email_visible = False

    assert members_of(site).count() == (2, 3)


@pytest.mark.parametrize("flattens", [True, False])
def test_groups_of_groups_count_whether_they_are_listed_with_the_direct_ones(
    data_center, flattens
) -> None:
    world = data_center.world
    ada = world.add_user("Ada")
    world.flattens = flattens
    world.add_group("inner", [ada])
    world.add_group("middle", groups=["inner"])
    world.add_group("outer", groups=["middle"])
    world.add_group("beside")
    world.nest("inner", "outer")

    assert members_of(data_center).tokens(ada.email) == tokens_in_world(data_center, ada)


def test_a_version_that_shows_no_groups_of_groups_is_taken_at_its_word(data_center) -> None:
    world = data_center.world
    world.version = (9, 2, 4)
    ada = world.add_user("Ada")
    world.add_group("inner", [ada])
    world.add_group("outer", groups=["inner"])

    assert members_of(data_center).tokens(ada.email) == tokens_in_world(data_center, ada)
    world.flattens = False
    assert members_of(data_center).tokens(ada.email) < tokens_in_world(data_center, ada)


def test_the_tokens_of_a_person_are_cached_for_their_time_and_no_longer(site, ada) -> None:
    members = members_of(site, remembered=300)
    before = members.tokens(ada.email)
    site.world.leave("engineers", ada.id)
    requests = len(site.confluence.requests)
    site.clock.sleep(149)

    assert members.tokens(ada.email) == before
    assert len(site.confluence.requests) == requests
    site.clock.sleep(151)
    assert members.tokens(ada.email) == tokens_in_world(site, ada) < before


def test_a_person_who_left_a_group_or_was_deactivated_has_it_for_a_minute_at_most(
    site, ada
) -> None:
    """With the default settings, and without reading the list of accounts again."""
    members = members_of(site, remembered=60 * wiki_default("members_minutes"))
    before = members.tokens(ada.email)
    listings = requests_to(site, "/rest/api/search/user") + requests_to(site, "/rest/api/user/list")
    site.world.leave("engineers", ada.id)
    site.clock.sleep(60)

    assert members.tokens(ada.email) == tokens_in_world(site, ada) < before
    site.world.deactivate(ada.id)
    site.clock.sleep(60)
    assert members.tokens(ada.email) == NOTHING
    assert (
        requests_to(site, "/rest/api/search/user") + requests_to(site, "/rest/api/user/list")
        == listings
    )


def test_shared_groups_are_no_older_than_the_tokens_of_a_person(data_center) -> None:
    world = data_center.world
    ada, bob = world.add_user("Ada"), world.add_user("Bob")
    world.flattens = False
    world.add_group("inner", [ada, bob])
    world.add_group("outer", groups=["inner"])
    members = members_of(data_center, remembered=300)
    members.tokens(ada.email)
    world.groups["outer"].groups.clear()
    data_center.clock.sleep(149)
    before = members.tokens(bob.email)
    data_center.clock.sleep(151)

    assert members.tokens(bob.email) == tokens_in_world(data_center, bob) < before


def test_an_address_that_moved_on_since_the_directory_was_read_is_nobodys(site, ada) -> None:
    members = members_of(site)
    members.count()
    email, ada.email = ada.email, "ada@elsewhere.com"

    assert members.tokens(email) == NOTHING


def test_an_unknown_address_does_not_read_the_directory_again(site, ada) -> None:
    members = members_of(site, remembered=600)
    members.tokens("eve@example.com")
    requests = len(site.confluence.requests)
    for _ in range(10):
        members.tokens("eve@example.com")
        site.clock.sleep(59)

    assert len(site.confluence.requests) == requests


def test_a_newcomer_is_found_when_the_directory_is_read_again(site, ada) -> None:
    members = members_of(site, remembered=600)
    members.tokens("eve@example.com")
    eve = site.world.add_user("Eve")
    site.clock.sleep(600)

    assert members.tokens(eve.email) == tokens_in_world(site, eve)


class HeldListing(Transport):
    """A client that lists people only after the test allows it."""

    may_list: Event

    def get(self, path: str, params: Params | None = None, **settings: bool) -> Json:
        if path in {"/rest/api/user/list", "/rest/api/search/user"}:
            assert self.may_list.wait(60)
        return super().get(path, params, **settings)


def test_known_people_do_not_wait_while_everybody_is_listed_again(site, ada) -> None:
    transport = site.transport(kind=HeldListing)
    transport.may_list = Event()
    transport.may_list.set()
    members = ConfluenceMembers(
        transport, Tokens(transport.base.site), clock=site.clock.monotonic, remembered=60
    )
    members.tokens(ada.email)
    bob = site.world.add_user("Bob New")
    site.clock.sleep(24 * 3600)
    transport.may_list.clear()

    with ThreadPoolExecutor(2) as pool:
        known = pool.submit(members.tokens, ada.email)
        try:
            assert known.result(timeout=30) == tokens_in_world(site, ada)
            newcomer = pool.submit(members.tokens, bob.email)
            assert not newcomer.done()
        finally:
            transport.may_list.set()
        assert newcomer.result() == tokens_in_world(site, bob)


def test_without_a_cache_everybody_is_listed_each_time(site, ada) -> None:
    members = members_of(site, remembered=0, listed=0)
    members.tokens(ada.email)
    site.world.add_user("Ada Twin", email=ada.email)

    assert members.tokens(ada.email) == NOTHING


def test_many_who_ask_at_once_make_one_wave_of_requests(site, ada) -> None:
    site.confluence.latency = 0.01
    members = members_of(site)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(members.tokens, [ada.email] * 32))

    assert set(results) == {tokens_in_world(site, ada)}
    assert requests_to(site, "/rest/api/user/memberof") == 1
    assert requests_to(site, "/rest/api/user/list" if not site.cloud else "/rest/api/search") == 1


PATHS = {
    "the directory": r"/rest/api/(search/user|user/list)",
    "the account": r"/rest/api/user\?",
    "the groups": r"/rest/api/user/memberof",
}
FAULTS = [
    Fault(401),
    Fault(403),
    Fault(429),
    Fault(500),
    Fault(503),
    Fault(kind="drop"),
    Fault(kind="cut"),
    Fault(kind="login"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_failed_request_leaves_what_is_open_to_everyone(site, ada, path, fault, caplog) -> None:
    """The failure is logged once, without the address, and retried after half a minute."""
    members = members_of(site)
    site.confluence.faults.on(path, fault, times=None)
    with caplog.at_level(logging.INFO, "footnote_bot.indexers"):
        assert members.tokens(ada.email) == fallback_tokens(members)
        requests = len(site.confluence.requests)
        site.confluence.faults.clear()
        site.clock.sleep(29)
        assert members.tokens(ada.email) == fallback_tokens(members)
        assert reason(members, ada.email).startswith("cannot be asked: ")

    assert len(site.confluence.requests) == requests
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "ada" not in caplog.text
    site.clock.sleep(1)
    assert members.tokens(ada.email) == tokens_in_world(site, ada)


def test_cached_tokens_are_not_used_beyond_their_time(site, ada) -> None:
    members = members_of(site, remembered=300)
    members.tokens(ada.email)
    site.clock.sleep(300)
    site.confluence.faults.on("", Fault(503), times=None)

    assert members.tokens(ada.email) == fallback_tokens(members)


def test_groups_and_the_count_say_that_they_cannot_be_had(site, ada) -> None:
    members = members_of(site)
    site.confluence.faults.on("", Fault(403), times=None)

    with pytest.raises(WikiUnavailable):
        members.count()
    with pytest.raises(WikiUnavailable):
        members.groups(Account(ada.id, "Ada"))


@pytest.mark.parametrize("fault", [Fault(429), Fault(503), Fault(kind="drop")], ids=repr)
@pytest.mark.parametrize("path", ["profile/ada", "groupancestor"])
def test_data_centers_own_requests_fail_alike(data_center, path, fault) -> None:
    ada = data_center.world.add_user("Ada")
    members = members_of(data_center)
    data_center.confluence.faults.on(path, fault, times=None)

    assert members.tokens(ada.email) == fallback_tokens(members)
    data_center.confluence.faults.clear()
    data_center.clock.sleep(30)
    assert members.tokens(ada.email) == tokens_in_world(data_center, ada)


def test_a_profile_that_cannot_be_had_hides_its_owner_alone(data_center) -> None:
    ada, bob = (data_center.world.add_user(name) for name in ("Ada", "Bob"))
    data_center.confluence.faults.on("profile/ada", Fault(500), times=TRIES)
    members = members_of(data_center)

    assert members.tokens(bob.email) == tokens_in_world(data_center, bob)
    assert members.tokens(ada.email) == NOTHING
    data_center.clock.sleep(30)
    assert members.tokens(ada.email) == tokens_in_world(data_center, ada)


def test_profiles_are_read_again_after_hours_only(data_center) -> None:
    for number in range(20):
        data_center.world.add_user(f"Person {number}")
    members = members_of(data_center, remembered=600)
    for _ in range(5):
        members.count()
        data_center.clock.sleep(600)

    assert requests_to(data_center, "/rest/mobile/1.0/profile") == 21


class Scripted:
    """A client with fixed answers by path, in shapes that the local Confluence does not have."""

    base = Base("https://wiki.test", "", cloud=False)
    concurrency = 2

    def __init__(self, **answers) -> None:
        self._answers = {path.replace("_", "/"): answer for path, answer in answers.items()}

    def get(self, path, params=None, **_):
        return self._answers[path.removeprefix("/rest/api/")]


class Crowded(Scripted):
    """A client for twelve thousand people, of whom the search shows ten thousand."""

    def get(self, path, params=None, **_):
        start, limit = params["start"], params["limit"]

        assert start + limit <= 10_000
        keys = range(start, start + limit)
        people = [{"user": {"accountId": f"{key}", "email": f"{key}@x.y"}} for key in keys]
        return {"results": people, "totalSize": 12_000}


def test_people_whom_cloud_does_not_list_are_counted_and_not_found() -> None:
    directory = CloudPeople(Crowded()).directory()

    assert (directory.visible, directory.all) == (10_000, 12_000)


def test_odd_rows_are_nobody() -> None:
    rows = ["", None, {}, {"user": None}, {"user": {"accountId": 7, "email": "ada@x.y"}}]
    listed = {"results": rows, "totalSize": len(rows)}

    assert CloudPeople(Scripted(search_user=listed)).directory().by_email == {}


@pytest.mark.parametrize("listed", [True, False])
def test_an_account_of_unsaid_status_is_active_if_it_is_listed(listed) -> None:
    user = {"accountId": "7", "accountType": "atlassian", "isGuest": False}
    account = CloudPeople(
        Scripted(user=user, search_user={"results": [{"user": user}] * listed})
    ).account("7")

    assert account is not None
    assert account.active is listed


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"accountType": "atlassian"},
        {"accountType": "", "isGuest": False},
        {"accountType": "customer", "isGuest": False},
        {"accountType": "atlassian", "isGuest": False, "isExternalCollaborator": True},
    ],
    ids=repr,
)
def test_an_account_is_licensed_only_if_every_field_says_so(fields) -> None:
    user = {"accountId": "7", "accountStatus": "active", **fields}
    account = CloudPeople(Scripted(user=user)).account("7")

    assert account is not None
    assert not account.licensed


@pytest.mark.parametrize("fields", [{"accountId": "8"}, {"accountId": "7", "type": "unknown"}])
def test_an_answer_about_somebody_else_is_nobody(fields) -> None:
    people = CloudPeople(Scripted(user={"accountStatus": "active", **fields}))

    assert people.account("7") is None


def test_a_masked_address_is_not_shown() -> None:
    directory = AccountDirectory.of(
        {"7": "ada at example dot com", "8": "bob@example.com", "9": ""}
    )

    assert (directory.visible, directory.all, directory.whole) == (1, 3, True)


def test_a_data_center_that_says_no_status_cannot_be_asked() -> None:
    people = DataCenterPeople(Scripted(user={"userKey": "7", "username": "ada"}), 60, lambda: 0.0)

    with pytest.raises(Refused, match="active"):
        people.account("7")


def test_a_waiting_caller_takes_the_result_even_if_it_has_expired() -> None:
    now, under_way, second, times = [0.0], Event(), Event(), []

    class Lock:
        """A lock that reports when somebody waits for it."""

        def __init__(self) -> None:
            self._lock = ThreadLock()

        def __enter__(self) -> None:
            if not self._lock.acquire(blocking=False):
                second.set()
                self._lock.acquire()

        def __exit__(self, *_: object) -> None:
            self._lock.release()

    def ask(key: str) -> str:
        times.append(key)
        now[0] += 100
        under_way.set()
        second.wait(60)
        return key

    remembered = Remembered("a thing", ask, lambda _: 60.0, lambda: now[0])
    remembered._entry("key").lock = Lock()  # type: ignore[assignment]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered.get, "key")
        under_way.wait(60)
        other = pool.submit(remembered.get, "key")

    assert (first.result(), other.result(), times) == ("key", "key", ["key"])


def test_a_defect_of_ours_is_not_hidden_and_not_remembered() -> None:
    faults = [ZeroDivisionError()]

    def ask(_: str) -> str:
        if faults:
            raise faults.pop()
        return "found"

    remembered = Remembered("a thing", ask, lambda _: 60.0, lambda: 0.0)
    with pytest.raises(ZeroDivisionError):
        remembered.get("key")

    assert remembered.get("key") == "found"


def test_a_failure_that_is_remembered_elsewhere_is_not_remembered_once_more() -> None:
    now = [0.0]
    failures = [WikiUnavailable("away")]

    def listed(_: str) -> str:
        if failures:
            raise failures.pop()
        return "everybody"

    directory = Remembered("the directory", listed, lambda _: 60.0, lambda: now[0])
    person = Remembered("a person", lambda _: directory.get(""), lambda _: 60.0, lambda: now[0])
    for seconds, name in ((0.0, "bob"), (FAILURES_KEPT - 1, "ada")):
        now[0] = seconds
        with pytest.raises(CannotAsk):
            person.get(name)
    now[0] = FAILURES_KEPT

    assert person.get("ada") == "everybody"


def test_expired_entries_are_swept() -> None:
    now = [0.0]
    remembered = Remembered("a thing", lambda key: key, lambda _: 60.0, lambda: now[0])
    for key in range(10_000):
        remembered.get(key)
        now[0] += 1

    assert len(remembered._entries) < 5_000


def draw_people(site, draw: random.Random) -> dict[str, str]:
    """Add random people and groups to the world, and return the operator's overrides."""
    world = site.world
    world.flattens = draw.random() < 0.5
    emails = [f"Person{number}@Example.com" for number in range(8)]
    people = [
        world.add_user(
            f"Person {number}",
            email=draw.choice(emails),
            email_visible=draw.random() < 0.7,
            active=draw.random() < 0.8,
            # Data Center has neither guests nor app users.
            guest=site.cloud and draw.random() < 0.2,
            app=site.cloud and draw.random() < 0.1,
        )
        for number in range(8)
    ]
    names = [f"group {number}" for number in range(6)]
    for name in names:
        world.add_group(name, draw.sample(people, draw.randint(0, 3)))
    for _ in range(0 if site.cloud else 5):
        world.nest(*draw.sample(names, 2))
    return {email: draw.choice(people).id for email in draw.sample(emails, 2)}


def expected_tokens(site, email: str, overrides: dict[str, str]) -> frozenset[str]:
    """Return the tokens of an address, computed from the world. Cloud does not list deactivated
    people."""
    users = site.world.users
    owners = (
        [users[overrides[email]]]
        if email in overrides
        else [
            user
            for user in users.values()
            if user.email == email and user.email_visible and (user.active or not site.cloud)
        ]
    )
    return tokens_in_world(site, owners[0]) if len(owners) == 1 and owners[0].active else NOTHING


@pytest.mark.parametrize("seed", few(range(30), 6))
def test_random_people_hold_what_the_wiki_says_of_them(site, seed) -> None:
    """A person who is ambiguous, deactivated or hidden has no tokens."""
    overrides = draw_people(site, random.Random(seed))  # noqa: S311 - a drawn world
    members = members_of(site, overrides=overrides)
    addresses = {user.email for user in site.world.users.values()} | {*overrides, "x@y.z"}

    for email in addresses:
        assert members.tokens(email.lower()) == expected_tokens(site, email, overrides), email
