"""The reference page and the recognisers name the same types."""

from __future__ import annotations

import re
from pathlib import Path

import glassdome.signals.sensitive
from glassdome.signals.sensitive.national_ids import NATIONAL_IDS
from tests.unit.signals.sensitive.test_recognisers import FOUND

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "sensitive.md").read_text(encoding="utf-8")
CODE = "".join(p.read_text(encoding="utf-8") for p in Path(glassdome.signals.sensitive.__file__).parent.glob("*.py"))
NAMED = {
    name
    for row in PAGE.splitlines()
    if row.startswith("| `")
    for name in re.findall(r"`([a-z0-9_]+)`", row.split("|")[1])
}


def test_every_type_is_documented() -> None:
    """Whatever is found has its row, and every national id its place."""
    documented = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert {kind for _, kind, _ in FOUND} | {item.type for item in NATIONAL_IDS} <= documented


def test_every_documented_type_exists() -> None:
    """No row describes what no recogniser yields."""
    ids = {item.type for item in NATIONAL_IDS}
    assert sorted(name for name in NAMED - ids if f'"{name}"' not in CODE) == []
