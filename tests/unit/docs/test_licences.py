"""The page of licences names every library that pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_library_has_its_licence() -> None:
    """Each direct dependency and each of every extra stands in the table, once."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    }
    names = {match[0] for item in wanted if (match := re.match(r"[\w.-]+", item)) and not item.startswith("glassdome")}

    rows = re.findall(
        r"^\| ([^|]+) \| [^|]*(?:MIT|Apache|BSD|GPL)", (ROOT / "docs/reference/licences.md").read_text(), re.M
    )
    told = [name for row in rows for name in row.rpartition(": ")[2].split(", ")]

    assert len(names) > 30
    assert names <= set(told)
    assert len(told) == len(set(told))
