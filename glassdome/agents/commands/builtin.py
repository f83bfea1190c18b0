"""The commands every Overseer knows."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import secrets
import string
from datetime import timedelta
from email.message import Message
from typing import Any, Final, Literal

from pydantic import Field, field_validator

from glassdome.agents.commands.declare import CommandContext, CommandSet, NoArguments, Reply
from glassdome.agents.masked import masked
from glassdome.core.errors import InputError
from glassdome.shapes.said import is_spoken, said, said_word
from glassdome.values import message as mails
from glassdome.values.verdict import Verdict, why_unjudged

__all__ = ["builtin_commands"]

_SPAN: Final = re.compile(r"(\d{1,3})(m|h|d)")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}
#: A longer pause is a mistake.
_LONGEST_PAUSE: Final = timedelta(days=30)
#: Mailboxes listed in a reply.
_LISTED: Final = 200


class _Report(NoArguments):
    kind: Literal["daily", "weekly"] = "daily"


class _CreateMailbox(NoArguments):
    local_part: str = Field(min_length=1, max_length=64)
    name: str = Field(default="", max_length=100)
    quota_mb: int = Field(default=1024, ge=0, le=1_000_000)


class _ListMailboxes(NoArguments):
    domain: str = ""


class _Pause(NoArguments):
    span: str = "1h"

    @field_validator("span")
    @classmethod
    def _is_span(cls, value: str) -> str:
        if not _SPAN.fullmatch(value):
            raise ValueError("write 30m, 2h or 1d")
        return value


def builtin_commands() -> CommandSet:
    """Return a new set with help, status, report, analyze, mailbox create, mailbox list, pause and resume."""
    commands = CommandSet()
    commands.command("help", about="Lists the commands.")(_help)
    commands.command("status", about="Tells how agents, services and the queue do.")(_status)
    commands.command("report", about="Sends the daily or weekly report as of now.", arguments=_Report)(_report)
    commands.command("analyze", about="Judges the mail that is attached to your command.")(_analyze)
    commands.command("mailbox list", about="Lists mailboxes.", arguments=_ListMailboxes)(_list)
    create = commands.command(
        "mailbox create",
        about="Creates a mailbox with a random password and has the agent watch it.",
        arguments=_CreateMailbox,
        changes=True,
        confirm=True,
    )
    create(_create)
    commands.command(
        "pause", about="Stops monitoring, alerts and reports for a while.", arguments=_Pause, changes=True
    )(_pause)
    commands.command("resume", about="Ends a pause.", changes=True)(_resume)
    return commands


async def _help(context: CommandContext, arguments: NoArguments) -> Reply:
    lines = ["Write one command as the first line of your mail, or as its subject:", ""]
    for command in context.commands:
        marks = [word for word, on in (("code", command.changes), ("confirmation", command.confirm)) if on]
        needs = f" (needs {' and '.join(marks)})" if marks else ""
        lines.append(f"  {command.usage:<58} {command.about}{needs}")
    lines += ["", "Further lines: `code: 123456` gives your one-time code, `dry-run` only says what would be done."]
    return Reply(text="\n".join(lines) + "\n")


async def _status(context: CommandContext, arguments: NoArguments) -> Reply:
    return Reply(text=await context.overseer.status())


async def _report(context: CommandContext, arguments: _Report) -> Reply:
    report = await context.overseer.report(arguments.kind)
    return Reply(text=report.text, html=report.html, files=report.files)


async def _analyze(context: CommandContext, arguments: NoArguments) -> Reply:
    raw = await asyncio.to_thread(_attached, context.raw)
    if raw is None:
        raise InputError("There is no mail attached.", fix="Forward the mail in question as an attachment.")
    message, verdict = await context.overseer.analyze(raw)
    return Reply(text=_judged(message, verdict, await context.overseer.language_of(context.sender)))


def _judged(message: mails.Message, verdict: Verdict, language: str) -> str:
    """Return the answer about a mail in the language of the one who asked."""
    facts = {
        "Subject": masked(message.subject),
        "From": message.author.addr,
        "Verdict": _verdict(verdict, language),
        "Priority": said(f"{verdict.priority_score} of 10", language),
        "Categories": ", ".join(_named(name, language) for name in verdict.categories) or said("none", language),
    }
    wide = max(len(said(name, language)) for name in facts)
    lines = [
        *(f"{said(name, language)}: {'':<{wide - len(said(name, language))}}{value}" for name, value in facts.items()),
        "",
        f"{said('Summary', language)}: {masked(verdict.summary)}",
        "",
        f"{said('Reasons', language)}:",
        *(
            [masked(f"  - {said(reason.why, language)}") for reason in verdict.phishing_reasons]
            or [f"  {said('none', language)}"]
        ),
    ]
    return "\n".join(lines) + "\n"


def _named(name: str, language: str) -> str:
    """Return the name of a category or a label; in English it is its code."""
    return said_word(name, language) if is_spoken(language) else name


def _verdict(verdict: Verdict, language: str) -> str:
    label = _named(verdict.label, language)
    if verdict.phishing_score is None:
        return (
            label
            if is_spoken(language)
            else f"{label} ({why_unjudged(verdict.readable, covered=verdict.language_covered)})"
        )
    return (
        f"{label} ({said('phishing', language)} {verdict.phishing_score:.2f})"
        if is_spoken(language)
        else (f"{label} (phishing score {verdict.phishing_score:.2f})")
    )


def _attached(raw: bytes) -> bytes | None:
    """Return the first attached message, None where there is none; its bytes are as the sender's program wrote them."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return _as_bytes(inner[0])
            decoded = part.get_payload(decode=True)
            return decoded if isinstance(decoded, bytes) else None
        if part.get_content_disposition() == "attachment" and (part.get_filename() or "").lower().endswith(".eml"):
            decoded = part.get_payload(decode=True)
            return decoded if isinstance(decoded, bytes) else None
    return None


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError) as exc:
        # What the library could read it cannot always write.
        raise InputError("The attached mail cannot be read.", fix="Attach it as an .eml file.") from exc


async def _list(context: CommandContext, arguments: _ListMailboxes) -> Reply:
    task: dict[str, Any] = {"action": "list_mailboxes"} | ({"domain": arguments.domain} if arguments.domain else {})
    result = await context.overseer.execute(task)
    rows = result["mailboxes"][:_LISTED]
    lines = [f"{result['count']} mailboxes", *(f"  {row['username']:<40} {row.get('name', '')}" for row in rows)]
    return Reply(text="\n".join(lines) + "\n")


async def _create(context: CommandContext, arguments: _CreateMailbox) -> Reply:
    if context.dry_run:
        return Reply(text=f"Would create the mailbox {arguments.local_part} with {arguments.quota_mb} MiB.\n")
    result = await context.overseer.execute(
        {
            "action": "create_mailbox",
            "local_part": arguments.local_part,
            "name": arguments.name,
            "quota_mb": arguments.quota_mb,
            "password": _password(),
        }
    )
    # A password has no place in a mail: it is stored encrypted, and a person sets another one in mailcow.
    return Reply(
        text=f"{result['mailbox']} was created and is watched by the agent. For a person to use it, set a password in"
        " mailcow.\n"
    )


async def _pause(context: CommandContext, arguments: _Pause) -> Reply:
    found = _SPAN.fullmatch(arguments.span)
    span = timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else timedelta(hours=1)
    until = context.now + min(span, _LONGEST_PAUSE)
    if context.dry_run:
        return Reply(text=f"Would pause until {until:%Y-%m-%d %H:%M} UTC.\n")
    await context.overseer.pause(until)
    return Reply(text=f"Paused until {until:%Y-%m-%d %H:%M} UTC. Commands are still answered.\n")


async def _resume(context: CommandContext, arguments: NoArguments) -> Reply:
    if context.dry_run:
        return Reply(text="Would go on at once.\n")
    await context.overseer.resume()
    return Reply(text="Going on.\n")


def _password() -> str:
    """Return a random password that meets every policy mailcow can be set to."""
    sets = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%+-_")
    every = [secrets.choice(each) for each in sets] + [secrets.choice("".join(sets)) for _ in range(28)]
    secrets.SystemRandom().shuffle(every)
    return "".join(every)
