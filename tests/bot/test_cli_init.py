"""`footnote init`: with piped input, and typed at a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.config.manifest_link import creation_link
from tests.bot.shell import Ran, Shell
from tests.bot.test_cli_doctor import Office, office_of
from tests.fakes.openai_server import Reply, openai_server

Init = Callable[..., Ran]
PATIENCE = 120.0
PAGES = ("", "", "pages", "", "later")


@pytest.fixture
def init(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Init:
    """Run it with the answers as piped input."""
    shell.write("pages/leave.md", "# Leave\n\nLeave is thirty days long.\n")

    def piped(*answers: str, options: tuple[str, ...] = ()) -> Ran:
        lines = "".join(f"{answer}\n" for answer in answers).encode("utf-8", "surrogateescape")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="utf-8"))
        return shell.footnote("init", *options)

    return piped


class Web(BaseHTTPRequestHandler):
    """A web site, and the only method of Slack that is called."""

    def do_GET(self) -> None:
        self._answer(int(self.path.strip("/").partition("?")[0] or 200), b"")

    def do_POST(self) -> None:
        right = self.headers["Authorization"] == "Bearer xoxb-right"
        response = {"ok": True, "team": "Acme"} if right else {"ok": False, "error": "invalid_auth"}
        self._answer(200, json.dumps(response).encode())

    def _answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def settings_in(shell: Shell) -> dict[str, Any]:
    return tomllib.loads((shell.folder / "footnote.toml").read_text())


def test_a_folder_of_pages_becomes_settings_that_can_be_synced(
    init: Init, shell: Shell, web: str
) -> None:
    result = init("", "", "pages", f"{web}/", "later")

    assert (result.code, result.err) == (0, "")
    assert "It has 1 Markdown file" in result.out
    assert "footnote sync" in result.out
    assert " settings --slack " in result.out
    assert "footnote playground --config footnote.toml  shows it in the browser" in result.out
    assert settings_in(shell) == {
        "wiki": [{"type": "markdown", "name": "handbook", "path": "pages", "site_url": f"{web}/"}]
    }
    assert shell.footnote("settings", "--check").code == 0
    assert shell.footnote("sync", "--json").json["added"] == 1


def test_the_next_commands_stand_in_a_column_and_name_the_file(init: Init) -> None:
    result = init("", "", "pages", "", "later", options=("--config", "mine.toml"))

    assert result.out.partition("Next:\n")[2].splitlines() == [
        "  footnote sync --config mine.toml        reads the wiki",
        '  footnote ask --config mine.toml "..."   asks it',
        "  footnote chat --config mine.toml        asks and asks on",
        "  footnote playground --config mine.toml  shows it in the browser, as in Slack",
        "  footnote settings --slack               tells how to connect Slack",
        "  footnote serve --config mine.toml       answers in Slack",
    ]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (["hugo"], "Answer markdown or confluence."),
        (["", "My Wiki"], "not in the right form. Its name: small letters"),
        (["", "", "nowhere"], "There is no folder "),
        (["", "", ""], "This needs an answer."),
        (["", "", "https://ann:secret@git.example.com/x.git"], "Leave the password out"),
        (["", "", "pages", "handbook.example.com"], "must start with https://"),
        (["", "", "pages", "", "perhaps"], "Answer later or now."),
        (["", "", "pages", "", "now", "#flags"], "such as C0123456789"),
        (["", "a\x1bb"], "control character"),
        ([*PAGES, "gpt"], "Answer none, openai, anthropic, azure, ollama or compatible."),
        ([*PAGES, "compatible", "http://ann:secret@127.0.0.1/v1"], "Leave the password out"),
        ([*PAGES, "openai", ""], "This needs an answer."),
        ([*PAGES, "openai", "gpt-4.1-mini", "cheap"], "valid number"),
        ([*PAGES, "openai", "gpt-4.1-mini", "-1"], "greater than or equal to 0"),
        (["", "", "pages\udcff"], "There is no folder "),
        (["", "", "~nobody-of-this-name/wiki"], "Nobody's home is ~nobody-of-this-name here."),
        (["", "", "a" * 300], "cannot be looked at: File name too long."),
        (["confluence", "", "wiki"], "must start with https://"),
        (["", "", "pages"], 'No answer is left for "Where do people read it?'),
        ([], "Run `footnote init` in a terminal, or give it a line for each answer"),
    ],
)
def test_a_wrong_answer_in_a_pipe_ends_it_and_nothing_is_written(
    answers: list[str], says: str, init: Init, shell: Shell
) -> None:
    result = init(*answers)

    assert result.code == 2
    assert says in result.err
    assert "othing was written" in result.err
    assert [file.name for file in shell.folder.iterdir()] == ["pages"]


def test_a_file_that_exists_is_replaced_only_if_that_is_wanted(init: Init, shell: Shell) -> None:
    shell.write("footnote.toml", "# mine\n")
    result = init("n")
    assert (result.code, result.err) == (1, "footnote.toml stays as it is.\n")
    assert init("").code == 1
    assert (shell.folder / "footnote.toml").read_text() == "# mine\n"

    assert init("y", "", "", "pages", "", "").code == 0
    assert settings_in(shell)["wiki"][0]["path"] == "pages"


def test_a_file_elsewhere_finds_the_folder_too(init: Init, shell: Shell) -> None:
    (shell.folder / "etc").mkdir()
    result = init("", "", "pages", "", "", options=("--config", "etc/mine.toml"))

    assert result.code == 0
    assert "footnote sync --config etc/mine.toml" in result.out
    assert shell.footnote("sync", "--config", "etc/mine.toml", "--json").json["added"] == 1


@pytest.mark.parametrize(("page", "says"), [("404", "answers 404"), ("401", "")])
def test_an_address_that_people_cannot_open_is_told(
    page: str, says: str, init: Init, web: str
) -> None:
    result = init("", "", "pages", f"{web}/{page}", "")

    assert result.code == 0
    assert says in result.err
    assert bool(result.err) is bool(says)


def test_an_address_with_umlauts_is_asked(init: Init, web: str) -> None:
    result = init("", "", "pages", f"{web}/404?Büro", "")

    assert (result.code, result.err) == (0, f"{web}/404?Büro answers 404 (Not Found).\n")


def test_an_address_with_an_impossible_host_is_reported(init: Init) -> None:
    result = init("", "", "pages", f"https://{64 * 'a'}.example.com", "")

    assert result.code == 0
    assert "does not answer" in result.err


def test_the_token_of_confluence_is_tried_and_stays_out_of_the_file(
    init: Init, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for office in office_of("data-center", shell, monkeypatch):
        (shell.folder / "footnote.toml").unlink()
        _asked_of(office, init)
        monkeypatch.setenv("CONFLUENCE_TOKEN", "wrong")
        refused = init("y", "confluence", "office", office.confluence.base_url, "", "")

    assert "The wiki cannot be read like this." in refused.err


def test_a_language_model_is_asked_for_a_word_and_its_cost_is_named(
    init: Init, shell: Shell
) -> None:
    with openai_server(Reply(["yes"])) as server:
        result = init(*PAGES, "compatible", server.url, "tiny", "0.40", "1.60")

    assert (result.code, result.err) == (0, "")
    assert len(server.asked) == 1
    assert "The language model tiny answers." in result.out
    assert "1,000 answers cost about 1.52" in result.out
    assert settings_in(shell)["llm"] == {
        "provider": "compatible",
        "url": server.url,
        "model": "tiny",
        "price_read": 0.4,
        "price_written": 1.6,
    }
    assert shell.footnote("settings", "--check").code == 0


def test_a_language_model_that_fails_is_named_and_a_pipe_keeps_it(init: Init, shell: Shell) -> None:
    with openai_server(Reply(status=401)) as server:
        result = init(*PAGES, "compatible", server.url, "tiny", "")

    assert result.code == 0
    assert "it refuses the key" in result.out
    assert "The language model cannot be used like this." in result.err
    assert settings_in(shell)["llm"]["model"] == "tiny"
    assert "1,000 answers" not in result.out


def test_a_provider_whose_key_is_missing_is_not_asked(init: Init, shell: Shell) -> None:
    result = init(*PAGES, "openai", "gpt-4.1-mini", "0")

    assert result.code == 0
    assert "FOOTNOTE_LLM_KEY is not set, so the model is not asked now." in result.err
    assert "Set the environment variable FOOTNOTE_LLM_KEY" in result.out
    assert settings_in(shell)["llm"] == {"provider": "openai", "model": "gpt-4.1-mini"}


def test_a_pipe_from_before_these_questions_has_no_language_model(init: Init, shell: Shell) -> None:
    assert init(*PAGES).code == 0
    assert "llm" not in settings_in(shell)


def _asked_of(office: Office, init: Init) -> None:
    result = init("confluence", "office", office.confluence.base_url, "ENG, PUB", "later")

    assert (result.code, result.err) == (0, "")
    assert "The token is accepted; its account is Foot Note." in result.out
    text = (office.shell.folder / "footnote.toml").read_text()
    assert tomllib.loads(text)["wiki"][0]["spaces"] == ["ENG", "PUB"]
    assert os.environ["CONFLUENCE_TOKEN"] not in text
    assert office.shell.footnote("sync", "--json").json["added"] == 4


def test_without_a_token_it_says_which_variable_to_set(init: Init, shell: Shell) -> None:
    url = "https://example.atlassian.net/wiki"
    result = init("confluence", "office", url, "bot@example.com", "", "later")

    assert result.code == 0
    assert result.err == "CONFLUENCE_TOKEN is not set, so the wiki is not asked now.\n"
    assert "Set the environment variable CONFLUENCE_TOKEN" in result.out
    assert settings_in(shell)["wiki"][0]["email"] == "bot@example.com"


@pytest.mark.parametrize(
    ("token", "says"), [("xoxb-right", ""), ("xoxb-wrong", "Slack does not accept SLACK_BOT_TOKEN")]
)
def test_the_token_of_slack_is_tried(
    token: str, says: str, init: Init, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_API_URL", f"{web}/api/")
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)
    result = init("", "", "pages", "", "now", "C0REVIEW")

    assert result.code == 0
    assert result.err.startswith(says)
    assert bool(result.err) is bool(says)
    assert "Set the environment variable SLACK_APP_TOKEN." in result.out
    assert "Set the environment variable SLACK_BOT_TOKEN" not in result.out
    assert creation_link() in result.out
    text = Path("footnote.toml").read_text()
    assert tomllib.loads(text)["slack"] == {"review_channel": "C0REVIEW"}
    assert token not in text


_PRESSED_AGAIN = 10.0
"""Seconds. Between the prompt and the system's read of the terminal Python notices a signal, but
reads all the same: a person who presses Ctrl-C at that moment presses it again."""


def typed(shell: Shell, *steps: tuple[str, bytes | signal.Signals]) -> tuple[int, str]:
    """Answer each question that ends with these words; return the exit code and all output."""
    screen, inside = pty.openpty()
    late, output = time.monotonic() + PATIENCE, ""
    with (
        closing(os.fdopen(screen, "rb", 0)),
        subprocess.Popen(
            [sys.executable, "-c", "from footnote_bot.bot.cli import main; main()", "init"],
            cwd=shell.folder,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb"},
        ) as process,
    ):
        os.close(inside)
        try:
            for mark, step in steps:
                while mark not in output:
                    assert time.monotonic() < late, f"it never asked {mark!r}: {output}"
                    output += read(screen)
                _, output = output.split(mark, 1)
                if isinstance(step, signal.Signals):
                    process.send_signal(step)
                else:
                    os.write(screen, step + b"\n")
            again = time.monotonic() + _PRESSED_AGAIN
            while process.poll() is None:
                assert time.monotonic() < late, f"it does not end: {output}"
                output += read(screen)
                if isinstance(step, signal.Signals) and time.monotonic() > again:
                    process.send_signal(step)
                    again = late
            while chunk := read(screen):
                output += chunk
        finally:
            process.kill()
    return process.returncode, output


def read(screen: int) -> str:
    if not select.select([screen], [], [], 0.2)[0]:
        return ""
    try:
        return os.read(screen, 65536).decode(errors="replace")
    except OSError:  # the other end is closed
        return ""


def test_at_a_terminal_a_wrong_answer_is_asked_again(init: Init, shell: Shell) -> None:
    code, output = typed(
        shell,
        ("[markdown]: ", b""),
        ("[handbook]: ", b"Hand Book"),
        ("[handbook]: ", b"people"),
        ("git repository: ", b"nowhere"),
        ("git repository: ", b"pages"),
        ("empty if nowhere []: ", b"http://127.0.0.1:9/"),
        ("(y/n) [n]: ", b"n"),
        ("empty if nowhere []: ", b""),
        ("[later]: ", b""),
        ("[none]: ", b""),
    )

    assert code == 0
    assert "Wrote footnote.toml." in output
    assert settings_in(shell) == {"wiki": [{"type": "markdown", "name": "people", "path": "pages"}]}


def test_ctrl_c_leaves_nothing(init: Init, shell: Shell) -> None:
    code, output = typed(
        shell,
        ("[markdown]: ", b""),
        ("[handbook]: ", b""),
        ("git repository: ", signal.SIGINT),
    )

    assert code == 130
    assert "Nothing was written." in output
    assert [file.name for file in shell.folder.iterdir()] == ["pages"]
