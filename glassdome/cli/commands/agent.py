"""`glassdome agent`: the Overseer as a daemon, and the codes of its mail commands."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(name="agent", help="Run the Overseer; enrol people for mail commands.", no_args_is_help=True)


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Do one round and end.")] = False,
) -> None:
    """Watch mailboxes and services, mail alerts and reports, and answer mail commands, until it is stopped."""
    from glassdome.cli import agent as work

    work.run(once=once)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check everything once without sending alerts, and print the state."""
    from glassdome.cli import agent as work

    work.status(as_json=as_json)


@app.command()
def enrol(
    address: Annotated[str, typer.Argument(help="Who may command by mail, as in GLASSDOME_COMMAND_SENDERS.")],
) -> None:
    """Print the URI that an authenticator app reads; it holds that sender's secret, so treat it like a password."""
    from glassdome.cli import agent as work

    work.enrol(address=address)


@app.command()
def sign(
    address: Annotated[str, typer.Argument(help="The sender of the command.")],
    line: Annotated[str, typer.Argument(help="The command line, word for word as it will be mailed.")],
) -> None:
    """Print the `hmac:` line that proves one command line, for programs that command by mail."""
    from glassdome.cli import agent as work

    work.sign(address=address, line=line)
