"""The databases that every store contract runs on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from glassdome.core.secrets import SecretBox
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'glassdome.db'}"
    return str(request.getfixturevalue("mariadb").new_database())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database."""
    await migrate(database_url)
    async with open_database(
        database_url, box=SecretBox(Fernet.generate_key().decode()), rendering=RENDERING
    ) as opened:
        yield opened
