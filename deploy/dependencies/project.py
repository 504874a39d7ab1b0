"""Read the dependencies of pyproject.toml with their reasons, and their pinned versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = ROOT / "constraints.txt"
IMAGE_EXTRAS = ("agents", "anthropic", "attachments", "llm", "otel", "postgresql")
"""The extras that the image has."""

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_COMMENT = re.compile(r"#\s*(.+)$")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as pyproject.toml names it. ``extra`` is empty for one that is always there;
    ``reason`` is the comment beside it, else the one beside its extra."""

    name: str
    extra: str
    reason: str


def canonical(name: str) -> str:
    """Return a package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def dependencies() -> list[Dependency]:
    """Return every dependency on another project: those that are always there, then each extra's.

    Raises:
        ValueError: a dependency has no comment that says what it is for.
    """
    text = PYPROJECT.read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    listed = {"": project["dependencies"], **project["optional-dependencies"]}
    found = []
    for extra, requirements in listed.items():
        lines = _lines_of(text, extra or "dependencies")
        for requirement in requirements:
            name = _name(requirement)
            if name == project["name"]:
                continue  # an extra that is made of our other extras
            line = next(line for line in lines if f'"{requirement}"' in line)
            reason = _COMMENT.search(line) or _COMMENT.search(lines[0])
            if reason is None:
                raise ValueError(f"pyproject.toml does not say what {name} is for")
            found.append(Dependency(name, extra, reason[1]))
    return found


def build_requirements() -> list[str]:
    """Return what the wheel is built with."""
    required: list[str] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["build-system"][
        "requires"
    ]
    return required


def pinned(file: Path = CONSTRAINTS) -> dict[str, str]:
    """Return the version of each package in a file of ``name==version``, by canonical name."""
    return dict(_pins(file.read_text(encoding="utf-8")))


def _pins(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, equals, version = line.partition("==")
        if equals and not line.startswith((" ", "#")):
            yield canonical(name), version.split()[0]


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    if found is None:
        raise ValueError(f"{requirement!r} names no package")
    return found[0]


def _lines_of(text: str, key: str) -> list[str]:
    """Return the lines of the list ``key``, from that with its name to that with its end."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{key} = ["))
    if re.search(r"\]\s*(#.*)?$", lines[start]):
        return [lines[start]]
    end = next(n for n, line in enumerate(lines) if n > start and line.startswith("]"))
    return lines[start : end + 1]
