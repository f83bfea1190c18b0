"""`glassdome demo`: everything on one machine, with sample mail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["demo"]


def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Check that every sample has its analysis, print the verdicts, and end.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address of the web UI and the REST API.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the web UI and the REST API; 0 takes any free one.")
    ] = 8080,
    data: Annotated[Path, typer.Option(help="Folder for its data; emptied at each start.")] = Path(".demo-data"),
) -> None:
    """Try everything: a mail server with sample mail, its analysis by the built-in engine, the REST API and the web UI.

    Mail sent to the SMTP port it prints gets its verdict at once. Ctrl-C stops everything.
    """
    from glassdome.cli import demo as work

    work.demo(check=check, host=host, port=port, data=data)
