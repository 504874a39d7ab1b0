"""The readers of a whole wiki, as the settings name them: a single gate for all its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from footnote_bot.indexers.findings import Access, Finding, GateInWords, ok
from footnote_bot.indexers.model import EVERYONE, Acl, Principal, domain_token, user_token


@dataclass(frozen=True, slots=True)
class WikiReaders:
    """A gate that any of ``named`` passes: "everyone", "@group", an address, or everybody of a
    domain, as "*@example.com"."""

    named: Sequence[str]

    @property
    def acl(self) -> Acl:
        """The rights to every page of the wiki."""
        return Acl.of([_token(reader) for reader in self.named])

    def access(self, wiki: str, key: str, url: str, email: str, reader: Principal) -> Access:
        """Return whether ``reader``, who has the address ``email``, may read the page at ``url``
        with this ``key`` (empty: no such page)."""
        admits = self.acl.admits(reader)
        if not key:
            why = "this wiki has no page at this address"
            return Access(wiki, email, may_read=None, why=why, url=url, read=False)
        if self._groups and not admits:
            why = (
                f"it may be read by {', '.join(self._groups)}, and only Slack knows who is in that"
            )
            return Access(wiki, email, may_read=None, why=why, page=key, url=url)
        gate = GateInWords(f"all of {wiki}", passed=admits, why=self._why)
        return Access(wiki, email, may_read=admits, gates=(gate,), page=key, title=key, url=url)

    def finding(self, wiki: str) -> Finding:
        """Return a finding that names the wiki's readers."""
        if EVERYONE in self.named:
            return ok(wiki, "Its readers are everyone.")
        groups = ", ".join(self._groups)
        whose = f" (Slack knows who is in {groups})" if groups else ""
        return ok(wiki, f"Its readers are {', '.join(self.named)}{whose}.")

    @property
    def _groups(self) -> list[str]:
        return [reader for reader in self.named if reader.startswith("@")]

    @property
    def _why(self) -> str:
        if EVERYONE in self.named:
            return "open to everyone"
        return f"readers are {', '.join(self.named)}"


def _token(reader: str) -> str:
    """Return the token of a reader as the settings name it."""
    if reader == EVERYONE:
        return EVERYONE
    if reader.startswith("*@"):
        return domain_token(reader)
    return f"group:{reader[1:]}" if reader.startswith("@") else user_token(reader)
