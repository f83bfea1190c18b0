"""`glassdome mcp`: the actions of service and agent as an MCP server."""

from __future__ import annotations

from typing import Annotated

import typer

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
        typer.Option(help="Mailbox or domain that may be seen; may be repeated. Over HTTP the keys decide."),
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
    from glassdome.cli import mcp as work

    work.mcp(
        allow_writes=allow_writes,
        only=only,
        http=http,
        host=host,
        port=port,
        allow_host=allow_host,
        allow_origin=allow_origin,
    )
