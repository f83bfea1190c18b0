"""The example plugin, installed as pip does it, and broken ones on the path of this process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glassdome.core import plugins
from glassdome.pipeline import plugins as detectors

ROOT = Path(__file__).parents[3]
MAIL = (
    b"From: Ann <ann@a.example>\r\nTo: bob@b.example\r\nDate: Sun, 29 Nov 2026 12:00:00 +0000\r\n"
    b"Message-ID: <1@a.example>\r\nSubject: Summer fair\r\n\r\nDear Bob,\r\n\r\nyours is ticket number 48213. See you.\r\n"
)

Install = Callable[[Path], None]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the example of the documentation and return the folder."""
    target = tmp_path_factory.mktemp("plugin")
    # A copy: setuptools writes its build into the folder.
    source = shutil.copytree(ROOT / "docs" / "examples" / "plugin", tmp_path_factory.mktemp("source") / "plugin")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", "--target", target, source], check=True, capture_output=True)
    return target


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return what puts a folder of distributions on this process's path, until the test ends."""
    before = set(sys.modules)

    def put(folder: Path) -> None:
        monkeypatch.syspath_prepend(str(folder))
        _forget()

    yield put
    _forget()
    for name in set(sys.modules) - before:
        if name.startswith(("glassdome_example", "broken_plugin")):
            del sys.modules[name]


def _forget() -> None:
    """Empty the caches of what is installed, which a process reads once."""
    plugins.installed.cache_clear()
    detectors.detector_of.cache_clear()
    detectors._extended.cache_clear()


def distribution(folder: Path, code: str, **groups: str) -> Path:
    """Write an installed distribution `broken` of one module, as a wheel unpacks; return the folder."""
    (folder / "broken_plugin.py").write_text(code)
    info = folder / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    entries = [f"[glassdome.{group}]\nbad = {place}\n" for group, place in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(entries))
    return folder
