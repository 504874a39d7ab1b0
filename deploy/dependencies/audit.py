"""Ask whether a vulnerability is known in any pinned package: `make audit`.

It runs pip-audit, which asks a database for each package by its name and version. pip-audit says
"No known vulnerabilities found" also of packages that its database does not have (a mirror of the
package index may have none at all), so what was really looked at is counted here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.dependencies.project import CONSTRAINTS

SERVICES = ("pypi", "osv")
"""The databases of pip-audit, in the order in which they are asked: the next one, if one does not
answer for every package."""
CLEAN, VULNERABLE, NOT_AUDITED = range(3)
"""Exit codes."""
_LONG = 600
"""Seconds for one database."""

Audit = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit said: the exit code, and the words for a person."""

    code: int
    says: str


def verdict(audits: Sequence[list[dict[str, Any]]]) -> Verdict:
    """Return what the audits of the same packages say together. Each is pip-audit's list of
    packages, empty if its database did not answer."""
    looked_at = {one["name"] for audit in audits for one in audit if "vulns" in one}
    missing = {one["name"] for audit in audits for one in audit} - looked_at
    found = {
        f"{one['name']} {one['version']}: {flaw['id']}, fixed in {_fixed(flaw)}"
        for audit in audits
        for one in audit
        for flaw in one.get("vulns", ())
    }
    if found:
        return Verdict(VULNERABLE, "\n".join(sorted(found)))
    if not looked_at:
        return Verdict(
            NOT_AUDITED,
            "Nothing was audited: no database of vulnerabilities can be reached from here.",
        )
    if missing:
        names = ", ".join(sorted(missing))
        return Verdict(
            NOT_AUDITED,
            f"{len(looked_at)} packages have no known vulnerability. Not audited: {names}",
        )
    return Verdict(CLEAN, f"{len(looked_at)} packages have no known vulnerability.")


def _fixed(flaw: dict[str, Any]) -> str:
    return " or ".join(flaw["fix_versions"]) or "no version yet"


def by_pip_audit(service: str) -> list[dict[str, Any]]:
    """Audit constraints.txt; an empty list if the database does not answer."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip_audit", f"--requirement={CONSTRAINTS}"]
        command += ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
        command += [f"--vulnerability-service={service}", f"--output={report}"]
        subprocess.run(command, check=False, capture_output=True, timeout=_LONG)
        if not report.exists():  # it writes none after a failure, and fails after findings, too
            return []
        audited: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))[
            "dependencies"
        ]
        return audited


def audit(ask: Audit = by_pip_audit) -> Verdict:
    """Ask one database after the other until each package was looked at."""
    audits: list[list[dict[str, Any]]] = []
    for service in SERVICES:
        audits.append(ask(service))
        result = verdict(audits)
        if result.code != NOT_AUDITED:
            break
    return result


if __name__ == "__main__":
    end = audit()
    sys.stdout.write(f"{end.says}\n")
    sys.exit(end.code)
