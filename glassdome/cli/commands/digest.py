"""`glassdome digest`: shows a mailbox's digest, and sends it."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["digest"]


def digest(
    mailbox: Annotated[str, typer.Option(help="The mailbox.")],
    send: Annotated[bool, typer.Option("--send", help="Send the one of the last period, unless it was sent.")] = False,
) -> None:
    """Show the digest of a mailbox as of now, or send the one of its last day or week."""
    from glassdome.cli import digest as work

    work.digest(mailbox=mailbox, send=send)
