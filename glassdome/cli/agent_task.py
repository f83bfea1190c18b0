"""Shared code of the agent's commands: passwords that never appear on the command line, and one task from start to end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import typer
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.cli.console import err, errors_told, load_settings, operator, print_json
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError, InputError, StoreError
from glassdome.core.log import get_logger

__all__ = ["Audited", "ask_password", "audit", "perform", "tell"]

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The audit entry of a change; `done_before_store` means that the change is made before the database is opened."""

    action: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    done_before_store: bool = False


def ask_password(*, stdin: bool, needed: bool, confirm: bool = False) -> SecretStr | None:
    """Return the password from stdin or a prompt; None where none is needed and there is no terminal."""
    if stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise InputError("There is no password on stdin.")
        return SecretStr(line)
    if needed and sys.stdin.isatty():
        return SecretStr(typer.prompt("Password", hide_input=True, confirmation_prompt=confirm, err=True))
    if needed:
        raise InputError("A password is needed.", fix="Use --password-stdin, or run this at a terminal.")
    return None


def perform(task: Mapping[str, Any], audited: Audited | None = None) -> dict[str, Any]:
    """Have an agent of the settings do one task and return its result; failures are printed and end the program."""
    with errors_told():
        settings = load_settings()
        return asyncio.run(_perform(settings, task, audited))


async def _perform(settings: Settings, task: Mapping[str, Any], audited: Audited | None) -> dict[str, Any]:
    async with MailcowAgent.from_settings(settings) as agent:
        if audited is None:
            return await agent.perform(task)
        try:
            result = await agent.perform(task)
        except StoreError as exc:
            if not audited.done_before_store:
                raise
            # mailcow has done it; failing now would have it done again.
            return {"success": True, "mailbox": audited.subject, "warnings": [_unwritten(exc, "remembered or audited")]}
        try:
            await audit(agent, audited)
        except StoreError as exc:
            result = result | {"warnings": [*result.get("warnings", []), _unwritten(exc, "audited")]}
        return result


async def audit(agent: MailcowAgent, audited: Audited) -> None:
    """Write a change into the audit, under the name of who runs this."""
    history = (await agent.memory.stores()).history
    await history.audit(
        actor=operator(),
        action=audited.action,
        subject=audited.subject,
        facts=audited.facts,
        now=SystemClock().now(),
    )


def _unwritten(exc: GlassdomeError, what: str) -> str:
    _log.warning("not_audited", code=exc.code, **exc.facts)
    return f"It was done, but could not be {what}: {exc.public_message}"


def tell(result: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print the result as JSON, or a sentence for a person on stderr's side."""
    if as_json:
        print_json(dict(result))
        return
    err.print(sentence, highlight=False, markup=False)
    for warning in result.get("warnings", ()):
        err.print(f"- {warning}", highlight=False, markup=False)
