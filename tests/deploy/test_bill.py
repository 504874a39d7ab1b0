"""The bill of materials from `make sbom` is compared with the packages of the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deploy.dependencies.bill import problems
from deploy.dependencies.hashes import IMAGE
from deploy.dependencies.project import ROOT, pinned

VERSIONS = pinned(IMAGE)
Bill = dict[str, Any]


def bill() -> Bill:
    """Return a bill as cyclonedx-py writes it, with each package's own spelling of its name."""
    components = [
        {
            "bom-ref": f"{name}=={version}",
            "name": name.replace("-", "_").title(),
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
        }
        for name, version in VERSIONS.items()
    ]
    refs = [component["bom-ref"] for component in components]
    return {
        "metadata": {"component": {"bom-ref": "root-component", "name": "footnote-bot"}},
        "components": components,
        "dependencies": [
            {"ref": "root-component", "dependsOn": refs[:1]},
            {"ref": refs[0], "dependsOn": refs[1:]},
        ],
    }


def leave_out(bill: Bill) -> None:
    del bill["components"][5]


def add(bill: Bill) -> None:
    bill["components"].append(
        {"bom-ref": "x", "name": "pip", "version": "1", "purl": "pkg:pypi/pip@1"}
    )
    bill["dependencies"][0]["dependsOn"].append("x")


def age(bill: Bill) -> None:
    bill["components"][5]["version"] = "0.0.1"
    bill["components"][5]["purl"] = "pkg:pypi/x@0.0.1"


def repeat(bill: Bill) -> None:
    bill["components"].append(bill["components"][5])


def cut_off(bill: Bill) -> None:
    del bill["dependencies"][1]["dependsOn"][4]


def hide(bill: Bill) -> None:
    del bill["components"][5]["purl"]


NAME, VERSION = list(VERSIONS.items())[5]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (leave_out, f"{NAME} is in the image and not in it"),
        (add, "pip is in it and not in the image"),
        (age, f"{NAME} is 0.0.1 in it and {VERSION} in the image"),
        (repeat, "it lists a package twice"),
        (cut_off, "nothing in it needs "),
        (hide, "has no address in it that names "),
    ],
)
def test_a_bill_of_something_else_than_the_image_is_refused(
    spoil: Callable[[Bill], None], says: str
) -> None:
    spoilt_bill = bill()
    spoil(spoilt_bill)
    (problem,) = problems(spoilt_bill, VERSIONS)

    assert says in problem


def test_a_bill_of_the_image_is_right() -> None:
    assert problems(bill(), VERSIONS) == []


def test_an_empty_bill_lacks_everything() -> None:
    empty = {"metadata": {"component": {"bom-ref": "root-component"}}}

    assert len(problems(empty, VERSIONS)) == len(VERSIONS)


def test_make_sbom_checks_what_it_wrote() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = make.partition("\nsbom:")[2].partition("\n\n")[0]

    assert recipe.index("--output-file build/sbom.json") < recipe.index(
        "-m deploy.dependencies.bill"
    )
