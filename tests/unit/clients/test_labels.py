"""Every place that names a label names the same one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from glassdome.act.plan import CHECK, FIRST_CONTACT, NOW, PHISHING, UNREADABLE
from glassdome.values.keyword import CATEGORY_COLOUR, KEYWORDS

ROOT = Path(__file__).parents[3]
TABLE = [{"name": word.name, "title": word.title, "colour": word.colour} for word in KEYWORDS]


@pytest.mark.parametrize("file", sorted((ROOT / "clients").rglob("labels.json")), ids=lambda file: file.parts[-3])
def test_each_program_has_the_table(file: Path) -> None:
    """The tables that ship with a plugin and an extension are ours."""
    assert json.loads(file.read_text(encoding="utf-8")) == TABLE


def test_thunderbird_has_the_table() -> None:
    """Thunderbird keeps the tags of keywords under their names in lower case."""
    text = (ROOT / "clients" / "thunderbird" / "user.js").read_text(encoding="utf-8")
    found = dict(re.findall(r'^user_pref\("mailnews\.tags\.(\S+)", "(.+)"\);$', text, re.MULTILINE))
    names = {f"{word.name.lower()}.tag": word.title for word in KEYWORDS}
    assert found == names | {f"{word.name.lower()}.color": word.colour.upper() for word in KEYWORDS}


def test_the_page_has_the_table() -> None:
    """The page names keyword, label and colour."""
    page = (ROOT / "docs" / "howto" / "mail-programs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\S+)` \| ([^|]+) \| `(#\w+)` \|", page, re.MULTILINE)
    assert rows == [*(tuple(row.values()) for row in TABLE), ("glassdome-<category>", "the category", CATEGORY_COLOUR)]


def test_planned_keywords_are_in_the_table() -> None:
    """Nothing is set that no program knows."""
    assert {PHISHING, CHECK, UNREADABLE, NOW, FIRST_CONTACT} <= {word.name for word in KEYWORDS}


@pytest.mark.parametrize("colour", [*(word.colour for word in KEYWORDS), CATEGORY_COLOUR])
def test_white_text_is_legible(colour: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5
