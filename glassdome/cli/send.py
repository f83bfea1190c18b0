"""`glassdome send`: one mail from the shell."""

from __future__ import annotations

import sys
from pathlib import Path

from glassdome.cli.agent_task import ask_password, perform, tell
from glassdome.cli.console import errors_told
from glassdome.core.errors import InputError
from glassdome.core.limits import MAX_MESSAGE_BYTES
from glassdome.desk.email_id import as_mailbox

__all__ = ["send"]


def send(
    *,
    sender: str,
    to: list[str],
    subject: str,
    body: str | None,
    html: Path | None,
    cc: list[str] | None,
    bcc: list[str] | None,
    attach: list[Path] | None,
    key: str,
    allow_sensitive: bool,
    login: str,
    password_stdin: bool,
    as_json: bool,
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
