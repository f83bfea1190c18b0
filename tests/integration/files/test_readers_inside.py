"""Readers find the same inside the sandbox as outside: nothing that they need is loaded too late."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome.files.read import read_file
from glassdome.files.sandbox.pool import SandboxFiles
from glassdome.files.source import Source
from glassdome.parse.magic import true_type

DATA = Path(__file__).parents[2] / "data" / "files"
FOLDERS = sorted(path for path in DATA.iterdir() if path.is_dir())
PASSWORDS = ("wrong", "geheim1", "open1187")


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def sources(request: pytest.FixtureRequest) -> list[Source]:
    """The files of one folder."""
    paths = sorted(path for path in request.param.iterdir() if path.is_file())
    found = [(path.name, path.read_bytes()) for path in paths]
    return [Source(data=data, name=name, kind=true_type(data), passwords=PASSWORDS) for name, data in found]


@pytest.fixture
def outside(sources: list[Source]) -> dict[str, object]:
    """The documents as this process reads them; outside the event loop, which must not stand still."""
    return {source.name: read_file(source) for source in sources}


async def test_each_file_is_read_alike(sources: list[Source], outside: dict[str, object]) -> None:
    """One child reads all files of a folder, locked ones too."""
    pool = SandboxFiles(children=1, seconds=60.0)
    try:
        if await pool.warm_up():
            return  # without seccomp nothing is read, which another test says
        for source in sources:
            inside = await pool.read(source.data, name=source.name, kind=source.kind, passwords=PASSWORDS)
            assert inside == outside[source.name], source.name
    finally:
        await pool.aclose()
