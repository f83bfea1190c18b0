"""`glassdome actions`: what was done to messages, and how to take it back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from glassdome.act import Undoer
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, out, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, InputError
from glassdome.values.action import ActionKind

__all__ = ["app"]

app = typer.Typer(help="Look at what was done to messages, and take it back.", no_args_is_help=True)

_UNITS: Final = {"m": 60, "h": 3600, "d": 86_400}
Since = Annotated[str, typer.Option(help="How far back: 90m, 24h, 7d.")]
Mailbox = Annotated[str, typer.Option(help="Only this mailbox.")]


@app.command("list")
def list_actions(since: Since = "7d", mailbox: Mailbox = "") -> None:
    """List what was done and not taken back."""
    with errors_told():
        settings, back = load_settings(), _span(since)
    run(_list(settings, back, mailbox))


@app.command()
def undo(
    since: Since,
    mailbox: Mailbox = "",
    keywords: Annotated[bool, typer.Option("--keywords", help="Take keywords off too, not only moves.")] = False,
) -> None:
    """Take back everything that was moved since then (and with --keywords, flagged)."""
    with errors_told():
        settings, back = load_settings(), _span(since)
    refused = run(_undo(settings, back, mailbox, keywords=keywords))
    raise typer.Exit(1 if refused else 0)


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})([mhd])", text.strip())
    if match is None:
        raise InputError(f"{text!r} is no span of time.", fix="Write 90m, 24h or 7d.")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


async def _list(settings: Settings, back: timedelta, mailbox: str) -> None:
    async with open_app(settings, clock=SystemClock()) as app_:
        found = await app_.database.actions.done_since(app_.clock.now() - back, mailboxes=_only(mailbox))
    table = Table("when", "message", "action", "what", box=None, header_style="bold")
    for item in found:
        when = item.updated_at.strftime("%Y-%m-%d %H:%M")
        table.add_row(when, Text(str(item.action.ref)), item.action.kind.value, Text(item.action.argument))
    out.print(table)
    err.print(f"{len(found)} actions.", highlight=False)


async def _undo(settings: Settings, back: timedelta, mailbox: str, *, keywords: bool) -> int:
    kinds = (ActionKind.MOVE, ActionKind.ADD_KEYWORD) if keywords else (ActionKind.MOVE,)
    async with open_app(settings, clock=SystemClock()) as app_:
        undoer = _undoer(app_)
        result = await undoer.undo_since(app_.clock.now() - back, mailboxes=_only(mailbox), kinds=kinds)
    for item, why in result.refused:
        err.print(f"- {item.action.ref}: {why}", markup=False, highlight=False)
    out.print(f"{len(result.done)} taken back, {len(result.refused)} not.", highlight=False)
    return len(result.refused)


def _undoer(app_: App) -> Undoer:
    if app_.editor is None or app_.source is None:
        raise ConfigError("No mail server is set.", fix="Set MAILCOW_API_URL or MAILCOW_IMAP_HOST.")
    return Undoer(app_.database.actions, clock=app_.clock, editor=app_.editor, source=app_.source)


def _only(mailbox: str) -> list[str] | None:
    return [mailbox.lower()] if mailbox else None
