"""Make image.txt and releases.json anew: `python -m deploy.dependencies.hashes`.

image.txt holds every package of the image with its version and the hashes of the wheels that fit,
for pip's `--require-hashes`. It names no host, so any package index or mirror will do.
releases.json holds the day on which each direct dependency was released, and its licence.

It needs `uv` in the search path, a package index, and an environment with every extra.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import files, metadata
from pathlib import Path
from typing import Any

from deploy.dependencies.project import (
    CONSTRAINTS,
    IMAGE_EXTRAS,
    PYPROJECT,
    ROOT,
    build_requirements,
    canonical,
    dependencies,
    pinned,
)

IMAGE = Path(__file__).with_name("image.txt")
RELEASES = Path(__file__).with_name("releases.json")
_PYTHON_OF_IMAGE = re.compile(r"^FROM python:(\d+\.\d+)-slim", re.MULTILINE)
_PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")
_HEADER = """\
# Every package of the image, with the hashes of its wheels for Linux on x86_64 and aarch64.
# Made by: python -m deploy.dependencies.hashes
"""
_CLASSIFIER = "License :: OSI Approved :: "
_FILE = "LICENSE"
_SPDX = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
_SHORT = 40
"""Characters: a longer field holds the licence's text."""


def image_python() -> str:
    """Return the version of Python that the Dockerfile starts from."""
    (version,) = set(_PYTHON_OF_IMAGE.findall((ROOT / "Dockerfile").read_text(encoding="utf-8")))
    return str(version)


def licence(name: str) -> str:
    """Return the licence that an installed package states in its metadata, else the first line of
    its licence's file; as an SPDX expression where it can be told.

    Raises:
        ValueError: it states none.
    """
    package = metadata(name)
    if "License-Expression" in package:
        return package["License-Expression"]
    said = package["License"].strip() if "License" in package else ""
    if said and len(said) <= _SHORT and "\n" not in said:
        return _SPDX.get(said, said)
    classifiers = package.get_all("Classifier") or []
    named = [one.removeprefix(_CLASSIFIER) for one in classifiers if one.startswith(_CLASSIFIER)]
    if not named:
        lines = [file.read_text().splitlines() for file in files(name) or () if file.stem == _FILE]
        named = [line for line, *_ in filter(None, lines)]
    if not named:
        raise ValueError(f"{name} states no licence")
    return " or ".join(_SPDX.get(one, one) for one in named)


def image_file(locked: Sequence[dict[str, Any]]) -> str:
    """Return image.txt for the packages of one lock for each platform."""
    versions: dict[str, str] = {}
    hashes: dict[str, set[str]] = {}
    for package in (package for lock in locked for package in lock["packages"]):
        name = package["name"]
        if versions.setdefault(name, package["version"]) != package["version"]:
            raise ValueError(f"{name} has two versions")
        hashes.setdefault(name, set()).update(
            wheel["hashes"]["sha256"] for wheel in package["wheels"]
        )
    parts = [
        " \\\n".join(
            [f"{name}=={versions[name]}", *(f"    --hash=sha256:{one}" for one in sorted(found))]
        )
        for name, found in sorted(hashes.items())
    ]
    return _HEADER + "\n".join(parts) + "\n"


def releases_file(lock: dict[str, Any]) -> str:
    """Return releases.json: each direct dependency's version, day of release (UTC) and licence."""
    days = {
        package["name"]: min(
            one["upload-time"] for one in [*package.get("wheels", ()), *_sdist(package)]
        ).date()
        for package in lock["packages"]
    }
    versions = pinned()
    releases = {
        name: {
            "version": versions[name],
            "released": days[name].isoformat(),
            "licence": licence(name),
        }
        for name in sorted({canonical(one.name) for one in dependencies()})
    }
    return json.dumps(releases, indent=2) + "\n"


def _sdist(package: dict[str, Any]) -> list[dict[str, Any]]:
    return [package["sdist"]] if "sdist" in package else []


def _locked(*arguments: str) -> dict[str, Any]:
    """Resolve our dependencies by the constraints; return the lock as PEP 751 has it."""
    with tempfile.TemporaryDirectory() as folder:
        build, lock = Path(folder, "build.in"), Path(folder, "pylock.toml")
        build.write_text("\n".join(build_requirements()), encoding="utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--format=pylock.toml", str(PYPROJECT)]
        command += [str(build), f"--constraint={CONSTRAINTS}", f"--output-file={lock}", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return tomllib.loads(lock.read_text(encoding="utf-8"))


def main() -> None:
    extras = [f"--extra={extra}" for extra in IMAGE_EXTRAS]
    image = [f"--python-version={image_python()}", "--no-build", *extras]
    locked = [_locked(*image, f"--python-platform={each}") for each in _PLATFORMS]
    IMAGE.write_text(image_file(locked), encoding="utf-8")
    here = f"--python-version={platform.python_version()}"
    RELEASES.write_text(releases_file(_locked("--all-extras", here)), encoding="utf-8")


if __name__ == "__main__":
    main()
