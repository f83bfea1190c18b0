"""`glassdome mcp`: the actions of service and agent as an MCP server."""

from __future__ import annotations

import signal

from glassdome.cli.console import err, errors_told, load_settings, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, InputError
from glassdome.core.extras import install_extra

__all__ = ["mcp"]


def mcp(
    *,
    allow_writes: bool,
    only: list[str] | None,
    http: bool,
    host: str,
    port: int,
    allow_host: list[str] | None,
    allow_origin: list[str] | None,
) -> None:
    """Serve the actions to other agents over MCP: on standard input and output, or over HTTP."""
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
        raise ConfigError("The MCP library is not installed.", fix=install_extra("mcp")) from exc


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
