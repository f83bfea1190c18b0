"""Gathers a digest from the analyses, threads and actions of a mailbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from glassdome.agents.digest.period import Period
from glassdome.ports.agent import ActionLedger, ActionQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.ports.threads import ThreadQuery
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction
from glassdome.values.analysis import Analysis
from glassdome.values.digest import Digest, DigestLine, DigestSection, DigestTopic
from glassdome.values.thread import Thread, ThreadState
from glassdome.values.verdict import Label

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.threads import Threads

__all__ = ["gather", "moved_line"]

#: Lines of a section; a digest that is longer is not read.
_LINES: Final = 10
#: Mails that are read for one digest.
_MAILS: Final = 500
#: Categories of mail in which a day or an amount matters to its reader.
_TO_PAY_OR_MEET: Final = frozenset(("invoice", "payment", "order", "delivery", "travel", "meeting"))


async def gather(
    mailbox: str, period: Period, *, analyses: Analyses, threads: Threads, actions: ActionLedger, sender: str = ""
) -> Digest:
    """Return the digest of a period; mail of `sender`, our own mailbox, is no news."""
    query = AnalysisQuery(mailbox=mailbox, since=period.since, until=period.due, limit=_MAILS)
    mails = [item for item in (await analyses.list(query)).items if item.header_from.addr.lower() != sender.lower()]
    open_me, open_them = [await _threads(threads, mailbox, s) for s in (ThreadState.OPEN_ME, ThreadState.OPEN_THEM)]
    fine = [item for item in mails if item.verdict.label is Label.HAM]
    found = (
        _section(DigestTopic.NOW, map(_mail, (item for item in fine if item.verdict.attention == "now"))),
        _section(DigestTopic.OWED, map(_thread, (thread for thread in open_me if thread.remind))),
        _section(DigestTopic.WAITING, map(_thread, open_them)),
        _section(DigestTopic.FRAUD, map(_mail, (item for item in mails if item.verdict.label is Label.PHISH))),
        _section(DigestTopic.DUE, filter(None, map(_due, fine))),
        _section(DigestTopic.MOVED, await _moved(mailbox, period, analyses, actions)),
    )
    sections = tuple(section for section in found if section.lines)
    return Digest(mailbox=mailbox, since=period.since, until=period.due, sections=sections)


def _section(topic: DigestTopic, lines: Iterable[DigestLine | None]) -> DigestSection:
    whole = [line for line in lines if line is not None]
    return DigestSection(topic=topic, lines=tuple(whole[:_LINES]), more=max(0, len(whole) - _LINES))


async def _threads(threads: Threads, mailbox: str, state: ThreadState) -> Sequence[Thread]:
    page = await threads.list(ThreadQuery(mailbox=mailbox, state=state, limit=50))
    return [item.thread for item in page.items]


async def _moved(mailbox: str, period: Period, analyses: Analyses, actions: ActionLedger) -> list[DigestLine]:
    query = ActionQuery(
        mailbox=mailbox,
        kinds=(ActionKind.MOVE,),
        state=ActionState.DONE,
        since=period.since,
        until=period.due,
        limit=50,
    )
    return [await moved_line(item, analyses) for item in (await actions.list(query)).items]


async def moved_line(item: PerformedAction, analyses: Analyses) -> DigestLine:
    """Return the line of a move: the mail, and the folder that it was moved to."""
    mail = await analyses.get(item.action.ref)
    where = item.moved_to.folder if item.moved_to is not None else item.action.argument
    subject, who = (mail.subject, _who(mail)) if mail is not None else ("", "")
    return DigestLine(subject=subject, who=who, note=where, action=item.id, message=str(item.action.ref))


def _mail(item: Analysis) -> DigestLine:
    return DigestLine(subject=item.subject, who=_who(item), note=item.verdict.summary)


def _thread(thread: Thread) -> DigestLine:
    due = thread.debt.due if thread.debt is not None else None
    who = thread.people[0] if thread.people else ""
    return DigestLine(subject=thread.subject, who=who, note=thread.why, day=due.isoformat() if due else "")


def _due(item: Analysis) -> DigestLine | None:
    """Return the line of a mail that names a day to pay, to meet or to be at home."""
    if not _TO_PAY_OR_MEET.intersection(item.verdict.categories):
        return None
    facts = {fact.type: fact.value for fact in reversed(item.facts)}
    days = [task.due_at for task in item.verdict.action_items if task.due_at]
    day = next(iter(days), "") or facts.get("date", "") or facts.get("datetime", "")
    if not day and "amount" not in facts:
        return None
    return DigestLine(subject=item.subject, who=_who(item), note=facts.get("amount", ""), day=day[:10])


def _who(item: Analysis) -> str:
    return item.header_from.addr
