"""Whole files: our own odd ones with what is expected of each, and every file of the torture corpus where it is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from glassdome.core.errors import NotAMessage
from glassdome.parse import parse_message
from tests.unit.parse.facts import facts
from tests.unit.parse.invariants import check

ROOT = Path(__file__).parents[3]
OWN = sorted((ROOT / "tests" / "data" / "mail").glob("*.eml"))
TORTURE = sorted((ROOT.parent / "shared" / "corpora" / "torture").glob("*.zip"))


def _odd_files() -> list[tuple[str, bytes]]:
    found = [(path.name, path.read_bytes()) for path in OWN]
    for path in TORTURE:
        with zipfile.ZipFile(path) as archive:
            found += [(name, archive.read(name)) for name in archive.namelist() if not name.endswith("/")]
    return found


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_own_files(path: Path) -> None:
    """Each file is read as its expectation says."""
    message = parse_message(path.read_bytes(), authserv_ids=frozenset({"mail.example.org"}))

    assert facts(message) == json.loads(path.with_suffix(".json").read_text())


def test_odd_files_within_bounds() -> None:
    """Every odd file is parsed within the bounds; only an empty one is no message."""
    refused = []
    for name, raw in _odd_files():
        try:
            check(parse_message(raw))
        except NotAMessage:
            refused.append((name, raw.strip()))

    assert [raw for _, raw in refused if raw] == []
    assert len(OWN) >= 12
