"""`glassdome send`: one mail from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
    key: Annotated[str, typer.Option(help="Mail with the same key is sent at most once.")] = "",
    allow_sensitive: Annotated[
        bool, typer.Option("--allow-sensitive", help="Send even mail with cards, keys, passwords or ids.")
    ] = False,
    login: Annotated[str, typer.Option(help="Name to log in with, where it is not the address.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin; needs --body.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Send a mail. A registered mailbox needs no password; for another one give --password-stdin."""
    from glassdome.cli import send as work

    work.send(
        sender=sender,
        to=to,
        subject=subject,
        body=body,
        html=html,
        cc=cc,
        bcc=bcc,
        attach=attach,
        key=key,
        allow_sensitive=allow_sensitive,
        login=login,
        password_stdin=password_stdin,
        as_json=as_json,
    )
