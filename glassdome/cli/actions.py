"""`glassdome actions`: lists actions on messages, and undoes them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from glassdome.act import Undoer, Undone
from glassdome.bootstrap.mailboxes import open_store
from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, operator, out, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, InputError
from glassdome.core.limits import MAX_PAGE, MAX_UNDOS
from glassdome.ports.agent import ActionLedger, ActionQuery
from glassdome.values.action import ActionKind, ActionState
from glassdome.values.agent import PerformedAction

__all__ = [
    "list_actions",
    "undo",
]


#: Columns from which on a message has one of its own.
_WIDE: Final = 120
_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400}


def list_actions(*, since: str, mailbox: str) -> None:
    """List the completed actions that were not undone, newest first."""
    with errors_told():
        settings, query = load_settings(), _done_since(since, mailbox)
    run(_list(settings, query))


def undo(*, ids: list[int] | None, since: str, mailbox: str, keywords: bool) -> None:
    """Undo actions by their ids, or everything that was moved since then (and with --keywords, flagged)."""
    with errors_told():
        if bool(ids) is bool(since):
            raise InputError("Give ids, or --since.", fix="`glassdome actions list` shows the ids.")
        if ids and (mailbox or keywords):
            raise InputError("--mailbox and --keywords go with --since.")
        settings = load_settings()
        kinds = (ActionKind.MOVE, ActionKind.ADD_KEYWORD) if keywords else (ActionKind.MOVE,)
        query = replace(_done_since(since, mailbox), kinds=kinds) if since else None
    refused = run(_undo(settings, list(dict.fromkeys(ids or ())), query))
    raise typer.Exit(1 if refused else 0)


def _done_since(text: str, mailbox: str) -> ActionQuery:
    match = re.fullmatch(r"(\d{1,5})([mhd])", text.strip())
    if match is None:
        raise InputError(f"{text!r} is no span of time.", fix="Write 90m, 24h or 7d.")
    since = SystemClock().now() - timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    return ActionQuery(state=ActionState.DONE, since=since, mailbox=mailbox.lower())


async def _list(settings: Settings, query: ActionQuery) -> None:
    wide = out.width >= _WIDE
    names = ("id", "when", "action", "what", "message") if wide else ("id", "when", "action", "what and where")
    table = Table(*names, box=None, header_style="bold")
    for column in table.columns[:3]:
        column.no_wrap = True
    table.columns[-1].overflow = "fold"  # the end of a message's name is its UID
    async with open_store(settings) as database:
        # A warning that was not delivered is no finished action, but the reader of the list must learn of it.
        for part in (query, replace(query, state=ActionState.FAILED, kinds=(ActionKind.ALERT,))):
            async for item in _pages(database.actions, part):
                when, action = item.updated_at.strftime("%Y-%m-%d %H:%M"), item.action
                what = Text(action.argument if part is query else f"not sent: {item.detail}")
                message = Text(str(action.ref))
                if wide:
                    table.add_row(str(item.id), when, action.kind.value, what, message)
                else:
                    table.add_row(str(item.id), when, action.kind.value, Text("\n").join((what, message)))
    out.print(table)
    err.print(f"{table.row_count} {'action' if table.row_count == 1 else 'actions'}.", highlight=False)


async def _pages(ledger: ActionLedger, query: ActionQuery) -> AsyncIterator[PerformedAction]:
    query = replace(query, limit=MAX_PAGE)
    while True:
        page = await ledger.list(query)
        for item in page.items:
            yield item
        if not page.next_cursor:
            return
        query = replace(query, cursor=page.next_cursor)


async def _undo(settings: Settings, ids: list[int], query: ActionQuery | None) -> int:
    async with open_app(settings, clock=SystemClock()) as app_:
        if app_.undoer is None:
            raise ConfigError("No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
        if query is not None:
            done, refused = await _undo_since(app_.undoer, query)
            asked: dict[str, Any] = {"since": str(query.since), "kinds": [str(kind) for kind in query.kinds]}
        else:
            done, refused = await _undo_named(app_.undoer, app_.database.actions, ids)
            asked = {"items": ids}
        await app_.database.history.audit(
            actor=operator(),
            action="edit_actions",
            subject=query.mailbox if query else "",
            facts=asked | {"undone": done, "refused": refused},
            now=app_.clock.now(),
        )
    out.print(f"{done} undone, {refused} not undone.", highlight=False)
    return refused


async def _undo_named(undoer: Undoer, ledger: ActionLedger, ids: list[int]) -> tuple[int, int]:
    found = {item.id: item for item in (await ledger.list(ActionQuery(ids=tuple(ids), limit=len(ids)))).items}
    outcome = await undoer.undo_all([found[number] for number in ids if number in found])
    missing = [number for number in ids if number not in found]
    for number in missing:
        err.print(f"- {number}: There is no such action.", highlight=False)
    _tell(outcome)
    return len(outcome.done), len(outcome.refused) + len(missing)


async def _undo_since(undoer: Undoer, query: ActionQuery) -> tuple[int, int]:
    done = refused = 0
    query = replace(query, limit=MAX_UNDOS)
    while True:
        outcome = await undoer.undo_matching(query)
        _tell(outcome)
        done, refused = done + len(outcome.done), refused + len(outcome.refused)
        away = any(exc.temporary for _, exc in outcome.refused)
        if away or not outcome.next_cursor:
            return done, refused
        query = replace(query, cursor=outcome.next_cursor)


def _tell(outcome: Undone) -> None:
    for item, exc in outcome.refused:
        err.print(f"- {item.id} {item.action.ref}: {exc.public_message}", markup=False, highlight=False)
