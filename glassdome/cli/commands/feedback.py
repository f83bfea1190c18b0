"""`glassdome feedback`: a person's correction of a verdict, and the corrections as training samples."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = ["feedback"]


def feedback(
    mailbox: Annotated[str, typer.Argument(help="The mailbox.")],
    email_id: Annotated[str, typer.Argument(help="The message: its UID in INBOX, or <Message-ID>.")],
    label: Annotated[Literal["ham", "spam", "phish"], typer.Option(help="What it really is.")],
    note: Annotated[str, typer.Option(help="Why, for people.")] = "",
) -> None:
    """Correct a verdict. The next `glassdome train --with-feedback` learns from it."""
    from glassdome.cli import feedback as work

    work.feedback(mailbox=mailbox, email_id=email_id, label=label, note=note)
