"""`glassdome migrate`: brings the database schema to this version."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["migrate"]


def migrate(
    revision: Annotated[
        str, typer.Option(help="Schema version to go to; 'base' removes every table of ours.")
    ] = "head",
) -> None:
    """Bring the database schema up to this version, or down to an older one.

    `serve`, `worker` and `demo` do it on their own at the start; several processes may do it at the same time.
    """
    from glassdome.cli import migrate as work

    work.migrate(revision=revision)
