"""What the agent's commands share: passwords that never stand on the command line, and one task from start to end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import typer
from pydantic import SecretStr

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.cli.console import err, errors_told, load_settings, print_json
from glassdome.core.config import Settings
from glassdome.core.errors import InputError

__all__ = ["ask_password", "perform", "tell"]


def ask_password(*, stdin: bool, needed: bool, confirm: bool = False) -> SecretStr | None:
    """Return the password from stdin or a prompt; None where none is needed and nobody can be asked."""
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


def perform(task: Mapping[str, Any]) -> dict[str, Any]:
    """Have an agent of the settings do one task and return its result; failures are told and end the program."""
    with errors_told():
        settings = load_settings()
        return asyncio.run(_perform(settings, task))


async def _perform(settings: Settings, task: Mapping[str, Any]) -> dict[str, Any]:
    async with MailcowAgent.from_settings(settings) as agent:
        return await agent.perform(task)


def tell(result: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print the result as JSON, or a sentence for a person on stderr's side."""
    if as_json:
        print_json(dict(result))
    else:
        err.print(sentence, highlight=False, markup=False)
