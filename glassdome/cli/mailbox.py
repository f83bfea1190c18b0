"""`glassdome mailbox`: create, list, delete and register mailboxes."""

from __future__ import annotations

import asyncio
from typing import Any

import typer
from rich.table import Table

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.cli.agent_task import Audited, ask_password, audit, perform, tell
from glassdome.cli.console import err, errors_told, load_settings, out, print_json
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, NotFound
from glassdome.desk.email_id import as_mailbox

__all__ = ["create", "delete", "forget", "list_", "register"]


def create(
    *, local_part: str, name: str, quota_mb: int, domain: str | None, password_stdin: bool, as_json: bool
) -> None:
    """Create a mailbox and register it with the agent; asks for the password."""
    with errors_told():
        mailbox = _new_address(local_part, domain)
        password = ask_password(stdin=password_stdin, needed=True, confirm=True)
    task = {"local_part": local_part, "name": name, "quota_mb": quota_mb, "domain": domain, "password": password}
    audited = Audited(action="create_mailbox", subject=mailbox, facts={"quota_mb": quota_mb}, done_before_store=True)
    result = perform({"action": "create_mailbox"} | task, audited)
    tell(result, f"Created {result['mailbox']}.", as_json=as_json)


def _new_address(local_part: str, domain: str | None) -> str:
    domain = domain or load_settings().mailcow_domain
    if not domain:
        raise ConfigError("No domain for the mailbox is known.", fix="Give --domain, or set MAILCOW_DOMAIN.")
    return f"{local_part}@{domain}".lower()


def list_(*, domain: str | None, registered: bool, as_json: bool) -> None:
    """List mailboxes of mailcow, or those that the agent watches."""
    if registered:
        with errors_told():
            known = asyncio.run(_registered(load_settings()))
        if as_json:
            print_json({"mailboxes": known})
        elif known:
            out.print("\n".join(known), highlight=False, markup=False, soft_wrap=True)
        else:
            err.print("No mailbox is registered. Register one: glassdome mailbox register ADDRESS", markup=False)
        return
    with errors_told():
        if not load_settings().mailcow_api_url:
            raise ConfigError(
                "No mailcow is set, so there is no list of its mailboxes.",
                fix="See those that the agent watches: glassdome mailbox list --registered. Or set MAILCOW_API_URL.",
            )
    result = perform({"action": "list_mailboxes", "domain": domain})
    if as_json:
        print_json(result)
        return
    table = Table("mailbox", "name", "quota MiB", "messages", "active")
    for row in result["mailboxes"]:
        table.add_row(*_cells(row))
    out.print(table)


async def _registered(settings: Settings) -> list[str]:
    async with MailcowAgent.from_settings(settings) as agent:
        return list(await (await agent.memory.stores()).mailboxes.list())


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    quota = int(row.get("quota") or 0) // 1_048_576
    active = "yes" if str(row.get("active", 1)) != "0" else "no"
    return str(row["username"]), str(row.get("name", "")), str(quota), str(row.get("messages", "")), active


def delete(*, mailbox: str, yes: bool, as_json: bool) -> None:
    """Delete a mailbox with all its mail, and forget its password."""
    with errors_told():
        mailbox = as_mailbox(mailbox)
    if not yes:
        typer.confirm(f"Delete {mailbox} with all its mail?", abort=True, err=True)
    audited = Audited(action="delete_mailbox", subject=mailbox, done_before_store=True)
    result = perform({"action": "delete_mailbox", "mailbox": mailbox}, audited)
    tell(result, f"Deleted {mailbox}.", as_json=as_json)


def register(*, mailbox: str, login: str, password_stdin: bool, as_json: bool) -> None:
    """Register an existing mailbox with the agent; tries its login and stores its password encrypted."""
    with errors_told():
        mailbox = as_mailbox(mailbox)
        password = ask_password(stdin=password_stdin, needed=True)
    task = {"action": "monitor_mailbox", "mailbox": mailbox, "login": login, "password": password, "limit": 1}
    result = perform(task, Audited(action="register_mailbox", subject=mailbox))
    told: dict[str, Any] = {key: result[key] for key in ("success", "mailbox", "warnings") if key in result}
    tell(told, f"{mailbox} is watched.", as_json=as_json)


def forget(*, mailbox: str, as_json: bool) -> None:
    """Stop watching a mailbox and forget its password; the mailbox itself stays."""
    with errors_told():
        mailbox = as_mailbox(mailbox)
        if not asyncio.run(_forget(load_settings(), mailbox)):
            raise NotFound(f"{mailbox} is not registered.", fix="See: glassdome mailbox list --registered")
    tell({"success": True, "mailbox": mailbox}, f"{mailbox} is forgotten.", as_json=as_json)


async def _forget(settings: Settings, mailbox: str) -> bool:
    async with MailcowAgent.from_settings(settings) as agent:
        found = await agent.forget(mailbox)
        if found:
            await audit(agent, Audited(action="forget_mailbox", subject=mailbox))
        return found
