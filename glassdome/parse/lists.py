"""List, bulk and automation fields (RFC 2369, 2919, 8058, 3834) and thread references (RFC 5322 3.6.4)."""

from __future__ import annotations

import re

from glassdome.core.limits import MAX_REFERENCES, MAX_URL_CHARS
from glassdome.parse.fields import RawField, first
from glassdome.parse.plain import line
from glassdome.parse.url import normal_url
from glassdome.values.message import ListFacts

__all__ = ["message_ids", "read_lists"]

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_BRACKETED = re.compile(r"<([^<>]{1,4096})>")
#: Ways out of a list that are kept; two are usual.
_MAX_UNSUBSCRIBE = 10


def read_lists(fields: list[RawField]) -> ListFacts:
    """Read what a message says about being a list's, a newsletter's or a program's."""
    unsubscribe = _BRACKETED.findall(first(fields, "list-unsubscribe"))
    list_id = first(fields, "list-id")
    inner = _BRACKETED.search(list_id)
    return ListFacts(
        list_id=line(inner[1] if inner else list_id).lower()[:255],
        unsubscribe=tuple(filter(None, (normal_url(url) for url in unsubscribe[:_MAX_UNSUBSCRIBE]))),
        one_click="one-click" in first(fields, "list-unsubscribe-post").lower(),
        list_post=line(first(fields, "list-post")).strip("<>")[:MAX_URL_CHARS],
        precedence=_keyword(first(fields, "precedence")),
        auto_submitted=_keyword(first(fields, "auto-submitted")),
        feedback_id=line(first(fields, "feedback-id"))[:255],
    )


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of a field, without brackets; the first and the last ones of a very long thread."""
    if not value:
        return ()
    ids = [line(found) for found in _MESSAGE_ID.findall(value)]
    if not ids and "@" in value and "<" not in value:
        ids = [line(word)[:998] for word in value.split()[:1]]
    if len(ids) > MAX_REFERENCES:
        ids = [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(filter(None, ids))


def _keyword(value: str) -> str:
    """The keyword before any parameter or comment (RFC 3834 5)."""
    return line(re.split(r"[;(]", value, maxsplit=1)[0]).lower()[:40] if value else ""
