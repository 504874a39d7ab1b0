"""A wiki in a git repository, on a real git."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import Changed, PageChange
from footnote_bot.indexers.sources.markdown.forge import edit, view, view_of
from footnote_bot.indexers.sources.markdown.git import GitWiki
from footnote_bot.indexers.sources.markdown.git_command import Git, parse
from footnote_bot.indexers.sources.markdown.source import MarkdownSource
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.sources.source import Resources
from footnote_bot.indexers.sources.wikis import Wikis

Commit = Callable[[str, str], None]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    return folder


@pytest.fixture
def commit(origin: Path) -> Commit:
    def write_and_commit(path: str, text: str) -> None:
        file = origin / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        git(origin, "add", "-A")
        git(origin, "commit", "-q", "-m", path)

    return write_and_commit


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def texts(changes: list[PageChange]) -> dict[str, str]:
    return {
        change.page.key: change.page.sections[0].text
        for change in changes
        if isinstance(change, Changed)
    }


def test_each_sync_sees_what_the_remote_is_now(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("docs/a.md", "One")
    commit("docs/old.md", "Old")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone", subfolder="docs")

    assert texts(list(source.changes({}))) == {"a.md": "One", "old.md": "Old"}

    (origin / "docs/old.md").unlink()
    commit("docs/a.md", "Two")
    (tmp_path / "clone/docs/stray.md").write_text("Stray")
    (tmp_path / "clone/.git/index.lock").touch()  # left by a git that was killed

    assert texts(list(source.changes({}))) == {"a.md": "Two"}
    assert source.gone(["a.md", "old.md"]) == {"old.md"}
    assert source.requests == 5  # each sync: the branch and its commit; once: the history
    list(source.changes({}))
    assert source.requests == 6  # there is nothing new to fetch


def empty_the_objects(clone: Path) -> None:
    """Empty the newest objects, as a power cut does."""
    for file in (clone / ".git" / "objects").glob("[0-9a-f][0-9a-f]/*"):
        file.chmod(0o600)
        file.write_bytes(b"")


def empty_the_index(clone: Path) -> None:
    (clone / ".git" / "index").write_bytes(b"broken")


def empty_the_packs(clone: Path) -> None:
    for file in (clone / ".git" / "objects" / "pack").iterdir():
        file.chmod(0o600)
        file.write_bytes(b"")


@pytest.mark.parametrize("damage", [empty_the_objects, empty_the_index, empty_the_packs])
@pytest.mark.parametrize("dates", [True, False])
def test_a_damaged_clone_is_made_anew(
    tmp_path: Path, origin: Path, commit: Commit, damage: Callable[[Path], None], dates: bool
) -> None:
    commit("a.md", "One")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone", dates=dates)
    list(source.changes({}))
    commit("a.md", "Two")
    list(source.changes({}))

    damage(tmp_path / "clone")
    commit("b.md", "Three")

    assert texts(list(source.changes({}))) == {"a.md": "Two", "b.md": "Three"}


def test_a_sound_clone_is_kept_while_its_remote_is_broken(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "One")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone")
    list(source.changes({}))
    before = (tmp_path / "clone").stat().st_ino
    commit("a.md", "Two")
    for file in (origin / ".git" / "objects").glob("[0-9a-f][0-9a-f]/*"):
        file.chmod(0o600)
        file.write_bytes(b"")

    with pytest.raises(WikiUnavailable):
        list(source.changes({}))

    assert (tmp_path / "clone").stat().st_ino == before


def test_a_branch_can_be_named_and_its_history_rewritten(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "Trunk")
    git(origin, "checkout", "-q", "-b", "draft")
    commit("a.md", "Draft")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone", branch="draft")

    assert texts(list(source.changes({}))) == {"a.md": "Draft"}

    git(origin, "reset", "-q", "--hard", "HEAD~1")
    commit("a.md", "Rewritten")

    assert texts(list(source.changes({}))) == {"a.md": "Rewritten"}


def test_a_repository_that_loses_its_history_is_followed(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    """A mirror was made again with the latest commit alone, so our git lacks the old history. If
    allowed, it would start a fetch for it, which would start another."""
    commit("a.md", "One")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone", seconds=60)
    texts_read = [texts(list(source.changes({})))["a.md"]]
    for text in ("Two", "Three"):
        commit("a.md", text)
        mirror = tmp_path / "mirror"
        git(tmp_path, "clone", "-q", "--depth=1", origin.as_uri(), str(mirror))
        shutil.rmtree(origin)
        mirror.rename(origin)
        texts_read.append(texts(list(source.changes({})))["a.md"])
    commit("a.md", "Four")
    texts_read.append(texts(list(source.changes({})))["a.md"])

    assert texts_read == ["One", "Two", "Three", "Four"]


def test_another_address_is_cloned_anew(tmp_path: Path, origin: Path, commit: Commit) -> None:
    commit("a.md", "A")
    list(GitWiki("w", origin.as_uri(), tmp_path / "clone").changes({}))
    moved = origin.rename(tmp_path / "moved")
    source = GitWiki("w", moved.as_uri(), tmp_path / "clone")

    assert texts(list(source.changes({}))) == {"a.md": "A"}


def test_no_repository_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(WikiMisconfigured, match="git cannot read"):
        list(GitWiki("w", (tmp_path / "none").as_uri(), tmp_path / "clone").changes({}))

    assert not (tmp_path / "clone").exists()


def test_no_branch_is_a_wrong_setting(tmp_path: Path, origin: Path, commit: Commit) -> None:
    commit("a.md", "A")
    with pytest.raises(WikiMisconfigured):
        list(GitWiki("w", origin.as_uri(), tmp_path / "clone", branch="nope").changes({}))


def test_a_subfolder_stays_within(tmp_path: Path, origin: Path, commit: Commit) -> None:
    commit("a.md", "A")
    with pytest.raises(WikiMisconfigured, match="leads out"):
        list(GitWiki("w", origin.as_uri(), tmp_path / "clone", subfolder="../..").changes({}))


def test_an_option_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(WikiMisconfigured, match="hyphen"):
        list(GitWiki("w", "--upload-pack=x", tmp_path / "clone").changes({}))


def test_secrets_are_in_no_message_and_no_file(tmp_path: Path) -> None:
    source = GitWiki("w", "http://me:s3cret-token@127.0.0.1:9/r.git", tmp_path / "clone")
    with pytest.raises(WikiUnavailable) as caught:
        list(source.changes({}))

    assert "s3cret" not in str(caught.value)
    assert "http://127.0.0.1:9/r.git" in str(caught.value)


def test_a_git_that_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(WikiUnavailable, match=r"did not end within 0\.2 s"):
        Git(parse("https://127.0.0.1/r.git"), seconds=0.2).run(
            tmp_path, "-c", "alias.hang=!sleep 60", "hang"
        )


def test_git_gets_its_secrets_however_late_the_first_look_at_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine the timeout of a poll may pass before anything was written to git."""
    communicate = subprocess.Popen.communicate

    def late(git: Any, *arguments: Any, timeout: float) -> Any:
        monkeypatch.undo()
        return communicate(git, *arguments, timeout=min(timeout, 0.0))

    monkeypatch.setattr(subprocess.Popen, "communicate", late)
    output = Git(parse("https://127.0.0.1/r.git"), "me:s3cret", seconds=20).run(
        tmp_path, "-c", 'alias.tell=!echo "$FOOTNOTE_GIT_USER $FOOTNOTE_GIT_SECRET"', "tell"
    )

    assert output == "me s3cret\n"


def test_a_default_branch_that_is_renamed_is_followed_and_linked_to(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "One")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone")
    list(source.changes({}))

    assert source.fetched_branch() == "trunk"

    git(origin, "branch", "-m", "trunk", "main")  # the same commit
    list(source.changes({}))

    assert source.fetched_branch() == "main"

    git(origin, "checkout", "-q", "-b", "main2")
    commit("a.md", "Two")

    assert texts(list(source.changes({}))) == {"a.md": "Two"}
    assert source.fetched_branch() == "main2"


def test_a_tag_can_be_named_as_the_branch(tmp_path: Path, origin: Path, commit: Commit) -> None:
    commit("a.md", "One")
    git(origin, "tag", "-m", "first", "v1")
    commit("a.md", "Two")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone", branch="v1")

    assert texts(list(source.changes({}))) == {"a.md": "One"}
    assert source.fetched_branch() == "v1"


def test_an_empty_repository_says_so(tmp_path: Path, origin: Path) -> None:
    with pytest.raises(WikiMisconfigured, match="is empty"):
        list(GitWiki("w", origin.as_uri(), tmp_path / "clone").changes({}))


def test_a_missing_branch_is_named(tmp_path: Path, origin: Path, commit: Commit) -> None:
    commit("a.md", "A")
    with pytest.raises(WikiMisconfigured, match=r"has no branch 'nope'; see `branch`"):
        GitWiki("w", origin.as_uri(), tmp_path / "clone", branch="nope").reach(30)


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r/blob/main/docs"),
        ("https://u:p@github.com/o/r", "https://github.com/o/r/blob/main/docs"),
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/main/docs"),
        ("ssh://git@gitlab.com:22/g/s/r.git", "https://gitlab.com/g/s/r/-/blob/main/docs"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r/src/main/docs"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r/src/branch/main/docs"),
        ("https://github.com/o/r.wiki.git", "https://github.com/o/r/wiki"),
        ("git@gitlab.com:g/s/r.wiki.git", "https://gitlab.com/g/s/r/-/wikis"),
        ("/srv/repository", ""),
        ("file:///srv/repository", ""),
    ],
)
def test_a_forge_shows_files_at(remote: str, address: str) -> None:
    assert view(remote, "main", "docs") == address


@pytest.mark.parametrize(
    ("remote", "edited"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r/edit/main/docs/a%20b.md"),
        ("git@gitlab.com:o/g/r.git", "https://gitlab.com/o/g/r/-/edit/main/docs/a%20b.md"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r/_edit/main/docs/a%20b.md"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r/src/main/docs/a%20b.md?mode=edit"),
        ("https://github.com/o/r.wiki.git", "https://github.com/o/r/wiki/a%20b/_edit"),
        ("https://gitlab.com/g/r.wiki.git", "https://gitlab.com/g/r/-/wikis/a%20b/edit"),
        ("/srv/git/r.git", ""),
    ],
)
def test_a_forge_lets_people_edit_at(remote: str, edited: str) -> None:
    assert edit(view(remote, "main", "docs"), "a b.md") == edited


def test_nothing_is_edited_at_a_commit() -> None:
    assert edit(view("https://github.com/o/r", "0123456789" * 4), "a.md") == ""


def test_a_page_is_edited_in_the_checkout_that_it_stands_in(origin: Path, commit: Commit) -> None:
    commit("docs/leave.md", "# Leave\n\nAsk.")
    git(origin, "remote", "add", "origin", "https://u:p@github.com/o/r.git")
    wiki = MarkdownWiki("handbook", origin / "docs", site_url="https://wiki.example.com")

    assert wiki.edit_address("leave.md") == "https://github.com/o/r/edit/trunk/docs/leave.md"
    assert wiki.edit_address("gone.md") == ""


def test_a_folder_in_a_checkout_knows_its_forge(origin: Path, commit: Commit) -> None:
    commit("docs/a.md", "A")
    git(origin, "remote", "add", "origin", "https://u:p@github.com/o/r.git")

    assert view_of(origin / "docs") == "https://github.com/o/r/blob/trunk/docs"


def test_a_branch_is_there_or_not_without_a_clone(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "One")
    clone = tmp_path / "not" / "yet"
    GitWiki("w", origin.as_uri(), clone).reach(30)

    with pytest.raises(WikiUnavailable):
        GitWiki("w", origin.as_uri(), clone, branch="no-such").reach(30)
    with pytest.raises(WikiUnavailable):
        GitWiki("w", (tmp_path / "nowhere").as_uri(), clone).reach(30)
    assert not clone.parent.exists()


def test_a_page_is_found_by_its_address_once_it_was_fetched(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "One")
    wiki = GitWiki("w", origin.as_uri(), tmp_path / "clone", site_url="https://w.example.com")

    assert wiki.key_at("https://w.example.com/a/") is None
    list(wiki.changes({}))
    assert wiki.key_at("https://w.example.com/a/") == "a.md"


class SilentServer:
    """A server that takes every connection and never answers."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/r.git"

    def reached(self) -> None:
        self._listener.settimeout(60)
        self._connection, _ = self._listener.accept()

    def close(self) -> None:
        self._connection.close()
        self._listener.close()


def test_a_process_that_ends_does_not_wait_for_a_server_that_does_not_answer(
    tmp_path: Path,
) -> None:
    server = SilentServer()
    source = GitWiki("w", server.url, tmp_path / "clone")
    with ThreadPoolExecutor() as pool:
        syncing = pool.submit(lambda: list(source.changes({})))
        server.reached()
        source.abort_waits()
        failure = syncing.exception(60)

    assert isinstance(failure, WikiUnavailable)
    assert "git was stopped" in str(failure)
    server.close()


def test_a_fetch_that_is_stopped_leaves_the_clone_as_it_was(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("a.md", "One")
    source = GitWiki("w", origin.as_uri(), tmp_path / "clone")
    source.fetch()
    source.abort_waits()
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text('#!/bin/sh\ncase "$*" in *ls-remote*|*fetch*) sleep 60;; esac\n')
    slow.chmod(0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", str(slow.parent), prepend=os.pathsep)
        with pytest.raises(WikiUnavailable, match="stopped"):
            source.fetch()

    assert texts(list(MarkdownWiki.changes(source, {}))) == {"a.md": "One"}


def test_a_process_that_never_synced_knows_the_pages_once_it_fetched(
    tmp_path: Path, origin: Path, commit: Commit
) -> None:
    commit("docs/leave.md", "# Leave\n\nThirty days.")
    settings = MarkdownSettings(
        name="handbook", type="markdown", git=origin.as_uri(), path=Path("docs"),
        site_url="https://wiki.example.com",
    )  # fmt: skip
    wikis = Wikis([MarkdownSource(settings, Resources(tmp_path / "data", lambda _: ""))])
    address = "https://wiki.example.com/leave/"
    with pytest.raises(WikiMisconfigured):
        wikis.part(address)
    wikis.follow("handbook")
    page = wikis.part(address).page
    commit("docs/pets.md", "# Pets\n\nOn Fridays.")
    wikis.follow("handbook")

    assert page == "leave.md"
    assert wikis.part("https://wiki.example.com/pets/").page == "pets.md"


def test_a_repository_that_cannot_be_fetched_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = MarkdownSettings(
        name="handbook", type="markdown", git=(tmp_path / "nowhere").as_uri()
    )
    wikis = Wikis([MarkdownSource(settings, Resources(tmp_path / "data", lambda _: ""))])
    wikis.follow("handbook")

    assert "handbook: addresses of its pages may not be known here" in caplog.text


def test_a_clone_that_cannot_be_written_is_logged_when_the_wiki_is_followed(
    tmp_path: Path, origin: Path, commit: Commit, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is raised: the other wikis are followed after it."""
    commit("a.md", "One")
    settings = MarkdownSettings(name="handbook", type="markdown", git=origin.as_uri())
    source = MarkdownSource(settings, Resources(tmp_path / "data", lambda _: ""))
    wikis = Wikis([source])
    wikis.follow("handbook")
    (lock,) = (tmp_path / "data").rglob(".git")
    (lock / "index.lock").mkdir()  # a folder cannot be removed like a file
    wikis.follow("handbook")

    assert "handbook: addresses of its pages may not be known here" in caplog.text
