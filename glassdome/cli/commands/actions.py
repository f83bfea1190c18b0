"""`glassdome actions`: lists actions on messages, and undoes them."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="List actions on messages, and undo them.", no_args_is_help=True)
Ids = Annotated[
    list[int] | None, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Actions, as `list` shows them.")
]
Mailbox = Annotated[str, typer.Option(help="Only this mailbox.")]


@app.command("list")
def list_actions(
    since: Annotated[str, typer.Option(help="How far back: 90m, 24h, 7d.")] = "7d", mailbox: Mailbox = ""
) -> None:
    """List the completed actions that were not undone, newest first."""
    from glassdome.cli import actions as work

    work.list_actions(since=since, mailbox=mailbox)


@app.command()
def undo(
    ids: Ids = None,
    since: Annotated[str, typer.Option(help="Instead of ids, everything since then: 90m, 24h, 7d.")] = "",
    mailbox: Mailbox = "",
    keywords: Annotated[bool, typer.Option("--keywords", help="Undo keywords too, not only moves.")] = False,
) -> None:
    """Undo actions by their ids, or everything that was moved since then (and with --keywords, flagged)."""
    from glassdome.cli import actions as work

    work.undo(ids=ids, since=since, mailbox=mailbox, keywords=keywords)
