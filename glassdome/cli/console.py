"""Shared code of all commands: output, and the translation of an error to one sentence and an exit code."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from glassdome.core import log
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, GlassdomeError, InputError

__all__ = [
    "bytes_bar",
    "err",
    "errors_told",
    "exit_code",
    "file_problem",
    "load_settings",
    "operator",
    "out",
    "print_json",
    "progress_bar",
    "run",
]

T = TypeVar("T")
_log = log.get_logger(__name__)

#: For people: tables and sentences. `--json` writes to stdout without it.
out = Console()
#: For progress and errors; never mixed into stdout.
err = Console(stderr=True, soft_wrap=True)


def exit_code(error: GlassdomeError) -> int:
    """Return 2 for wrong usage or settings, 1 for work that failed."""
    return 2 if isinstance(error, ConfigError | InputError) else 1


@contextmanager
def errors_told() -> Iterator[None]:
    """Tell a Glassdome error as one sentence on stderr and end with its exit code: the CLI's only translation."""
    try:
        yield
    except GlassdomeError as exc:
        err.print(f"[bold red]glassdome:[/] {_plain(exc.public_message)}", highlight=False)
        if "cause" in exc.facts:
            # Too raw for the sentence, but needed to fix it.
            _log.error("cause_of_failure", code=exc.code, cause=exc.facts["cause"])
        raise typer.Exit(exit_code(exc)) from exc
    except KeyboardInterrupt as exc:
        raise typer.Exit(130) from exc
    except BrokenPipeError as exc:
        # `glassdome ... | head`: the reader has gone, and nothing more may be written at exit either.
        sys.stdout = None
        raise typer.Exit(0) from exc
    except OSError as exc:
        if exc.filename is None:
            raise
        err.print(f"[bold red]glassdome:[/] {_plain(file_problem(exc))}", highlight=False)
        raise typer.Exit(1) from exc


def file_problem(exc: OSError) -> str:
    """Say what the system would not do with which file or folder."""
    return f"{exc.filename}: {exc.strerror or type(exc).__name__}."


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def load_settings(*, service: bool = False, stdout: bool = False, **arguments: Any) -> Settings:
    """Read the settings, configure the logs by them, and return them; arguments that are None do not count.

    A command that ends by itself logs warnings only, unless a person chose a level; a `service` logs what happens.
    With `stdout` JSON lines go there, for collectors: only where nothing else is written to it.
    """
    settings = Settings(**{name: value for name, value in arguments.items() if value is not None})
    level = settings.log_level if service or settings.origins()["log_level"] != "default" else "WARNING"
    stream = sys.stdout if stdout and settings.log_json else None
    log.configure(level=level, as_json=settings.log_json, file=settings.log_file, stream=stream)
    return settings


def operator() -> str:
    """Return who works at this shell, as the audit names them."""
    return f"cli:{getpass.getuser()}"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, telling errors."""
    with errors_told():
        return asyncio.run(work)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Write one JSON document on one line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def bytes_bar() -> Progress:
    """Return a progress bar of a download, on stderr, shown only to a person at a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )


def progress_bar(*, unit: str, quiet: bool = False) -> Progress:
    """Return a progress bar on stderr, shown only to a person at a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=err,
        disable=quiet or not err.is_terminal,
        transient=True,
    )
