"""The address that opens Slack's form for a new app with Footnote's manifest filled in.

`python -m footnote_bot.config.manifest_link` prints it; README's "Connect Slack" leads there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import quote

MANIFEST = Path(__file__).with_name("slack_manifest.json")
_FORM = "https://api.slack.com/apps?new_app=1&manifest_json="


def creation_link() -> str:
    """Return the address, with the manifest in Slack's parameter ``manifest_json``.

    https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests
    """
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
    return _FORM + quote(text, safe=":,/")


def bot_scopes() -> tuple[str, ...]:
    """Return the bot scopes of the manifest."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return tuple(manifest["oauth_config"]["scopes"]["bot"])


if __name__ == "__main__":
    sys.stdout.write(f"{creation_link()}\n")
