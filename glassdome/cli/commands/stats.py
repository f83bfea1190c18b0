"""`glassdome stats`: figures and plots of the analysed mail, for the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["stats"]


def stats(
    mailbox: Annotated[str, typer.Option(help="Only this mailbox.")] = "",
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How many days back.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show figures of the analysed mail: verdicts, times, categories, models, mail per day, and the queue."""
    from glassdome.cli import stats as work

    work.stats(mailbox=mailbox, days=days, as_json=as_json)
