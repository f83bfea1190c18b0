"""An API over a fresh SQLite database for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.secrets import SecretBox
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate
from glassdome.store.connections import Connections, make_engine

from .bench import KEYS, SECRET, Bench


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
    opened = Database(connections, rendering=RENDERING, box=SecretBox(Fernet.generate_key().decode()))
    yield opened
    await opened.aclose()


@pytest.fixture
def settings() -> Settings:
    """Keys of each kind; made outside the event loop, since settings look at files."""
    return Settings(api_keys=SecretStr(KEYS), push_secret=SecretStr(SECRET))


@pytest.fixture
def bench(database: Database, settings: Settings) -> Bench:
    """The API over it, at a fixed time."""
    return Bench(database, settings)


@pytest.fixture
def live(database: Database, settings: Settings) -> Bench:
    """The same in real time, for calls that wait."""
    return Bench(database, settings, clock=SystemClock())
