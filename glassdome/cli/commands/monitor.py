"""`glassdome monitor`: new mail of one mailbox, or of all registered ones, once or for ever."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["monitor"]


def monitor(
    mailbox: Annotated[str | None, typer.Argument(help="One mailbox; default: all registered ones.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also mail that was read already (of one mailbox).")] = False,
    folder: Annotated[str, typer.Option(help="Folder (of one mailbox).")] = "INBOX",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep running.")] = False,
    interval: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds between two polls; IDLE is quicker.")
    ] = 60.0,
    analysis: Annotated[bool, typer.Option("--analysis", help="Add what the processor found.")] = False,
    login: Annotated[str, typer.Option(help="Name to log in with, where it is not the address.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per message.")] = False,
) -> None:
    """Show new mail; nothing is marked as read."""
    from glassdome.cli import monitor as work

    work.monitor(
        mailbox=mailbox,
        every=every,
        folder=folder,
        follow=follow,
        interval=interval,
        analysis=analysis,
        login=login,
        password_stdin=password_stdin,
        as_json=as_json,
    )
