"""The steps that connect Slack, for the terminal. README's "Connect Slack" has the same ones."""

from __future__ import annotations

from footnote_bot.config.manifest_link import creation_link

_STEPS = """\
Connect Slack:

1. Open this address, choose the workspace, and press Create:

{link}

2. Install App: copy the Bot User OAuth Token (xoxb-...).
3. Basic Information, App-Level Tokens: generate one with the scope connections:write (xapp-...).
4. export SLACK_BOT_TOKEN=xoxb-... SLACK_APP_TOKEN=xapp-...
   {serve}
5. In a channel: /invite @Footnote, then ask: @Footnote how do I get VPN access?
"""


def slack_steps(serve: str) -> str:
    """Return the five steps; ``serve`` is the command that starts the bot."""
    return _STEPS.format(link=creation_link(), serve=serve)
