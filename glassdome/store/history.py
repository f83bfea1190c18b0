"""Correspondents, corrections and the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.connections import Store
from glassdome.store.contacts import row_of
from glassdome.store.cursors import locked_cursor, write_cursor
from glassdome.store.rows import is_ref, ref_of, ref_row
from glassdome.store.schema import analyses, audit, contacts, feedback
from glassdome.store.thread_link import correct
from glassdome.store.upsert import upsert
from glassdome.values.context import Habit, SenderHistory
from glassdome.values.feedback import Feedback
from glassdome.values.refs import Cursor, MessageRef
from glassdome.values.verdict import Label

__all__ = ["Feedbacks", "History"]

#: Authenticated messages after which a stranger counts as a correspondent, answered or not.
_FAMILIAR = 2
#: Rows of one statement: nine values each, and SQLite binds 32,766.
_ROWS = 500


class History(Store):
    """A mailbox's knowledge of its correspondents."""

    async def sender_history(self, mailbox: str, addr: str) -> SenderHistory:
        """Return the history of one address and of its domain."""
        person = addr.lower()
        domain = f"@{person.rpartition('@')[2]}"
        both = select(contacts).where(contacts.c.mailbox == mailbox, contacts.c.addr.in_([person, domain]))
        rows = {row.addr: row for row in await self._db.rows(both)}
        seen_of_domain = rows[domain].seen if domain in rows else 0
        own = rows.get(person)
        if own is None:
            return SenderHistory(domain_seen=seen_of_domain)
        counts = {name: getattr(own, name) for name in ("seen", "authenticated", "replied", "junked", "opened")}
        return SenderHistory(**counts, domain_seen=seen_of_domain, first_seen=own.first_seen)

    async def contacts(self, mailbox: str, *, limit: int = 1000) -> frozenset[str]:
        """Return whom the owner wrote to, or who wrote authenticated mail repeatedly and was never called junk."""
        known = or_(contacts.c.replied > 0, and_(contacts.c.authenticated >= _FAMILIAR, contacts.c.junked == 0))
        person = contacts.c.addr.not_like("@%")
        frequent = select(contacts.c.addr).where(contacts.c.mailbox == mailbox, known, person)
        order = (contacts.c.replied.desc(), contacts.c.seen.desc())
        return frozenset(row.addr for row in await self._db.rows(frequent.order_by(*order).limit(limit)))

    async def record_feedback(self, correction: Feedback, *, now: datetime) -> None:
        """Store the correction; calling a mail junk counts against its author, taking that back counts again."""

        async def work(connection: AsyncConnection) -> None:
            old = (await connection.execute(select(feedback.c.label).where(is_ref(feedback, correction.ref)))).scalar()
            row = ref_row(correction.ref) | {"label": correction.label.value, "actor": correction.actor}
            row |= {"note": correction.note, "updated_at": now}
            keys, changes = ("mailbox", "folder", "uid_validity", "uid"), ("label", "actor", "note", "updated_at")
            await upsert(connection, feedback, [row], keys=keys, replace=changes)
            await correct(connection, correction.ref, suspected=correction.label is not Label.HAM)
            change = (correction.label is not Label.HAM) - (old not in (None, Label.HAM.value))
            author = select(analyses.c.person).where(is_ref(analyses, correction.ref))
            person = (await connection.execute(author)).scalar()
            if change and person:
                learned = [row_of(correction.ref.mailbox, person, now, junked=change)]
                await upsert(connection, contacts, learned, keys=("mailbox", "addr"), add=("junked",))

        await self._db.write(work)

    async def correction(self, ref: MessageRef) -> Label | None:
        """Return the label that a person gave to the message."""
        row = await self._db.row(select(feedback.c.label).where(is_ref(feedback, ref)))
        return None if row is None else Label(row.label)

    async def forget_feedback(self, ref: MessageRef, *, now: datetime) -> None:
        """Take the correction of a message back, with what it counted against its author."""

        async def work(connection: AsyncConnection) -> None:
            old = (await connection.execute(select(feedback.c.label).where(is_ref(feedback, ref)))).scalar()
            await connection.execute(delete(feedback).where(is_ref(feedback, ref)))
            author = select(analyses.c.person).where(is_ref(analyses, ref))
            person = (await connection.execute(author)).scalar()
            if old not in (None, Label.HAM.value) and person:
                learned = [row_of(ref.mailbox, person, now, junked=-1)]
                await upsert(connection, contacts, learned, keys=("mailbox", "addr"), add=("junked",))

        await self._db.write(work)

    async def observed(
        self,
        mailbox: str,
        habits: Mapping[str, Habit],
        *,
        key: str,
        before: Cursor | None,
        after: Cursor,
        now: datetime,
    ) -> bool:
        """Add what the owner did to the history of those addresses, and move the cursor `key` from `before` to `after`.

        One transaction. False, with nothing stored, where the cursor is not at `before` any more: another counted it.
        """
        rows = [
            row_of(mailbox, addr.lower(), now, opened=habit.opened, replied=habit.replied)
            for addr, habit in sorted(habits.items())
        ]

        async def work(connection: AsyncConnection) -> bool:
            if await locked_cursor(connection, mailbox, key) != before:
                return False
            for start in range(0, len(rows), _ROWS):
                batch = rows[start : start + _ROWS]
                await upsert(connection, contacts, batch, keys=("mailbox", "addr"), add=("opened", "replied"))
            await write_cursor(connection, mailbox, key, after, now=now)
            return True

        return await self._db.write(work)

    async def audit(self, *, actor: str, action: str, subject: str, facts: Mapping[str, Any], now: datetime) -> None:
        """Record an administrative write."""
        row = {"at": now, "actor": actor, "action": action, "subject": subject, "facts": dict(facts)}
        await self._db.change(insert(audit).values(**row))

    async def audited(self, *, limit: int = 100) -> tuple[Mapping[str, Any], ...]:
        """Return the newest records: `at`, `actor`, `action`, `subject`, `facts`."""
        rows = await self._db.rows(select(audit).order_by(audit.c.id.desc()).limit(limit))
        return tuple({k: v for k, v in row._mapping.items() if k != "id"} for row in rows)


class Feedbacks(Store):
    """People's corrections of verdicts; `History.record_feedback` writes them."""

    async def get(self, ref: MessageRef) -> Feedback | None:
        """Return the correction of one message."""
        row = await self._db.row(select(feedback).where(is_ref(feedback, ref)))
        return None if row is None else _feedback_of(row)

    async def list(self, *, mailbox: str = "", limit: int = 100) -> tuple[Feedback, ...]:
        """Return corrections, newest first."""
        found = select(feedback).order_by(feedback.c.updated_at.desc(), feedback.c.id.desc()).limit(limit)
        rows = await self._db.rows(found.where(feedback.c.mailbox == mailbox) if mailbox else found)
        return tuple(_feedback_of(row) for row in rows)


def _feedback_of(row: Row[Any]) -> Feedback:
    return Feedback(ref=ref_of(row), label=Label(row.label), actor=row.actor, note=row.note)
