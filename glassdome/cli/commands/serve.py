"""`glassdome serve` and `glassdome worker`: the service in one process, or one more worker."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["serve", "worker"]


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any free one.")] = 8080,
    no_worker: Annotated[
        bool,
        typer.Option("--no-worker", help="Watch no mailbox and judge no mail: the REST API, the web UI and retention."),
    ] = False,
    no_web: Annotated[bool, typer.Option("--no-web", help="Serve the REST API without the web UI.")] = False,
) -> None:
    """Run the REST API, the web UI (/llm/), the watcher of the enabled mailboxes and a worker in one process."""
    from glassdome.cli import serve as work

    work.serve(host=host, port=port, no_worker=no_worker, no_web=no_web)


def worker(
    host: Annotated[str, typer.Option(help="Address to listen on, with --port.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Answer /health and /metrics there; 0 takes any free port.")
    ] = None,
) -> None:
    """Run one more worker on the same database, on this or another host.

    It claims jobs only; the process with `serve` watches the mailboxes.
    """
    from glassdome.cli import serve as work

    work.worker(host=host, port=port)
