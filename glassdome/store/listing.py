"""One page of analyses: by their order where no words are looked for or they are common, else by the rarest word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Row, Select, Subquery, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.handed import handed, named_term, order_of, searched_terms, shape_of
from glassdome.store.paging import cursor_of, not_behind
from glassdome.store.schema import analyses, words
from glassdome.store.selection import newest_first, window_end
from glassdome.store.words import as_begun, begins

__all__ = ["Shown", "ids_of_rarest", "page"]

#: Analyses up to which a word is rare: all of them are fetched by their keys, whatever the database's size.
RARE: Final = 1_000
#: How many of those with the longest word are fetched with the counts: it is likely the rarest.
FIRST: Final = 50
#: Rows in which one request looks for common words: most are found in the first step, at the latest in a tenth of a
#: second the search ends, and the page's cursor goes on behind it.
WINDOWS: Final = (2_000, 20_000)
#: Statements kept: about 20 KB each, and 370 KB for a key of 20 places.
KEPT: Final = 64
_LONGEST: Final = "longest"
Found = tuple[Sequence[Row[Any]], str]
#: Makes, of a page's `id`, `mailbox`, `rank`, the select of what is shown, in the same order.
Shown = Callable[[Subquery], Select[Any]]


async def page(connection: AsyncConnection, query: AnalysisQuery, shown: Shown) -> Found:
    """Return the rows of one page as `shown` joins them to it, with `rank` and `id`, and the next page's cursor.

    Common words are looked for in a bounded number of rows: there may be a next page though this one is not full.
    """
    shape = shape_of(query)
    fetched = partial(_fetched, connection, query)
    if not searched_terms(query):
        return await fetched(_made(shape, shown))
    if query.offset:
        raise InvalidQuery("A search has no offset; follow the cursor.", fix="Take X-Next-Cursor of the page before.")
    rarest = await _rarest(connection, query)
    if not rarest.count:
        return (), ""
    if rarest.count <= RARE and rarest.expected > WINDOWS[0]:
        return await fetched(_made(shape, shown, known=rarest.number), ids=await _ids_with(connection, rarest))
    entire = {named_term(n): word for n, word in rarest.entire.items()}
    windowed = _made(shape, shown, window_of=tuple(rarest.entire))
    found: Found = (), ""
    for window in WINDOWS:
        last = (await connection.execute(_end(shape, window), handed(query))).first()
        if last is None:
            return await fetched(_made(shape, shown))
        found = await fetched(windowed, down_to_at=last.rank, down_to_id=last.id, **entire)
        if found[1]:
            return found
        found = found[0], cursor_of(last.rank, last.id)
    return found


async def ids_of_rarest(connection: AsyncConnection, query: AnalysisQuery) -> Sequence[int] | None:
    """Return the analyses with the rarest of the words looked for; None when there is none or even that is common."""
    if not searched_terms(query):
        return None
    rarest = await _rarest(connection, query)
    return None if rarest.count > RARE else await _ids_with(connection, rarest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rarest:
    """The rarest search term: its match count, capped at `RARE` + 1, and the matching ids if already fetched.

    `number` is its place among the words; `expected` is in how many of the newest rows a page of them is. `entire` are,
    by their places, words looked for with which one word alone begins, and that one.
    """

    term: str = ""
    number: int = 0
    count: int = 0
    first: Sequence[int] = ()
    expected: float = 0.0
    entire: Mapping[int, str] = field(default_factory=dict)


async def _rarest(connection: AsyncConnection, query: AnalysisQuery) -> _Rarest:
    terms = searched_terms(query)
    longest = max(terms, key=len)
    counting = _counting(searched_terms(shape_of(query)))
    values = handed(query) | as_begun(_LONGEST, longest) | {"counted_to": RARE + 1}
    rows = (await connection.execute(counting, values)).all()
    if not rows:
        return _Rarest()
    _, last, *found = rows[0]
    counted, least, most = (found[n::3] for n in range(3))
    entire = {n: word for n, word in enumerate(least) if word == most[n]}
    count, term, number = min(zip(counted, terms, range(len(terms)), strict=True))
    first = tuple(row[0] for row in rows) if term == longest else ()
    expected = (query.offset + query.limit + 1) * last / max(1, count)
    return _Rarest(term=term, number=number, count=count, first=first, expected=expected, entire=entire)


async def _ids_with(connection: AsyncConnection, rarest: _Rarest) -> Sequence[int]:
    if len(rarest.first) >= rarest.count:
        return tuple(dict.fromkeys(rarest.first))
    wanted = select(words.c.analysis_id).where(begins(named_term(rarest.number), rarest.term)).distinct()
    return tuple((await connection.execute(wanted)).scalars())


@lru_cache(maxsize=KEPT)
def _counting(terms: tuple[str, ...]) -> Select[Any]:
    """Return the select of the first analyses with the longest word; with each the newest id, and of each word looked for
    its count, and the first and the last of those that begin with it.
    """
    of_terms: list[Select[Any]] = []
    for n, term in enumerate(terms):
        begun = begins(named_term(n), term)
        counted = select(words.c.word).where(begun).limit(bindparam("counted_to", type_=Integer)).subquery()
        of_terms.append(select(func.count()).select_from(counted))
        of_terms += [select(end(words.c.word)).where(begun) for end in (func.min, func.max)]
    newest = select(func.coalesce(func.max(analyses.c.id), 0))
    asked = [each.scalar_subquery() for each in (newest, *of_terms)]
    return select(words.c.analysis_id, *asked).where(begins(_LONGEST, terms[0])).limit(FIRST)


@lru_cache(maxsize=KEPT)
def _made(
    shape: AnalysisQuery, shown: Shown, *, known: int | None = None, window_of: tuple[int, ...] | None = None
) -> Select[Any]:
    if window_of is None:
        return shown(newest_first(shape, known=known).subquery())
    at, row_id = order_of(shape), analyses.c.id
    down_to = bindparam("down_to_at", type_=at.type), bindparam("down_to_id", type_=BigInteger)
    wanted = newest_first(shape, entire=window_of).where(not_behind(down_to, at, row_id))
    # Many rows are looked at and few are shown: what is not in the list's own index is fetched for those alone.
    few = wanted.with_only_columns(row_id, at.label("rank")).subquery()
    return shown(select(few.c.id, analyses.c.mailbox, few.c.rank).join(analyses, row_id == few.c.id).subquery())


_end = lru_cache(maxsize=KEPT)(window_end)


async def _fetched(connection: AsyncConnection, query: AnalysisQuery, statement: Select[Any], **more: object) -> Found:
    rows = (await connection.execute(statement, handed(query) | more)).all()
    found = rows[: query.limit]
    return found, cursor_of(found[-1].rank, found[-1].id) if len(rows) > query.limit and found else ""
