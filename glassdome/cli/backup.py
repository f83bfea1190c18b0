"""`glassdome backup` and `glassdome restore`: everything that cannot be made again, in one file."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.progress import Progress

from glassdome.bootstrap.backup import Counted, make_backup, restore_backup
from glassdome.bootstrap.backup_file import BackupManifest
from glassdome.bootstrap.whole_file import whole_file
from glassdome.cli.console import err, errors_told, load_settings, progress_bar, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.core.log import redact

__all__ = ["backup", "restore"]

_PIPE = Path("-")


def backup(*, file: Path, force: bool) -> None:
    """Save the database and the key of stored passwords in one file; the service may go on meanwhile."""
    with errors_told():
        settings = load_settings()
        with _target(file, force=force) as stream, progress_bar(unit="rows") as bar:
            made = run(make_backup(settings, stream, clock=SystemClock(), counted=_counter(bar, "saving")))
    _tell(f"{redact(settings.database)} is saved in {_shown(file)}", made)
    if settings.secret_key is not None:
        err.print("The key of stored passwords is GLASSDOME_SECRET_KEY: keep it with your settings.", highlight=False)


def restore(*, file: Path, force: bool) -> None:
    """Restore a backup on this machine or another; stop the service first."""
    with errors_told():
        settings = load_settings()
        with _source(file, settings) as stream, progress_bar(unit="rows") as bar:
            made = run(restore_backup(settings, stream, replace=force, counted=_counter(bar, "restoring")))
    _tell(f"The backup of {made.made} is in {redact(settings.database)}", made)


@contextmanager
def _target(file: Path, *, force: bool) -> Iterator[BinaryIO]:
    if file != _PIPE:
        with whole_file(file, replace=force) as stream:
            yield stream
        return
    if sys.stdout.isatty():
        raise ConfigError("A backup is no text for a terminal.", fix="Write to a file: glassdome backup - > FILE")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def _source(file: Path, settings: Settings) -> Iterator[BinaryIO]:
    """Yield a stream that can be read twice; what comes by a pipe lies without a name in the data folder meanwhile."""
    if file != _PIPE:
        with file.open("rb") as stream:
            yield stream
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.data_dir) as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
        yield spool


def _counter(bar: Progress, title: str) -> Counted:
    task = bar.add_task(title, total=None, note="")
    return lambda rows: bar.update(task, advance=rows)


def _shown(file: Path) -> str:
    return "standard output" if file == _PIPE else str(file)


def _tell(what: str, made: BackupManifest) -> None:
    rows = f"{sum(made.rows.values()):,} rows of {len(made.rows)} tables, schema {made.schema}"
    key = "with the key of stored passwords" if made.key else "no password was ever stored, so there is no key"
    err.print(f"{what}: {rows}, {key}.", highlight=False, markup=False)
