"""Categories of the owner's own: kept with the words and senders that give them, and given to one message by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from glassdome.core.errors import Conflict, InputError, NotFound
from glassdome.core.limits import (
    MAX_OWN_CATEGORIES,
    MAX_OWN_CATEGORY_CHARS,
    MAX_OWN_CATEGORY_WORD_CHARS,
    MAX_OWN_CATEGORY_WORDS,
)
from glassdome.desk.email_id import EmailId
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import find_analysis
from glassdome.desk.services import Services
from glassdome.values.analysis import Analysis
from glassdome.values.own_category import OwnCategory, keyword_of
from glassdome.values.owner import OwnerMark

__all__ = ["categories_of", "categorize", "remove_category", "save_category"]

#: Controls, those that turn the direction of text among them: in a list or a terminal a name would pass for another.
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_SENDER: Final = re.compile(r"[^\s@]{0,64}@[^\s@]{1,253}")


async def categories_of(services: Services, caller: Caller, mailbox: str) -> tuple[OwnCategory, ...]:
    """Return the categories of a mailbox, by name; raises AccessDenied."""
    caller.must_see(mailbox)
    return await services.owners.categories.of(mailbox)


async def save_category(
    services: Services,
    caller: Caller,
    mailbox: str,
    *,
    old: str,
    name: str,
    words: Sequence[str] | None,
    senders: Sequence[str] | None,
    keyword: bool | None,
) -> OwnCategory:
    """Store a category, renaming the one called `old`; return it. A part that is None stays as it is.

    Raises AccessDenied, InputError, NotFound for an unknown old one, Conflict where there are too many. Audited.
    """
    caller.must_see(mailbox)
    called = _name(name)
    parts: dict[str, Any] = {} if keyword is None else {"keyword": keyword}
    parts |= {} if words is None else {"words": _words(words)}
    parts |= {} if senders is None else {"senders": _senders(senders)}

    def make(known: Mapping[str, OwnCategory]) -> OwnCategory:
        if old and old not in known:
            raise NotFound("There is no such category.")
        so_far = known.get(old or called, OwnCategory(mailbox=mailbox, name=called))
        made = replace(so_far, name=called, **parts)
        if made.keyword and not keyword_of(made):
            raise InputError("A keyword needs a name with a letter from A to Z or a digit.")
        return made

    now = services.clock.now()
    made = await services.owners.categories.edit(mailbox, old, make, now=now)
    if made is None:
        raise Conflict(f"A mailbox has {MAX_OWN_CATEGORIES} categories of its own at most.", fix="Remove one first.")
    facts = {"category": made.name, "before": old}
    await services.history.audit(actor=caller.name, action="save_category", subject=mailbox, facts=facts, now=now)
    return made


async def remove_category(services: Services, caller: Caller, mailbox: str, name: str) -> None:
    """Remove a category, also from the messages that have it; raises AccessDenied, NotFound. Audited."""
    if name not in {one.name for one in await categories_of(services, caller, mailbox)}:
        raise NotFound("There is no such category.")
    await services.owners.categories.remove(mailbox, name)
    now, facts = services.clock.now(), {"category": name}
    await services.history.audit(actor=caller.name, action="remove_category", subject=mailbox, facts=facts, now=now)


async def categorize(services: Services, caller: Caller, mailbox: str, wanted: EmailId, name: str) -> Analysis:
    """Give a judged message that category, empty for none, and its keyword; return it. Raises as the others. Audited."""
    caller.must_see(mailbox)
    category = _name(name) if name.strip() else ""
    found = await find_analysis(services.analyses, mailbox, wanted)
    if found is None:
        raise NotFound("There is no analysis of this message.")
    now, facts = services.clock.now(), {"message": str(found.ref), "category": category}
    before = (await services.owners.marks_of([found.ref])).get(found.ref, OwnerMark()).category
    await services.owners.set_category(found.ref, category, now=now)
    if before != category:
        await _mark(services, found, before, category)
    await services.history.audit(actor=caller.name, action="set_category", subject=mailbox, facts=facts, now=now)
    return found


async def _mark(services: Services, found: Analysis, before: str, category: str) -> None:
    """Plan to take the keyword of the category before away, and to set that of the present one."""
    known = {one.name: one for one in await services.owners.categories.of(found.ref.mailbox)}
    now = services.clock.now()
    for name, add in ((before, False), (category, True)):
        keyword = keyword_of(known[name]) if name in known else ""
        if keyword:
            await services.owners.plan_keyword(found.ref, keyword, add=add, message_id=found.message_id, now=now)
    services.wake()


def _name(text: str) -> str:
    """Return a category's name, blanks made one; raises InputError."""
    name = _shown(" ".join(text.split()))
    if not name or len(name) > MAX_OWN_CATEGORY_CHARS:
        raise InputError(f"The name of a category has 1 to {MAX_OWN_CATEGORY_CHARS} characters, on one line.")
    return name


def _shown(text: str) -> str:
    """Return a text in which every letter is seen where it stands; raises InputError."""
    if _CONTROL.search(text):
        raise InputError("A category has hidden letters in its name or words; write them again by hand.")
    return text


def _words(given: Sequence[str]) -> tuple[str, ...]:
    """Return words without repeats, blanks made one; raises InputError."""
    words = tuple(dict.fromkeys(_shown(" ".join(word.split())) for word in given if word.strip()))
    if len(words) > MAX_OWN_CATEGORY_WORDS or any(len(word) > MAX_OWN_CATEGORY_WORD_CHARS for word in words):
        raise InputError(
            f"A category has {MAX_OWN_CATEGORY_WORDS} words and as many senders at most, one a line, "
            f"each of {MAX_OWN_CATEGORY_WORD_CHARS} characters at most."
        )
    return words


def _senders(given: Sequence[str]) -> tuple[str, ...]:
    senders = tuple(word.lower() for word in _words(given))
    wrong = next((sender for sender in senders if not _SENDER.fullmatch(sender)), None)
    if wrong is not None:
        raise InputError("A sender is an address such as ann@example.org, or @ and a domain such as @example.org.")
    return senders
