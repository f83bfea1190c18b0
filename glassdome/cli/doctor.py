"""`glassdome doctor`: every connection and setting checked, each failure with its fix."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import typer
from rich.text import Text

from glassdome.cli.checks import Check, Health, all_checks
from glassdome.cli.console import errors_told, load_settings, out, print_json, run
from glassdome.cli.mailcow_checks import mailcow_checks
from glassdome.cli.optional_checks import file_checks, plugin_checks, webhook_checks
from glassdome.cli.part_checks import part_checks
from glassdome.cli.sign_in_checks import sign_in_checks
from glassdome.cli.speech import tell
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings

__all__ = ["doctor"]

_MARKS: Final = {Health.OK: ("ok", "green"), Health.WARN: ("warn", "yellow"), Health.FAIL: ("FAIL", "bold red")}


def doctor(*, as_json: bool, mailcow: bool) -> None:
    """Check every setting and connection, and say how to fix each problem."""
    with errors_told():
        settings = load_settings()
    worst = run(_doctor(settings, as_json=as_json, mailcow=mailcow))
    raise typer.Exit(1 if worst is Health.FAIL else 0)


async def _doctor(settings: Settings, *, as_json: bool, mailcow: bool) -> Health:
    found = []
    async for check in _checks(settings, mailcow=mailcow):
        found.append(check)
        if as_json:
            print_json({"check": check.name, "health": check.health, "detail": check.detail, "fix": check.fix})
        else:
            _show(check)
    return max((check.health for check in found), key=list(Health).index)


async def _checks(settings: Settings, *, mailcow: bool) -> AsyncIterator[Check]:
    async for check in all_checks(settings, clock=SystemClock()):
        yield check
    for check in await asyncio.to_thread(lambda: list(plugin_checks(settings))):
        yield check
    for check in await file_checks(settings):
        yield check
    for check in await webhook_checks(settings):
        yield check
    for check in await sign_in_checks(settings):
        yield check
    for check in await part_checks(settings):
        yield check
    if mailcow:
        async for check in mailcow_checks(settings):
            yield check


def _show(check: Check) -> None:
    mark, colour = _MARKS[check.health]
    line = Text.assemble((f"{tell(mark):<4}", colour), "  ", (f"{check.name:<12}", "bold"), "  ", tell(check.detail))
    if check.fix:
        line.append(f"\n      {'':<12}  -> {tell(check.fix)}", "cyan")
    out.print(line)
