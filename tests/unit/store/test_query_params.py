"""One statement serves all queries of a shape: nothing of the query it was made for is left in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy import Select, Subquery, select

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.paging import cursor_of
from glassdome.store.search.query_params import bind_values, statement_key
from glassdome.store.search.selection import newest_first
from glassdome.values.refs import MessageRef

_DAY = datetime(2026, 5, 6, tzinfo=UTC)
#: Two values of each field that is handed over; those of one field are never given in one query.
_TWO: dict[str, tuple[Any, Any]] = {
    "mailbox": ("ann@a.example", "bob@b.example"),
    "folder": ("INBOX", "Archive"),
    "uid": (0, 77),
    "message_id": ("one@a.example", "two@b.example"),
    "person": ("Carl@c.example", "dora@d.example"),
    "category": ("work", "bills"),
    "since": (_DAY, _DAY.replace(month=6)),
    "until": (_DAY.replace(month=7), _DAY.replace(month=8)),
    "text": ("invoice due", "Zebra, \u00e9clair"),
    "ref": tuple(MessageRef(mailbox="ann@a.example", uid_validity=n, uid=n) for n in (3, 4)),
    "cursor": (cursor_of(_DAY, 5), cursor_of(_DAY, 6)),
}
#: What decides a statement's text; each goes with all of the above.
_TEXTS: tuple[dict[str, Any], ...] = (
    {},
    {"is_phishing": True},
    {"sort": "received"},
    {"min_priority": 8},
    {"without": ("gil@g.example",)},
    {"mailboxes": ("eve@e.example",), "domains": ("f.example",)},
)


def _parameters(statement: Select[Any], values: dict[str, Any]) -> list[Any]:
    return sorted(map(repr, statement.compile().construct_params(values).values()))


@pytest.mark.parametrize("text", _TEXTS, ids=lambda text: "+".join(text) or "plain")
def test_a_shapes_statement_is_the_querys_own(text: dict[str, Any]) -> None:
    """Handed another query's values it has that query's parameters, all of them and no other."""
    for names in (names for size in range(5) for names in combinations(_TWO, size)):
        one, other = (
            AnalysisQuery(**text, **{name: _TWO[name][n] for name in names}, limit=10 + n, offset=n) for n in (0, 1)
        )
        assert statement_key(one) == statement_key(other)
        made = newest_first(statement_key(one))
        for query in (one, other):
            own = newest_first(query)
            assert str(made) == str(own)
            assert _parameters(made, bind_values(query)) == _parameters(own, {})


def test_a_query_of_another_shape_is_not_the_same() -> None:
    """The given fields, and the values that are not bound, decide the shape."""
    plain = AnalysisQuery()
    others = [AnalysisQuery(**{name: two[0]}) for name, two in _TWO.items()]
    others += [AnalysisQuery(**text) for text in _TEXTS[1:]] + [replace(plain, mailboxes=("other@e.example",))]
    others += [AnalysisQuery(text="one more word")]
    assert len({statement_key(query) for query in (plain, *others)}) == len(others) + 1


def test_a_cursor_that_is_none_is_refused() -> None:
    """Also where the statement has long been made."""
    with pytest.raises(InvalidQuery, match="cursor"):
        bind_values(AnalysisQuery(cursor="x"))


def test_the_kept_statement_serves_the_page_around_it() -> None:
    """The shown columns are joined to the page, whose parameters stay the query's."""

    def shown(page: Subquery) -> Select[Any]:
        return select(page.c.id)

    query = AnalysisQuery(mailbox="ann@a.example")
    made = shown(newest_first(statement_key(query)).subquery())
    assert "'ann@a.example'" in _parameters(made, bind_values(query))
