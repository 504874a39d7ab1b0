"""The words of operations that people read: orders, whether a page may be read, and the state of
the data folder and of processes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from footnote_bot.bot.moments import in_words

# What an order to reindex reads: without the name of a page or space.

ALL_WIKIS = "all wikis"


def page_of(wiki: str) -> str:
    return f"a page of {wiki}"


def space_of(wiki: str) -> str:
    return f"a space of {wiki}"


# How answers use a page, for somebody who asks whether a person may read it.

NOT_INDEXED = (
    "It is not indexed, so no answer uses it. The next full pass reads it, unless it is empty."
)
NOT_READ = "Footnote is not set to read it, so no answer uses it."


def use_unknown(why: str) -> str:
    return f"Whether answers use it is unknown: {why}."


def not_read_any_more(*, used: bool) -> str:
    """Return the sentence for a page that was indexed under earlier settings."""
    use = "until then answers use it for them" if used else "no answer uses it for them"
    return f"Footnote is not set to read it any more. The next full pass removes it; {use}."


def pass_of(when: datetime | None) -> str:
    """Return the pass that read the rights, which the sentences below take as ``read_by``."""
    return f"the full pass of {in_words(when)}" if when else "an earlier pass"


def rights_of_now(read_by: str, *, used: bool) -> str:
    use = "Answers use it for them" if used else "Answers do not use it for them"
    return f"{use}: it is indexed with these rights, by {read_by}."


def same_effect(read_by: str) -> str:
    return (
        f"It is indexed with the rights of {read_by}, to the same effect; the next full pass brings"
        " those of now."
    )


def not_used_yet(read_by: str) -> str:
    return (
        f"Answers do not use it for them yet: its rights are those of {read_by}; the next full pass"
        " brings those of now."
    )


def still_used(read_by: str, *, rechecked: bool) -> str:
    until_then = (
        "each answer's pages are looked at again before it goes out"
        if rechecked
        else "ANSWERS MAY USE IT for them until then"
    )
    return (
        f"Its rights in the index are still those of {read_by}; the next full pass brings those of"
        f" now, and {until_then}."
    )


# Whether others may read the data folder.

DATA_FOLDER = "data folder"
SEE_DATA_DIR = "See `data_dir`."


def not_looked_at(error: object) -> str:
    return f"It cannot be looked at: {error}."


def open_to_others(count: int, folder: Path, example: Path) -> str:
    return (
        f"Others on this machine may use {count:,} of the files and folders in {folder}, such as"
        f" {example}: pages and questions lie there."
    )


def close_it(folder: Path) -> str:
    return f"Any other command closes them, if it may: run one, or `chmod -R go= {folder}`."


def only_its_owner(folder: Path) -> str:
    return f"Only its owner may read {folder}."


def only_what_is_ours(folder: Path) -> str:
    """Return the sentence for a folder that holds more than Footnote's data, and stays as it is."""
    return f"Only their owner may read what Footnote keeps in {folder}, which others use, too."


def not_made_yet(folder: Path) -> str:
    return f"{folder} is not made yet; only its owner will be able to read it."


def of_another_user(folder: Path, owner: str, us: str) -> str:
    return (
        f"{folder} belongs to {owner}, and this command runs as {us}: what it writes there is"
        f" closed to {owner}."
    )


def run_as(owner: str, folder: Path) -> str:
    return f"Run all commands as {owner}; `chown -R {owner} {folder}` gives back what others wrote."


# Whether a process makes progress, and what `/readyz` says of its parts.

NOT_RUNNING = "no `footnote sync --watch` is running with this data folder"


def unknown_whether_running(error: str | None) -> str:
    return f"whether `footnote sync --watch` makes progress cannot be read: {error}"


def stands_still(minutes: float) -> str:
    return f"`footnote sync --watch` has made no progress for {minutes:,.0f} minutes: restart it"


DATABASE_DAMAGED = "damaged: stop the bot, and put a backup in its place with `footnote restore`"
INDEX_DAMAGED = "damaged, and rebuilt by the next sync: `footnote status` says how far"
CANNOT_BE_WRITTEN = "cannot be written"
CANNOT_BE_SEARCHED = "cannot be searched"
EMPTY = "holds no page yet: the first sync goes on or found none, see `footnote status`"
CANNOT_BE_READ = "cannot be read"
FULL = "full"

# The usage report.

DIRECT_MESSAGES = "direct messages"
FORGOTTEN = "(forgotten)"


# Who was shown a page.


def nothing_shown(days: int) -> str:
    """Return the sentence for an empty trail, of which so many days are kept."""
    return f"Nothing was shown in the days that are kept (`[state] retention_days` = {days:,})."


ADDRESS_UNKNOWN = (
    "No wiki knows this address now, so only what was shown under this very address is listed: ask"
    " by the page's key to see all."
)
