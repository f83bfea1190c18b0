"""The durable truth on SQLite and MariaDB: queue, analyses, preferences, history, the agent's memory."""

from glassdome.store.database import Database, open_database
from glassdome.store.migrate import check_schema, migrate

__all__ = ["Database", "check_schema", "migrate", "open_database"]
