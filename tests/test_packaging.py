"""Every file of the folder is in the package: data files, models, licences."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "glassdome"


def test_every_data_file_is_packaged() -> None:
    """Each file that is no Python source matches a pattern of package-data."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["glassdome"]
    files = [p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]

    left_out = [
        str(p.relative_to(PACKAGE))
        for p in files
        if not any(fnmatch(p.name, pattern.removeprefix("**/")) for pattern in patterns)
    ]

    assert len(files) > 50
    assert [] == left_out
