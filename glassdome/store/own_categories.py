"""The owners' own categories: kept, renamed with all mail that has them, and given to new mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.limits import MAX_OWN_CATEGORIES
from glassdome.store.actions import plan_actions
from glassdome.store.connections import Store
from glassdome.store.rows import is_ref, ref_row
from glassdome.store.schema import analyses, categories
from glassdome.store.schema_owners import marks, own_categories
from glassdome.store.upsert import upsert
from glassdome.values.action import Action, ActionKind
from glassdome.values.analysis import Analysis
from glassdome.values.own_category import OwnCategory, category_for, keyword_of

__all__ = ["OwnCategories", "give_category"]

_MARK: Final = ("mailbox", "folder", "uid_validity", "uid")


async def give_category(connection: AsyncConnection, analysis: Analysis, *, now: datetime) -> None:
    """Give a message without a category of the owner's the one that fits; what the owner chose by hand stays."""
    ref = analysis.ref
    rows = (await connection.execute(_of(ref.mailbox))).all()
    if not rows:
        return
    known = [_category(row) for row in rows]
    found = category_for(known, sender=analysis.header_from, subject=analysis.subject)
    marked = (await connection.execute(select(marks.c.category).where(is_ref(marks, ref)))).first()
    if found is None or marked is not None:
        return
    row = ref_row(ref) | {"done_at": None, "category": found.name, "updated_at": now}
    await upsert(connection, marks, [row], keys=_MARK, replace=("category", "updated_at"))
    if keyword := keyword_of(found):
        action = Action(ref=ref, kind=ActionKind.ADD_KEYWORD, argument=keyword)
        await plan_actions(connection, [action], message_id=analysis.message_id, now=now)


class OwnCategories(Store):
    """The owners' own categories by mailbox and name."""

    async def of(self, mailbox: str) -> tuple[OwnCategory, ...]:
        """Return those of a mailbox, by name."""
        return tuple(_category(row) for row in await self._db.rows(_of(mailbox)))

    async def names(self, mailboxes: Collection[str]) -> tuple[str, ...]:
        """Return the names in use in those mailboxes: kept ones, and those that messages have."""
        kept = select(own_categories.c.name.label("name")).where(own_categories.c.mailbox.in_(mailboxes))
        given = select(marks.c.category.label("name")).where(marks.c.mailbox.in_(mailboxes), marks.c.category != "")
        rows = await self._db.rows(kept.union(given).limit(100))
        return tuple(sorted(row.name for row in rows))

    async def save(self, category: OwnCategory, *, now: datetime) -> bool:
        """Store one, replacing the one of its name; False where the mailbox has as many as there may be."""
        return await self.edit(category.mailbox, "", lambda _: category, now=now) is not None

    async def edit(
        self,
        mailbox: str,
        old: str,
        make: Callable[[Mapping[str, OwnCategory]], OwnCategory],
        *,
        now: datetime,
    ) -> OwnCategory | None:
        """Store the category that `make` makes of those that are there, by name; None where there may be no more.

        All of it is one transaction, which `make` may end by an error: of two edits at once neither loses a part. The
        one called `old`, unless empty, gets the new name, also on every message that has it, and joins one of that name.
        """

        async def work(connection: AsyncConnection) -> OwnCategory | None:
            rows = (await connection.execute(_of(mailbox).with_for_update())).all()
            known = {row.name: _category(row) for row in rows}
            made = make(known)
            if len(known.keys() - {old, made.name}) >= MAX_OWN_CATEGORIES:
                return None
            if old and old != made.name:
                here = (own_categories.c.mailbox == mailbox, own_categories.c.name == old)
                await connection.execute(delete(own_categories).where(*here))
                await _rename_mail(connection, mailbox, old, made.name)
            replaced = ("words", "senders", "keyword", "updated_at")
            await upsert(connection, own_categories, [_row(made, now)], keys=("mailbox", "name"), replace=replaced)
            return made

        return await self._db.write(work)

    async def remove(self, mailbox: str, name: str) -> None:
        """Remove one, also from every message that has it."""

        async def work(connection: AsyncConnection) -> None:
            here = (own_categories.c.mailbox == mailbox, own_categories.c.name == name)
            await connection.execute(delete(own_categories).where(*here))
            await _rename_mail(connection, mailbox, name, "")

        await self._db.write(work)


async def _rename_mail(connection: AsyncConnection, mailbox: str, old: str, new: str) -> None:
    """Rename the category on messages and in the index of the list; an empty name takes it off.

    A verdict may have a category of the same name, which stays in the index.
    """
    having = (marks.c.mailbox == mailbox, marks.c.category == old)
    same = [marks.c[name] == analyses.c[name] for name in _MARK]
    wanted = select(analyses.c.id, analyses.c.analyzed_at, analyses.c.categories).select_from(
        marks.join(analyses, and_(*same))
    )
    found = (await connection.execute(wanted.where(*having))).all()
    await connection.execute(update(marks).where(*having).values(category=new))
    gone = [row.id for row in found if old not in row.categories]
    here = (categories.c.category == old, categories.c.analysis_id.in_(gone))
    await connection.execute(delete(categories).where(*here))
    rows = [
        {"category": new, "analysis_id": row.id, "mailbox": mailbox, "analyzed_at": row.analyzed_at} for row in found
    ]
    if new and rows:
        await upsert(connection, categories, rows, keys=("category", "analysis_id"))


def _of(mailbox: str) -> Select[Any]:
    return select(own_categories).where(own_categories.c.mailbox == mailbox).order_by(own_categories.c.name)


def _row(category: OwnCategory, now: datetime) -> dict[str, Any]:
    return {
        "mailbox": category.mailbox,
        "name": category.name,
        "words": "\n".join(category.words),
        "senders": "\n".join(category.senders),
        "keyword": category.keyword,
        "updated_at": now,
    }


def _category(row: Row[Any]) -> OwnCategory:
    return OwnCategory(
        mailbox=row.mailbox,
        name=row.name,
        words=tuple(row.words.splitlines()),
        senders=tuple(row.senders.splitlines()),
        keyword=row.keyword,
    )
