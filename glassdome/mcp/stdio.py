"""MCP over standard input and output, for a client on the same machine that starts us."""

from __future__ import annotations

import getpass
from functools import partial

from mcp.server.stdio import stdio_server

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import InputError
from glassdome.core.per_loop import PerLoop
from glassdome.desk.keys import Caller, Scope
from glassdome.mcp.server import create_server
from glassdome.mcp.tool_context import open_tool_context

__all__ = ["local_caller", "serve_stdio"]


def local_caller(only: tuple[str, ...], *, allow_writes: bool) -> Caller:
    """Return who a client on this machine is: the user who runs us, limited to `only` (mailboxes and domains)."""
    wanted = [item.strip().lower() for item in only]
    if not all(wanted):
        raise InputError("--only wants a mailbox or a domain.")
    return Caller(
        name=f"mcp:{getpass.getuser()}",
        scope=Scope.RW if allow_writes else Scope.RO,
        mailboxes=tuple(item for item in wanted if "@" in item) if wanted else None,
        domains=tuple(item for item in wanted if "@" not in item) if wanted else None,
    )


async def serve_stdio(settings: Settings, caller: Caller, *, allow_writes: bool, clock: Clock) -> None:
    """Answer until standard input ends. Nothing but the protocol is written to standard output."""
    tool_context = PerLoop(partial(open_tool_context, settings, clock=clock))
    server = create_server(tool_context.get, lambda _: caller, allow_writes=allow_writes)
    try:
        async with stdio_server() as (received, sent):
            await server.run(received, sent, server.create_initialization_options())
    finally:
        await tool_context.aclose()
