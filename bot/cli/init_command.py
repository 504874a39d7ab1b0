"""The command ``footnote init``: a settings file from a few questions."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from footnote_bot.bot import screen, terminal
from footnote_bot.bot.cli import init_checks
from footnote_bot.bot.cli.doctor_command import model_findings
from footnote_bot.bot.cli.failures import FAILED
from footnote_bot.bot.cli.interview import Interview, ask_setting, password_problem
from footnote_bot.bot.cli.options import FILE, given
from footnote_bot.bot.cli.settings_command import slack_steps
from footnote_bot.bot.program import program_here
from footnote_bot.config.errors import SettingsError
from footnote_bot.indexers.findings import Level

if TYPE_CHECKING:
    from footnote_bot.config.settings import Secrets

_FILE = Path("footnote.toml")
_GIT = ("https://", "http://", "ssh://", "git@", "file://")
_KEY = "FOOTNOTE_LLM_KEY"
_NONE = "none"
_PROVIDERS = (_NONE, "openai", "anthropic", "azure", "ollama", "compatible")
_ADDRESSED = {
    "azure": "Its address, as in https://NAME.openai.azure.com/openai/v1",
    "compatible": "The address of its API, as in http://localhost:8000/v1",
}
_KEYED = frozenset({"openai", "anthropic", "azure"})
_READ, _WRITTEN = 3_000, 200
"""Tokens of an answer, the mean of the benchmark `model_answers`."""


@dataclass(frozen=True, slots=True)
class _SlackAnswers:
    """The settings of Slack, and its variables that are still to be set. ``connects``: Slack is to
    be connected now."""

    settings: dict[str, Any]
    missing: list[str]
    connects: bool


@click.command("init")
@click.option("--config", type=FILE, help="The file to write [default: ./footnote.toml].")
def init(config: Path | None) -> None:
    """Write a footnote.toml from a few questions, and check each answer."""
    from footnote_bot.config.settings import Secrets  # slow: imports Pydantic

    file, asking = config or given().config or _FILE, Interview()
    secrets = Secrets()
    try:
        if file.exists() and not asking.confirm(f"{file} exists. Replace it?"):
            terminal.complain(f"{file} stays as it is.")
            sys.exit(FAILED)
        if not file.absolute().parent.is_dir():
            raise SettingsError([f"there is no folder {file.parent}"])
        wiki = _ask_wiki(asking, secrets, file)
        slack = _ask_slack(asking, secrets)
        llm = _ask_model(asking, secrets)
    except (click.Abort, KeyboardInterrupt):
        terminal.complain("\nNothing was written.")
        raise
    from footnote_bot.config.writing import draft  # slow: imports Pydantic

    _write(file, draft(wiki, slack=slack.settings, llm=llm))
    terminal.say(f"Wrote {file}.")
    missing = slack.missing
    if wiki["type"] == "confluence" and not secrets.variable("CONFLUENCE_TOKEN"):
        missing = ["CONFLUENCE_TOKEN, the token of the account that reads Confluence", *missing]
    if _lacks_key(llm, secrets):
        missing = [*missing, f"{_KEY}, the key of the language model's provider"]
    for variable in missing:
        terminal.say(f"Set the environment variable {variable}.")
    _print_next_steps(file, slack)


def _print_next_steps(file: Path, slack: _SlackAnswers) -> None:
    """Print the commands to run next, and, if Slack is to be connected and a token of it is
    missing, how to get the tokens."""
    named = f" --config {shlex.quote(str(file))}"
    option = "" if file == _FILE else named
    program = program_here()
    serve = f"{program} serve{option}"
    steps = [
        (f"{program} sync{option}", "reads the wiki"),
        (f'{program} ask{option} "..."', "asks it"),
        (f"{program} chat{option}", "asks and asks on"),
        (f"{program} playground{named}", "shows it in the browser, as in Slack"),
    ]
    if not slack.connects:
        steps.append((f"{program} settings --slack", "tells how to connect Slack"))
    steps.append((serve, "answers in Slack"))
    width = max(len(step) for step, _ in steps)
    lines = [f"  {step:{width}}  {does}" for step, does in steps]
    terminal.say("\n".join(["\nNext:", *lines]))
    if slack.connects and slack.missing:
        terminal.say(f"\n{slack_steps(serve)}".rstrip())


def _ask_wiki(asking: Interview, secrets: Secrets, file: Path) -> dict[str, Any]:
    """Ask for a wiki until it passes its checks, or the person accepts a failure."""
    while True:
        kind = asking.choose("What is your wiki?", ("markdown", "confluence"))
        wiki: dict[str, Any] = {"type": kind}
        ask = partial(ask_setting, asking, "wiki", wiki)
        ask("name", "A short name for it, of a-z, 0-9, - and _", "handbook")
        if kind == "markdown":
            _ask_markdown(asking, ask, wiki, file)
        else:
            _ask_confluence(ask, wiki)
        if kind == "confluence" and not secrets.variable("CONFLUENCE_TOKEN"):
            terminal.complain("CONFLUENCE_TOKEN is not set, so the wiki is not asked now.")
            return wiki
        if _wiki_passes(asking, wiki, secrets):
            return wiki


def _ask_markdown(
    asking: Interview, ask: Callable[..., None], wiki: dict[str, Any], file: Path
) -> None:
    """Ask for the place and the address of a Markdown wiki, and put them into ``wiki``."""
    place = asking.ask("Its folder, or the address of its git repository", None, _place_problem)
    if place.startswith(_GIT):
        wiki["git"] = place
    else:
        # Relative to the folder of the settings file.
        is_here = file.absolute().parent == Path.cwd()
        wiki["path"] = place if is_here else str(Path(place).expanduser().absolute())
    while True:
        question = "Where do people read it? Its address; empty if nowhere"
        wiki.pop("site_url", None)
        ask("site_url", question, "")
        url = wiki.get("site_url", "")
        doubt = init_checks.address_problem(url) if url else ""
        if not doubt or asking.keeps_despite(doubt):
            return


def _place_problem(place: str) -> str:
    """Return the problem with a folder or git address; empty if there is none."""
    if place.startswith(_GIT):
        return password_problem(place)
    try:
        folder = Path(place).expanduser()
        return "" if folder.is_dir() else f"There is no folder {folder.absolute()}."
    except RuntimeError:
        return f"Nobody's home is {Path(place).parts[0]} here."
    except OSError as error:
        return f"{place} cannot be looked at: {error.strerror}."


def _ask_confluence(ask: Callable[..., None], wiki: dict[str, Any]) -> None:
    """Ask for the address, account and spaces of a Confluence wiki."""
    ask("url", "Its address, as in https://example.atlassian.net/wiki", None)
    if (urlsplit(wiki.get("url", "")).hostname or "").endswith(".atlassian.net"):
        ask("email", "The e-mail address of the token's account", None)
    question = "The keys of the spaces to read, with commas between; empty for all"
    ask("spaces", question, "", read=_keys)


def _keys(answer: str) -> list[str]:
    return [key.strip() for key in answer.split(",") if key.strip()]


def _wiki_passes(asking: Interview, wiki: dict[str, Any], secrets: Secrets) -> bool:
    """Show the findings about the wiki, and return whether its settings are kept."""
    with_absolute_path = wiki
    if path := wiki.get("path"):
        with_absolute_path = wiki | {"path": str(Path(path).expanduser().absolute())}
    levels, findings = [], init_checks.wiki_findings(with_absolute_path, secrets)
    while True:
        with screen.busy("Looking at the wiki"):
            finding = next(findings, None)
        if finding is None:
            break
        terminal.print_finding(finding)
        levels.append(finding.level)
    return Level.FAILURE not in levels or asking.keeps_despite("The wiki cannot be read like this.")


def _ask_slack(asking: Interview, secrets: Secrets) -> _SlackAnswers:
    """Ask whether to connect Slack, and if so for the review channel; check the token."""
    if asking.choose("Connect Slack?", ("later", "now")) == "later":
        return _SlackAnswers({}, [], connects=False)
    from footnote_bot.config.writing import problem_with  # slow: imports Pydantic

    channel = asking.ask(
        "The id of a channel for answers that people flag, as in C0123456789; empty for none",
        "",
        lambda answer: problem_with(
            {"slack": {"review_channel": answer}}, "slack", "review_channel"
        ),
    )
    missing = [problem.replace(" is not set", "") for problem in secrets.slack_problems("socket")]
    token = secrets.slack_bot_token.get_secret_value()
    if token and (problem := init_checks.slack_problem(token, secrets.slack_api_url)):
        terminal.complain(problem)
    settings = {"review_channel": channel} if channel else {}
    return _SlackAnswers(settings, missing, connects=True)


def _ask_model(asking: Interview, secrets: Secrets) -> dict[str, Any]:
    """Return the settings of `[llm]`, empty if there is no model; ask until a model answers, or the
    person accepts a failure. A pipe that was written before these questions need not answer them.
    """
    while True:
        question = "Which language model writes the answers? Without one, pages are quoted"
        provider = asking.choose(question, _PROVIDERS, required=False)
        if provider == _NONE:
            return {}
        llm: dict[str, Any] = {"provider": provider}
        ask = partial(ask_setting, asking, "llm", llm)
        if provider in _ADDRESSED:
            ask("url", _ADDRESSED[provider], None)
        ask("model", "The model's name, as the provider writes it", None)
        if provider != "ollama":
            _ask_prices(ask, llm)
        if _lacks_key(llm, secrets):
            terminal.complain(f"{_KEY} is not set, so the model is not asked now.")
            return llm
        if _model_passes(asking, llm, secrets):
            return llm


def _lacks_key(llm: dict[str, Any], secrets: Secrets) -> bool:
    """Return whether the provider wants a key that is not set."""
    return llm.get("provider") in _KEYED and not secrets.footnote_llm_key.get_secret_value()


def _ask_prices(ask: Callable[..., None], llm: dict[str, Any]) -> None:
    """Ask for the model's prices, and print what answers would cost."""
    ask("price_read", "Its price for a million tokens read; 0: unknown", "0", read=_price)
    if not llm.get("price_read"):
        return
    ask("price_written", "Its price for a million tokens written", None, read=_price)
    cost = (_READ * llm["price_read"] + _WRITTEN * llm.get("price_written", 0.0)) / 1_000
    terminal.say(
        f"1,000 answers cost about {cost:.2f}, at {_READ:,} tokens read and {_WRITTEN} written each"
        " (a mean that was measured); `day_cost` in [llm] limits it."
    )


def _price(answer: str) -> float | str:
    try:
        return float(answer)
    except ValueError:
        return answer  # which the settings' own rules refuse


def _model_passes(asking: Interview, llm: dict[str, Any], secrets: Secrets) -> bool:
    """Show the finding about the model, and return whether its settings are kept."""
    from footnote_bot.config.llm import LlmSettings  # slow: imports Pydantic

    with screen.busy("Asking the language model"):
        findings = list(
            model_findings(LlmSettings(**llm), secrets.footnote_llm_key.get_secret_value())
        )
    for finding in findings:
        terminal.print_finding(finding)
    failed = any(finding.level is Level.FAILURE for finding in findings)
    return not failed or asking.keeps_despite("The language model cannot be used like this.")


def _write(file: Path, text: str) -> None:
    """Write the whole file or nothing.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        with TemporaryDirectory(dir=file.absolute().parent, prefix=".footnote-") as folder:
            unfinished = Path(folder, file.name)
            with unfinished.open("w", encoding="utf-8") as written:
                written.write(text)
                written.flush()
                os.fsync(written.fileno())
            unfinished.replace(file)
    except OSError as error:
        raise SettingsError([f"cannot be written: {error.strerror}"], str(file)) from None
