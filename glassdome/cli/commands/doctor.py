"""`glassdome doctor`: every connection and setting checked, each failure with its fix."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object per check.")] = False,
    mailcow: Annotated[
        bool, typer.Option("--mailcow", help="Also check mailcow's part; run it in the container.")
    ] = False,
) -> None:
    """Check every setting and connection, and say how to fix each problem.

    Ends with 1 when something does not work; warnings are about what works and could be better.
    """
    from glassdome.cli import doctor as work

    work.doctor(as_json=as_json, mailcow=mailcow)
