"""A category of the owner's own, given to one message."""

from __future__ import annotations

import re
from typing import Final

from glassdome.core.errors import InputError, NotFound
from glassdome.core.limits import MAX_OWN_CATEGORY_CHARS
from glassdome.desk.email_id import EmailId
from glassdome.desk.keys import Caller
from glassdome.desk.lookup import find_analysis
from glassdome.desk.services import Services

__all__ = ["as_category", "categorize"]

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def as_category(text: str) -> str:
    """Return a category's name, blanks made one; raises InputError."""
    name = " ".join(text.split())
    if not name or len(name) > MAX_OWN_CATEGORY_CHARS or _CONTROL.search(name):
        raise InputError(f"The name of a category has 1 to {MAX_OWN_CATEGORY_CHARS} characters, on one line.")
    return name


async def categorize(services: Services, caller: Caller, mailbox: str, wanted: EmailId, name: str) -> None:
    """Give a judged message that category, empty for none; raises AccessDenied, InputError, NotFound. Audited."""
    caller.must_see(mailbox)
    category = as_category(name) if name.strip() else ""
    found = await find_analysis(services.analyses, mailbox, wanted)
    if found is None:
        raise NotFound("There is no analysis of this message.")
    now, facts = services.clock.now(), {"message": str(found.ref), "category": category}
    await services.owners.set_category(found.ref, category, now=now)
    await services.history.audit(actor=caller.name, action="set_category", subject=mailbox, facts=facts, now=now)
