"""`glassdome send`: one mail from the shell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from glassdome.api.email_id import as_mailbox
from glassdome.cli.agent_task import ask_password, perform, tell
from glassdome.cli.console import errors_told
from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_MESSAGE_BYTES

__all__ = ["send"]


def send(
    sender: Annotated[str, typer.Option("--from", help="Mailbox to send from.")],
    to: Annotated[list[str], typer.Option("--to", help="Recipient; may be repeated.")],
    subject: Annotated[str, typer.Option(help="Subject.")] = "",
    body: Annotated[str | None, typer.Option(help="Text; default: read from stdin.")] = None,
    html: Annotated[Path | None, typer.Option(help="File with the HTML version.", exists=True, dir_okay=False)] = None,
    cc: Annotated[list[str] | None, typer.Option(help="Copy; may be repeated.")] = None,
    bcc: Annotated[list[str] | None, typer.Option(help="Hidden copy; may be repeated.")] = None,
    attach: Annotated[
        list[Path] | None, typer.Option(help="File to attach; may be repeated.", exists=True, dir_okay=False)
    ] = None,
    key: Annotated[str, typer.Option(help="The same key is the same mail: sent at most once.")] = "",
    allow_sensitive: Annotated[
        bool, typer.Option("--allow-sensitive", help="Send even what holds cards, keys, passwords or ids.")
    ] = False,
    login: Annotated[str, typer.Option(help="Name to log in with, where it is not the address.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin; needs --body.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Send a mail. A registered mailbox needs no password; for another one give --password-stdin."""
    with errors_told():
        if password_stdin and body is None:
            raise InputError("--password-stdin needs --body: stdin cannot be both.")
        sender = as_mailbox(sender)
        password = ask_password(stdin=password_stdin, needed=False)
        text = body if body is not None else sys.stdin.read(MAX_MESSAGE_BYTES)
    result = perform(
        {
            "action": "send_email",
            "mailbox": sender,
            "password": password,
            "login": login,
            "to_addresses": to,
            "cc": cc or [],
            "bcc": bcc or [],
            "subject": subject,
            "body": text,
            "html_body": html.read_text(encoding="utf-8") if html else None,
            "attachments": [{"path": path} for path in attach or []],
            "idempotency_key": key,
            "allow_sensitive": allow_sensitive,
        }
    )
    told = ", ".join(f"{address}: {outcome}" for address, outcome in result.get("recipients", {}).items())
    tell(result, f"Sent {result['message_id']} ({told or 'earlier'}).", as_json=as_json)
