"""Data Center's webhooks, as the made-up Confluence signs them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnote_bot.bot.operations.passes import PassKind
from footnote_bot.bot.operations.webhooks import PATH, SIGNATURE, hooks
from footnote_bot.playground.confluence.webhooks import Webhook
from footnote_bot.playground.confluence.webhooks import Webhooks as Sent
from footnote_bot.playground.confluence.world import World

SECRET = "only for tests"


def sent(event: str, secret: str = SECRET) -> Webhook:
    world = World("data-center", now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    world.add_space("ENG")
    return Sent(world).write(event, world.create("ENG", "Page").id, secret=secret)


def receive(hook: Webhook) -> tuple[int, list[PassKind]]:
    hinted: list[PassKind] = []
    take = hooks(SECRET, hinted.append)[PATH]
    return take(hook.body, {SIGNATURE: hook.signature}), hinted


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("page_updated", PassKind.RECENT_EDITS),
        ("page_created", PassKind.RECENT_EDITS),
        ("page_moved", PassKind.ALL_PAGES),
        ("page_trashed", PassKind.ALL_PAGES),
        ("content_permissions_updated", PassKind.ALL_PAGES),
    ],
)
def test_a_signed_hook_hints_at_the_pass_that_would_find_it(event: str, kind: PassKind) -> None:
    assert receive(sent(event)) == (200, [kind])


@pytest.mark.parametrize("secret", ["", "another"])
def test_a_webhook_without_our_signature_is_refused(secret: str) -> None:
    assert receive(sent("page_updated", secret)) == (401, [])


def test_a_body_that_was_changed_is_refused() -> None:
    hook = sent("page_updated")

    assert receive(Webhook(hook.event, hook.body + b" ", hook.signature)) == (401, [])


@pytest.mark.parametrize("signature", ["sha256=\u00fc", "", "sha1=abc"])
def test_a_signature_of_any_form_is_looked_at_and_refused(signature: str) -> None:
    assert receive(Webhook("page_updated", b"{}", signature)) == (401, [])


def test_without_a_secret_there_are_no_webhooks() -> None:
    assert hooks("", lambda _: None) == {}
