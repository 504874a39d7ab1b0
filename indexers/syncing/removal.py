"""The limit on the pages that one sync may remove, and its message for the operator."""

from __future__ import annotations

from dataclasses import dataclass

from footnote_bot.indexers.ports import Wiki


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """Limits on the pages that one sync may remove."""

    max_removal: float
    min_removal: int
    allow_mass_removal: bool

    def refuses(self, lost: int, known: int) -> bool:
        many = lost >= self.min_removal and lost / max(known, 1) > self.max_removal
        return many and not self.allow_mass_removal


def refusal(wiki: Wiki, lost: int, known: int) -> str:
    pages = f"All {known} pages" if lost == known > 1 else f"{lost} of the {known} pages"
    subject = "The only page" if known == 1 else pages
    are, were = ("is", "was") if known == 1 else ("are", "were")
    closed = ", but nobody is shown what may have been closed" if wiki.has_page_rights else ""
    return (
        f"{subject} of {wiki.name} {are} gone at once and {were} kept{closed}: see whether the wiki"
        f" is whole and its {wiki.scope_settings} are as you want them, and if so run"
        f" `footnote sync --wiki {wiki.name} --allow-mass-removal`."
    )
