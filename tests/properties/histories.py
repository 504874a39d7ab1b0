"""Edits and passes in turn, with faults in some passes. After each, every person's hits are
checked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.index.schema import Where
from footnote_bot.indexers.model import EVERYONE, NOBODY, Acl, Hit, Principal, SyncReport
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.scope import ScopedWiki
from footnote_bot.playground.confluence.faults import SOME_OF_ALL, Fault
from footnote_bot.playground.confluence.model import User
from tests.fakes.defaults import sync
from tests.fakes.searching import search
from tests.indexers.sources.confluence.conftest import Site
from tests.properties.accounts import WORD, Text
from tests.properties.confluences import EMBEDDER, SPLIT, WIKI, principal, wiki_of
from tests.properties.edits import EditedWorld
from tests.properties.killing import Fuse, Killed, MortalIndex, MortalTransport

TROUBLES = (*SOME_OF_ALL, Fault(kind="empty"))

Finds = Mapping[str, set[Text]]


class History:
    """A random history. After each death, ``index`` and ``wiki`` belong to a new process."""

    def __init__(self, site: Site, folder: Path, chance: random.Random) -> None:
        self.site = site
        self.edits = EditedWorld(site, chance)
        self.transport = MortalTransport(site)
        self.tokens = Tokens(self.transport.base.site)
        self.wiki = wiki_of(self.transport)
        self.index = MortalIndex(folder)
        self._folder = folder
        self._chance = chance

    def close(self) -> None:
        self.transport.close()
        self.index.close()

    def edit(self) -> None:
        for _ in range(self._chance.randint(1, 4)):
            self.edits.edit()

    def undisturbed(self) -> None:
        """Run a full pass without faults. Then the index equals the wiki."""
        report = self._pass("undisturbed", recent=False)

        assert report is not None, self.history_with()
        assert report.complete, self.history_with()
        assert not report.failed, self.history_with(report.failed)
        pages = self.edits.pages()
        assert self.index.known(WIKI).keys() == pages.keys(), self.history_with()
        passages = sum(len(text.parts) for text in pages.values())
        assert self.index.counts() == ({WIKI: (len(pages), passages)} if pages else {}), (
            self.history_with()
        )
        assert self.index.sweep(WIKI) == 0, self.history_with()
        for user in (*self.edits.people, None):
            theirs = {key: {text} for key, text in self.edits.readable(user).items()}
            finds = self.finds(user)
            wrong = {key for key in finds | theirs if finds.get(key) != theirs.get(key)}
            differences = [(key, finds.get(key), theirs.get(key)) for key in sorted(wrong)]
            assert not differences, self.history_with(_name(user), *differences)

    def cheap(self) -> None:
        """Run a recent pass without faults. Then recently edited pages have their new text."""
        before = self.index.known(WIKI)
        report = self._pass("cheap", recent=True)

        assert report is not None, self.history_with()
        assert not report.failed, self.history_with(report.failed)
        assert not report.removed or self.edits.emptied, self.history_with()
        pages, texts_found = self.edits.pages(), self._everything()
        for key in self.edits.edited_lately():
            if key in pages and key in texts_found:
                # The full pass corrects the address of a moved page.
                says = {(text.title, text.parts) for text in texts_found[key]}
                assert says == {(pages[key].title, pages[key].parts)}, self.history_with(
                    key, before
                )
            elif key in pages:
                assert self._is_closed(key) or not self.edits.has_readers(key), self.history_with(
                    key
                )

    def disturbed(self) -> None:
        """Run a pass with failing requests, a death at a request or write, or an edit in
        between."""
        recent = self._chance.random() < 0.25
        match self._chance.choice(("faults", "bodies", "request", "write", "write", "edit")):
            case "faults":
                share = self._chance.choice((0.03, 0.1, 0.3))
                self._fail_requests(share)
                self._pass(f"faults {share}", recent=recent)
            case "bodies":
                self.site.confluence.faults.on("body", Fault(500), times=None)
                self._pass("no body", recent=recent)
            case "request":
                self.transport.fuse = Fuse(self._chance.randint(0, 16))
                self._pass("dies at a request", recent=recent)
            case "write":
                self.index.engine.fuse = Fuse(self._chance.randint(0, 9))
                self._pass("dies at a write", recent=recent)
            case "edit":
                self._edit_at_request(self._chance.randint(1, 16))
                self._pass("edited meanwhile", recent=recent, raced=True)

    def finds(self, user: User | None) -> dict[str, set[Text]]:
        return _texts(self._search(principal(self.edits.world, self.tokens, user)))

    def history_with(self, *details: object) -> str:
        """Return the history, one event a line, and ``details`` of the failure."""
        return "\n".join(map(str, ("", *self.edits.lines, *details)))

    def _pass(self, kind: str, *, recent: bool, raced: bool = False) -> SyncReport | None:
        """Return the report of a pass, or None if the pass did not end. In any case nobody may find
        a forbidden page, and every page must have exactly one version at each moment."""
        self.edits.lines.append(f"-- {'cheap' if recent else 'full'} pass: {kind}")
        people = (*self.edits.people, None)
        before = {user.id if user else "": self.finds(user) for user in people}
        texts_before = self._everything()
        readable_before = set(texts_before)
        self.index.engine.before_write = lambda: self._check_versions(readable_before)
        report: SyncReport | None = None
        end = "whole"
        try:
            wiki = ScopedWiki(self.wiki, self.wiki.recent) if recent else self.wiki
            report = sync(wiki, self.index, EMBEDDER, SPLIT)
        except WikiUnavailable as error:
            end = f"ended by {error}"
        except Killed:
            end = "killed"
            self.index.close()
            self.index, self.wiki = MortalIndex(self._folder), wiki_of(self.transport)
        self.edits.lines.append(f"-- {end}")
        self._clear_faults()
        self._check_versions(readable_before)
        for user in people:
            self._check_written_for(user)
        if not raced:  # A page closed after it was read waits for the next pass.
            whole = report is not None and report.complete
            self._check_narrowed(
                people, whole=whole, wrote=not recent and self._wrote(texts_before)
            )
            for user in people:
                self._check_not_widened(user, before[user.id if user else ""])
        return report

    def _check_narrowed(self, people: Iterable[User | None], *, whole: bool, wrote: bool) -> None:
        """Closed pages are closed once a new text is written, wherever the pass ended. Deleted
        pages are removed at its end."""
        current = self.edits.current()
        for user in people if whole or wrote else ():
            for key in self.finds(user).keys() - self.edits.permitted(user):
                may_stand = key not in current and not whole

                assert may_stand, self.history_with(
                    "read after the pass that saw it", _name(user), key
                )

    def _check_not_widened(self, user: User | None, before: Finds) -> None:
        for key in self.finds(user).keys() - before.keys():
            may = key in self.edits.permitted(user)

            assert may, self.history_with("opened to more than may read it", _name(user), key)

    def _check_written_for(self, user: User | None) -> None:
        """A page that was opened with a new text must not show the old text to more people."""
        for key, texts in self.finds(user).items():
            for text in texts:
                was = self.edits.was_written_for(user, key, text.parts)

                assert was, self.history_with("was never written for them", _name(user), key, text)

    def _wrote(self, before: Finds) -> bool:
        return any(texts != before.get(key) for key, texts in self._everything().items())

    def _check_versions(self, readable_before: set[str]) -> None:
        """Check the versions of each page. ``readable_before``: pages with a readable version
        at the start."""
        texts_found, pages = self._everything(), self.edits.pages()
        for key, texts in texts_found.items():
            assert len(texts) == 1, self.history_with("stands twice", key, texts)
            assert self.edits.is_whole(key, next(iter(texts))), self.history_with(
                "in parts", key, texts
            )
        for key in readable_before & pages.keys() - texts_found.keys():
            assert self._is_closed(key), self.history_with("stands nowhere", key)

    def _everything(self) -> dict[str, set[Text]]:
        """Return the texts that a person with all rights finds."""
        world, tokens = self.edits.world, self.tokens
        groups = [group.id if world.is_cloud else group.name for group in world.groups.values()]
        identities = [EVERYONE, tokens.licensed, *map(tokens.group, groups)]
        return _texts(self._search(Principal.of(*identities, *map(tokens.user, world.users))))

    def _search(self, reader: Principal) -> list[Hit]:
        return search(self.index, WORD, (), reader=reader, limit=100)

    def _is_closed(self, key: str) -> bool:
        """Return whether everybody is excluded: the rights are unreadable, or name nobody."""
        points = self.index.engine.scroll(
            Where({"wiki": [WIKI], "page": [key]}), fields=["acl"], meaning=False
        )
        return any(Acl.parse(point.payload["acl"]).gates >= NOBODY.gates for point in points)

    def _fail_requests(self, share: float) -> None:
        """Fail a share of the requests: the same ones in every run, in any order."""
        source, seed, request_counts = random.Random(), self._chance.random(), Counter[str]()  # noqa: S311

        def reseed(path: str) -> None:
            request_counts[path] += 1
            source.seed(f"{seed} {path} {request_counts[path]}")

        self.site.confluence.before_each = reseed
        self.site.confluence.faults.seed(source, share, TROUBLES)

    def _edit_at_request(self, number: int) -> None:
        fuse = Fuse(number)

        def edit(_: str) -> None:
            try:
                fuse.burn()
            except Killed:
                fuse.left = None
                self.edits.edit()

        self.site.confluence.before_each = edit

    def _clear_faults(self) -> None:
        self.site.confluence.faults.clear()
        self.site.confluence.before_each = lambda _: None
        self.transport.fuse = Fuse()
        self.index.engine.fuse = Fuse()
        self.index.engine.before_write = lambda: None


def _texts(hits: list[Hit]) -> dict[str, set[Text]]:
    """Return the texts by page. Parts with one title, address and revision make one text."""
    parts: dict[tuple[str, str, str, str], set[str]] = {}
    for hit in hits:
        passage = hit.passage
        address = passage.url.partition("#")[0]
        version = (passage.page, passage.revision, passage.title, address)
        parts.setdefault(version, set()).add(passage.text)
    texts_by_page: dict[str, set[Text]] = {}
    for (page, _, title, url), texts in parts.items():
        texts_by_page.setdefault(page, set()).add(Text(title, url, frozenset(texts)))
    return texts_by_page


def _name(user: User | None) -> str:
    return user.name if user else "a visitor"
