"""A filled database for each test, and the program over it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from glassdome.core.config import Settings

from .stored import fill


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("mcp")
    asyncio.run(fill(Settings(data_dir=folder, engine="builtin")))
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """The data folder of a program."""
    return Path(shutil.copytree(filled, tmp_path / "data"))
