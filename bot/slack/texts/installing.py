"""The texts of the pages that install Footnote, and of workspaces in which it does not answer. The
pages say in their HTML, in `bot.slack.oauth`, that they are English."""

from __future__ import annotations

INSTALLED = "Installed"
NOT_INSTALLED = "Not installed"
NOT_NOW = "Not now"
CANCELLED = "Nothing was installed: it was cancelled in Slack."
OTHER_BROWSER = "This was begun in another browser, or too long ago."
USED_ALREADY = "This was used already, or begun too long ago."
NOT_CONFIRMED = "Slack did not confirm the installation."
NO_DATABASE = "Footnote's database cannot be used. Try again later."
ANSWERS_ALREADY = "Footnote answers in this workspace already."
NOT_HERE = "Footnote does not answer in this workspace. The people who run it can change that."


def installed_in(workspace: str) -> str:
    return f"Footnote is installed in {workspace}. Mention it in a channel."


def not_set_up_for(workspace: str) -> str:
    return (
        f"Footnote is not set up for {workspace}, so nothing was kept. Ask the people who run it to"
        " name this workspace in its settings, then install it again."
    )


def no_answer_from_slack(address: str) -> str:
    return f"Slack does not answer. Begin again at {address}."


def begin_again(why: str, address: str) -> str:
    return f"{why} Begin again at {address}."
