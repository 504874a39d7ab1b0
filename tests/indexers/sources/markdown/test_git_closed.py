"""A git wiki gives its token to nobody else, and runs nothing that a repository names."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import Changed, PageChange, Skipped
from footnote_bot.indexers.sources.markdown.git import GitWiki
from footnote_bot.indexers.sources.markdown.git_command import Git, parse
from tests.fakes.git_server import GitServer, serving

TOKEN = "me:s3cret-token"
SENT = base64.b64encode(TOKEN.encode()).decode()


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """Return the folder of the repositories. ``r`` has one page."""
    folder = tmp_path / "served"
    repository = folder / "r"
    repository.mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    write_and_commit(repository, "a.md", "Leave is long.")
    git(folder, "clone", "-q", "--bare", "r", "r.git")
    return folder


@pytest.fixture
def server(served: Path) -> Iterator[GitServer]:
    with serving(served) as server:
        server.password = SENT
        yield server


@pytest.fixture
def stranger(served: Path) -> Iterator[GitServer]:
    """Serve a second host, which asks for a password too."""
    with serving(served) as server:
        server.password = SENT
        yield server


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def write_and_commit(repository: Path, name: str, text: str) -> None:
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "more")


def pushed(served: Path) -> None:
    git(served / "r", "push", "-q", str(served / "r.git"), "main")


def texts(changes: list[PageChange]) -> dict[str, str]:
    return {
        change.page.key: change.page.sections[0].text
        for change in changes
        if isinstance(change, Changed)
    }


def skipped(changes: list[PageChange]) -> dict[str, str]:
    return {change.key: change.reason for change in changes if isinstance(change, Skipped)}


def wiki(url: str, tmp_path: Path) -> GitWiki:
    return GitWiki("w", url, tmp_path / "clones" / "w", credential=TOKEN)


def test_the_token_opens_its_own_server(server: GitServer, tmp_path: Path) -> None:
    source = wiki(f"{server.url}/r.git", tmp_path)

    assert texts(list(source.changes({}))) == {"a.md": "Leave is long."}
    assert set(server.secrets) == {f"Basic {SENT}"}


def test_a_redirect_to_another_host_is_not_followed(
    server: GitServer, stranger: GitServer, tmp_path: Path
) -> None:
    server.redirects["r.git"] = f"{stranger.url}/r.git"
    with pytest.raises(WikiMisconfigured, match=r"redirects .* to another address"):
        list(wiki(f"{server.url}/r.git", tmp_path).changes({}))

    assert stranger.seen == []


def test_an_address_without_its_ending_is_read_as_forges_mean_it(
    server: GitServer, served: Path, tmp_path: Path
) -> None:
    """gitlab.com redirects `/group/project` to `/group/project.git`."""
    (served / "r").rename(served / "elsewhere")
    server.redirects["r"] = f"{server.url}/r.git"
    source = wiki(f"{server.url}/r", tmp_path)

    assert texts(list(source.changes({}))) == {"a.md": "Leave is long."}
    assert texts(list(source.changes({}))) == {"a.md": "Leave is long."}
    assert source.is_cloned


@pytest.mark.parametrize(
    ("asking_host", "is_answered"),
    [
        (("https", "git.example.com"), True),
        (("https", "git.example.com:8443"), False),
        (("http", "git.example.com"), False),
        (("https", "example.com"), False),
        (("https", "git.example.com.evil.example"), False),
        (("https", "evil.example"), False),
    ],
)
def test_the_token_is_for_one_scheme_host_and_port(
    tmp_path: Path, asking_host: tuple[str, str], is_answered: bool
) -> None:
    """The token goes through a pipe and the environment, never through the arguments of a
    process."""
    git_client = Git(parse("https://git.example.com/team/r.git"), TOKEN)
    fill = (
        f'!printf "protocol={asking_host[0]}\\nhost={asking_host[1]}\\n\\n" | git credential fill'
    )
    try:
        answer = git_client.run(tmp_path, "-c", f"alias.ask={fill}", "ask")
    except WikiUnavailable as error:
        answer = str(error)

    assert ("username=me\npassword=s3cret-token\n" in answer) is is_answered


def test_settings_of_the_machine_and_the_environment_run_and_redirect_nothing(
    server: GitServer,
    stranger: GitServer,
    served: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Git LFS and similar tools are filters in a person's settings, which a repository can name."""
    home, ran = tmp_path / "home", tmp_path / "ran"
    (home / "hooks").mkdir(parents=True)
    hook = home / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[filter "lfs"]\n\tsmudge = touch {ran}\n\tprocess = touch {ran}\n\trequired = true\n'
        f"[core]\n\thooksPath = {home / 'hooks'}\n\tfsmonitor = touch {ran}\n"
        f'[url "{stranger.url}/"]\n\tinsteadOf = {server.url}/\n'
        f"[submodule]\n\trecurse = true\n"
        f"[credential]\n\thelper = !touch {ran}\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{stranger.url}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"{server.url}/")
    monkeypatch.setenv("GIT_TRACE_CURL", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    for name, text in {
        ".gitattributes": "*.md filter=lfs\n",
        ".lfsconfig": f"[lfs]\n\turl = {stranger.url}/lfs\n",
        ".gitmodules": f'[submodule "s"]\n\tpath = s\n\turl = {stranger.url}/r.git\n',
    }.items():
        (served / "r" / name).write_text(text)
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=served / "r", text=True)
    link = f"160000,{commit.strip()},s"
    with monkeypatch.context() as quiet:
        quiet.setenv("HOME", str(tmp_path))
        quiet.delenv("GIT_CONFIG_COUNT")
        quiet.delenv("GIT_TRACE_CURL")
        git(served / "r", "add", "-A")
        git(served / "r", "update-index", "--add", "--cacheinfo", link)
        git(served / "r", "commit", "-q", "-m", "hostile")
        pushed(served)
    source = wiki(f"{server.url}/r.git", tmp_path)

    assert texts(list(source.changes({}))) == {"a.md": "Leave is long."}
    assert stranger.seen == []
    assert not ran.exists()
    assert not (tmp_path / "trace").exists()


def test_a_folder_that_the_clones_lie_in_does_not_redirect_them(
    server: GitServer, stranger: GitServer, tmp_path: Path
) -> None:
    """The data folder may lie in somebody's checkout."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", f"url.{stranger.url}/.insteadOf", f"{server.url}/")
    source = wiki(f"{server.url}/r.git", tmp_path)
    source.reach(30)

    assert texts(list(source.changes({}))) == {"a.md": "Leave is long."}
    assert stranger.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "--upload-pack=touch x",
        "-oProxyCommand=x:y",
        "ext::sh -c true",
        "fd::17",
        "git://git.example.com/r.git",
        "ftp://git.example.com/r.git",
        "ssh://-oProxyCommand=x/r.git",
        "ssh://-oProxyCommand=x@host/r.git",
        "https:///r.git",
        "https://host:port/r.git",
        "https://host/r.git\nhost=evil",
        "no/whole/path",
    ],
)
def test_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(WikiMisconfigured):
        parse(address)


@pytest.mark.parametrize(
    ("address", "protocol", "origin"),
    [
        ("https://u:p@Git.example.com:8443/r.git", "https", "https://git.example.com:8443"),
        ("http://host/r", "http", "http://host"),
        ("ssh://git@host:22/r.git", "ssh", ""),
        ("git@host:team/r.git", "ssh", ""),
        ("/srv/git/r.git", "file", ""),
        ("file:///srv/git/r.git", "file", ""),
    ],
)
def test_an_address_is_reached_by_its_own_protocol_alone(
    address: str, protocol: str, origin: str
) -> None:
    remote = parse(address)

    assert (remote.protocol, remote.origin) == (protocol, origin)
    assert "u:p" not in remote.url


def test_a_repository_on_this_machine_may_be_another_users(served: Path, tmp_path: Path) -> None:
    # Git checks who owns the files, and only root can give them away, as in .ci/run. Without root,
    # the test shows that people can read a repository of their own.
    if os.geteuid() == 0:
        for path in (served / "r.git", *(served / "r.git").rglob("*")):
            os.chown(path, 65534, 65534)

    assert texts(list(wiki(str(served / "r.git"), tmp_path).changes({}))) == {
        "a.md": "Leave is long."
    }
    assert texts(list(wiki((served / "r.git").as_uri(), tmp_path).changes({})))


def test_links_in_a_repository_lead_nowhere_else(served: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("A secret of the machine.")
    links = {
        "out.md": "../../../secret.md",
        "absolute.md": str(tmp_path / "secret.md"),
        "environment.md": "/proc/self/environ",
        "circle.md": "circle.md",
        "settings.md": ".git/config",
        "nowhere.md": "gone.md",
        "fine.md": "a.txt",
        "again.md": "a.md",
    }
    write_and_commit(served / "r", "a.txt", "Leave is short.")
    for name, target in links.items():
        (served / "r" / name).symlink_to(target)
    (served / "r" / "folder").symlink_to("/etc")
    (served / "r" / "up").symlink_to("..")
    write_and_commit(served / "r", "B.md", "Large.")
    write_and_commit(served / "r", "b.md", "Small.")
    write_and_commit(served / "r", "--upload-pack=touch x.md", "An option.")
    write_and_commit(served / "r", "-rf.md", "Another.")
    pushed(served)
    changes = list(wiki(str(served / "r.git"), tmp_path).changes({}))

    assert texts(changes) == {
        "a.md": "Leave is long.",
        "fine.md": "Leave is short.",
        "B.md": "Large.",
        "b.md": "Small.",
        "--upload-pack=touch x.md": "An option.",
        "-rf.md": "Another.",
    }
    assert {
        "out.md", "absolute.md", "environment.md", "circle.md", "settings.md", "again.md"
    } <= skipped(changes).keys()  # fmt: skip
