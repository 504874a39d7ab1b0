"""The words of workspaces that people read: refusals, and how each workspace is answered."""

from __future__ import annotations

NO_WIKI = "I may not answer from any wiki here. The people who run me can change that."
AT_HOME = "Only admins of the workspace that Footnote belongs to may do this."

# How each workspace is answered, for who runs Footnote.

OPEN_INSTALL = "An admin there opens /slack/install of this bot."
NAME_OR_REMOVE = "Name it in the settings, or remove Footnote there."
NAME_WIKIS = "Name its `wikis` in the settings."


def not_installed(workspace: str) -> str:
    return f"Footnote is not installed in {workspace}, which a [[workspace]] names."


def not_named(workspace: str) -> str:
    return (
        f"Footnote is installed in {workspace}, which no [[workspace]] names, so nobody there gets"
        " an answer."
    )


def token_expired(workspace: str) -> str:
    return f"The token of {workspace} has expired, and the next one could not be had."


def without_wikis(workspace: str) -> str:
    return f"{workspace} is answered from no wiki."


def answered_from(workspace: str, wikis: str, *, by_address: bool) -> str:
    if by_address:
        return (
            f"{workspace} is answered from {wikis}; its people are known by their e-mail addresses."
        )
    return f"{workspace} is answered from {wikis}; its people read what is open to everyone."
