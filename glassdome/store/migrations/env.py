"""Run by Alembic: migrates over the connection that `glassdome.store.migrate` hands in."""

from __future__ import annotations

from alembic import context

from glassdome.store import schema_agent
from glassdome.store.schema import metadata

assert schema_agent.audit.metadata is metadata
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="llm_schema_version",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
