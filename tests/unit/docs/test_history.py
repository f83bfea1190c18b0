"""The changelog and the decisions: true to their order, and plain to somebody who saw no earlier state."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
WHY = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
#: Words that compare with an earlier state. "now" is also a value of `attention`.
COMPARES = re.compile(r"(?:no longer|any ?more|used to|previously|formerly|than before|as before|(?<!\()\bnow\b)", re.I)
DATES = re.findall(r"^## (.+)$", WHY, re.MULTILINE)
DECISIONS = dict(re.findall(r"^### (.+)\n((?:(?!#).*\n?)+)", WHY, re.MULTILINE))
FOLDERS = (
    ROOT,
    ROOT / "docs",
    ROOT / "glassdome",
    ROOT / "glassdome" / "signals" / "data",
)


def test_the_first_version_is_compared_with_none() -> None:
    """Nobody has a version before the first one to compare with."""
    first = CHANGELOG.split("\n## ")[-1]

    assert [] == [line for line in first.splitlines() if COMPARES.search(line)]


def test_security_comes_first() -> None:
    """The first group of a version is Security, as the head of the changelog promises."""
    assert "Security" == re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)[0]


def test_decisions_stand_in_the_order_of_their_dates() -> None:
    """Each date is a day of the calendar, and stands once, behind the earlier ones."""
    assert len(DECISIONS) > 80
    assert sorted(set(DATES), key=date.fromisoformat) == DATES


@pytest.mark.parametrize("title", DECISIONS)
def test_a_decision_has_its_reason(title: str) -> None:
    """Each says why, and names files that are there."""
    text = DECISIONS[title]
    files = re.findall(r"`([\w/.-]+\.(?:py|toml|txt|md))`", text)

    assert "**Why.** " in text
    assert [] == [file for file in files if not any((folder / file).exists() for folder in FOLDERS)]
