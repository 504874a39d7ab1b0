"""The settings of a further workspace of Slack."""

from __future__ import annotations

from collections.abc import Collection

from footnote_bot.config.settings import Settings


def narrowed(settings: Settings, wikis: Collection[str]) -> Settings:
    """Return the settings of a further workspace: without other wikis, and without the channels
    and admins of the first one, whose ids mean nothing there."""
    wikis_there = (wiki for wiki in settings.wiki if wiki.name in wikis)
    without_ids = {"review_channel": "", "digest": False, "admins": ()}
    return settings.model_copy(
        update={
            "wiki": tuple(wiki.model_copy(update={"review_channel": ""}) for wiki in wikis_there),
            "slack": settings.slack.model_copy(update=without_ids),
        }
    )
