"""footnote.toml and the environment: what is read, and how mistakes are reported."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import UTC, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.loading import LISTS, example, load, removed_settings
from footnote_bot.config.removed import REMOVED, REPLACED, outdated_in, up_to_date
from footnote_bot.config.settings import BUNDLED_RERANKER, Secrets, Settings, WorkspaceSettings
from footnote_bot.config.wikis import WIKI_KINDS, ConfluenceSettings, MarkdownSettings

NO_ADDRESS = "`wiki.0.site_url`: must be an address with a host, as in https://wiki.example.com"
NO_READER = (
    '`wiki.0.readers`: \'all\' is neither "everyone", "@group", an e-mail address nor "*@" and a '
    "domain"
)
ONE_WIKI = "`wiki`: each one is a section of its own, [[wiki]] in two pairs of brackets"
NO_DATABASE = (
    "not in the right form. The SQLAlchemy URL of a database, such as"
    " postgresql+psycopg://user@host/name or sqlite:////srv/footnote.db; empty: SQLite in the data"
    " folder"
)
HOMELESS = "nobody's home is ~nobody-of-this-name here: ~nobody-of-this-name/x"
WIKI = '[[wiki]]\ntype = "markdown"\nname = "handbook"\npath = "pages"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder. No variable of ours is set."""
    for name in list(os.environ):
        if name.upper().startswith("FOOTNOTE_") or name.lower() in Secrets.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, file: Path = Path("footnote.toml")) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(write(text))
    return caught.value.problems


def test_without_a_file_everything_has_its_default(folder: Path) -> None:
    settings = load()

    assert settings.wiki == ()
    assert settings.data_dir == folder / "data"
    assert settings.answer.max_characters == 900


def test_a_file_named_on_the_command_line_goes_before_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("[answer]\nmax_characters = 101")
    write("[answer]\nmax_characters = 102", Path("elsewhere/a.toml"))
    named_file = write("[answer]\nmax_characters = 103", Path("elsewhere/b.toml"))
    monkeypatch.setenv("FOOTNOTE_CONFIG", "elsewhere/a.toml")

    assert load(named_file).answer.max_characters == 103
    assert load().answer.max_characters == 101
    Path("footnote.toml").unlink()
    assert load().answer.max_characters == 102


def test_a_variable_goes_before_the_file_and_leaves_the_rest_of_its_section(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('[slack]\nport = 1\nworkers = 2\nadmins = ["U1"]')
    monkeypatch.setenv("FOOTNOTE_SLACK__PORT", "80")
    monkeypatch.setenv("FOOTNOTE_SLACK__ADMINS", '["U2"]')
    monkeypatch.setenv("FOOTNOTE_LOG_LEVEL", "DEBUG")
    settings = load()

    assert (settings.slack.port, settings.slack.workers) == (80, 2)
    assert settings.slack.admins == ("U2",)
    assert settings.log_level == "DEBUG"


def test_a_setting_that_is_no_longer_used_is_read_over_and_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write("[llm]\nsilence = 60\nseconds = 90\nattempts = 1")
    monkeypatch.setenv("FOOTNOTE_LLM__TEMPERATURE", "0.5")

    assert load(file).llm.seconds == 90
    assert [
        line.partition(" is no longer used; delete it. ") for line in removed_settings(file)
    ] == [
        (name, " is no longer used; delete it. ", REMOVED[setting])
        for name, setting in (
            ("`llm.attempts`", "llm.attempts"),
            ("`llm.silence`", "llm.silence"),
            ("The variable FOOTNOTE_LLM__TEMPERATURE", "llm.temperature"),
        )
    ]


@pytest.mark.parametrize("in_file", [True, False])
def test_a_language_model_as_reranker_is_read_as_the_default_with_a_warning(
    in_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write('[answer]\nreranker = "llm"' if in_file else "")
    if not in_file:
        monkeypatch.setenv("FOOTNOTE_ANSWER__RERANKER", "llm")

    assert load(file).answer.reranker == BUNDLED_RERANKER
    assert removed_settings(file) == [
        "`answer.reranker` is a cross-encoder by now: 'llm' is read as the bundled one; delete it."
    ]


def test_a_removed_setting_is_found_in_a_section_a_list_of_them_and_in_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("wiki.a", "gone", "b"):
        monkeypatch.setitem(REMOVED, name, "Nothing to do.")
    values = {"wiki": [{"a": 1, "c": 2}, "x"], "gone": {"d": 3}, "b": 4, "llm": {"seconds": 5}}

    assert outdated_in(values) == ["b", "gone", "wiki.a"]
    assert up_to_date(values) == {"wiki": [{"c": 2}, "x"], "llm": {"seconds": 5}}


def test_no_removed_setting_is_still_a_setting() -> None:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    for name in (*REMOVED, *REPLACED):
        section, _, key = name.partition(".")
        model = sections.get(section)
        assert model is None or (key and key not in getattr(model, "model_fields", {})), name


def test_the_command_line_s_data_folder_goes_before_file_and_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write('data_dir = "a"', Path("elsewhere/footnote.toml"))
    monkeypatch.setenv("FOOTNOTE_DATA_DIR", "b")

    assert load(file, Path("c")).data_dir == folder / "c"
    assert load(file).data_dir == folder / "elsewhere" / "b"


def test_paths_count_from_the_file_s_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(f'data_dir = "d"\n{WIKI}', Path("elsewhere/footnote.toml"))
    (folder / "pages").mkdir()

    assert load(file).wiki[0].path == folder / "elsewhere" / "pages"
    assert load(file).data_dir == folder / "elsewhere" / "d"
    monkeypatch.setenv("HOME", "/home/ada")
    write(WIKI.replace('"pages"', '"~/pages"'), file)
    assert load(file).wiki[0].path == Path("/home/ada/pages")
    write(WIKI.replace('"pages"', '"/srv/pages"'), file)
    assert load(file).wiki[0].path == Path("/srv/pages")


def test_a_path_with_dots_is_resolved(folder: Path) -> None:
    (folder / "far" / "away").mkdir(parents=True)
    (folder / "near").symlink_to("far/away")
    (folder / "pages").symlink_to("far")
    file = write(f'data_dir = "near/../d"\n{WIKI}', Path("elsewhere/footnote.toml"))
    write(WIKI.replace('"pages"', '"../pages"'), Path("elsewhere/other.toml"))

    assert load(file).data_dir == folder / "elsewhere" / "d"
    assert load(Path("elsewhere/other.toml")).wiki[0].path == folder / "pages"
    assert load(Path("near/../../elsewhere/footnote.toml"), Path("near/../d")).data_dir == (
        folder / "far" / "d"
    )


def test_a_path_within_a_repository_stays_as_it_is() -> None:
    write(WIKI + 'git = "https://git.example.com/handbook.git"')

    assert load().wiki[0].path == Path("pages")


def test_a_value_in_a_wrong_form_is_reported_with_its_meaning_and_not_with_a_pattern() -> None:
    messages = problems(
        '[slack]\nreview_channel = "#flags"\n[tracing]\nurl = "x"\n[[workspace]]\nid = "acme"\n'
        '[[wiki]]\ntype = "confluence"\nname = "c"\nurl = "https://x"\ntoken_variable = "x-y"\n'
    )

    assert {problem.partition(": ")[0] for problem in messages} == {
        "`wiki.0.token_variable`", "`workspace.0.id`", "`slack.review_channel`", "`tracing.url`",
    }  # fmt: skip
    assert all("not in the right form. " in problem for problem in messages)
    assert "such as C0123456789; Slack shows it at the end" in "".join(messages)
    assert "^" not in "".join(messages)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("cloud_id", "letters, digits and `-`"),
        ("token_variable", "capital letters, digits and `_`"),
        ("review_channel", "such as C0123456789"),
    ],
)
def test_a_value_in_a_wrong_form_is_reported_with_the_allowed_characters(
    setting: str, says: str
) -> None:
    (message,) = problems(
        f'[[wiki]]\ntype = "confluence"\nname = "c"\nurl = "https://x"\n{setting} = "A b"\n'
    )

    assert says in message


def test_a_prefix_in_a_wrong_form_is_reported_with_the_allowed_characters() -> None:
    (message,) = problems(f'{WIKI}[index]\nprefix = "a b"\n')

    assert "up to 60 letters, digits, `-` and `_`" in message


def test_all_problems_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_INDX__URL", "x")
    messages = problems(
        'inedx = 1\n[answer]\nmax_charcters = 3\nprecision = 2\n[slack]\nadmins = "U1"\n'
        '[[wiki]]\ntype = "markdown"\nname = "A b"\nnmae = 1\n[[wiki]]\ntype = "wiki"\n'
        '[[wiki]]\nname = "b"\n[[wiki]]\ntype = "confluence"\nspace = "X"\n'
    )

    assert [problem.partition("`; did")[0] for problem in messages] == [
        "`wiki.0.name`: not in the right form. Its name: small letters, digits, `-` and `_`",
        "`wiki.0.nmae` is not a setting; did you mean `name`?",
        "`wiki.1.type`: must be 'markdown' or 'confluence'",
        "`wiki.2.type` is missing",
        "`wiki.3.name` is missing",
        "`wiki.3.url` is missing",
        "`wiki.3.space` is not a setting; did you mean `spaces`?",
        "`answer.precision`: input should be less than 1",
        "`answer.max_charcters` is not a setting; did you mean `max_characters`?",
        "`slack.admins`: must be a list, [...]",
        "`inedx` is not a setting; did you mean `index`?",
        "the variable FOOTNOTE_INDX__URL is not known; did you mean `FOOTNOTE_INDEX__URL`?",
    ]


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ('slack_bot_token = "s3cret"', "slack_bot_token"),
        ('[llm]\nkey = "s3cret"', "llm.key"),
        (f'{WIKI}token = "s3cret"', "wiki.0.token"),
    ],
)
def test_a_secret_in_the_file_is_told_where_it_belongs(text: str, setting: str) -> None:
    (message,) = problems(text)

    assert message == (
        f"`{setting}` is not a setting: secrets stand in environment variables, which"
        " `footnote settings` names, and never in this file"
    )


def test_a_misspelt_setting_that_ends_as_a_secret_does_is_told_its_name() -> None:
    (message,) = problems("[llm]\nperson_token = 5")

    assert message == "`llm.person_token` is not a setting; did you mean `person_tokens`?"


def test_one_problem_is_one_line_that_names_the_file() -> None:
    with pytest.raises(SettingsError) as caught:
        load(write("[index]\nmodle = 'x'"))

    assert str(caught.value) == (
        "footnote.toml: `index.modle` is not a setting; did you mean `model`?"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (WIKI + WIKI, "`wiki`: two wikis are called 'handbook'"),
        ('[[wiki]]\ntype = "markdown"\nname = "a"', "`wiki.0`: needs `path` or `git`"),
        (WIKI.replace("pages", ""), "`wiki.0`: needs `path` or `git`"),
        (WIKI + 'site_url = "ftp://x"', "`wiki.0.site_url`: must start with https:// or http://"),
        (WIKI + 'site_url = "https://["', NO_ADDRESS),
        (WIKI + 'site_url = "https://x:99999"', NO_ADDRESS),
        (WIKI + 'site_url = "https://x/a b"', NO_ADDRESS),
        (WIKI + 'readers = ["all"]', NO_READER),
        (WIKI + "readers = []", "`wiki.0.readers`: must not be empty"),
        ("[wiki]\nname = 'a'", ONE_WIKI),
        ('wiki = "a"', ONE_WIKI),
        ('wiki = ["a"]', "`wiki.0`: must be a section, [...]"),
        ('data_dir = "~nobody-of-this-name/x"', f"`data_dir`: {HOMELESS}"),
        (WIKI.replace("pages", "~nobody-of-this-name/x"), f"`wiki.0.path`: {HOMELESS}"),
        ("index = 3", "`index`: must be a section, [...]"),
        ("data_dir = 3", "`data_dir`: must be a path"),
        ('[state]\nurl = "foo"', f"`state.url`: {NO_DATABASE}"),
        ('[state]\nurl = "mysql://db/x"', f"`state.url`: {NO_DATABASE}"),
        ('[state]\nurl = "sqlite://state.db"', f"`state.url`: {NO_DATABASE}"),
        ('[state]\nurl = "postgresql://ada:hidden@db:port/x"', f"`state.url`: {NO_DATABASE}"),
        ('data_dir = ""', "`data_dir`: must not be empty; `.` is this file's folder"),
        ("[sync]\nmax_removal = 0", "`sync.max_removal`: input should be greater than 0"),
    ],
)
def test_a_wrong_value_is_reported_in_words(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_a_misspelt_language_of_a_wiki_is_one_problem_with_the_languages() -> None:
    (problem,) = problems(f'{WIKI}language = "englisch"\n')

    assert problem.startswith("`wiki.0.language`: input should be 'auto', 'arabic', ")
    assert "'english'" in problem


def test_a_digest_needs_a_channel_and_an_hour_of_somewhere() -> None:
    nowhere = "'Berlin' is no time zone that this machine knows, such as 'Europe/Berlin'"

    no_time = "must be a day, a time and a time zone, as in monday 09:00 Europe/Berlin"
    form = '[slack]\nreview_channel = "C1"\ndigest = "{}"'

    assert problems('[slack]\ndigest = "monday 09:00"') == [
        "`slack`: `digest` needs `review_channel`"
    ]
    assert problems(form.format("friday 16:30 Berlin")) == [f"`slack.digest`: {nowhere}"]
    for wrong in ("daily", "monday", "9:00", "monday 24:00", "monday 9:60", "monday 9"):
        assert problems(form.format(wrong)) == [f"`slack.digest`: {no_time}"]
    slack = load(write(form.format("Friday 16:30 Europe/Berlin"))).slack
    assert slack.digest_time == ("friday", time(16, 30), ZoneInfo("Europe/Berlin"))
    assert load(write(form.format("monday 9:00"))).slack.digest_time == ("monday", time(9), UTC)
    assert load(write("")).slack.digest_time is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("digest = false\ndigest_hour = 7", ""),
        ("digest = true", "monday 9:00 UTC"),
        (
            (
                'digest = true\ndigest_day = "friday"\ndigest_hour = 16\n'
                'digest_timezone = "Europe/Berlin"'
            ),
            "friday 16:00 Europe/Berlin",
        ),
        ('digest = "sunday 10:00"\ndigest_hour = 16', "sunday 10:00"),
    ],
)
def test_a_digest_of_an_old_file_comes_when_it_came(old: str, new: str) -> None:
    assert load(write(f'[slack]\nreview_channel = "C1"\n{old}')).slack.digest == new


def test_a_replaced_setting_is_named_with_what_to_write() -> None:
    (line,) = removed_settings(write("[slack]\ndigest_hour = 7"))

    assert line == (
        "`slack.digest_hour` is outdated, and still counts. Write all of it as "
        '`slack.digest = "monday 09:00 Europe/Berlin"`.'
    )


@pytest.mark.parametrize(
    ("old", "days"),
    [
        ("audit_days = 30", 30),
        ("audit_days = 400", 90),
        ("retention_days = 20\naudit_days = 30", 20),
        ("audit_days = 0", 90),
        ("retention_days = 60", 60),
    ],
)
def test_the_shorter_retention_of_an_old_file_counts(old: str, days: int) -> None:
    assert load(write(f"[state]\n{old}")).state.retention_days == days


@pytest.mark.parametrize(
    ("old", "owners"),
    [
        ("owner_editor = false", ["property owner", "label owner-"]),
        ('owner_property = "keeper"\nowner_label = ""', ["property keeper", "editor"]),
        ('owners = []\nowner_label = "team-"', []),
        ("", ["property owner", "label owner-", "editor"]),
    ],
)
def test_the_owners_of_an_old_file_stay(old: str, owners: list[str]) -> None:
    wiki = '[[wiki]]\ntype = "confluence"\nname = "a"\nurl = "https://a.example.com/wiki"\n'

    assert list(load(write(wiki + old)).wiki[0].owners) == owners


def test_what_names_an_owner_is_written_in_one_of_three_forms() -> None:
    wiki = '[[wiki]]\ntype = "confluence"\nname = "a"\nurl = "https://a.example.com/wiki"\n'
    for wrong in ("keeper", "property", "label Team-", "property a b"):
        (problem,) = problems(f'{wiki}owners = ["{wrong}"]')
        assert problem.startswith(f"`wiki.0.owners`: '{wrong}' is neither `property NAME`")
    assert problems(f'{wiki}owners = ["label a-", "label b-"]') == [
        "`wiki.0.owners`: may name one property, one label and the editor, once each"
    ]


def test_there_are_no_more_settings_than_somebody_can_read() -> None:
    """Who adds one removes one: most have a value that is good for everyone."""
    sections = [field.annotation for field in Settings.model_fields.values()]
    models = [m for m in sections if isinstance(m, type) and issubclass(m, BaseModel)]
    lists = [WorkspaceSettings, *WIKI_KINDS.values()]
    top_level = len(sections) - len(models) - len(LISTS)

    assert top_level + sum(len(model.model_fields) for model in (*models, *lists)) <= 107


def test_a_language_model_s_settings_must_be_whole() -> None:
    assert problems('[llm]\nprovider = "openai"') == ["`llm`: needs `model`"]
    assert problems("[llm]\nday_cost = 5.0") == [
        "`llm`: `day_cost` needs `price_read` and `price_written`"
    ]


def test_a_key_unlike_any_other_gets_the_list_of_keys() -> None:
    assert problems("[state]\nzzz = 1") == [
        "`state.zzz` is not a setting; known are retention_days, url"
    ]


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("FOOTNOTE_INDEX_URL", "FOOTNOTE_INDEX__URL"),
        ("FOOTNOTE_INDEX__URI", "FOOTNOTE_INDEX__URL"),
        ("FOOTNOTE_INDEX", "FOOTNOTE_INDEX__URL"),
        ("FOOTNOTE_CONFG", "FOOTNOTE_CONFIG"),
        ("footnote_log_levle", "FOOTNOTE_LOG_LEVEL"),
        ("FOOTNOTE_GIT_TOKN", "FOOTNOTE_GIT_TOKEN"),
    ],
)
def test_an_unknown_variable_is_reported_once_with_the_nearest_name(
    variable: str, nearest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")

    assert problems("") == [f"the variable {variable} is not known; did you mean `{nearest}`?"]


@pytest.mark.parametrize("end", ["", "_FILE"])
def test_a_variable_that_a_wiki_names_for_its_token_is_known(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"FOOTNOTE_GITLAB_TOKEN{end}", "x")

    (wiki,) = load(write(f'{WIKI}token_variable = "FOOTNOTE_GITLAB_TOKEN"\n')).wiki

    assert wiki.name == "handbook"
    assert len(problems(WIKI)) == 1


def test_a_wiki_is_too_much_for_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable would replace every wiki of the file."""
    monkeypatch.setenv("FOOTNOTE_WIKI", "[]")

    assert problems(WIKI)[0].startswith("the variable FOOTNOTE_WIKI is not known")


@pytest.mark.parametrize("wiki", ['"name": "A b"', '"name": "b", "pth": "c"'])
def test_a_wiki_in_a_variable_is_one_problem_whatever_it_holds(
    wiki: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_WIKI", f'[{{"type": "markdown", "path": "a", {wiki}}}]')

    (problem,) = problems("")
    assert problem.startswith("the variable FOOTNOTE_WIKI is not known")


def test_a_list_in_a_variable_that_is_no_json_says_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTNOTE_SLACK__ADMINS", "U1, U2")

    assert problems("") == ['FOOTNOTE_SLACK__ADMINS cannot be read: a list is written ["a", "b"]']


def test_other_people_s_variables_are_nobody_s_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEX__URL", "x")
    monkeypatch.setenv("DATA_DIR", "x")
    monkeypatch.setenv("FOOTNOTES", "x")

    assert load().index.url == ""


def test_a_file_that_is_not_there_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"there is no file nowhere\.toml"):
        load(Path("nowhere.toml"))
    monkeypatch.setenv("FOOTNOTE_CONFIG", "neither.toml")
    with pytest.raises(SettingsError, match=r"there is no file neither\.toml"):
        load()


def test_a_file_that_is_no_toml_says_where() -> None:
    with pytest.raises(SettingsError, match=r"footnote\.toml: is not valid TOML: .*line 2"):
        load(write("a = 1\nb = =\n"))


def test_a_file_that_is_no_utf_8_is_a_problem() -> None:
    file = Path("footnote.toml")
    file.write_bytes(b'data_dir = "\xff"')

    with pytest.raises(SettingsError, match=r"footnote\.toml: is not text in UTF-8"):
        load(file)


def test_an_editor_s_byte_order_mark_does_not_matter() -> None:
    assert load(write("\ufeff[answer]\nmax_characters = 100")).answer.max_characters == 100


def test_a_file_that_may_not_be_read_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path, encoding: str) -> str:
        raise PermissionError(13, "Permission denied")

    file = write("")
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(SettingsError, match=r"footnote\.toml: cannot be read: Permission denied"):
        load(file)


def test_secrets_come_from_the_environment_and_are_never_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "QDRANT_API_KEY"):
        monkeypatch.setenv(name, f"hidden-{name}")
    monkeypatch.setenv("FOOTNOTE_GIT_TOKEN", "hidden-too")
    values = Secrets()

    assert values.slack_bot_token.get_secret_value() == "hidden-SLACK_BOT_TOKEN"
    assert values.footnote_git_token.get_secret_value() == "hidden-too"
    assert "hidden" not in f"{values} {values!r} {values.model_dump()} {values.model_dump_json()}"
    assert "hidden" not in str(load())


def test_a_secret_in_the_file_is_no_setting() -> None:
    assert problems('slack_bot_token = "xoxb-hidden"\n')[0].startswith("`slack_bot_token` is not")
    assert "xoxb-hidden" not in problems('slack_bot_token = "xoxb-hidden"\n')[0]


def test_a_password_within_an_address_is_not_printed() -> None:
    write(
        f'{WIKI}git = "https://ada:hidden@git.example.com"\n'
        '[index]\nurl = "https://ada:hidden@q.example.com"\n'
        '[state]\nurl = "postgresql://ada:hidden@db.example.com"'
    )
    settings = load()

    assert settings.state.url == "postgresql://ada:hidden@db.example.com"
    assert "hidden" not in f"{settings} {settings!r} {settings.wiki!r} {settings.state}"


@pytest.mark.parametrize(
    ("mode", "variables", "missing"),
    [
        ("socket", {}, ["SLACK_BOT_TOKEN is not set", "SLACK_APP_TOKEN is not set"]),
        ("http", {}, ["SLACK_BOT_TOKEN is not set", "SLACK_SIGNING_SECRET is not set"]),
        (
            "socket",
            {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"},
            [
                "SLACK_BOT_TOKEN must start with xoxb-",
                "SLACK_APP_TOKEN must start with xapp-",
            ],
        ),
        ("socket", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, []),
        ("http", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, []),
        (
            "socket",
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_CLIENT_ID": "1.2"},
            ["SLACK_CLIENT_SECRET is not set"],
        ),
        (
            "socket",
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_APP_TOKEN": "xapp-1"},
            [],
        ),
    ],
)
def test_missing_or_mixed_up_tokens_are_reported_before_slack_is_asked(
    mode: str, variables: dict[str, str], missing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Secrets().slack_problems(mode) == missing


def test_the_example_can_be_read_and_says_nothing_but_defaults(folder: Path) -> None:
    settings = load(example())
    defaults = load(write(""))

    assert settings.model_copy(update={"wiki": (), "data_dir": folder / "data"}) == defaults
    wiki, confluence = settings.wiki
    assert isinstance(wiki, MarkdownSettings)
    assert isinstance(confluence, ConfluenceSettings)
    assert confluence == ConfluenceSettings(
        type="confluence",
        name=confluence.name,
        url=confluence.url,
        email=confluence.email,
    )
    plain = MarkdownSettings(
        type="markdown", name=wiki.name, path=wiki.path, site_url=wiki.site_url
    )
    assert wiki == plain


def test_the_example_holds_every_setting_and_secret() -> None:
    """Except further workspaces, which few people have: docs/settings.md lists their settings."""
    text = example().read_text(encoding="utf-8")
    values = tomllib.loads(text)
    commented = {line.split()[1] for line in text.splitlines() if line.startswith("# ")}

    for name, field in Settings.model_fields.items():
        assert name in values or name == "workspace"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            assert set(field.annotation.model_fields) <= values[name].keys() | commented, name
    for section, model in zip(values["wiki"], WIKI_KINDS.values(), strict=True):
        assert set(model.model_fields) <= section.keys() | commented
    missing = [name for name in Secrets.model_fields if name.upper() not in text]
    assert missing in ([], ["slack_api_url"])  # for tests only


def test_a_further_workspace_is_answered_from_no_wiki_that_is_not_named(folder: Path) -> None:
    workspaces = '[[workspace]]\nid = "T1"\n[[workspace]]\nid = "E1"\nwikis = ["handbook"]\n'
    first, org = load(write(WIKI + workspaces)).workspace

    assert (first.wikis, first.trusts_addresses) == ((), False)
    assert org.wikis == ("handbook",)


@pytest.mark.parametrize(
    ("workspaces", "problem"),
    [
        ('[[workspace]]\nid = "T1"\nwikis = ["it"]', "no wiki is called so"),
        ('[[workspace]]\nid = "C1"', "`workspace.0.id`"),
        ('[[workspace]]\nid = "T1"\n[[workspace]]\nid = "T1"', "two workspaces have the id 'T1'"),
        ('[[workspace]]\nid = "T1"\nwiki = []', "did you mean `wikis`?"),
        ('[workspace]\nid = "T1"', "[[workspace]] in two pairs of brackets"),
    ],
)
def test_wrong_settings_of_a_further_workspace_are_reported(
    folder: Path, workspaces: str, problem: str
) -> None:
    assert any(problem in message for message in problems(WIKI + workspaces))


def test_workspaces_that_are_named_need_a_client_to_be_installed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")

    assert Secrets().slack_problems("socket", several=True) == [
        "SLACK_CLIENT_ID is not set",
        "SLACK_CLIENT_SECRET is not set",
    ]


def test_accounts_of_slack_are_addresses_by_user_id_in_small_letters(folder: Path) -> None:
    file = write('[slack]\nidentity = "accounts"\naccounts = { U0ANN = "Ann@Example.com" }\n')

    assert load(file).slack.accounts == {"U0ANN": "ann@example.com"}


@pytest.mark.parametrize(
    ("slack", "problem"),
    [
        ('identity = "name"', "identity"),
        ('accounts = { U0ANN = "ann@example.com" }', 'needs `identity = "accounts"`'),
        ('identity = "accounts"\naccounts = { ann = "ann@example.com" }', "no Slack user id"),
        ('identity = "accounts"\naccounts = { U0ANN = "ann" }', "not an e-mail address"),
        (
            'identity = "accounts"\naccounts = { U1 = "a@example.com", U2 = "A@example.com" }',
            "the address of two people",
        ),
    ],
)
def test_wrong_slack_accounts_are_reported(folder: Path, slack: str, problem: str) -> None:
    file = write(f"[slack]\n{slack}\n")

    with pytest.raises(SettingsError, match=re.escape(problem)):
        load(file)


def test_answers_may_be_in_the_languages_of_the_wikis() -> None:
    german = WIKI + 'language = "german"\n'
    other = WIKI.replace("handbook", "other")

    assert load(write(german)).answer_languages == ("german",)
    assert load(write(german + other + '[index]\nlanguage = "english"\n')).answer_languages == (
        "english",
        "german",
    )
    assert len(load(write(german + other)).answer_languages) > 20
    assert "hinglish" not in load(write("")).answer_languages


@pytest.mark.parametrize(
    ("mode", "host", "listens_on"),
    [("socket", "", "127.0.0.1"), ("socket", "10.0.0.1", "10.0.0.1"), ("http", "", "0.0.0.0")],  # noqa: S104 - what is tested
)
def test_in_socket_mode_nobody_else_reaches_the_port_unless_it_is_set(
    mode: str, host: str, listens_on: str
) -> None:
    settings = Settings.model_validate({"slack": {"mode": mode, "host": host}})

    assert settings.slack.listens_on == listens_on


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:////srv/state.db",
        "sqlite+pysqlite:///state.db?timeout=3",
        "postgresql:///footnote",
        "postgresql+psycopg://bot@db.example.com/footnote?sslmode=require",
        "postgresql+psycopg://bot:p%40ss/word@[::1]:5432/footnote",
        "postgresql://bot:@/footnote?host=/run/postgresql",
    ],
)
def test_a_database_url_that_sqlalchemy_reads_is_accepted(url: str) -> None:
    assert load(write(f'[state]\nurl = "{url}"')).state.url == url
