"""`glassdome monitor`: new mail of one mailbox, or of all registered ones, once or for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import typer

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.cli.agent_task import Audited, ask_password, perform
from glassdome.cli.console import err, errors_told, load_settings, out, print_json
from glassdome.cli.service import asked_to_stop
from glassdome.core.config import Settings
from glassdome.core.errors import InputError
from glassdome.desk.email_id import as_mailbox

__all__ = ["monitor"]


def monitor(
    *,
    mailbox: str | None,
    every: bool,
    folder: str,
    follow: bool,
    interval: float,
    analysis: bool,
    login: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Show new mail; nothing is marked as read."""
    if mailbox is not None:
        with errors_told():
            if follow:
                raise InputError("--follow watches all registered mailboxes.", fix="Leave the mailbox out.")
            mailbox = as_mailbox(mailbox)
            password = ask_password(stdin=password_stdin, needed=False)
        # A password that is given is kept.
        audited = Audited(action="register_mailbox", subject=mailbox) if password else None
        task = {"action": "monitor_mailbox", "mailbox": mailbox, "login": login, "password": password, "folder": folder}
        found = perform(task | {"unread_only": not every, "once": False, "with_analysis": analysis}, audited)
        for message in found["messages"]:
            _show(mailbox, message, as_json=as_json)
        for warning in found.get("warnings", ()):
            err.print(f"- {warning}", highlight=False, markup=False)
        return
    with errors_told():
        settings = load_settings()
        failed = asyncio.run(_all(settings, follow=follow, interval=interval, analysis=analysis, as_json=as_json))
    if failed:
        raise typer.Exit(1)


async def _all(settings: Settings, *, follow: bool, interval: float, analysis: bool, as_json: bool) -> bool:
    """Show new mail; return whether a mailbox could not be read."""
    async with MailcowAgent.from_settings(settings) as agent:
        if follow:
            await _follow(agent, interval=interval, analysis=analysis, as_json=as_json)
            return False
        result = await agent.monitor_all_mailboxes(with_analysis=analysis)
        for mailbox, found in result["results"].items():
            for message in found["messages"]:
                _show(mailbox, message, as_json=as_json)
            if not found["success"]:
                _show(mailbox, {"error": found["error"], "code": found["code"]}, as_json=as_json)
        # One run is one poll: nothing is shown twice.
        await agent.acknowledge()
        return not result["success"] or any(not found["success"] for found in result["results"].values())


async def _follow(agent: MailcowAgent, *, interval: float, analysis: bool, as_json: bool) -> None:
    async def show(mailbox: str, message: dict[str, Any]) -> None:
        _show(mailbox, message, as_json=as_json)

    watching = asyncio.ensure_future(agent.watch(show, interval=interval, with_analysis=analysis))
    async with asked_to_stop(lambda: _cancel(watching)):
        await asyncio.wait([watching])
    if not watching.cancelled():
        watching.result()


def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()


def _show(mailbox: str, message: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json({"mailbox": mailbox} | message)
        return
    if message.get("error"):
        line = f"{mailbox}  {message.get('id', '')}  {message['error']}"
    else:
        line = f"{mailbox}  {message['id']:>6}  {message['from']}  {message['subject']}"
        if found := message.get("analysis"):
            line += f"  [{found['label']}, priority {found['priority_score']}]"
    out.print(line, highlight=False, markup=False, soft_wrap=True)
