"""A page without a date of its own has the date of its last commit, if git really knows it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import Changed, KnownPage, Page, Unchanged
from footnote_bot.indexers.sources.markdown.git import GitWiki
from footnote_bot.indexers.sources.markdown.git_command import Git
from footnote_bot.indexers.sources.markdown.git_dates import LastChanges
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.fakes.git_server import GitServer, serving

OLD, NEW = date(2020, 1, 2), date(2024, 5, 6)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with ``old.md`` and ``dated.md`` of 2020, and ``new.md`` changed in
    2024."""
    folder = tmp_path / "served" / "r.git"
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    write(folder, "old.md", "Old.")
    write(folder, "Öffnung\n.md", "Odd.")
    write(folder, "dated.md", "---\nupdated: 2022-03-04\n---\nDated.")
    write(folder, "new.md", "First.")
    commit(folder, OLD)
    write(folder, "new.md", "Second.")
    commit(folder, NEW)
    return folder


@pytest.fixture
def server(repository: Path) -> Iterator[GitServer]:
    with serving(repository.parent) as server:
        yield server


def git(folder: Path, *arguments: str, day: date = NEW) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    when = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, env=when)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def commit(folder: Path, day: date) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x", day=day)


def pages(wiki: MarkdownWiki | GitWiki) -> dict[str, Page]:
    return {
        change.page.key: change.page for change in wiki.changes({}) if isinstance(change, Changed)
    }


def days(wiki: MarkdownWiki | GitWiki) -> dict[str, date | None]:
    return {key: page.updated for key, page in pages(wiki).items()}


def wiki_of_server(server: GitServer, tmp_path: Path, **options: Any) -> GitWiki:
    return GitWiki("w", f"{server.url}/r.git", tmp_path / "clone", flavour="github", **options)


KNOWN = {"old.md": OLD, "Öffnung\n.md": OLD, "dated.md": date(2022, 3, 4), "new.md": NEW}


def test_a_folder_that_is_a_work_tree_has_gits_dates(repository: Path) -> None:
    write(repository, "not-committed.md", "Draft.")

    assert days(MarkdownWiki("w", repository)) == KNOWN | {"not-committed.md": None}


def test_a_folder_within_a_work_tree_has_them_too(repository: Path) -> None:
    (repository / "docs").mkdir()
    write(repository / "docs", "a.md", "A.")
    commit(repository, OLD)

    assert days(MarkdownWiki("w", repository / "docs", flavour="github")) == {"a.md": OLD}


def test_a_folder_in_no_repository_has_no_dates(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "A.")

    assert days(MarkdownWiki("w", tmp_path)) == {"a.md": None}


def test_a_git_wiki_has_the_dates_of_its_whole_history(server: GitServer, tmp_path: Path) -> None:
    assert days(wiki_of_server(server, tmp_path)) == KNOWN


def test_earlier_texts_are_not_fetched_and_one_that_comes_back_is_read(
    server: GitServer, repository: Path, tmp_path: Path
) -> None:
    wiki = wiki_of_server(server, tmp_path)
    pages(wiki)
    first = subprocess.check_output(
        ["git", "rev-parse", "HEAD~1:new.md"], cwd=repository, text=True
    ).strip()
    lookup = subprocess.run(
        ["git", "-c", "protocol.allow=never", "cat-file", "-e", first],
        cwd=tmp_path / "clone",
        check=False,
        capture_output=True,
    )
    write(repository, "new.md", "First.")
    commit(repository, NEW)

    assert lookup.returncode != 0
    assert pages(wiki)["new.md"].sections[0].text == "First."


def test_a_shallow_history_gives_no_dates_beyond_its_end(
    server: GitServer, repository: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"{server.url}/r.git", str(clone))

    assert LastChanges()(clone) == {}

    git(repository, "commit", "-q", "--allow-empty", "-m", "nothing")
    write(repository, "new.md", "Third.")
    commit(repository, NEW)
    git(tmp_path, "clone", "-q", "--depth=2", f"{server.url}/r.git", str(tmp_path / "two"))

    assert LastChanges()(tmp_path / "two") == {"new.md": NEW}


def test_a_history_that_cannot_be_fetched_costs_the_dates_alone_and_is_tried_again_next_day(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, attempts = [1_000_000.0], []
    wiki = wiki_of_server(server, tmp_path, clock=lambda: now[0])
    run = GitWiki._run

    def failing(self: GitWiki, folder: Path, *arguments: str, seconds: float = 0.0) -> str:
        if "--unshallow" in arguments:
            attempts.append(arguments)
            raise WikiUnavailable("git did not end within 300 s")
        return run(self, folder, *arguments, seconds=seconds)

    with monkeypatch.context() as patched:
        patched.setattr(GitWiki, "_run", failing)
        first = days(wiki)
        days(wiki)
        now[0] += 23 * 3600
        days(wiki)

    assert first == dict.fromkeys(KNOWN) | {"dated.md": date(2022, 3, 4)}
    assert len(attempts) == 1

    now[0] += 2 * 3600

    assert days(wiki) == KNOWN


def test_without_dates_no_history_is_fetched(server: GitServer, tmp_path: Path) -> None:
    wiki = wiki_of_server(server, tmp_path, dates=False)

    assert days(wiki)["old.md"] is None
    assert wiki.requests == 2


def test_a_date_in_the_future_is_none(repository: Path) -> None:
    wiki = MarkdownWiki("w", repository, today=lambda: date(2021, 1, 1))

    assert days(wiki) == KNOWN | {"new.md": None}


def test_a_page_whose_date_became_known_is_read_again_once(repository: Path) -> None:
    before = pages(MarkdownWiki("w", repository, dates=lambda _: {}))
    known = {key: KnownPage(page.revision, page.acl) for key, page in before.items()}
    after = list(MarkdownWiki("w", repository).changes(known))
    changed = {change.page.key: change.page for change in after if isinstance(change, Changed)}

    assert changed.keys() == KNOWN.keys() - {"dated.md"}
    assert Unchanged("dated.md") in after


def test_one_call_of_git_dates_all_pages(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    popen = subprocess.Popen

    def counted(command: list[str], **options: Any) -> Any:
        calls.extend(word for word in command if word in ("log", "rev-parse", "show"))
        return popen(command, **options)

    monkeypatch.setattr(subprocess, "Popen", counted)
    days(MarkdownWiki("w", repository))

    assert calls == ["rev-parse", "log"]


def test_a_history_is_read_again_if_there_is_another_commit(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs: list[str] = []
    run = Git.run

    def counted(self: Git, folder: Path, *arguments: str, **options: Any) -> str:
        logs.extend(argument for argument in arguments if argument == "log")
        return run(self, folder, *arguments, **options)

    monkeypatch.setattr(Git, "run", counted)
    dates = LastChanges()
    first = dates(repository)
    write(repository, "new.md", "Not committed.")

    assert dates(repository) == first
    assert len(logs) == 1

    commit(repository, date(2025, 6, 7))
    assert dates(repository) == first | {"new.md": date(2025, 6, 7)} == LastChanges()(repository)
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    assert dates(repository) == first
