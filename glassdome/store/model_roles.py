"""The tests of models: each answer as it comes, so that a killed test goes on where it stood, and the roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Connections
from glassdome.store.schema import model_answers, model_roles
from glassdome.store.upsert import upsert
from glassdome.values.opinion import Opinion
from glassdome.values.role import ModelTest

__all__ = ["ModelRoles"]


class ModelRoles:
    """Answers and roles by the key of a `ModelIdentity`."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def answers(self, key: str) -> Mapping[str, Opinion | None]:
        """Return the answers so far, by canary; None where one could not be used."""
        columns = (model_answers.c.canary, model_answers.c.opinion)
        rows = await self._db.rows(select(*columns).where(model_answers.c.model_key == key))
        return {row.canary: row.opinion for row in rows}

    async def add_answer(self, key: str, canary: str, opinion: Opinion | None, *, now: datetime) -> None:
        """Keep one answer."""
        row = {"model_key": key, "canary": canary, "opinion": opinion, "updated_at": now}
        changes = ("opinion", "updated_at")
        await self._db.write(lambda c: upsert(c, model_answers, [row], keys=("model_key", "canary"), replace=changes))

    async def get(self, key: str) -> ModelTest | None:
        """Return the finished test of a model, None where there is none."""
        row = await self._db.row(select(model_roles.c.test).where(model_roles.c.model_key == key))
        return None if row is None else row.test

    async def put(self, test: ModelTest) -> None:
        """Keep a finished test; its answers are not needed any more."""
        key = test.identity.key
        row = {"model_key": key, "model": test.identity.model, "role": str(test.grant.role), "test": test}
        row["tested_at"] = test.tested_at

        async def work(connection: AsyncConnection) -> None:
            changes = ("model", "role", "test", "tested_at")
            await upsert(connection, model_roles, [row], keys=("model_key",), replace=changes)
            await connection.execute(delete(model_answers).where(model_answers.c.model_key == key))

        await self._db.write(work)
