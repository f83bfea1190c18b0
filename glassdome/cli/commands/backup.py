"""`glassdome backup` and `glassdome restore`: everything that cannot be made again, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["backup", "restore"]


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; - is standard output.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Save the database and the key of stored passwords in one file; the service may go on meanwhile.

    The file is for its owner alone (mode 600), and there whole or not at all. It holds subjects, senders and
    summaries of people's mail, and the key with which stored passwords can be read: encrypt it, and delete old ones.
    """
    from glassdome.cli import backup as work

    work.backup(file=file, force=force)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `glassdome backup` made; - is standard input.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the content of the database, and its key.")] = False,
) -> None:
    """Restore a backup on this machine or another; stop the service first.

    The database is the one that the settings name, SQLite or MariaDB, whichever the backup was made of. All of it is
    restored, or nothing. An older version's backup is brought up to date.
    """
    from glassdome.cli import backup as work

    work.restore(file=file, force=force)
