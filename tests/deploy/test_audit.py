"""An audit that checked nothing must not report success."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.dependencies import audit
from deploy.dependencies.audit import CLEAN, NOT_AUDITED, VULNERABLE

FLAW = {"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": [], "description": "x"}


def audited(name: str, *flaws: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": list(flaws)}


def skipped(name: str) -> dict[str, Any]:
    """Return the entry of pip-audit 2.10 for a package that its database lacks."""
    return {"name": name, "skip_reason": f"Dependency not found on PyPI: {name} (1.0)"}


def verdict_of(**services: list[dict[str, Any]]) -> audit.Verdict:
    return audit.audit(lambda service: services.get(service, []))


def test_packages_without_a_known_vulnerability_are_counted() -> None:
    assert verdict_of(pypi=[audited("a"), audited("b")]) == audit.Verdict(
        CLEAN, "2 packages have no known vulnerability."
    )


def test_a_vulnerability_is_reported_with_the_version_that_fixes_it() -> None:
    verdict = verdict_of(pypi=[audited("a", FLAW), audited("b", FLAW | {"fix_versions": []})])

    assert verdict.code == VULNERABLE
    assert verdict.says == ("a 1.0: PYSEC-1, fixed in 2.1\nb 1.0: PYSEC-1, fixed in no version yet")


def test_no_database_is_not_no_vulnerability() -> None:
    assert verdict_of().code == NOT_AUDITED
    assert verdict_of(pypi=[skipped("a")]).says.startswith("Nothing was audited")


def test_the_next_database_is_asked_for_packages_that_one_lacks() -> None:
    assert (
        verdict_of(pypi=[audited("a"), skipped("b")], osv=[audited("a"), audited("b")]).code
        == CLEAN
    )
    assert (
        verdict_of(pypi=[audited("a"), skipped("b")], osv=[audited("b", FLAW)]).code == VULNERABLE
    )


def test_packages_that_no_database_has_are_named() -> None:
    verdict = verdict_of(pypi=[audited("a"), skipped("b")])

    assert verdict.code == NOT_AUDITED
    assert verdict.says.endswith("Not audited: b")


def test_pip_audit_failing_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.sys, "executable", "false")

    assert audit.by_pip_audit("pypi") == []


def test_pip_audit_s_report_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(
        "#!/bin/sh\nfor one; do case $one in --output=*) out=${one#--output=};; esac; done\n"
        'echo \'{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}\' > "$out"\nexit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(audit.sys, "executable", str(program))

    assert [package["name"] for package in audit.by_pip_audit("pypi")] == ["a"]
