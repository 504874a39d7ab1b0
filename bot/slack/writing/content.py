"""What the bot says -> Slack messages. Pure but for the day that it is."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.model import AnswerContent, Button, Buttons, Content, Notice
from bot.slack.writing import blocks, quotes, readings
from bot.slack.writing.message import Block, Message, context, plain_text, say

_VERDICTS = "verdicts"


def notice(content: Notice) -> Message:
    message = say(content.text, *content.small)
    return with_button(message, content.button) if content.button else message


def with_button(message: Message, button: Button) -> Message:
    element: Block = {
        "type": "button",
        "action_id": button.action,
        "text": plain_text(button.label),
        "value": button.value,
    }
    return Message(message.text, [*message.blocks, {"type": "actions", "elements": [element]}])


@dataclass(frozen=True, slots=True)
class Renderer:
    """``origins`` are those of `bot.slack.writing.links.origins`."""

    origins: Container[str]
    clock: Callable[[], datetime]

    def messages(self, content: Content) -> list[Message]:
        """Return at least one; what can be pressed is in the last."""
        if isinstance(content, Notice):
            return [notice(content)]
        shown = blocks.answer(
            content.recorded, self.origins, today=self.clock().date(), tally=content.tally
        )
        return [*shown[:-1], _last(shown[-1], content)]


def _last(message: Message, content: AnswerContent) -> Message:
    if content.chosen:
        message = readings.chosen(message, content.chosen.reading, content.chosen.by)
    kept = message.blocks
    if content.buttons is Buttons.NONE:
        kept = quotes.without_buttons(kept)
    elif content.buttons is Buttons.NO_VERDICTS:
        kept = [block for block in kept if block.get("block_id") != _VERDICTS]
    if content.note:
        kept = [*kept, context(content.note)]
    shown = Message(message.text, kept)
    return with_button(shown, content.button) if content.button else shown
