"""How pages stand in the made-up Confluence, as an answer's check is told."""

from __future__ import annotations

from collections.abc import Mapping

from indexers.confluence.hanging import Extras
from indexers.confluence.lookout import ConfluenceLookout
from indexers.confluence.scope import Scope
from indexers.model import LivePages

PATIENT = 30.0
"""Seconds: a machine that is slow for a moment decides nothing."""


def lookout_of(site, extras: Extras | None = None, **scope) -> ConfluenceLookout:
    return ConfluenceLookout(
        "wiki", site.transport(concurrency=24), Scope(**scope), extras or Extras(True, True)
    )


def looked(site, cited: Mapping[str, str], **settings) -> LivePages:
    return lookout_of(site, **settings).standing(cited, PATIENT)
