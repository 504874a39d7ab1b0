"""The command ``footnote demo --confluence``: a made-up Confluence, and two people who ask it the
same questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from footnote_bot.bot import trial
from footnote_bot.bot.program import program_here
from footnote_bot.config.settings import DemoAnswerSettings, Secrets, Settings
from footnote_bot.config.wikis import ConfluenceSettings
from footnote_bot.playground.confluence.model import User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.printing import say

_INTRODUCTION = """\
A made-up Confluence with two spaces, on a port of this machine. Everybody may read "Working
here"; of its page "Salaries", and all below it, only the group hr. "Engineering" is for the
group engineers. Ada is in hr, Bob is in engineers.
"""
_QUESTIONS = (
    "How many days of leave do I have?",
    "What is the salary band of level 4?",
    "How do I deploy to production?",
)
_LATER = """
Now somebody restricts "Deploying" to the group release managers. No sync has run since, but an
answer's pages are looked at once more before it is given:
"""
_NEXT = """\
Your own:
  {program} init        asks for its address and token, and checks them
  {program} doctor      tells what the token may see, before you trust an answer
  {program} sync
  {program} access ann@example.com https://...   tells who may read a page, and why
"""

_LEAVE = """
<p>Everybody has <strong>30 days of leave</strong> a year, and public holidays on top.</p>
<h2>Booking</h2>
<p>Book leave in the calendar <em>Leave</em>, two weeks ahead. Your lead approves it.</p>
<h2>Illness</h2>
<p>Write to your lead before ten. From the fourth day we need a doctor's note.</p>
"""
_SALARIES = """
<p>Salaries follow bands. A band is set each January by the people team and the managers.</p>
<ac:structured-macro ac:name="info"><ac:rich-text-body>
<p>Do not share these pages outside the people team.</p>
</ac:rich-text-body></ac:structured-macro>
"""
_BANDS = """
<table><tbody>
<tr><th>Level</th><th>Salary band</th><th>Typical title</th></tr>
<tr><td>3</td><td>48,000 to 56,000</td><td>Engineer</td></tr>
<tr><td>4</td><td>58,000 to 71,000</td><td>Senior engineer</td></tr>
<tr><td>5</td><td>74,000 to 92,000</td><td>Staff engineer</td></tr>
</tbody></table>
"""
_DEPLOYING = """
<p>To deploy to production, merge to <code>main</code> and run:</p>
<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">bash</ac:parameter>
<ac:plain-text-body><![CDATA[deploy --to production --wait]]></ac:plain-text-body>
</ac:structured-macro>
<p>Production deploys are frozen from Friday noon to Monday morning.</p>
"""
_ONCALL = """
<p>The rota is weekly and changes on Tuesday at ten. Whoever is on call answers a page within
fifteen minutes, and hands over in writing.</p>
"""
_EXPENSES = """
<p>Hand in receipts within 30 days. Taxis are paid for after ten in the evening.</p>
"""
_PATIENCE = 15.0
"""Seconds that Confluence may take, so that a busy laptop gives the same answers
as an idle one."""


def run_demo(stopped: Callable[[], bool]) -> None:
    """Run the demo until it ends or is ``stopped``. Its index is deleted at the end."""
    world = World("cloud", now=lambda: datetime.now(UTC))
    ada, bob, deploying = furnished(world)
    reader = world.add_user("Footnote", admin=True, sees_everything=True)
    say(_INTRODUCTION)
    with LocalConfluence(world) as confluence, TemporaryDirectory() as folder:
        wiki = ConfluenceSettings(
            type="confluence",
            name="made-up",
            url=confluence.base_url,
            product="cloud",
            email=reader.email,
        )
        # The demo's own defaults, not the environment's settings of another installation.
        answer = DemoAnswerSettings(check_seconds=_PATIENCE)
        settings = Settings.model_construct(data_dir=Path(folder), wiki=(wiki,), answer=answer)
        secrets = Secrets.model_validate({"confluence_token": confluence.token(reader)})
        trial.sync(settings, secrets, stopped)
        for question in _QUESTIONS:
            if stopped():
                return
            say(f"\n? {question}", bold=True)
            for person in (ada, bob):
                _ask(settings, secrets, person, question)
        say(_LATER)
        world.add_group("release managers", [ada])
        world.restrict(deploying, groups=["release managers"])
        say(f"? {_QUESTIONS[-1]}", bold=True)
        _ask(settings, secrets, bob, _QUESTIONS[-1])
    say(_NEXT.format(program=program_here()))


def _ask(settings: Settings, secrets: Secrets, person: User, question: str) -> None:
    with trial.asking(settings, secrets, person.email) as ask:
        say(f"\n{person.name}:", italic=True)
        ask(question)


def furnished(world: World) -> tuple[User, User, str]:
    """Fill the world with pages, and return Ada, Bob and the id of the page "Deploying"."""
    ada, bob = world.add_user("Ada"), world.add_user("Bob")
    world.add_group("hr", [ada])
    world.add_group("engineers", [bob])
    world.add_space("WORK", "Working here")
    world.create("WORK", "Leave", _LEAVE, author=ada.id)
    world.create("WORK", "Expenses", _EXPENSES, author=ada.id)
    salaries = world.create("WORK", "Salaries", _SALARIES, author=ada.id)
    world.create("WORK", "Salary bands", _BANDS, parent=salaries.id, author=ada.id)
    world.restrict(salaries.id, groups=["hr"])
    world.add_space("ENG", "Engineering", readers=[Who("group", "engineers")])
    deploying = world.create("ENG", "Deploying", _DEPLOYING, author=bob.id)
    world.create("ENG", "On call", _ONCALL, author=bob.id)
    return ada, bob, deploying.id
