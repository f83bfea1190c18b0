"""`glassdome backfill`: older mail into the queue, slowly, with a progress bar; stopped at any time, it goes on later."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["backfill"]


def backfill(
    mailbox: Annotated[str, typer.Argument(help="The mailbox, such as a@example.org.")],
    folder: Annotated[str, typer.Option(help="Folder to go through, newest mail first.")] = "INBOX",
    limit: Annotated[int | None, typer.Option(min=1, max=2**32 - 1, help="Stop after so many messages.")] = None,
    per_hour: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Messages queued per hour; default: as configured.")
    ] = None,
    choose: Annotated[bool, typer.Option("--choose", help="Enable the mailbox for analysis if it is not.")] = False,
) -> None:
    """Queue a mailbox's older mail for analysis; a running `glassdome serve` or `worker` does the rest.

    Nothing is marked as read. Stopped with Ctrl-C, the next call goes on where this one was.
    """
    from glassdome.cli import backfill as work

    work.backfill(mailbox=mailbox, folder=folder, limit=limit, per_hour=per_hour, choose=choose)
