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
    from glassdome.cli.console import err, errors_told, load_settings, run
    from glassdome.core.log import redact
    from glassdome.store import migrate as migrate_store

    with errors_told():
        # As a service, so that each step is logged.
        settings = load_settings(service=True)
    run(migrate_store(settings.database, revision=revision))
    err.print(f"{redact(settings.database)}: the schema is at {revision}.", highlight=False)
