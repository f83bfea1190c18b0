"""An API over a fresh SQLite database for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from glassdome.store import Database, migrate
from glassdome.store.connections import Connections, make_engine

from .bench import Bench


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once; each test gets a copy."""
    path = tmp_path_factory.mktemp("api") / "empty.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def connections(empty_database: Path, tmp_path: Path) -> Connections:
    """Connections to a copy of the empty database; made outside the event loop, since that looks at files."""
    path = tmp_path / "api.db"
    shutil.copy(empty_database, path)
    return Connections(make_engine(f"sqlite:///{path}"))


@pytest.fixture
async def database(connections: Connections) -> AsyncIterator[Database]:
    """An empty database."""
    opened = Database(connections)
    yield opened
    await opened.aclose()


@pytest.fixture
def bench(database: Database) -> Bench:
    """The API over it."""
    return Bench(database)
