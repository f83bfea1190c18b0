"""`glassdome mcp`: the actions of service and agent as an MCP server."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from glassdome.cli.console import err, errors_told, load_settings, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, InputError

__all__ = ["mcp"]


def mcp(
    allow_writes: Annotated[
        bool,
        typer.Option(
            "--allow-writes", help="Offer the tools that change something; over HTTP they want an rw key too."
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Mailbox or domain that may be seen; may be repeated. Over HTTP the keys say it."),
    ] = None,
    http: Annotated[bool, typer.Option("--http", help="Listen for HTTP instead; clients send an API key.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port, with --http; 0 takes any free one.")] = 8081,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Host name, with :port where it has one, by which clients reach this server over HTTP."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Origin of a web page that may use this server, such as https://ai.example."),
    ] = None,
) -> None:
    """Serve the actions to other agents over MCP: on standard input and output, or over HTTP.

    It reads only, unless started with --allow-writes. A running `glassdome serve` is not needed, and not disturbed.
    """
    with errors_told():
        # A service may log to stdout, which is the protocol's where a client starts us.
        settings = load_settings(service=http)
        if http and only:
            raise InputError("--only is for standard input and output.", fix="Limit the API keys instead.")
        if not http and (allow_host or allow_origin):
            raise InputError("--allow-host and --allow-origin go with --http.")
        _must_be_installed()
    if http:
        run(_http(settings, host, port, allow_writes, tuple(allow_host or ()), tuple(allow_origin or ())))
    else:
        # A read of standard input cannot be interrupted, so Ctrl-C would wait for the next line: let it end the program.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        run(_stdio(settings, tuple(only or ()), allow_writes))


def _must_be_installed() -> None:
    try:
        import glassdome.mcp.server  # noqa: F401
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise ConfigError(
            "The MCP library is not installed.", fix="Install the extra: pip install 'glassdome[mcp]'."
        ) from exc


async def _stdio(settings: Settings, only: tuple[str, ...], allow_writes: bool) -> None:
    from glassdome.mcp.stdio import local_caller, serve_stdio

    caller = local_caller(only, allow_writes=allow_writes)
    await serve_stdio(settings, caller, allow_writes=allow_writes, clock=SystemClock())


async def _http(
    settings: Settings, host: str, port: int, allow_writes: bool, hosts: tuple[str, ...], origins: tuple[str, ...]
) -> None:
    from glassdome.cli.service import asked_to_stop, serving
    from glassdome.mcp.http import PATH, open_http

    opened = open_http(settings, allow_writes=allow_writes, hosts=hosts, origins=origins, clock=SystemClock())
    async with (
        asked_to_stop() as stopped,
        opened as app,
        serving(app, host=host, port=port) as server,
    ):
        err.print(f"Glassdome serves MCP on http://{host}:{server.port}{PATH}", highlight=False)
        await stopped.wait()
