"""One change of many messages at once, and its undoing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from glassdome.core.errors import GlassdomeError, InputError, NotFound, StoreError
from glassdome.core.limits import MAX_UNDOS
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.desk.undo import take_back
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.analysis import Analysis
from glassdome.values.feedback import Feedback
from glassdome.values.owner import SenderRule, SenderStanding
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

__all__ = ["BulkChange", "BulkOutcome", "change_many", "undo_change"]


class BulkChange(StrEnum):
    """The changes that many messages can have at once."""

    DONE = "done"
    NOT_DONE = "not_done"
    HARMLESS = "harmless"
    SPAM = "spam"
    PHISHING = "phishing"
    BACK = "back"
    BLOCK = "block"
    TRUST = "trust"


_LABELS: Final = {BulkChange.HARMLESS: Label.HAM, BulkChange.SPAM: Label.SPAM, BulkChange.PHISHING: Label.PHISH}
_STANDINGS: Final = {BulkChange.BLOCK: SenderStanding.BLOCKED, BulkChange.TRUST: SenderStanding.TRUSTED}
_UNDOABLE: Final = (ActionKind.MOVE, ActionKind.ADD_KEYWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """The messages that were changed and those that were not; `token` undoes it, empty where nothing can be undone."""

    changed: int
    refused: int = 0
    token: str = ""


async def change_many(
    services: Services, caller: Caller, change: BulkChange, refs: Sequence[MessageRef]
) -> BulkOutcome:
    """Change all of them, keep their state before, and audit it; raises AccessDenied before anything changes."""
    for ref in refs:
        caller.must_see(ref.mailbox)
    if not refs:
        raise InputError("No message is selected.", fix="Tick the boxes of the messages first.")
    now, refused = services.clock.now(), 0
    before: list[dict[str, Any]] = []
    if change in (BulkChange.DONE, BulkChange.NOT_DONE):
        before = await _mark(services, refs, done=change is BulkChange.DONE)
    else:
        for ref in refs:
            try:
                await _change_one(services, caller, change, ref, before)
            except GlassdomeError:
                refused += 1
    token = secrets.token_urlsafe(18)
    if before:
        await services.owners.keep_change(token, caller.name, before, now=now)
    facts = {"change": str(change), "messages": [str(ref) for ref in refs], "refused": refused}
    await services.history.audit(actor=caller.name, action="change_many", subject="", facts=facts, now=now)
    return BulkOutcome(changed=len(refs) - refused, refused=refused, token=token if before else "")


async def undo_change(services: Services, caller: Caller, token: str) -> BulkOutcome:
    """Put back what a change replaced; raises NotFound once all of it was undone, or too old, and StoreError.

    The record goes after the values are back: a caller who is cut off may undo again, and what was refused keeps its `token`.
    Mail that was moved back stays where it is: the owner has seen it there.
    """
    items = await services.owners.change_of(token, caller.name)
    if items is None:
        raise NotFound("There is nothing to undo.", fix="A change can be undone once, within a day.")
    left = [item for item in items if not await _is_restored(services, caller, item)]
    await services.owners.undone(token, caller.name, left=left)
    now, done = services.clock.now(), len(items) - len(left)
    facts = {"messages": done, "refused": len(left)}
    await services.history.audit(actor=caller.name, action="undo_change", subject="", facts=facts, now=now)
    return BulkOutcome(changed=done, refused=len(left), token=token if left else "")


async def _is_restored(services: Services, caller: Caller, item: Mapping[str, Any]) -> bool:
    try:
        caller.must_see(item["mailbox"])
        await _restore(services, caller, item)
    except StoreError:
        raise
    except GlassdomeError:
        return False
    return True


async def _mark(services: Services, refs: Sequence[MessageRef], *, done: bool) -> list[dict[str, Any]]:
    known = await services.owners.marks_of(refs)
    await services.owners.mark_done(refs, done=done, now=services.clock.now())
    was = {ref: ref in known and known[ref].done_at is not None for ref in refs}
    return [_place(ref) | {"done": was[ref]} for ref in refs]


async def _change_one(
    services: Services, caller: Caller, change: BulkChange, ref: MessageRef, before: list[dict[str, Any]]
) -> None:
    """Change a message and add what that replaced to `before`, also where a later step is refused."""
    found = await services.analyses.get(ref)
    if found is None:
        raise NotFound("There is no analysis of this message.")
    if change in _STANDINGS:
        before.append(await _judge_sender(services, found, _STANDINGS[change]))
    if change in _LABELS:
        before.append(await _correct(services, caller, found, _LABELS[change]))
    if change in (BulkChange.BACK, BulkChange.HARMLESS):
        await _move_back(services, caller, ref, must=change is BulkChange.BACK)


async def _judge_sender(services: Services, found: Analysis, standing: SenderStanding) -> dict[str, Any]:
    addr = found.header_from.addr.lower()
    if "@" not in addr:
        raise InputError("This message names no sender.")
    mailbox = found.ref.mailbox
    old = next((rule.standing for rule in await services.owners.senders(mailbox) if rule.addr == addr), None)
    rule = SenderRule(mailbox=mailbox, addr=addr, standing=standing)
    await services.owners.set_sender(rule, now=services.clock.now())
    return {"mailbox": mailbox, "sender": addr, "standing": str(old or "")}


async def _correct(services: Services, caller: Caller, found: Analysis, label: Label) -> dict[str, Any]:
    old = await services.history.correction(found.ref)
    await _say(services, caller, found.ref, label)
    return _place(found.ref) | {"label": str(old or "")}


async def _say(services: Services, caller: Caller, ref: MessageRef, label: Label) -> None:
    said = Feedback(ref=ref, label=label, actor=caller.name, note="")
    await services.history.record_feedback(said, now=services.clock.now())
    if services.teach is not None:
        await services.teach(said)


async def _move_back(services: Services, caller: Caller, ref: MessageRef, *, must: bool) -> None:
    done = [
        item.id
        for item in reversed(await services.actions.of(ref))
        if item.state is ActionState.DONE and item.action.kind in _UNDOABLE
    ][:MAX_UNDOS]
    if not done:
        if must:
            raise NotFound("Nothing was done to this message that could be undone.")
        return
    for outcome in (await take_back(services, caller, done)).values():
        if isinstance(outcome, GlassdomeError):
            raise outcome


async def _restore(services: Services, caller: Caller, item: Mapping[str, Any]) -> None:
    now = services.clock.now()
    if "sender" in item:
        if item["standing"]:
            standing = SenderStanding(item["standing"])
            rule = SenderRule(mailbox=item["mailbox"], addr=item["sender"], standing=standing)
            await services.owners.set_sender(rule, now=now)
        else:
            await services.owners.forget_sender(item["mailbox"], item["sender"])
        return
    place = {name: item[name] for name in ("mailbox", "folder", "uid_validity", "uid")}
    ref = MessageRef(**place)
    if "done" in item:
        await services.owners.mark_done([ref], done=item["done"], now=now)
    elif item["label"]:
        await _say(services, caller, ref, Label(item["label"]))
    else:
        await services.history.forget_feedback(ref, now=now)


def _place(ref: MessageRef) -> dict[str, Any]:
    return {"mailbox": ref.mailbox, "folder": ref.folder, "uid_validity": ref.uid_validity, "uid": ref.uid}
