"""The queue on SQLite and on MariaDB."""

from __future__ import annotations

from glassdome.testing.contracts_queue import QueueContract


class TestQueue(QueueContract):
    """Both databases, by the `database` fixture."""
