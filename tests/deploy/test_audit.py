"""An audit that looked at nothing does not say that all is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.dependencies import audit
from deploy.dependencies.audit import CLEAN, NOT_AUDITED, VULNERABLE

FLAW = {"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": [], "description": "x"}


def looked_at(name: str, *flaws: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": list(flaws)}


def skipped(name: str) -> dict[str, Any]:
    """As pip-audit 2.10 reports a package that its database does not have."""
    return {"name": name, "skip_reason": f"Dependency not found on PyPI: {name} (1.0)"}


def of(**services: list[dict[str, Any]]) -> audit.Verdict:
    return audit.audit(lambda service: services.get(service, []))


def test_packages_without_a_known_vulnerability_are_counted() -> None:
    assert of(pypi=[looked_at("a"), looked_at("b")]) == audit.Verdict(
        CLEAN, "2 packages have no known vulnerability."
    )


def test_a_vulnerability_is_told_with_the_version_that_mends_it() -> None:
    found = of(pypi=[looked_at("a", FLAW), looked_at("b", FLAW | {"fix_versions": []})])

    assert found.code == VULNERABLE
    assert found.says == ("a 1.0: PYSEC-1, fixed in 2.1\nb 1.0: PYSEC-1, fixed in no version yet")


def test_no_database_is_not_no_vulnerability() -> None:
    assert of().code == NOT_AUDITED
    assert of(pypi=[skipped("a")]).says.startswith("Nothing was audited")


def test_what_one_database_lacks_the_next_is_asked_for() -> None:
    assert (
        of(pypi=[looked_at("a"), skipped("b")], osv=[looked_at("a"), looked_at("b")]).code == CLEAN
    )
    assert of(pypi=[looked_at("a"), skipped("b")], osv=[looked_at("b", FLAW)]).code == VULNERABLE


def test_packages_that_no_database_has_are_named() -> None:
    found = of(pypi=[looked_at("a"), skipped("b")])

    assert found.code == NOT_AUDITED
    assert found.says.endswith("Not audited: b")


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

    assert [one["name"] for one in audit.by_pip_audit("pypi")] == ["a"]
