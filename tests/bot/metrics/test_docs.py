"""The dashboard, the alerts and docs/monitoring.md name what the bot exports, and nothing else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from footnote_bot.bot.metrics.page import Metrics
from footnote_bot.bot.metrics.sampling import DiskUse, SampleSource, StateCounts

DOCS = Path(__file__).parents[3] / "docs"
NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
EDITS = {"count": 1, "p50": 1.0, "p95": 2.0}
STATUS = {
    "building": False,
    "wikis": {
        "handbook": {
            "pages": 1,
            "passages": 2,
            "closed": 0,
            "failed": {},
            "pages_failed": 0,
            "error": "",
            "as_of": NOW.isoformat(),
            "spaces": {"HR": {"pages": 1, "closed": 0, "lag_seconds": {"edits": EDITS}}},
        }
    },
}
_SELECTOR = re.compile(r"\b((?:footnote|process)_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=|!=|=~)\s*"([^"]*)"')
_GROUPED = re.compile(r"\bby \(([^)]*)\)")
_OF_PROMETHEUS = {"job", "instance", "le"}
"""Labels that the scrape or the format adds."""

Labels = dict[str, dict[str, set[str]]]
"""The values of each label, by the name of the series."""


async def exported() -> tuple[list[Metric], Labels]:
    """Return every metric of the bot, once each source has a value."""
    sources = {
        "database": SampleSource(StateCounts, 0.0),
        "index": SampleSource(lambda: STATUS, 0.0),
        "disk": SampleSource(lambda: DiskUse({"index": 1}, 1, 2), 0.0),
    }
    page, _ = await Metrics(sources, lambda: NOW, "0.1.0", "abc").page("")
    families = list(text_string_to_metric_families(page.decode()))
    labels: Labels = defaultdict(lambda: defaultdict(set))
    for family in families:
        for sample in family.samples:
            for label, value in sample.labels.items():
                labels[sample.name][label].add(value)
            labels[sample.name]  # including a series without labels
    return families, labels


def of_the_dashboard() -> Iterator[str]:
    dashboard = json.loads((DOCS / "monitoring/dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (
        variable["definition"]
        for variable in dashboard["templating"]["list"]
        if "definition" in variable
    )


def of_the_alerts() -> Iterator[str]:
    rules: dict[str, Any] = yaml.safe_load((DOCS / "monitoring/alerts.yml").read_text("utf-8"))
    yield from (rule["expr"] for group in rules["groups"] for rule in group["rules"])


def test_each_alert_has_a_heading_that_says_what_to_do() -> None:
    rules: dict[str, Any] = yaml.safe_load((DOCS / "monitoring/alerts.yml").read_text("utf-8"))
    runbooks = {
        rule["alert"]: rule["annotations"]["runbook"]
        for group in rules["groups"]
        for rule in group["rules"]
    }
    page = (DOCS / "alerts.md").read_text("utf-8")
    headings = re.findall(r"^## (Footnote\w+)$", page, re.MULTILINE)

    assert runbooks == {name: f"docs/alerts.md#{name.lower()}" for name in headings}


@pytest.mark.parametrize("expressions", [of_the_dashboard, of_the_alerts])
async def test_each_metric_and_label_that_is_asked_for_is_exported(expressions: Any) -> None:
    _, labels = await exported()
    queried = list(expressions())
    wrong = []
    for expression in queried:
        known: set[str] = set()
        for name, matchers in _SELECTOR.findall(expression):
            if name not in labels:
                wrong.append(f"{name}: no such metric")
                continue
            known |= set(labels[name])
            for label, operator, value in _MATCHER.findall(matchers):
                values = value.split("|") if operator == "=~" else [value]
                if label not in _OF_PROMETHEUS and not labels[name][label].issuperset(values):
                    wrong.append(f"{name}: never has {label}={value}")
        grouped = {
            label.strip() for part in _GROUPED.findall(expression) for label in part.split(",")
        }
        wrong += [f"{expression}: no label {label}" for label in grouped - known - _OF_PROMETHEUS]

    assert len(queried) > 10
    assert wrong == []


def test_the_dashboard_shows_each_metric_that_an_alert_watches() -> None:
    watched, shown = (
        {name for expression in expressions() for name, _ in _SELECTOR.findall(expression)}
        for expressions in (of_the_alerts, of_the_dashboard)
    )

    assert watched - shown == {"footnote_disk_bytes"}  # the free bytes are shown instead


async def test_the_page_lists_each_metric_with_its_labels() -> None:
    families, _ = await exported()
    text = (DOCS / "monitoring.md").read_text(encoding="utf-8")
    documented = {
        name: set(re.findall(r"`(\w+)`", labels))
        for name, labels in re.findall(r"^\| `(footnote_\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    }
    own = {
        _name(family): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in families
        if family.name.startswith("footnote_")
    }

    assert documented == own


def _name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name
