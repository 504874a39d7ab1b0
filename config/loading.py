"""Read footnote.toml and the environment, and check them as a whole.

The file is ``--config``, else ``./footnote.toml``, else ``$FOOTNOTE_CONFIG``. Any
setting can be overridden by the environment (``FOOTNOTE_INDEX__URL`` is ``url`` of
``[index]``); secrets come from the environment, or from files that it names.
"""

from __future__ import annotations

import ast
import inspect
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import InitSettingsSource
from pydantic_settings import SettingsError as UnreadableVariable

from footnote_bot.config.errors import SettingsError
from footnote_bot.config.removed import (
    REMOVED,
    REPLACED,
    REPLACED_VALUES,
    outdated_in,
    up_to_date,
)
from footnote_bot.config.settings import ENV_PREFIX, Secrets, Settings, WorkspaceSettings
from footnote_bot.config.wikis import WIKI_KINDS

CONFIG_VARIABLE = "FOOTNOTE_CONFIG"
DEFAULT_FILE = Path("footnote.toml")
LISTS = ("wiki", "workspace")
"""Sections that the file may have several of."""
_LIST_VARIABLES = tuple(f"{ENV_PREFIX}{name}".upper() for name in LISTS)
_OUTDATED_VARIABLES = {
    f"{ENV_PREFIX}{name.replace('.', '__')}".upper(): name for name in (*REMOVED, *REPLACED)
}
Location = tuple[str | int, ...]
"""The keys and numbers that lead to a setting, as in ``("wiki", 0, "name")``."""


def load(config: Path | None = None, data_dir: Path | None = None) -> Settings:
    """Read the settings from file and environment. Paths in the file are relative to its folder;
    ``data_dir`` overrides both and is relative to the working folder.

    Raises:
        SettingsError: with all problems at once.
    """
    file = settings_file(config)
    values = _read(file) if file else {}
    unknown = _unknown_variables(os.environ, _token_variables(values))
    problems: list[tuple[str, Location]] = [
        (f"the variable {name} is not known{hint}", ()) for name, hint in unknown.items()
    ]
    # A variable of a list would replace the file's sections, and is not supported: stop at it.
    if not any(name.upper() in _LIST_VARIABLES for name in unknown):
        try:
            settings = layered(values)
        except ValidationError as error:
            problems = [*in_words(error, values, unknown), *problems]
        except UnreadableVariable as error:
            problems = problems or [(_unreadable(error), ())]
    if problems:
        raise SettingsError(
            [f"{problem}{_from_variable(path)}" for problem, path in problems],
            file or "settings",
            [path for _, path in problems],
        )
    settings = _anchored(settings, file.parent.absolute() if file else Path.cwd())
    if data_dir is not None:
        settings = settings.model_copy(update={"data_dir": _straight(data_dir.absolute())})
    return settings


def make_data_folder(folder: Path) -> None:
    """Make the data folder, if there is none.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError([f"`data_dir`: {error.strerror}: {folder}"]) from None


def _unreadable(error: UnreadableVariable) -> str:
    """Return the problem, with the variables of the section that the error quotes."""
    section = str(error).partition('"')[2].partition('"')[0]
    prefix = f"{ENV_PREFIX}{section}".upper()
    names = sorted(name for name in os.environ if name.upper().startswith(prefix))
    return f'{" or ".join(names)} cannot be read: a list is written ["a", "b"]'


def removed_settings(file: Path | None) -> list[str]:
    """Return a line for each setting of the file and the environment that is outdated. The caller
    logs them: `load` is called before the log has its level and format.

    Raises:
        SettingsError: the file cannot be read.
    """
    values = _read(file) if file else {}
    outdated = [(f"`{name}`", name) for name in outdated_in(values)]
    outdated += [
        (f"The variable {variable}", _OUTDATED_VARIABLES[variable.upper()])
        for variable in sorted(os.environ)
        if variable.upper() in _OUTDATED_VARIABLES
    ]
    lines = [
        f"{subject} is no longer used; delete it. {REMOVED[name]}"
        if name in REMOVED
        else f"{subject} is outdated, and still counts. {REPLACED[name]}"
        for subject, name in outdated
    ]
    for name, warning in REPLACED_VALUES.items():
        section, _, key = name.partition(".")
        value = _value(values, section, key)
        if value is not None and up_to_date({section: {key: value}})[section].get(key) != value:
            lines.append(warning.format(value))
    return lines


def _value(values: Mapping[str, Any], section: str, key: str) -> object:
    """Return the value of a setting in the environment or the file; None if it is in neither."""
    table = values.get(section)
    written = table.get(key) if isinstance(table, dict) else None
    return os.environ.get(_variable((section, key)), written)


def example() -> Path:
    """Return the path of the commented example that ships with the package."""
    return Path(__file__).with_name("footnote.example.toml")


def layered(values: dict[str, Any]) -> Settings:
    """Return the settings with these values, which the environment overrides.

    Raises:
        ValidationError
    """
    source = InitSettingsSource(Settings, init_kwargs=values)
    return Settings(**source())


def settings_file(config: Path | None) -> Path | None:
    """Return the file that `load` reads; None if there is none.

    Raises:
        SettingsError: the named file does not exist, or may not be looked at.
    """
    if config is None and _is_file(DEFAULT_FILE):
        return DEFAULT_FILE
    named = config or os.environ.get(CONFIG_VARIABLE)
    if not named:
        return None
    if not _is_file(Path(named)):
        raise SettingsError([f"there is no file {named}"])
    return Path(named)


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:
        raise SettingsError([f"cannot be looked at: {error.strerror}"], str(file)) from None


def _read(file: Path) -> dict[str, Any]:
    """Return the values in a TOML file, or raise SettingsError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except RecursionError:
        raise SettingsError(["is not valid TOML: nested too deep"], str(file)) from None
    except UnicodeDecodeError:
        raise SettingsError(["is not text in UTF-8: save it as that"], str(file)) from None
    except ValueError as error:  # no TOML, or a number with more digits than Python reads
        raise SettingsError([f"is not valid TOML: {error}"], str(file)) from None
    except OSError as error:
        raise SettingsError([f"cannot be read: {error.strerror}"], str(file)) from None


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Return the settings with absolute paths; relative ones count from ``folder``."""
    changed: dict[str, Any] = {"data_dir": _straight(folder / settings.data_dir)}
    changed["wiki"] = tuple(
        wiki.model_copy(
            update={name: _straight(folder / path) for name, path in wiki.paths.items()}
        )
        for wiki in settings.wiki
    )
    for name in ("index", "llm"):
        section = getattr(settings, name)
        if section.ca_file:
            ca_file = str(_straight(folder / section.ca_file))
            changed[name] = section.model_copy(update={"ca_file": ca_file})
    return settings.model_copy(update=changed)


def _straight(path: Path) -> Path:
    """Return the path without ``..``. Later links stay, as their targets may change."""
    parts = path.parts
    if ".." not in parts:
        return path
    end = len(parts) - parts[::-1].index("..")
    return Path(os.path.realpath(Path(*parts[:end])), *parts[end:])


def _token_variables(values: Mapping[str, Any]) -> set[str]:
    """Return the variables that wikis name for their tokens. ``values`` are not checked yet."""
    wikis = values.get("wiki")
    tables = [wiki for wiki in wikis if isinstance(wiki, dict)] if isinstance(wikis, list) else []
    return {str(wiki["token_variable"]) for wiki in tables if "token_variable" in wiki}


def _unknown_variables(environment: Mapping[str, str], tokens: set[str]) -> dict[str, str]:
    """Return the FOOTNOTE_ variables that belong to no setting, no secret and none of ``tokens``,
    each with the nearest known name. No variable sets a wiki."""
    named = tokens.union(Secrets.model_fields)
    secret = {f"{name}{end}".upper() for name in named for end in ("", "_FILE")}
    known = {CONFIG_VARIABLE, *(name for name in secret if name.startswith(ENV_PREFIX))}
    for name, field in Settings.model_fields.items():
        model = field.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            known.update(f"{ENV_PREFIX}{name}__{key}".upper() for key in model.model_fields)
        elif name not in LISTS:
            known.add(f"{ENV_PREFIX}{name}".upper())
    ours = sorted(name for name in environment if name.upper().startswith(ENV_PREFIX))
    read = known.union(_OUTDATED_VARIABLES)
    return {name: _nearest(name.upper(), known) for name in ours if name.upper() not in read}


def _from_variable(setting: Location) -> str:
    """Return a note if an environment variable, not the file, sets the value of a setting."""
    name = _variable(setting)
    is_set = bool(setting) and name in map(str.upper, os.environ)
    return f" (the variable {name} says so)" if is_set else ""


def _variable(setting: Location) -> str:
    """Return the name of the environment variable that overrides a setting."""
    return ENV_PREFIX + "__".join(map(str, setting)).upper()


_SECRET = frozenset({"apikey", "key", "password", "secret", "token"})
"""The last words of names that people give to secrets."""
_MEANT = {
    "tuple_type": "must be a list, [...]",
    "model_type": "must be a section, [...]",
    "too_short": "must not be empty",
    "path_type": "must be a path",
}


def in_words(
    error: ValidationError, values: Mapping[str, Any], unknown: Iterable[str]
) -> Iterator[tuple[str, Location]]:
    """Yield a line and the setting for each error, except keys from ``unknown`` variables."""
    for problem in error.errors():
        location = problem["loc"]
        if problem["type"] != "extra_forbidden" or _variable(location) not in unknown:
            yield _in_words(problem, values), location


def _in_words(problem: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return the line for one of pydantic's errors; ``values`` are what was checked."""
    location, kind = problem["loc"], problem["type"]
    if not location:  # it is of no single setting
        return _message(problem)
    name, shown = str(location[-1]), ".".join(map(str, location))
    if kind == "extra_forbidden":
        known = set(_model_at(location, values).model_fields)
        return f"`{shown}` is not a setting{_secret_hint(name, known) or _nearest(name, known)}"
    if kind == "missing":
        return f"`{shown}` is missing"
    if kind == "tuple_type" and shown in LISTS:
        return f"`{shown}`: each one is a section of its own, [[{shown}]] in two pairs of brackets"
    if kind == "string_pattern_mismatch":
        meaning = meanings(_model_at(location, values)).get(name, "").rstrip(".")
        return f"`{shown}`: not in the right form. {meaning}".rstrip()
    return f"`{shown}`: {_message(problem)}"


def _message(problem: Mapping[str, Any]) -> str:
    """Return the message of one of pydantic's errors, in our words."""
    words = str(problem["msg"]).removeprefix("Value error, ")
    return _MEANT.get(str(problem["type"]), f"{words[:1].lower()}{words[1:]}")


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return the meaning of each setting on one line, from the string below it in the source.
    Pydantic would look for them whenever a command starts, which takes 50 ms."""
    by_name: dict[str, str] = {}
    for section in (kind for kind in reversed(model.__mro__) if issubclass(kind, BaseModel)):
        try:
            (defined,) = ast.parse(dedent(inspect.getsource(section))).body
        except OSError:  # as in a program that is frozen
            continue
        for setting, below in pairwise(getattr(defined, "body", ())):
            match setting, below:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(meaning))):
                    by_name[name] = " ".join(meaning.split())
    return by_name


def _model_at(location: Location, values: Mapping[str, Any]) -> type[BaseModel]:
    """Return the model of the section with the key at ``location`` of ``values``."""
    if location[0] == "wiki" and len(location) > 2:
        kind: type[BaseModel] = WIKI_KINDS[values["wiki"][location[1]]["type"]]
        return kind
    model: type[BaseModel] = Settings
    if location[0] == "workspace" and len(location) > 2:
        return WorkspaceSettings
    for part in location[:-1]:
        inner = model.model_fields[str(part)].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return model


def _secret_hint(name: str, known: set[str]) -> str:
    """Return where secrets belong, if the unknown key ``name`` looks like one, or ""."""
    looks_secret = name.casefold().split("_")[-1] in _SECRET
    if not looks_secret or get_close_matches(name, known, n=1, cutoff=0.9):
        return ""
    return (
        ": secrets stand in environment variables, which `footnote settings` names, and never in"
        " this file"
    )


def _nearest(name: str, known: set[str]) -> str:
    """Return a hint: the known name that is most similar, or all known names."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(sorted(known))}"
