"""`glassdome analyze`: verdicts for mail in files, with no server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["analyze"]


def analyze(
    files: Annotated[list[str], typer.Argument(help=".eml or mbox files, Maildirs, folders, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object per message and line.")] = False,
    engine: Annotated[
        str | None, typer.Option(help="builtin, ollama, openai or llamacpp; default: as configured.")
    ] = None,
    authserv_id: Annotated[
        str | None, typer.Option(help="Believe Authentication-Results of this server: your own, no other.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="Owners' rules for categories and priority, a TOML file.")] = None,
    jobs: Annotated[int, typer.Option(min=0, max=256, help="Processes, or model requests at once; 0 chooses.")] = 0,
) -> None:
    """Judge mail in files: summary, categories, phishing verdict with evidence, priority, sensitive data.

    Ends with 1 when a message could not be read; every message has its line all the same.
    """
    from glassdome.cli import analyze as work

    work.analyze(files=files, as_json=as_json, engine=engine, authserv_id=authserv_id, rules=rules, jobs=jobs)
