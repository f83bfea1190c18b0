"""Automatic answers: the owner's rules, and who got an answer when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.actions import key_of
from glassdome.store.connections import Store
from glassdome.store.schema_replies import answer_rules, answered
from glassdome.values.auto_answer import AnswerRule

__all__ = ["AnswerRules"]

_FIELDS = tuple(each.name for each in fields(AnswerRule))


class AnswerRules(Store):
    """The rules of each mailbox, and the memory that keeps a person from a second answer within a period."""

    async def of(self, mailbox: str) -> tuple[AnswerRule, ...]:
        """Return the rules of a mailbox in their order."""
        found = select(answer_rules).where(answer_rules.c.mailbox == mailbox).order_by(answer_rules.c.position)
        rows = await self._db.rows(found)
        return tuple(AnswerRule(**{name: getattr(row, name) for name in _FIELDS}) for row in rows)

    async def replace(self, mailbox: str, rules: Sequence[AnswerRule], *, now: datetime) -> None:
        """Store these rules in the place of all that the mailbox had."""
        rows = [
            {"mailbox": mailbox, "position": position, "updated_at": now}
            | {name: getattr(rule, name) for name in _FIELDS}
            for position, rule in enumerate(rules)
        ]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(answer_rules).where(answer_rules.c.mailbox == mailbox))
            if rows:
                await connection.execute(insert(answer_rules), rows)

        await self._db.write(work)

    async def answered_since(self, mailbox: str, answer: str, person: str, since: datetime) -> bool:
        """Return whether that person got that answer since then."""
        key = _key(mailbox, answer, person)
        found = select(answered.c.mailbox).where(answered.c.answer_key == key, answered.c.answered_at > since)
        return await self._db.row(found) is not None

    async def reserve(
        self, mailbox: str, answer: str, person: str, mail: str, *, since: datetime, now: datetime
    ) -> bool:
        """Take the right to answer that person for that mail; False where another mail got the answer since then.

        The same mail may ask again: its process may have died before the answer went out.
        """
        key, mail_key = _key(mailbox, answer, person), key_of(mail)
        row = {"mailbox": mailbox, "person": person.lower(), "mail_key": mail_key, "answered_at": now}

        async def work(connection: AsyncConnection) -> bool:
            known = (
                await connection.execute(select(answered).where(answered.c.answer_key == key).with_for_update())
            ).first()
            if known is None:
                return await _inserted(connection, row | {"answer_key": key})
            if known.mail_key == mail_key:
                return True
            if known.answered_at > since:
                return False
            await connection.execute(update(answered).where(answered.c.answer_key == key).values(**row))
            return True

        return await self._db.write(work)


async def _inserted(connection: AsyncConnection, row: dict[str, object]) -> bool:
    try:
        async with connection.begin_nested():
            await connection.execute(insert(answered).values(**row))
    except IntegrityError:
        return False
    return True


def _key(mailbox: str, answer: str, person: str) -> str:
    return key_of(f"{mailbox.lower()}\0{answer}\0{person.lower()}")
