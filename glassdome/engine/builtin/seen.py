"""The facts of a mail by name, as the trained models of category and attention read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from glassdome.engine.builtin.attention import AttentionFacts
from glassdome.engine.builtin.author import has_machine_address
from glassdome.engine.builtin.words import fold
from glassdome.values.context import Context
from glassdome.values.message import Message

__all__ = ["facts_seen"]

#: Characters at the beginning of a letter in which it names its reader.
_SALUTATION: Final = 60
#: Bounds of lengths and days between which a mail counts as another kind; folded beginnings of subjects.
_LENGTHS: Final = (120, 300, 600, 1_200, 2_500)
_DAYS: Final = (0, 1, 3, 7, 21)
_ANSWERS: Final = re.compile(r"(?:re|aw|antw|sv|r|odp|res|rif)\s?:", re.IGNORECASE)
_PASSED_ON: Final = re.compile(r"(?:fwd?|wg|tr|rv|i|enc|doorst)\s?:", re.IGNORECASE)
_LINKS: Final = (1, 3, 8)
_MANY: Final = 6


def facts_seen(
    message: Message,
    text: str,
    met: AttentionFacts,
    context: Context,
    *,
    reader: frozenset[str],
    subject: Mapping[str, Sequence[str]],
    named: Mapping[str, Sequence[str]],
    items: int,
    requests: int,
    relation: str,
    trades: Sequence[str],
) -> dict[str, float]:
    """Return the facts that hold, each with its worth (mostly 1): who writes, by which way, names and requests."""
    found = dict.fromkeys(
        (
            *_who(message, met, context, relation), *_way(message, context), *_asked(met, items, requests),
            *_form(message, text, reader), *(f"trade:{trade}" for trade in trades),
            *(f"subject:{name}" for name in subject), *(f"text:{name}" for name in named),
        ),
        1.0,
    )  # fmt: skip
    found["phrases"] = min(sum(map(len, named.values())), 20) / 10
    return found


def _who(message: Message, met: AttentionFacts, context: Context, relation: str) -> Iterator[str]:
    yield f"author:{met.author}"
    yield f"relation:{relation}"
    yield f"relation:{relation} author:{met.author}"
    if context.sender.seen:
        yield "known"
    if message.author.addr.lower() in context.contacts or context.sender.replied:
        yield "correspondent"
    if has_machine_address(message):
        yield "machine address"
    own = {context.mailbox.rpartition("@")[2], *context.own_domains, *(to.domain for to in message.recipients)} - {""}
    if message.author.domain in own:
        yield "colleague"
        yield f"colleague author:{met.author}"


def _way(message: Message, context: Context) -> Iterator[str]:
    lists, mine = message.lists, context.mailbox.lower()
    held = {
        "list": lists.is_list, "list:post": bool(lists.list_post), "list:one click": lists.one_click, "list:id": bool(lists.list_id),
        "list:unsubscribe": bool(lists.unsubscribe), "automatic": lists.is_automatic, "calendar": any(item.declared_type == "text/calendar" for item in message.attachments),
        "file": any(not item.inline for item in message.attachments), "html": message.has_html, "thread": bool(message.in_reply_to),
        "copy": mine not in {to.addr.lower() for to in message.to} and mine in {to.addr.lower() for to in message.cc},
        "alone": len(message.recipients) == 1, "many": len(message.recipients) > _MANY,
    }  # fmt: skip
    yield from (name for name, holds in held.items() if holds)
    yield from (f"links>={least}" for least in _LINKS if len(message.links) >= least)


def _asked(met: AttentionFacts, items: int, requests: int) -> Iterator[str]:
    held = {
        "asked": met.asked, "urgent": met.urgent, "code": met.code, "invitation": met.invitation, "disrupted": met.disrupted,
        "reset": met.reset, "to many": met.to_many, "replies": met.replies, "called": met.called, "cancelled": met.cancelled,
    }  # fmt: skip
    yield from (name for name, holds in held.items() if holds)
    yield from (f"{name} author:{met.author}" for name, holds in held.items() if holds)
    yield from (f"questions>={least}" for least in (1, 2) if met.questions >= least)
    yield from (f"items>={least}" for least in (1, 2, 4) if items >= least)
    yield from (f"requests>={least}" for least in (1, 2) if requests >= least)
    yield from _days("due", met.days, met.today)
    if met.questions and met.asked:
        yield "asked and question"


def _days(name: str, days: Sequence[date], today: date) -> Iterator[str]:
    ahead = min((abs((day - today).days) for day in days), default=None)
    if ahead is not None:
        yield name
        yield f"{name}<={next((most for most in _DAYS if ahead <= most), 'later')}"


def _form(message: Message, text: str, reader: frozenset[str]) -> Iterator[str]:
    yield from (f"length>={least}" for least in _LENGTHS if len(text) >= least)
    if _ANSWERS.match(message.subject):
        yield "answer"
    if _PASSED_ON.match(message.subject):
        yield "passed on"
    if any(map(fold(text[:_SALUTATION]).__contains__, reader)):
        yield "greeted by name"
    marks = text.count("?"), text.count("!")
    yield from (
        f"{sign}>={least}" for sign, count in zip("?!", marks, strict=True) for least in (1, 3) if count >= least
    )
