"""Bind parameters for cached queries: one compiled statement per combination of filters.

Building a page's statement costs as much as running it, so it is built once per `statement_key` and kept. A key holds, in
place of every bound field, a value that no row has: a field that was forgotten finds nothing, never another owner's mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, BindParameter, Column, ColumnElement, Integer, and_, bindparam

from glassdome.core.errors import InvalidQuery
from glassdome.core.limits import MAX_WORD_CHARS
from glassdome.ports.store import AnalysisQuery, Sort
from glassdome.store.paging import Place, cursor_of, place_of, rank_of
from glassdome.store.rows import ref_row
from glassdome.store.schema import analyses
from glassdome.store.search.search_terms import range_params
from glassdome.store.words import terms_of
from glassdome.values.refs import MessageRef

__all__ = [
    "bind_values",
    "cursor_place",
    "field_param",
    "is_given",
    "order_of",
    "page_rows",
    "ref_params",
    "searched_terms",
    "skipped",
    "statement_key",
    "term_name",
    "through",
]

#: What the names of a ref's four parameters begin with.
_REF: Final = "ref_"
_NOWHERE: Final = datetime(1, 1, 2, tzinfo=UTC)
#: The bound fields, and what stands for each in a key.
_NOBODY: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("mailbox", "folder", "message_id", "person", "category", "attention", "label"), "\x7f"),
    "uid": -1,
    "since": _NOWHERE,
    "until": _NOWHERE,
    "cursor": "",
    "ref": MessageRef(mailbox="\x7f", uid_validity=1, uid=1),
}
_ORDER: Final[Mapping[Sort, Column[Any]]] = {
    "judged": analyses.c.analyzed_at,
    "received": analyses.c.received_at,
    "priority": analyses.c.priority_score,
    "phishing": analyses.c.risk,
}
_BY_NUMBER: Final[frozenset[Sort]] = frozenset(("priority", "phishing"))


def order_of(query: AnalysisQuery) -> Column[Any]:
    """Return the column that the query's list is ordered by."""
    return _ORDER[query.sort]


def statement_key(query: AnalysisQuery) -> AnalysisQuery:
    """Return the query with its bound fields replaced: equal keys have the same SQL text."""
    nobody = {name: value for name, value in _NOBODY.items() if is_given(query, name)}
    if query.cursor:
        nobody["cursor"] = cursor_of(-2.0 if query.sort in _BY_NUMBER else _NOWHERE, 0)
    text = " ".join(f"{n:0{MAX_WORD_CHARS}}" for n in range(len(searched_terms(query))))
    return replace(query, **nobody, text=text, limit=0, offset=0)


def bind_values(query: AnalysisQuery) -> dict[str, Any]:
    """Return the bind parameters of a query for the statement of its key; raises InvalidQuery."""
    values = {name: _value(query, name) for name in _NOBODY if name not in ("cursor", "ref") and is_given(query, name)}
    values |= {"page_rows": query.limit + 1, "skipped": query.offset, "through": query.offset + query.limit + 1}
    if query.ref is not None:
        values |= {_REF + name: value for name, value in ref_row(query.ref).items()}
    for n, term in enumerate(searched_terms(query)):
        values |= range_params(term_name(n), term)
    if query.cursor:
        values["cursor_at"], values["cursor_id"] = _named_place(query)
    return values


def searched_terms(query: AnalysisQuery) -> tuple[str, ...]:
    """Return the search terms of the query; raises InvalidQuery where its text has none."""
    terms = terms_of(query.text)
    if query.text.strip() and not terms:
        raise InvalidQuery("The text to look for has no letter and no digit.")
    return terms


def term_name(number: int) -> str:
    """Return the name of the parameter of the search term with that number."""
    return f"term_{number}"


def field_param(query: AnalysisQuery, name: str, column: Column[Any]) -> BindParameter[Any]:
    """Return the parameter for a field of the query, to be compared with this column."""
    return bindparam(name, _value(query, name), type_=column.type)


def ref_params(ref: MessageRef) -> ColumnElement[bool]:
    """Return the condition that an analysis is of this message, in parameters."""
    table = analyses.c
    return and_(
        *(table[name] == bindparam(_REF + name, value, type_=table[name].type) for name, value in ref_row(ref).items())
    )


def cursor_place(query: AnalysisQuery) -> Place:
    """Return the parameters for the place that the query's cursor names; raises InvalidQuery."""
    rank, row_id = _named_place(query)
    at = bindparam("cursor_at", rank, type_=order_of(query).type)
    return at, bindparam("cursor_id", row_id, type_=BigInteger)


def _named_place(query: AnalysisQuery) -> tuple[datetime | float, int]:
    return rank_of(query.cursor) if query.sort in _BY_NUMBER else place_of(query.cursor)


def page_rows(query: AnalysisQuery) -> BindParameter[int]:
    """Return the parameter for the rows of a page, and one more that tells whether another follows."""
    return bindparam("page_rows", query.limit + 1, type_=Integer)


def skipped(query: AnalysisQuery) -> BindParameter[int]:
    """Return the parameter for the rows before the page."""
    return bindparam("skipped", query.offset, type_=Integer)


def through(query: AnalysisQuery) -> BindParameter[int]:
    """Return the parameter for both together."""
    return bindparam("through", query.offset + query.limit + 1, type_=Integer)


def is_given(query: AnalysisQuery, name: str) -> bool:
    """Return whether the query has that field."""
    return getattr(query, name) not in (None, "")


def _value(query: AnalysisQuery, name: str) -> Any:
    return query.person.lower() if name == "person" else getattr(query, name)
