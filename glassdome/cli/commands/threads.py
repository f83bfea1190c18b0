"""`glassdome threads`: shows who owes whom an answer."""

from __future__ import annotations

from typing import Annotated

import typer

from glassdome.values.thread import ThreadState

__all__ = ["threads"]


def threads(
    mailbox: Annotated[str, typer.Option(help="Only this mailbox.")] = "",
    state: Annotated[
        ThreadState | None, typer.Option(help="Only those that the owner owes, the others owe, or that are closed.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many, newest mail first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, one object per line.")] = False,
) -> None:
    """Show who owes whom an answer, in mailboxes whose owners want that."""
    from glassdome.cli import threads as work

    work.threads(mailbox=mailbox, state=state, limit=limit, as_json=as_json)
