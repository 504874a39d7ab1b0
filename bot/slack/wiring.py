"""Settings -> options of the Slack adapter."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from bot.conversation.limits import QuestionLimits
from bot.slack.home.weekly import Weekly
from bot.slack.rendering import links
from bot.slack.settings import STALE_AFTER, SlackOptions
from config.settings import Secrets, Settings
from config.slack import SlackSettings as Slack
from config.slack import Weekday, zone
from config.wikis import LANGUAGES

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - Slack must reach HTTP mode, mostly through a container's port
SLACK_API = "https://slack.com/api/"


def slack_settings(settings: Settings, secrets: Secrets) -> SlackOptions:
    slack = settings.slack
    socket = slack.mode == "socket"
    return SlackOptions(
        bot_token=secrets.slack_bot_token.get_secret_value(),
        app_token=secrets.slack_app_token.get_secret_value() if socket else "",
        signing_secret=secrets.slack_signing_secret.get_secret_value(),
        api_url=secrets.slack_api_url or SLACK_API,
        host=slack.host or ("127.0.0.1" if socket else _EVERYWHERE),
        port=slack.port,
        spool=settings.data_dir / "spool",
        review_channel=slack.review_channel,
        review_channels={
            wiki.name: wiki.review_channel for wiki in settings.wiki if wiki.review_channel
        },
        edit_origins=links.origins(wiki.edited_at for wiki in settings.wiki),
        remind_after=timedelta(days=slack.remind_after_days),
        digest=_digest(slack) if slack.digest else None,
        stale_after=timedelta(days=settings.answer.old_after_days) or STALE_AFTER,
        retracted_within=timedelta(days=slack.retract_days),
        written_holds=timedelta(days=settings.answer.written_days),
        caps=QuestionLimits(
            person_minute=slack.person_minute,
            person_day=slack.person_day,
            channel_minute=slack.channel_minute,
            channel_day=slack.channel_day,
        ),
        link_origins=links.origins([*(wiki.read_at for wiki in settings.wiki), *slack.link_hosts]),
        admins=frozenset(slack.admins),
        accounts=slack.accounts if slack.identity == "accounts" else None,
        guests=slack.guests,
        shared_channels=slack.shared_channels,
        private_members=slack.private_members,
        workers=slack.workers,
        streaming=bool(settings.llm.provider),
        languages=LANGUAGES,
        retention=timedelta(days=settings.state.retention_days),
    )


def _digest(slack: Slack) -> Weekly:
    weekday = get_args(Weekday).index(slack.digest_day)
    return Weekly(weekday, slack.digest_hour, zone(slack.digest_timezone))
