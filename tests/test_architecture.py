"""The rules of the house, read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "config", "indexers")

HOMES = {
    "aiohttp": ("bot/slack", "bot/playground"),
    "atlassian": ("indexers/sources/confluence",),
    "charset_normalizer": ("indexers/sources/markdown",),
    "click": ("bot/cli",),
    "fastembed": ("indexers/index",),
    "llama_index": ("bot/answering", "bot/evaluation/judging.py"),
    "llama_index_instrumentation": ("bot/answering",),
    "lxml": ("indexers/sources/confluence",),
    "mammoth": ("indexers/sources/attachments",),
    "markdown_it": ("indexers/sources/markdown",),
    "mdit_py_plugins": ("indexers/sources/markdown",),
    "onnxruntime": ("indexers/index",),
    "openpyxl": ("indexers/sources/attachments",),
    "pathspec": ("indexers/sources/markdown",),
    "pptx": ("indexers/sources/attachments",),
    "py3langid": ("indexers/index",),
    "py_rust_stemmers": ("bot/answering",),
    "spellchecker": ("indexers/index",),
    "pydantic": ("config",),
    "pydantic_settings": ("config",),
    "pypdf": ("indexers/sources/attachments",),
    "qdrant_client": ("indexers/index",),
    "qdrant_edge": ("indexers/index",),
    "requests": ("indexers/sources/confluence",),
    "rich": ("bot/cli", "bot/terminal.py", "bot/scores.py"),
    "sentencex": ("indexers/text/sentences.py",),
    "slack_bolt": ("bot/slack", "bot/playground"),
    "slack_sdk": ("bot/slack", "bot/playground"),
    "sqlalchemy": ("bot/state",),
    "tokenizers": ("indexers/index",),
    "yaml": ("indexers/sources/markdown",),
}
"""Where each third-party library lives. Another place is a decision, made here."""

COMPOSITION = ("bot/app.py", "bot/serving.py", "indexers/indexing.py")
"""Where objects are made of settings, and nowhere else."""
COMMANDS = (
    "bot/cli", "bot/footnote.py", "bot/demo.py", "bot/confluence_demo.py", "bot/playground_demo.py",
)  # fmt: skip
"""The command line, its three demos, and the door for LlamaIndex, which reads settings, too."""
KINDS = ("indexers/sources/confluence/source.py", "indexers/sources/markdown/source.py")
"""Each kind of wiki reads its own settings."""
SETTINGS_READERS = (*COMPOSITION, *COMMANDS, *KINDS)

ROOMS = (
    "answering", "conversation", "operations", "flags", "evaluation", "state", "slack",
    "terminal_chat",
)  # fmt: skip
"""The folders of `bot`, in order: each imports from those before it alone."""
GROUND = ("model", "errors", "ports", "background", "caching", "foreign", "moments")
"""The files of `bot` that stand below all rooms; `terminal` and what prints stand above the use
cases, and what composes or commands stands above everything."""
PRINTING = ("terminal", "output", "scores", "interrupting", "loading")
TOP = (
    "app", "serving", "footnote", "demo", "confluence_demo", "playground_demo", "cli", "__main__",
    "__init__", "playground",
)  # fmt: skip

ENTRANCES = ("indexers.indexing.", "indexers.conversion")
"""What the composition may enter beside the vocabulary."""

VOCABULARY = (
    "indexers.model.", "indexers.ports.", "indexers.errors.", "indexers.findings.",
    "indexers.untold.", "indexers.text.prose.", "indexers.text.sentences.",
    "indexers.backoff.", "indexers.daemons.",
)  # fmt: skip

FLOORS = (
    "rendering", "api", "rights", "events", "chat", "reindexing", "commands", "home",
    "flags",
)  # fmt: skip
"""Of `bot.slack`, each upon those before it; what stands in no folder is the roof."""


INDEXERS = (
    {"model", "errors", "backoff", "daemons"},
    {"ports", "findings", "untold"},
    {"text"},
    {"parsing"},
    {"sources", "index"},
    {"syncing"},
    {"indexing", "conversion"},
)
"""The rooms of `indexers`, each upon those before it. Beside each other they do not know of one
another."""
SOURCES = ("readers", "scope", "source", "wikis", "markdown", "attachments", "confluence")
"""Of `indexers.sources`, in the same way: a kind may be read with the means of an earlier one."""
NAMES_KINDS = (
    "config/wikis.py",
    "indexers/sources/__init__.py",
    "indexers/conversion.py",
    "bot/demo.py",
    "bot/confluence_demo.py",
    "bot/playground_demo.py",
)
"""Files that name kinds of wiki: two where each is registered, `footnote convert`, whose forms
are named on the command line, and the demos, which are of one kind each."""

USE_CASES = ("bot/conversation", "bot/flags")
"""What the bot does, whatever chat it is in and whatever keeps its memory."""
ADAPTERS = ("bot.slack", "bot.state", "bot.terminal_chat")


def sources() -> list[Path]:
    return sorted(file for name in OURS for file in (ROOT / name).rglob("*.py"))


def imports(file: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Every imported module with the statement that imports it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where a thing comes from"
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", sources(), ids=place)
def test_imports_run_one_way(file: Path) -> None:
    """config <- indexers <- bot; and config is for composition and the command line alone."""
    for name, _ in imports(file):
        owner = name.split(".")[0]
        if place(file).startswith("config/"):
            assert owner not in {"bot", "indexers"}, name
        if place(file).startswith("indexers/"):
            assert owner != "bot", name
        if owner == "config" and not place(file).startswith("config/"):
            assert place(file).startswith(SETTINGS_READERS), f"{name}: only composition does"


@pytest.mark.parametrize("file", sorted((ROOT / "bot").rglob("*.py")), ids=place)
def test_the_bot_enters_the_indexers_by_their_vocabulary(file: Path) -> None:
    for name, _ in imports(file):
        if name.startswith("indexers."):
            composes = place(file).startswith(SETTINGS_READERS) and name.startswith(ENTRANCES)
            assert name.startswith(VOCABULARY) or composes, name


def room(module: str) -> str:
    """Return the folder or file of its package that ``module`` is in."""
    return module.split(".")[1]


@pytest.mark.parametrize("file", sorted((ROOT / "bot").rglob("*.py")), ids=place)
def test_no_arrow_runs_back_up(file: Path) -> None:
    """Each room imports from those below it: the ground, the rooms before it, what prints."""
    order = (*GROUND, *ROOMS[:5], *PRINTING, *ROOMS[5:])
    own = room(place(file).removesuffix(".py").replace("/", "."))
    if own in TOP:
        return
    below = GROUND if own in GROUND else order[: order.index(own) + 1]
    for name, _ in imports(file):
        if name.startswith("bot."):
            assert room(name) in below, name


def test_every_file_and_folder_of_the_bot_has_its_place_in_the_order() -> None:
    found = {path.stem for path in (ROOT / "bot").iterdir() if path.name != "__pycache__"}

    assert found == {*GROUND, *PRINTING, *ROOMS, *TOP}


@pytest.mark.parametrize("file", sorted((ROOT / "indexers").rglob("*.py")), ids=place)
def test_the_indexers_are_built_room_upon_room(file: Path) -> None:
    own = room(place(file).removesuffix(".py").replace("/", "."))
    floor = next((number for number, rooms in enumerate(INDEXERS) if own in rooms), -1)
    below = {own}.union(*INDEXERS[: max(floor, 0)])
    for name, _ in imports(file):
        if name.startswith("indexers."):
            assert room(name) in below, name
        if own == "syncing" and name.startswith("indexers.index."):
            assert name.startswith("indexers.index.current."), "a sync sees no engine"


@pytest.mark.parametrize("file", sorted((ROOT / "indexers/sources").glob("*/*.py")), ids=place)
def test_a_kind_of_wiki_knows_no_later_one(file: Path) -> None:
    own = SOURCES.index(file.parent.name)
    for name, _ in imports(file):
        if name.startswith("indexers.sources."):
            assert name.split(".")[2] in SOURCES[: own + 1], name


@pytest.mark.parametrize("file", sources(), ids=place)
def test_kinds_of_wiki_are_named_where_they_are_registered(file: Path) -> None:
    """Everything else asks a wiki's settings or its `WikiSource`. tests/bot/test_a_new_kind_of_wiki
    shows that this is enough."""
    inside = tuple(f"indexers/sources/{kind}/" for kind in SOURCES)
    if place(file).startswith((*inside, "bot/playground/", *NAMES_KINDS)):
        return
    for name, _ in imports(file):
        assert not name.startswith(tuple(f"indexers.sources.{kind}." for kind in SOURCES[4:])), name
        assert name not in {
            "config.wikis.MarkdownSettings", "config.wikis.ConfluenceSettings",
        }, name  # fmt: skip


@pytest.mark.parametrize("name", ["indexing", "sources/wikis", "sources/source"])
def test_no_wiki_is_asked_what_kind_it_is(name: str) -> None:
    text = (ROOT / "indexers" / f"{name}.py").read_text(encoding="utf-8")

    assert "isinstance" not in text
    assert ".type ==" not in text


@pytest.mark.parametrize("file", sorted((ROOT / "bot/slack").glob("*/*.py")), ids=place)
def test_the_slack_side_is_built_floor_upon_floor(file: Path) -> None:
    below = FLOORS[: FLOORS.index(file.parent.name) + 1]
    for name, _ in imports(file):
        if name.startswith("bot.slack."):
            assert name.split(".")[2] in below, name


@pytest.mark.parametrize("file", sorted((ROOT / "bot").rglob("ports.py")), ids=place)
def test_ports_import_models_alone(file: Path) -> None:
    """What is said is a model, too."""
    for name, _ in imports(file):
        owner, *module = name.split(".")[:-1] or [name]
        assert owner not in HOMES, name
        assert owner != "bot" or module[-1] in {"model", "content"}, name


@pytest.mark.parametrize(
    "file", [file for name in USE_CASES for file in (ROOT / name).rglob("*.py")], ids=place
)
def test_conversations_and_flags_know_no_slack_and_no_database(file: Path) -> None:
    for name, _ in imports(file):
        assert name.split(".")[0] not in HOMES, name
        assert not name.startswith(ADAPTERS), name


@pytest.mark.parametrize("file", sorted((ROOT / "bot").rglob("*.py")), ids=place)
def test_adapters_meet_in_the_composition_alone(file: Path) -> None:
    """Slack, the terminal and the database know nothing of each other, and nobody else knows one of
    them. `__main__` holds on to Slack's signals before anything is loaded."""
    if place(file).startswith((*COMPOSITION, "bot/cli", "bot/__main__.py")):
        return
    own = f"bot.{room(place(file).removesuffix('.py').replace('/', '.'))}"
    for name, _ in imports(file):
        assert name.startswith(own) or not name.startswith(ADAPTERS), name


def test_objects_are_composed_in_three_files() -> None:
    """A file that is called so would be a fourth."""
    assert not [place(file) for file in sources() if "wiring" in file.stem]
    assert len(COMPOSITION) == 3
    assert all((ROOT / file).exists() for file in COMPOSITION)


def test_the_vocabulary_needs_the_standard_library_alone() -> None:
    for module in (
        "indexers/model.py",
        "indexers/errors.py",
        "indexers/text/prose.py",
        "indexers/findings.py",
        "indexers/backoff.py",
        "indexers/daemons.py",
        "bot/model.py",
    ):
        for name, _ in imports(ROOT / module):
            assert name.split(".")[0] not in HOMES, f"{module}: {name}"


@pytest.mark.parametrize("file", sources(), ids=place)
def test_each_library_has_one_home(file: Path) -> None:
    for name, _ in imports(file):
        homes = HOMES.get(name.split(".")[0])
        if homes:
            assert place(file).startswith(homes), f"{name} lives in {', '.join(homes)}"


@pytest.mark.parametrize("file", sources(), ids=place)
def test_the_environment_is_read_in_config_alone(file: Path) -> None:
    """`indexers/index` only writes it, to switch off its libraries' telemetry."""
    if not place(file).startswith(("config/", "indexers/index/__init__.py")):
        text = file.read_text(encoding="utf-8")

        assert "os.environ" not in text
        assert "os.getenv" not in text


@pytest.mark.parametrize("file", sources(), ids=place)
def test_imports_at_call_time_say_why(file: Path) -> None:
    """A comment on the line, or above the imports that it is the first of."""
    lines = file.read_text(encoding="utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(scope):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    above = node.lineno - 2
                    while lines[above].lstrip().startswith(("from ", "import ")):
                        above -= 1

                    assert "#" in lines[node.lineno - 1] + lines[above], f"line {node.lineno}"


def test_no_file_grows_beyond_one_thing() -> None:
    """250 lines is a guide; 400 is a file that does two things."""
    long = {place(file): n for file in sources() if (n := len(file.read_text().splitlines())) > 400}

    assert not long
