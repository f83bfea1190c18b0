"""The queue on SQLite and on MariaDB."""

from __future__ import annotations

from tests.contract.store.contracts_queue import QueueContract


class TestQueue(QueueContract):
    """Both databases, by the `database` fixture."""
