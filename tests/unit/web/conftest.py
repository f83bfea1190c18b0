"""The web UI over the API's bench."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from glassdome.core.secrets import SecretBox
from glassdome.web.app import add_web
from tests.unit.api.bench import Bench
from tests.unit.api.conftest import connections, database, empty_database, settings

__all__ = ["connections", "database", "empty_database", "settings"]

BOX = SecretBox(Fernet.generate_key().decode())


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """The application with its pages, at a fixed time; made outside the event loop, since templates are files."""
    made = Bench(request.getfixturevalue("database"), request.getfixturevalue("settings"))
    add_web(made.app, BOX)
    return made
