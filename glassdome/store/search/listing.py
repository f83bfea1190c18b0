"""Fetch one page of analyses: in list order without search terms or with common ones, else by the rarest term.

`docs/internals/search.md` draws how a query runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Row, Select, Subquery, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.paging import at_or_before, cursor_of
from glassdome.store.schema import analyses, words
from glassdome.store.search.query_params import bind_values, order_of, searched_terms, statement_key, term_name
from glassdome.store.search.search_terms import begins, range_params
from glassdome.store.search.selection import newest_first, window_end

__all__ = ["Shown", "fetch_page", "ids_of_rarest_term"]

#: A term in at most so many analyses is rare: all of them are fetched by key, however large the database is.
RARE: Final = 1_000
#: Matches of the longest term that are fetched along with the counts, since it is likely the plan.
FIRST: Final = 50
#: Rows that one request searches for common terms. The first window fills most pages; after the last one, a tenth of a
#: second at most, the page may stay short, and its cursor continues there.
WINDOWS: Final = (2_000, 20_000)
#: Statements kept: about 20 KB each, 370 KB for a key that may see 20 mailboxes.
KEPT: Final = 64
_LONGEST: Final = "longest"
Found = tuple[Sequence[Row[Any]], str]
#: Joins the columns to show to a page of `id`, `mailbox`, `rank`, in the same order.
Shown = Callable[[Subquery], Select[Any]]


async def fetch_page(connection: AsyncConnection, query: AnalysisQuery, shown: Shown) -> Found:
    """Return the rows of one page, with the columns that `shown` joins, and the next page's cursor.

    Common terms are searched in a bounded number of rows, so a page may be short and still have a next one.
    """
    key = statement_key(query)
    fetched = partial(_fetched, connection, query)
    if not searched_terms(query):
        return await fetched(_statement(key, shown))
    if query.offset:
        raise InvalidQuery("A search has no offset; follow the cursor.", fix="Take X-Next-Cursor of the page before.")
    plan = await _plan_terms(connection, query)
    if not plan.count:
        return (), ""
    if plan.count <= RARE and plan.expected > WINDOWS[0]:
        return await fetched(_statement(key, shown, known=plan.number), ids=await _ids_with(connection, plan))
    entire = {term_name(n): word for n, word in plan.entire.items()}
    windowed = _statement(key, shown, window_of=tuple(plan.entire))
    found: Found = (), ""
    for window in WINDOWS:
        last = (await connection.execute(_end(key, window), bind_values(query))).first()
        if last is None:
            return await fetched(_statement(key, shown))
        found = await fetched(windowed, down_to_at=last.rank, down_to_id=last.id, **entire)
        if found[1]:
            return found
        found = found[0], cursor_of(last.rank, last.id)
    return found


async def ids_of_rarest_term(connection: AsyncConnection, query: AnalysisQuery) -> Sequence[int] | None:
    """Return the ids of the analyses with the rarest search term; None without terms, or where even that is common."""
    if not searched_terms(query):
        return None
    plan = await _plan_terms(connection, query)
    return None if plan.count > RARE else await _ids_with(connection, plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class _TermPlan:
    """The rarest search term: its match count, capped at `RARE` + 1, and the matching ids if already fetched.

    `number` is its place among the terms, `expected` the number of newest rows that likely hold one page of matches.
    `entire` has, by place, the terms that begin exactly one indexed word, with that word.
    """

    term: str = ""
    number: int = 0
    count: int = 0
    first: Sequence[int] = ()
    expected: float = 0.0
    entire: Mapping[int, str] = field(default_factory=dict)


async def _plan_terms(connection: AsyncConnection, query: AnalysisQuery) -> _TermPlan:
    terms = searched_terms(query)
    longest = max(terms, key=len)
    counting = _counting_statement(searched_terms(statement_key(query)))
    values = bind_values(query) | range_params(_LONGEST, longest) | {"counted_to": RARE + 1}
    rows = (await connection.execute(counting, values)).all()
    if not rows:
        return _TermPlan()
    _, last, *found = rows[0]
    counted, least, most = (found[n::3] for n in range(3))
    entire = {n: word for n, word in enumerate(least) if word == most[n]}
    count, term, number = min(zip(counted, terms, range(len(terms)), strict=True))
    first = tuple(row[0] for row in rows) if term == longest else ()
    expected = (query.offset + query.limit + 1) * last / max(1, count)
    return _TermPlan(term=term, number=number, count=count, first=first, expected=expected, entire=entire)


async def _ids_with(connection: AsyncConnection, plan: _TermPlan) -> Sequence[int]:
    if len(plan.first) >= plan.count:
        return tuple(dict.fromkeys(plan.first))
    wanted = select(words.c.analysis_id).where(begins(term_name(plan.number), plan.term)).distinct()
    return tuple((await connection.execute(wanted)).scalars())


@lru_cache(maxsize=KEPT)
def _counting_statement(terms: tuple[str, ...]) -> Select[Any]:
    """Select the first analyses with the longest term; with each the newest id, and per term its count and the first
    and last indexed word that begins with it.
    """
    of_terms: list[Select[Any]] = []
    for n, term in enumerate(terms):
        begun = begins(term_name(n), term)
        counted = select(words.c.word).where(begun).limit(bindparam("counted_to", type_=Integer)).subquery()
        of_terms.append(select(func.count()).select_from(counted))
        of_terms += [select(end(words.c.word)).where(begun) for end in (func.min, func.max)]
    newest = select(func.coalesce(func.max(analyses.c.id), 0))
    asked = [each.scalar_subquery() for each in (newest, *of_terms)]
    return select(words.c.analysis_id, *asked).where(begins(_LONGEST, terms[0])).limit(FIRST)


@lru_cache(maxsize=KEPT)
def _statement(
    key: AnalysisQuery, shown: Shown, *, known: int | None = None, window_of: tuple[int, ...] | None = None
) -> Select[Any]:
    if window_of is None:
        return shown(newest_first(key, known=known).subquery())
    at, row_id = order_of(key), analyses.c.id
    down_to = bindparam("down_to_at", type_=at.type), bindparam("down_to_id", type_=BigInteger)
    wanted = newest_first(key, entire=window_of).where(at_or_before(down_to, at, row_id))
    # Many rows are searched and few are shown: columns outside the list's index are fetched for those alone.
    few = wanted.with_only_columns(row_id, at.label("rank")).subquery()
    return shown(select(few.c.id, analyses.c.mailbox, few.c.rank).join(analyses, row_id == few.c.id).subquery())


_end = lru_cache(maxsize=KEPT)(window_end)


async def _fetched(connection: AsyncConnection, query: AnalysisQuery, statement: Select[Any], **more: object) -> Found:
    rows = (await connection.execute(statement, bind_values(query) | more)).all()
    found = rows[: query.limit]
    return found, cursor_of(found[-1].rank, found[-1].id) if len(rows) > query.limit and found else ""
