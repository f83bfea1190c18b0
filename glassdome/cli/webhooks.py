"""`glassdome webhooks`: the receivers of events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, operator, out, print_json, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.config.field import parts_of
from glassdome.core.errors import InputError
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.services import Services
from glassdome.desk.webhooks import WebhookEdit, WebhookTest, edit_webhook, listed_webhooks, try_webhook
from glassdome.desk.wiring import services_of
from glassdome.values.event import EventKind

__all__ = ["add", "dead", "list_webhooks", "remove", "resend", "test"]


def list_webhooks(*, as_json: bool) -> None:
    """List the webhooks, how they fare, and what waits for them."""
    found = _with(listed_webhooks)
    names = ("id", "url", "events", "of", "waiting", "dead", "last error")
    rows = [_row(w) for w in found]
    _show(found, names, rows, as_json=as_json)


def add(*, url: str, events: str, mailbox: str, domain: str) -> None:
    """Add a webhook, and print the secret that its receiver checks signatures with; it is shown this once."""
    with errors_told():
        body = WebhookEdit(action="add", url=url, events=_kinds(events), mailbox=mailbox, domain=domain)
    made = _with(lambda services, caller: edit_webhook(services, caller, body))
    err.print(f"Webhook {made['id']} was added. Its secret, shown this once:", highlight=False)
    out.print(made["secret"], markup=False, highlight=False)


def remove(webhook: int) -> None:
    """Remove a webhook with all that waits for it."""
    done = _with(lambda s, c: edit_webhook(s, c, WebhookEdit(action="remove", id=webhook)))
    out.print(f"Removed; {done['not_delivered']} events were not delivered.", highlight=False)


def test(webhook: int) -> None:
    """Send an event of type `test` and show the receiver's status."""
    done = _with(lambda s, c: try_webhook(s, c, WebhookTest(id=webhook)))
    out.print(f"The receiver answered {done['status']}.", highlight=False)
    raise typer.Exit(0 if done["accepted"] else 1)


def dead(*, as_json: bool) -> None:
    """List the events that were given up after a day of tries."""
    found = [item | {"webhook": w["id"]} for w in _with(listed_webhooks) for item in w["dead"]]
    rows = [(d["webhook"], d["event"], d["mailbox"], d["at"], d["attempts"], d["status"] or d["error"]) for d in found]
    _show(found, ("webhook", "event", "mailbox", "at", "tries", "last answer"), rows, as_json=as_json)


def resend(webhook: int) -> None:
    """Send the dead letters of a webhook again."""
    done = _with(lambda s, c: edit_webhook(s, c, WebhookEdit(action="resend", id=webhook)))
    out.print(f"{done['resent']} events are sent again by the running service.", highlight=False)


def _row(w: dict[str, Any]) -> tuple[Any, ...]:
    trouble = w["last_error"] or ("" if w["enabled"] else "switched off")
    scope = w["mailbox"] or w["domain"] or "all"
    return w["id"], w["url"], ", ".join(w["events"]), scope, w["waiting"], w["dead_count"], trouble


def _kinds(text: str) -> list[EventKind] | None:
    names = list(parts_of(text))
    if wrong := [name for name in names if name not in list(EventKind)]:
        raise InputError(f"There is no event {wrong[0]}.", fix=f"Choose from: {', '.join(EventKind)}.")
    return [EventKind(name) for name in names] or None


def _with(work: Callable[[Services, Caller], Awaitable[Any]]) -> Any:
    with errors_told():
        settings = load_settings()
    return run(_done(settings, work))


async def _done(settings: Settings, work: Callable[[Services, Caller], Awaitable[Any]]) -> Any:
    async with open_app(settings, clock=SystemClock()) as app:
        return await work(services_of(app), Caller(name=operator(), scope=Scope.RW))


def _show(found: Sequence[Any], names: Sequence[str], rows: Sequence[Sequence[Any]], *, as_json: bool) -> None:
    if as_json:
        for item in found:
            print_json(item)
        return
    table = Table(box=None, header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, map(str, row)))
    out.print(table)
