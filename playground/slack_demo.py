"""The command ``footnote playground``: the bot of `footnote serve` in a local Slack, which a page
in the browser shows.

The demo has two wikis, a handbook and a made-up Confluence with pages that not everybody may read.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from footnote_bot.bot import trial
from footnote_bot.bot.program import program_here
from footnote_bot.config.llm import LlmSettings
from footnote_bot.config.manifest_link import MANIFEST
from footnote_bot.config.settings import DemoAnswerSettings, Secrets, Settings
from footnote_bot.config.slack import SlackSettings
from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.confluence_demo import furnished
from footnote_bot.playground.demo import HANDBOOK_SITE, PAGES, demo_folder, handbook_in
from footnote_bot.playground.page.address import kept_token
from footnote_bot.playground.page.demo_pages import DemoPages
from footnote_bot.playground.page.furnishing import REVIEW, OwnWikis
from footnote_bot.playground.page.ports import WIKI, ModelSwitch, OwnPages, PageParts, StartUp
from footnote_bot.playground.page.reasons import ObservedReasons
from footnote_bot.playground.page.recorded_model import RecordedModel, recorded_questions
from footnote_bot.playground.page.running import RunningPlayground
from footnote_bot.playground.printing import CannotStart, complain, say

PORT = 8484
_PORTS = range(PORT, PORT + 100)
_MADE_ON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The date of the made-up Confluence's pages."""
_OPENING = "How many weeks of parental leave do I get?"
"""The question that the page opens with; the bot answers it."""
_INTRODUCTION = """
Footnote in a Slack of its own. Open it in a browser, and ask at once; it answers as soon as it has
read the pages:

  {url}
"""
_READING = "Footnote is reading the wiki {far}. Ask already: it answers once it is done."
READY = "It has read the pages, and answers."
_SEEN_BY_OTHERS = (
    "Other machines reach it. Anyone who has the address may be anybody in the page, and read what "
    "the wikis show them."
)
_HINTS = """\
Ctrl-C ends it. No browser here? From another machine: ssh -L {port}:localhost:{port} THIS-MACHINE,
and open the address there; or `{program} demo`, which asks three questions in the terminal.
"""


class PageNotServed(CannotStart):
    """The playground's page cannot be served, usually because the port is taken."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The address and port that the page listens on."""

    address: str
    port: int

    @property
    def is_seen_by_others(self) -> bool:
        """Return whether other machines can reach it."""
        return self.address not in ("localhost", "::1") and not self.address.startswith("127.")


def free_port(address: str) -> int:
    """Return the usual port, or the next one if another program has it."""
    return next((port for port in _PORTS if _is_free(port, address)), PORT)


def run_demo(
    data_dir: Path | None,
    listening: Listening,
    stopped: Callable[[], bool],
    *,
    sharing: trial.Sharing = lambda _: nullcontext(),
) -> None:
    """Serve the demo's two wikis until Ctrl-C; their index is kept in ``data_dir``, and ``sharing``
    is that of `run`.

    Raises:
        DemoFolderTaken: ``data_dir`` holds other files, or cannot be written.
        DemoRuns: another demo has its index.
        PageNotServed: the page's port is taken.
    """
    beside = listening.port + 1 if listening.port else 0
    with demo_folder(data_dir) as folder, _demo_wikis(folder, beside) as (settings, secrets, pages):
        run(settings, secrets, listening, stopped, sharing=sharing, demo=pages)


def run(  # noqa: PLR0913 - the wikis, and where they are served
    settings: Settings,
    secrets: Secrets,
    listening: Listening,
    stopped: Callable[[], bool],
    emails: Sequence[str] = (),
    *,
    sharing: trial.Sharing = lambda _: nullcontext(),
    demo: DemoPages | None = None,
) -> None:
    """Serve the wikis of ``settings`` until Ctrl-C. Their own index is used; questions and flags
    are deleted at the end. ``emails`` are the addresses of people whom the wikis know; ``sharing``
    works for other commands meanwhile, as in `bot.trial.serve`; ``demo`` are the demo's pages,
    which have recorded answers of a language model.

    Raises:
        PageNotServed: the page's port is taken.
        IndexUnavailable, WikiMisconfigured, ModelMisconfigured: see `bot.trial.serve`.
    """
    with ExitStack() as open_:
        scratch = Path(open_.enter_context(TemporaryDirectory(prefix="footnote-")))
        model = ModelSwitch(recorded_questions()) if demo else None
        reasons = ObservedReasons(model)
        is_quoting = bool(demo) or not settings.llm.provider
        pages = OwnPages()
        start_up = StartUp("Footnote starts.")
        parts = PageParts(demo or pages, reasons.explain, model, bool(demo), is_quoting, start_up)
        names = [wiki.name for wiki in settings.wiki]
        slack = settings.slack
        own = OwnWikis(names, emails, slack.guests, slack.shared_channels)
        token = _kept_token(settings.data_dir)
        playground = open_.enter_context(
            _playground(listening, None if demo else own, parts, token)
        )
        if not demo:
            pages.sites = (f"{playground.url}{WIKI}",)
        trial.serve(
            settings,
            secrets,
            trial.Trial(
                _in_playground(settings, scratch, pages.sites),
                _secrets_of(playground, secrets),
                observe=reasons.observe,
                composes=reasons.composes,
                model=RecordedModel() if demo else None,
                # In a second: the demo's first start may have been cut short.
                syncs=demo is not None,
                pages_at=next(iter(pages.sites), ""),
                opens=lambda read_page: setattr(pages, "read_page", read_page),
            ),
            stopped,
            sharing=sharing,
            opened=lambda: _introduce(playground, listening),
            reading=lambda far: _show(far, start_up),
            ready=lambda: _begin(playground, start_up, _OPENING if demo else ""),
        )


def _show(far: str, start_up: StartUp) -> None:
    """Let the page say how far the wikis are read."""
    start_up.says = _READING.format(far=far)


def _begin(playground: RunningPlayground, start_up: StartUp, opening: str) -> None:
    """Ask the question that the page opens with, now that the bot answers."""
    start_up.says = ""
    say(READY)
    if opening:
        playground.open_with(opening)


def _introduce(playground: RunningPlayground, listening: Listening) -> None:
    """Print the page's address, which can be opened before the bot answers."""
    say(_INTRODUCTION.format(url=playground.url))
    if listening.is_seen_by_others:
        complain(_SEEN_BY_OTHERS)
    say(_HINTS.format(port=playground.port, program=program_here()), dim=True)


def _kept_token(folder: Path) -> str:
    try:
        return kept_token(folder)
    except OSError as error:
        raise PageNotServed(
            f"The page's address cannot be kept in {folder}: {error.strerror}. "
            "Choose another folder with --data-dir."
        ) from None


@contextmanager
def _playground(
    listening: Listening, own: OwnWikis | None, parts: PageParts, token: str
) -> Iterator[RunningPlayground]:
    try:
        playground = RunningPlayground(
            MANIFEST,
            address=listening.address,
            port=listening.port,
            own=own,
            parts=parts,
            token=token,
        )
        playground.__enter__()
    except OSError as error:
        why = str(error.strerror).partition(" (while")[0]  # which names the address once more
        raise PageNotServed(
            f"The page cannot be served at {listening.address}, port {listening.port}: {why}. "
            "Choose another port: --port, or `make demo PORT=9000`."
        ) from None
    try:
        yield playground
    finally:
        playground.__exit__(None, None, None)


def _in_playground(settings: Settings, scratch: Path, sites: Sequence[str]) -> Settings:
    """Return the settings with the playground's Slack, which may link to ``sites``, too, and with a
    database in ``scratch``."""
    slack = settings.slack.model_copy(
        update={
            "mode": "socket",
            "host": "127.0.0.1",
            "port": 0,
            "review_channel": REVIEW,
            "identity": "email",
            "accounts": {},
            "link_hosts": (*settings.slack.link_hosts, *sites),
        }
    )
    wikis = tuple(wiki.model_copy(update={"review_channel": ""}) for wiki in settings.wiki)
    state = settings.state.model_copy(update={"url": ""})
    return settings.model_copy(
        update={"data_dir": scratch, "slack": slack, "wiki": wikis, "state": state}
    )


def _secrets_of(playground: RunningPlayground, secrets: Secrets) -> Secrets:
    slack = playground.slack
    return Secrets.model_validate(
        secrets.model_dump()
        | {
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
        }
    )


@contextmanager
def _demo_wikis(folder: Path, port: int = 0) -> Iterator[tuple[Settings, Secrets, DemoPages]]:
    """Make the demo's wikis. The Confluence is the same each time, and has the same address if
    ``port`` is free, so that its index stays valid."""
    times = [_MADE_ON]
    world = World("cloud", now=lambda: times[0] if times else datetime.now(UTC))
    ada, _bob, _deploying = furnished(world)
    world.join("engineers", ada.id)
    world.join("hr", world.add_user("Noor").id)
    world.add_user("Mira")
    reader = world.add_user("Footnote", admin=True, sees_everything=True)
    handbook = handbook_in(folder)
    times.clear()
    with LocalConfluence(world, port=port if _is_free(port) else 0) as confluence:
        wikis = (
            handbook,
            ConfluenceSettings(
                type="confluence",
                name="intranet",
                url=confluence.base_url,
                product="cloud",
                email=reader.email,
            ),
        )
        # The demo's own defaults, not the environment's settings of another installation.
        settings = Settings.model_construct(
            data_dir=folder,
            wiki=wikis,
            answer=DemoAnswerSettings(),
            # Recorded, see `RecordedModel`: it calls nothing over a network.
            llm=LlmSettings(provider="compatible", model="recorded", rewrite=False),
            slack=SlackSettings(guests=True, shared_channels=True),
        )
        secrets = Secrets.model_validate({"confluence_token": confluence.token(reader)})
        yield settings, secrets, DemoPages(folder / PAGES, HANDBOOK_SITE, confluence)


def _is_free(port: int, address: str = "127.0.0.1") -> bool:
    """Return whether a server can listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.create_server((address, port), family=family):
            return True
    except OSError:
        return False
