"""Methods ``assistant.threads.*`` and ``agents.sessions.*``: how an agent shows its work."""

from __future__ import annotations

from collections.abc import Mapping

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.web_api.chat import place_to_write
from footnote_bot.playground.slack.web_api.method import Arguments, Method

SESSION_STATUSES = ("active", "processing", "suspended", "closed")


def set_status(slack: Core, arguments: Arguments) -> Json:
    place = place_to_write(slack, arguments.needed("channel_id"))
    thread = (place.id, _thread(slack, place.id, arguments))
    loading = arguments.structure("loading_messages") or []
    if len(loading) > limits.LOADING_MESSAGES:
        raise Refusal("invalid_arguments", ["no more than 10 loading_messages"])
    if "status" not in arguments:
        raise Refusal("invalid_arguments", ["missing required field: status"])
    slack.statuses[thread] = {
        "status": arguments.text("status"),
        "loading_messages": loading,
        "until": slack.clock() + slack.timing.status,
    }
    slack.changes.happened()
    return {}


def set_title(slack: Core, arguments: Arguments) -> Json:
    place = slack.channel_for_bot(arguments.needed("channel_id"))
    thread = (place.id, _thread(slack, place.id, arguments))
    slack.titles[thread] = arguments.needed("title")
    slack.changes.happened()
    return {}


def set_suggested_prompts(slack: Core, arguments: Arguments) -> Json:
    place = slack.channel_for_bot(arguments.needed("channel_id"))
    if place.kind != "im":
        raise Refusal("channel_not_found")
    prompts = arguments.structure("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= limits.SUGGESTED_PROMPTS:
        raise Refusal("invalid_arguments", ["prompts: 1 to 4"])
    for prompt in prompts:
        if not isinstance(prompt, dict) or not (prompt.get("title") and prompt.get("message")):
            raise Refusal("invalid_arguments", ["each prompt needs a title and a message"])
    # An agent's prompts belong to the conversation: with a thread, Slack says yes and
    # shows nothing.
    if not (slack.manifest.agent_view and arguments.text("thread_ts")):
        slack.prompts[place.id] = prompts
        slack.changes.happened()
    return {}


def set_session_status(slack: Core, arguments: Arguments) -> Json:
    place = place_to_write(slack, arguments.needed("channel_id"))
    status = arguments.needed("status")
    thread_ts = _thread(slack, place.id, arguments)
    session = set_session(slack, place.id, thread_ts, status, arguments.text("title"))
    answer: Json = {"status": status, "title": session["title"]}
    if "agent_session_stopped" not in slack.manifest.events and status == "processing":
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


def rename_session(slack: Core, arguments: Arguments) -> Json:
    thread = (arguments.needed("channel_id"), arguments.needed("thread_ts"))
    if thread not in slack.sessions:
        raise Refusal("session_not_found")
    slack.sessions[thread]["title"] = arguments.needed("title")[: limits.SESSION_TITLE]
    slack.changes.happened()
    return {"title": slack.sessions[thread]["title"]}


def set_session(slack: Core, channel: str, thread_ts: str, status: str, title: str = "") -> Json:
    """Set an agent's session.

    Raises:
        Refusal: ``invalid_arguments`` for an unknown status or a long title.
    """
    if status not in SESSION_STATUSES:
        raise Refusal("invalid_arguments", [f"status: one of {', '.join(SESSION_STATUSES)}"])
    if len(title) > limits.SESSION_TITLE:
        raise Refusal("invalid_arguments", ["title: no more than 200 characters"])
    session = slack.sessions.setdefault((channel, thread_ts), {"title": title})
    session["status"] = status
    slack.changes.happened()
    return session


def _thread(slack: Core, channel: str, arguments: Arguments) -> str:
    thread_ts = arguments.needed("thread_ts")
    message = slack.messages.get(channel, {}).get(thread_ts)
    if message is None or message.is_reply:
        raise Refusal("invalid_thread_ts")
    return thread_ts


METHODS: Mapping[str, Method] = {
    "assistant.threads.setStatus": Method(set_status, ("chat:write", "assistant:write"), tier=0),
    "assistant.threads.setTitle": Method(set_title, ("assistant:write",), tier=4),
    "assistant.threads.setSuggestedPrompts": Method(
        set_suggested_prompts, ("assistant:write",), tier=4
    ),
    "agents.sessions.setStatus": Method(set_session_status, ("chat:write",), tier=3),
    "agents.sessions.rename": Method(rename_session, ("chat:write",), tier=3),
}
