"""The owners' part: marks on mail, words on senders, saved views, and the record that undoes a change of many."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.limits import MAX_VIEWS
from glassdome.store.connections import Connections, Store
from glassdome.store.keywords import plan_keyword
from glassdome.store.own_categories import OwnCategories
from glassdome.store.rows import is_ref, key_of, ref_of, ref_row
from glassdome.store.schema import analyses, categories
from glassdome.store.schema_owners import bulk_changes, marks, sender_rules, views
from glassdome.store.upsert import upsert
from glassdome.values.owner import OwnerMark, SavedView, SenderRule, SenderStanding
from glassdome.values.refs import MessageRef

__all__ = ["Owners", "keep_category"]

_REF: Final = ("mailbox", "folder", "uid_validity", "uid")
#: Time in which a change of many messages can be undone.
UNDO_FOR: Final = timedelta(days=1)


async def keep_category(connection: AsyncConnection, ref: MessageRef, number: int, at: datetime) -> None:
    """Index the owner's category of a message, whose analysis has that number, beside those of the verdict."""
    found = (await connection.execute(select(marks.c.category).where(is_ref(marks, ref)))).scalar()
    if found:
        row = {"category": found, "analysis_id": number, "mailbox": ref.mailbox, "analyzed_at": at}
        await upsert(connection, categories, [row], keys=("category", "analysis_id"))


def _this_change(token: str, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (bulk_changes.c.change_key == key_of(token), bulk_changes.c.owner == owner)


class Owners(Store):
    """The owners' marks, senders and views; `categories` are the owners' own."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        super().__init__(connections)
        self.categories = OwnCategories(connections)

    async def marks_of(self, refs: Collection[MessageRef]) -> Mapping[MessageRef, OwnerMark]:
        """Return the marks of those that have any."""
        if not refs:
            return {}
        key = tuple_(*(marks.c[name] for name in _REF))
        wanted = [(ref.mailbox, ref.folder, ref.uid_validity, ref.uid) for ref in refs]
        rows = await self._db.rows(select(marks).where(key.in_(wanted)))
        return {ref_of(row): OwnerMark(done_at=row.done_at, category=row.category) for row in rows}

    async def mark_done(self, refs: Sequence[MessageRef], *, done: bool, now: datetime) -> None:
        """OwnerMark messages as done, or as not done."""
        rows = [ref_row(ref) | {"done_at": now if done else None, "category": "", "updated_at": now} for ref in refs]
        await self._db.write(lambda c: upsert(c, marks, rows, keys=_REF, replace=("done_at", "updated_at")))

    async def set_category(self, ref: MessageRef, category: str, *, now: datetime) -> None:
        """Give a message a category of the owner's own, empty for none; the list finds it by that."""
        row = ref_row(ref) | {"done_at": None, "category": category, "updated_at": now}

        async def work(connection: AsyncConnection) -> None:
            old = (await connection.execute(select(marks.c.category).where(is_ref(marks, ref)))).scalar()
            await upsert(connection, marks, [row], keys=_REF, replace=("category", "updated_at"))
            wanted = select(analyses.c.id, analyses.c.analyzed_at, analyses.c.categories).where(is_ref(analyses, ref))
            found = (await connection.execute(wanted)).first()
            if found is None:
                return
            if old and old not in found.categories:
                here = (categories.c.analysis_id == found.id, categories.c.category == old)
                await connection.execute(delete(categories).where(*here))
            await keep_category(connection, ref, found.id, found.analyzed_at)

        await self._db.write(work)

    async def plan_keyword(self, ref: MessageRef, keyword: str, *, add: bool, message_id: str, now: datetime) -> None:
        """Plan to set or to unset the keyword of a category."""
        await self._db.write(lambda c: plan_keyword(c, ref, keyword, add=add, message_id=message_id, now=now))

    async def set_sender(self, rule: SenderRule, *, now: datetime) -> None:
        """Store the owner's word on a sender."""
        row = {"mailbox": rule.mailbox, "addr": rule.addr, "standing": rule.standing.value, "updated_at": now}
        keys = ("mailbox", "addr")
        await self._db.write(lambda c: upsert(c, sender_rules, [row], keys=keys, replace=("standing", "updated_at")))

    async def forget_sender(self, mailbox: str, addr: str) -> None:
        """Take the owner's word on a sender back."""
        here = (sender_rules.c.mailbox == mailbox, sender_rules.c.addr == addr)
        await self._db.change(delete(sender_rules).where(*here))

    async def standing(self, mailbox: str, addr: str) -> SenderStanding | None:
        """Return the owner's word on an address, or on its domain where there is none on the address."""
        person = addr.lower()
        both = (person, f"@{person.rpartition('@')[2]}")
        here = select(sender_rules).where(sender_rules.c.mailbox == mailbox, sender_rules.c.addr.in_(both))
        found = {row.addr: row.standing for row in await self._db.rows(here)}
        word = next((found[name] for name in both if name in found), None)
        return None if word is None else SenderStanding(word)

    async def senders(self, mailbox: str) -> tuple[SenderRule, ...]:
        """Return the owner's words on senders, by address."""
        here = select(sender_rules).where(sender_rules.c.mailbox == mailbox).order_by(sender_rules.c.addr).limit(500)
        rows = await self._db.rows(here)
        return tuple(
            SenderRule(mailbox=row.mailbox, addr=row.addr, standing=SenderStanding(row.standing)) for row in rows
        )

    async def views_of(self, owner: str) -> tuple[SavedView, ...]:
        """Return the saved views of a caller, by name."""
        rows = await self._db.rows(select(views).where(views.c.owner == owner).order_by(views.c.name).limit(MAX_VIEWS))
        return tuple(SavedView(name=row.name, query=row.query) for row in rows)

    async def save_view(self, owner: str, view: SavedView, *, now: datetime) -> bool:
        """Store a view; one of the same name is replaced. False where the caller has as many as there may be."""
        row = {"owner": owner, "name": view.name, "query": view.query, "updated_at": now}
        others = select(func.count()).select_from(views).where(views.c.owner == owner, views.c.name != view.name)

        async def work(connection: AsyncConnection) -> bool:
            if (await connection.execute(others)).scalar_one() >= MAX_VIEWS:
                return False
            await upsert(connection, views, [row], keys=("owner", "name"), replace=("query", "updated_at"))
            return True

        return await self._db.write(work)

    async def forget_view(self, owner: str, name: str) -> None:
        """Delete a view."""
        await self._db.change(delete(views).where(views.c.owner == owner, views.c.name == name))

    async def keep_change(self, token: str, owner: str, items: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
        """Store the values that a change replaced, and forget those too old to be undone."""
        row = {"change_key": key_of(token), "owner": owner, "items": json.dumps(list(items)), "at": now}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(bulk_changes).where(bulk_changes.c.at < now - UNDO_FOR))
            await connection.execute(insert(bulk_changes).values(**row))

        await self._db.write(work)

    async def change_of(self, token: str, owner: str) -> list[dict[str, Any]] | None:
        """Return what that caller's change replaced and was not put back yet; None where there is nothing to undo."""
        row = await self._db.row(select(bulk_changes.c["items"]).where(*_this_change(token, owner)))
        return None if row is None else list(json.loads(row[0]))

    async def undone(self, token: str, owner: str, *, left: Sequence[Mapping[str, Any]]) -> None:
        """Forget what was put back of that caller's change: all but what is `left`."""
        here = _this_change(token, owner)
        kept = update(bulk_changes).where(*here).values(items=json.dumps(list(left)))
        await self._db.change(kept if left else delete(bulk_changes).where(*here))
