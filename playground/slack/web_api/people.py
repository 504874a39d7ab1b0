"""Methods ``users.*``, ``usergroups.*``, ``auth.test``."""

from __future__ import annotations

from collections.abc import Mapping

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.people import User
from footnote_bot.playground.slack.web_api.method import Arguments, Method, page


def auth_test(slack: Core, _arguments: Arguments) -> Json:
    return {
        "url": f"https://{slack.team_domain}.slack.com/",
        "team": slack.team_domain,
        "user": slack.manifest.bot_name,
        "team_id": slack.organization if slack.org_wide else slack.team_id,
        "user_id": slack.bot_user_id,
        "bot_id": slack.bot_id,
        "is_enterprise_install": slack.org_wide,
    }


def auth_teams_list(slack: Core, arguments: Arguments) -> Json:
    """Return the workspaces of the organization that the app is installed in."""
    if not slack.org_wide:
        raise Refusal("not_allowed_token_type")
    ours: list[Json] = [{"id": slack.team_id, "name": slack.team_domain}]
    teams, following = page(ours, arguments, default=100)
    return {"teams": teams, **following}


def users_info(slack: Core, arguments: Arguments) -> Json:
    return {"user": _wire(slack, slack.user(arguments.needed("user")))}


def users_list(slack: Core, arguments: Arguments) -> Json:
    everyone = [_wire(slack, person) for person in slack.people.values()]
    users, following = page(everyone, arguments, default=1_000)
    return {"members": users, "cache_ts": int(slack.clock()), **following}


def lookup_by_email(slack: Core, arguments: Arguments) -> Json:
    email = arguments.needed("email").casefold()
    for person in slack.people.values():
        if person.email.casefold() == email and not person.deleted:
            return {"user": _wire(slack, person)}
    raise Refusal("users_not_found")


def usergroups_list(slack: Core, arguments: Arguments) -> Json:
    with_users = arguments.flag("include_users")
    return {
        "usergroups": [
            group.wire(team_id=slack.team_id, with_users=with_users)
            for group in slack.usergroups.values()
        ]
    }


def usergroup_users(slack: Core, arguments: Arguments) -> Json:
    group = slack.usergroups.get(arguments.needed("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}


def _wire(slack: Core, person: User) -> Json:
    return person.wire(with_email="users:read.email" in slack.manifest.scopes)


METHODS: Mapping[str, Method] = {
    "auth.test": Method(auth_test, tier=0),
    "auth.teams.list": Method(auth_teams_list, tier=2),
    "users.info": Method(users_info, ("users:read",), tier=4),
    "users.list": Method(users_list, ("users:read",), tier=2),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), tier=3),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",), tier=2),
    "usergroups.users.list": Method(usergroup_users, ("usergroups:read",), tier=2),
}
