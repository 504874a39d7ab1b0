"""The table of dependencies is generated from pyproject.toml, and the image's hashes cover all
packages it needs."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement

from deploy.dependencies import hashes, table
from deploy.dependencies.project import (
    IMAGE_EXTRAS,
    PYPROJECT,
    ROOT,
    build_requirements,
    canonical,
    dependencies,
    pinned,
)

MADE = "run `python -m deploy.dependencies.table`"
LOCKED = "run `python -m deploy.dependencies.hashes`"
PROJECT = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
IMAGE = pinned(hashes.IMAGE)


def required(
    requirements: list[str], extras: tuple[str, ...], machine: str
) -> set[tuple[str, str]]:
    """Return the packages that these requirements name in the image, each with an extra or ""."""
    image = {
        "python_version": hashes.image_python(),
        "python_full_version": f"{hashes.image_python()}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    packages = set()
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if not marker or any(marker.evaluate({**image, "extra": extra}) for extra in ("", *extras)):
            packages |= {
                (canonical(requirement.name), extra) for extra in ("", *requirement.extras)
            }
    return packages


def closure(machine: str) -> set[str]:
    """Return every package that the image needs, by the metadata of the installed ones."""
    listed = list(PROJECT["dependencies"]) + build_requirements()
    for extra in IMAGE_EXTRAS:
        listed += PROJECT["optional-dependencies"][extra]
    waiting, finished = required(listed, (), machine), set[tuple[str, str]]()
    while waiting:
        name, extra = waiting.pop()
        finished.add((name, extra))
        extras = (extra,) if extra else ()
        waiting |= required(requires(name) or [], extras, machine) - finished
    return {name for name, _ in finished}


def test_the_page_is_made_from_the_project_s_own_files() -> None:
    page = table.DOCS.read_text(encoding="utf-8")

    assert page == table.dependencies_page(page), MADE


def test_the_table_names_exactly_the_dependencies_with_the_versions_of_the_constraints() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| .+? \| (\d[\w.]*) \| \d{4}-", tables(), re.MULTILINE)
    extras = [
        requirement
        for listed in PROJECT["optional-dependencies"].values()
        for requirement in listed
    ]
    names = {
        canonical(Requirement(requirement).name)
        for requirement in [*PROJECT["dependencies"], *extras]
    }

    assert {name for name, _ in rows} == names - {PROJECT["name"]}
    assert all(pinned()[name] == version for name, version in rows)


def tables() -> str:
    return table.DOCS.read_text(encoding="utf-8")


def test_every_extra_has_its_table() -> None:
    assert re.findall(r"^### The extra `(\w+)`$", tables(), re.MULTILINE) == list(
        PROJECT["optional-dependencies"]
    )


def test_the_licences_are_those_of_what_is_installed() -> None:
    releases = json.loads(hashes.RELEASES.read_text(encoding="utf-8"))
    looked_at = 0
    for name in {canonical(dependency.name) for dependency in dependencies()}:
        try:
            if version(name) != releases[name]["version"]:
                continue  # a newer version is tested here, and its licence may differ
        except PackageNotFoundError:
            continue  # it belongs to an extra that `make install` does not install
        assert hashes.licence(name) == releases[name]["licence"], name
        looked_at += 1
    assert looked_at > 20


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_image_s_hashes_cover_every_package_that_it_needs(machine: str) -> None:
    assert closure(machine) - IMAGE.keys() == set(), LOCKED


def test_the_image_has_no_package_that_nothing_needs() -> None:
    assert IMAGE.keys() - closure("x86_64") - closure("aarch64") == set(), LOCKED


def test_the_image_has_the_versions_that_the_tests_were_run_with() -> None:
    constraints = pinned()

    assert {name: constraints.get(name) for name in IMAGE} == IMAGE, LOCKED


def test_every_package_of_the_image_has_a_hash_and_no_address() -> None:
    text = hashes.IMAGE.read_text(encoding="utf-8")
    entries = re.findall(r"^\S+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+$", text, re.MULTILINE)

    assert len(entries) == len(IMAGE)
    assert "://" not in text


def test_the_image_is_installed_by_hash_and_with_the_extras_of_the_list() -> None:
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = [line for line in docker.splitlines() if "pip install" in line]

    assert len(installs) == 2
    assert "--require-hashes --no-deps --only-binary :all: -r image.txt" in installs[0]
    assert "--no-index --no-deps" in installs[1]
    assert f"'.[{','.join(IMAGE_EXTRAS)}]'" in installs[1]


def test_the_bill_of_materials_is_of_what_the_image_has() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert f"'.[{','.join(IMAGE_EXTRAS)}]'" in make


def test_two_locks_become_one_entry_with_the_hashes_of_both() -> None:
    def lock(digest: str) -> dict[str, object]:
        wheel = {"hashes": {"sha256": digest}}
        return {"packages": [{"name": "a", "version": "1", "wheels": [wheel]}]}

    file = hashes.image_file([lock("22"), lock("11"), lock("22")])

    assert file.endswith("a==1 \\\n    --hash=sha256:11 \\\n    --hash=sha256:22\n")


def test_two_versions_of_a_package_are_refused() -> None:
    locks = [
        {"packages": [{"name": "a", "version": number, "wheels": []}]} for number in ("1", "2")
    ]

    with pytest.raises(ValueError, match="two versions"):
        hashes.image_file(locks)
