"""Content -> Slack messages. Pure except for today's date."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.conversation.model import AnswerContent, Button, Buttons, Content, Notice
from footnote_bot.bot.slack.rendering import blocks, buttons
from footnote_bot.bot.slack.rendering.message import Message, actions, context, say
from footnote_bot.bot.slack.rendering.message import button as block_button
from footnote_bot.bot.slack.rendering.mrkdwn import literal

_QUESTION_SHOWN = 500


def notice(content: Notice) -> Message:
    message = say(content.text, *content.small)
    return with_button(message, content.button) if content.button else message


def with_button(message: Message, button: Button) -> Message:
    element = block_button(button.action, button.label, button.value)
    return Message(message.text, [*message.blocks, actions(element)])


@dataclass(frozen=True, slots=True)
class Renderer:
    """The renderer of content. ``origins`` are those of `bot.slack.rendering.links.origins`."""

    origins: Container[str]
    clock: Callable[[], datetime]

    def messages(self, content: Content) -> list[Message]:
        """Return at least one message; buttons are in the last."""
        if isinstance(content, Notice):
            return [notice(content)]
        shown = blocks.answer(
            content.recorded, self.origins, today=self.clock().date(), tally=content.tally
        )
        shown = [*shown[:-1], _last(shown[-1], content)]
        return [_led(shown[0], content), *shown[1:]] if content.lead else shown


def _led(message: Message, content: AnswerContent) -> Message:
    question = literal(content.recorded.asked.question)[:_QUESTION_SHOWN].replace("\n", " ")
    lead = context(f"{content.lead}\n&gt; {question}")
    return Message(message.text, [lead, *message.blocks])


def _last(message: Message, content: AnswerContent) -> Message:
    if content.chosen:
        message = buttons.chosen(message, content.chosen.reading, content.chosen.by)
    shown_blocks = message.blocks
    if content.buttons is Buttons.NONE:
        shown_blocks = buttons.without_buttons(shown_blocks)
    elif content.buttons is Buttons.NO_VERDICTS:
        shown_blocks = [
            block for block in shown_blocks if block.get("block_id") != buttons.VERDICTS
        ]
    if content.note:
        shown_blocks = [*shown_blocks, context(content.note)]
    shown = Message(message.text, shown_blocks)
    return with_button(shown, content.button) if content.button else shown
