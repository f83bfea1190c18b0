"""The store on SQLite and on MariaDB."""

from __future__ import annotations

from tests.contract.store.contracts_reads import ReadContract
from tests.contract.store.contracts_store import StoreContract


class TestStore(StoreContract):
    """Both databases, by the `database` fixture."""


class TestReads(ReadContract):
    """Both databases, by the `database` fixture."""
