"""List what did not come about: messages without a verdict, those that wait, and warnings that were not sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.values.job import JobState
from glassdome.values.owner import OwnerMark
from glassdome.values.refs import MessageRef
from glassdome.web.mailboxes import narrowed_to
from glassdome.web.page import message_link

__all__ = ["Unjudged", "marks_of", "unjudged", "unsent"]

#: Messages shown above the list; the queue has them all.
_SHOWN: Final = 3
#: Failed jobs read for these.
_LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """Failed jobs of messages without a verdict; `more`: there are, or may be, others. `waiting` jobs come by turn."""

    jobs: tuple[dict[str, Any], ...]
    more: bool
    waiting: int


async def unjudged(services: Services, caller: Caller, mailbox: str) -> Unjudged:
    """Return failed messages without any verdict, so that the page never shows them as safe."""
    seen = narrowed_to(caller, mailbox)
    page = await services.queue.page(
        now=services.clock.now(),
        state=JobState.FAILED,
        mailbox=mailbox,
        limit=_LOOKED_AT,
        mailboxes=seen.mailboxes,
        domains=seen.domains,
    )
    found = await _without_verdict(services, page.jobs)
    return Unjudged(
        jobs=tuple(found[:_SHOWN]),
        more=len(found) > _SHOWN or page.next_after_id is not None,
        waiting=page.depth.pending + page.depth.leased,
    )


async def _without_verdict(services: Services, jobs: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return those without an analysis, up to one more than is shown."""
    found = []
    for text in jobs:
        job = json.loads(text)
        if await services.analyses.get(_ref_of(job)) is None:
            found.append(job)
        if len(found) > _SHOWN:
            break
    return found


async def unsent(services: Services, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Return the links of those rows' messages of which a warning could not be sent."""
    refs = {_ref_of(row): message_link(row) for row in rows}
    return frozenset(refs[ref] for ref in await services.actions.unsent(refs))


async def marks_of(services: Services, rows: Sequence[Mapping[str, Any]]) -> dict[str, OwnerMark]:
    """Return the owner's marks of those rows' messages by their links."""
    refs = {_ref_of(row): message_link(row) for row in rows}
    return {refs[ref]: mark for ref, mark in (await services.owners.marks_of(refs)).items()}


def _ref_of(row: Mapping[str, Any]) -> MessageRef:
    place = {"mailbox": row["mailbox"], "folder": row["folder"], "uid_validity": row["uid_validity"]}
    return MessageRef(**place, uid=int(row["email_id"]))
